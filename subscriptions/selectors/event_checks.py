"""The proof that programs are told of everything: no row of history is without its event (D19)."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Case, CharField, F, QuerySet, Value, When
from django.db.models.functions import Cast, Concat

from accounts.models import AUDIT_TYPES, AuditEntry, Event
from subscriptions.models import (
    CHANGE_REQUEST_TYPES,
    ORDER_TYPES,
    REQUEST_TYPES,
    SEAT_CHANGE_TYPES,
    ChangeRequest,
    ChangeRequestStatus,
    Order,
    RequestStatus,
    SeatChange,
    SeatRequest,
)
from subscriptions.rules.integrity import Disagreement, Fault


def event_checks() -> Iterator[Iterator[Disagreement]]:
    """Each is one statement, and one more where something is missing."""
    yield _without_event(AuditEntry.objects.all(), _type(AUDIT_TYPES), "account__slug")
    yield _without_event(SeatChange.objects.all(), _type(SEAT_CHANGE_TYPES), "account__slug")
    orders = Order.objects.filter(kind__in=list(ORDER_TYPES))
    yield _without_event(orders, _type(ORDER_TYPES), "account__slug")
    requests, account = SeatRequest.objects.all(), "pool__subscription__account__slug"
    yield _without_event(requests, Value(REQUEST_TYPES[RequestStatus.OPEN]), account)
    closed = requests.exclude(status=RequestStatus.OPEN)
    yield _without_event(closed, _type(REQUEST_TYPES, "status"), account)
    changes, opened = ChangeRequest.objects.all(), CHANGE_REQUEST_TYPES[ChangeRequestStatus.OPEN]
    yield _without_event(changes, Value(opened), "account__slug")
    ended = changes.exclude(status=ChangeRequestStatus.OPEN)
    yield _without_event(ended, _type(CHANGE_REQUEST_TYPES, "status"), "account__slug")


def _without_event(rows: QuerySet[Any], kind: Any, account: str) -> Iterator[Disagreement]:
    begins = f"{rows.model._meta.label_lower}:"
    written = rows.order_by().annotate(
        source_=Concat(Value(begins), Cast("pk", CharField())), type_=Cast(kind, CharField())
    )
    told = Event.objects.order_by().filter(source__startswith=begins)
    # As sets: a million rows are compared in one pass, without an index for it.
    missing = dict(
        written.values_list("source_", "type_").difference(told.values_list("source", "type"))
    )
    if missing:
        pks = [source.removeprefix(begins) for source in missing]
        found = written.filter(pk__in=pks).order_by("pk")
        for pk, slug, source in found.values_list("pk", F(account), "source_"):
            says = f"has no event {missing[source]}, so no program is told of it"
            yield Disagreement(Fault.EVENT, pk, slug, source, says)


def _type(types: Mapping[str, str], column: str = "kind") -> Case:
    return Case(*(When(**{column: kind}, then=Value(name)) for kind, name in types.items()))

"""What history says of an event: who did it, and what was before and after (D9, D19)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from accounts.models import ApiToken, AuditEntry, Event
from subscriptions.models import (
    CHANGE_REQUEST_TYPES,
    PART_TYPES,
    REQUEST_TYPES,
    ChangeRequest,
    ChangeRequestStatus,
    PartStep,
    RequestPart,
    RequestStatus,
    SeatChange,
    SeatRequest,
)

# Of an entry, what the pages of history show of it.
_SHOWN = ("name", "role", "status", "kind", "slug")


@dataclass(frozen=True)
class RequestActor:
    """Who opened or closed a request, or changed their part in it, as a row of history says it."""

    by: object
    channel: str
    token: ApiToken | None
    command: str = ""


@dataclass(frozen=True)
class EventFacts:
    """An event with the facts of the row it stands for."""

    event: Event
    by: AuditEntry | SeatChange | RequestActor
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    pool_id: int | None = None
    member_id: int | None = None
    seat_request_id: int | None = None
    order_id: int | None = None
    cents: int | None = None
    currency: str | None = None


def facts_of(events: Iterable[Event]) -> list[EventFacts]:
    """The events with their facts, in a fixed number of queries."""
    events = list(events)
    wanted: dict[str, set[int]] = defaultdict(set)
    for event in events:
        label, pk = _source(event)
        wanted[label].add(pk)
    rows = {label: _rows(label).in_bulk(list(pks)) for label, pks in wanted.items()}
    return [_facts(event, rows) for event in events]


def _facts(event: Event, rows: Mapping[str, Mapping[int, Any]]) -> EventFacts:
    label, pk = _source(event)
    return _FACTS_OF[label](event, rows[label][pk])


def _source(event: Event) -> tuple[str, int]:
    label, _colon, pk = event.source.partition(":")
    return label, int(pk)


def _rows(label: str) -> QuerySet[Any]:
    if label == AuditEntry._meta.label_lower:
        return AuditEntry.objects.select_related("by", "token")
    if label == SeatChange._meta.label_lower:
        return SeatChange.objects.select_related("by", "token", "pool__subscription")
    if label == RequestPart._meta.label_lower:
        return RequestPart.objects.with_details().select_related("seat_request", "withdrawn_token")
    if label == ChangeRequest._meta.label_lower:
        return ChangeRequest.objects.with_details()
    return SeatRequest.objects.with_details()


def _of_entry(event: Event, entry: AuditEntry) -> EventFacts:
    # What is said of a token is not about its maker.
    member = entry.member_id if event.object == "member" else None
    before, after = _shown(entry.before), _shown(entry.after)
    return EventFacts(event, by=entry, member_id=member, before=before, after=after)


def _shown(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: facts[name] for name in _SHOWN if name in facts}


def _of_change(event: Event, change: SeatChange) -> EventFacts:
    return EventFacts(
        event,
        by=change,
        before={
            "purchased": change.seats_before,
            "at_renewal": change.at_renewal_before,
            "assigned": change.assigned_before,
        },
        after={
            "purchased": change.seats_after,
            "at_renewal": change.at_renewal_after,
            "assigned": change.assigned_after,
        },
        pool_id=change.pool_id,
        member_id=change.member_id,
        seat_request_id=change.seat_request_id,
        order_id=change.order_id,
        cents=change.cents,
        currency=change.pool.subscription.currency,
    )


def _of_request(event: Event, asked: SeatRequest) -> EventFacts:
    facts: dict[str, Any] = {"pool_id": asked.pool_id, "seat_request_id": asked.pk}
    if event.type == REQUEST_TYPES[RequestStatus.OPEN]:
        member = asked.requested_by
        opener = RequestActor(member.name, asked.requested_through, asked.requested_token)
        # How many are asked for by now, others may have added.
        after = {"status": RequestStatus.OPEN, "seats": asked.opening.seats}
        return EventFacts(event, by=opener, after=after, member_id=member.pk, **facts)
    closer = RequestActor(asked.decided_by, asked.closed_through, asked.closed_token)
    before = {"status": RequestStatus.OPEN}
    after = {"status": asked.status}
    return EventFacts(
        event, by=closer, before=before, after=after, order_id=asked.order_id, **facts
    )


def _of_part(event: Event, part: RequestPart) -> EventFacts:
    member, seats = part.requested_by, {"seats": part.seats}
    facts: dict[str, Any] = {
        "pool_id": part.seat_request.pool_id,
        "seat_request_id": part.seat_request_id,
        "member_id": member.pk,
    }
    if event.type == PART_TYPES[PartStep.JOINED]:
        joiner = RequestActor(member.name, part.requested_through, part.requested_token)
        return EventFacts(event, by=joiner, after=seats, **facts)
    withdrawer = RequestActor(member.name, part.withdrawn_through, part.withdrawn_token)
    return EventFacts(event, by=withdrawer, before=seats, **facts)


def _of_change_request(event: Event, asked: ChangeRequest) -> EventFacts:
    opened, pool = ChangeRequestStatus.OPEN, asked.pool_id
    if event.type == CHANGE_REQUEST_TYPES[opened]:
        member = asked.requested_by
        opener = RequestActor(member.name, asked.requested_through, asked.requested_token)
        after = {"status": opened, "kind": asked.kind}
        return EventFacts(event, by=opener, after=after, member_id=member.pk, pool_id=pool)
    closer = RequestActor(asked.decided_by, asked.closed_through, asked.closed_token)
    before, after = {"status": opened}, {"status": asked.status}
    return EventFacts(
        event, by=closer, before=before, after=after, order_id=asked.order_id, pool_id=pool
    )


_FACTS_OF: Mapping[str, Callable[[Event, Any], EventFacts]] = {
    AuditEntry._meta.label_lower: _of_entry,
    SeatChange._meta.label_lower: _of_change,
    SeatRequest._meta.label_lower: _of_request,
    RequestPart._meta.label_lower: _of_part,
    ChangeRequest._meta.label_lower: _of_change_request,
}

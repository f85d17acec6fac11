"""What this app holds about an account: to be handed out, and erased when it is closed."""

from collections.abc import Iterator
from datetime import datetime

from accounts.actors import By, actor_of
from accounts.models import Account
from core.exports import Section, rows_of
from subscriptions import errors
from subscriptions.actions.closing_changes import close_change
from subscriptions.actions.fulfilment import close_request
from subscriptions.actions.renewal import lock_renewed
from subscriptions.actions.seats import end_assignments
from subscriptions.models import (
    ChangeRequest,
    ChangeRequestStatus,
    Charge,
    Line,
    LinePrice,
    Order,
    RequestPart,
    RequestStatus,
    SeatAssignment,
    SeatChange,
    SeatChangeKind,
    SeatPool,
    SeatRequest,
    ServiceOrder,
    Subscription,
    TermChange,
)

ERASED = "–"


def check_closable(account: Account, at: datetime) -> None:
    """Only without a subscription, or once it has ended; it stays locked meanwhile.

    Raises ValidationError `still_subscribed`.
    """
    subscription = Subscription.objects.filter(account=account).first()
    if subscription:
        row, _pools = lock_renewed(subscription, at)
        if row.ended_on is None:
            raise errors.STILL_SUBSCRIBED.error(account=account.name)


def sections(account: Account) -> Iterator[Section]:
    """What was bought, what it cost, who sat where, and what was asked for."""
    of_pools = {"pool__subscription__account": account}
    yield "subscription", rows_of(Subscription.objects.filter(account=account))
    yield "pools", rows_of(SeatPool.objects.filter(subscription__account=account))
    yield "lines", rows_of(Line.objects.filter(**of_pools))
    yield "line_prices", rows_of(LinePrice.objects.filter(line__in=Line.objects.filter(**of_pools)))
    yield "seats", rows_of(SeatAssignment.objects.filter(**of_pools))
    yield "seat_changes", rows_of(SeatChange.objects.filter(account=account))
    yield "term_changes", rows_of(TermChange.objects.filter(account=account))
    yield "charges", rows_of(Charge.objects.filter(account=account))
    yield "orders", rows_of(Order.objects.filter(account=account))
    requests = SeatRequest.objects.of_account(account)
    yield "seat_requests", rows_of(requests)
    yield "request_parts", rows_of(RequestPart.objects.filter(seat_request__in=requests))
    yield "change_requests", rows_of(ChangeRequest.objects.filter(account=account))
    yield "service_orders", rows_of(ServiceOrder.objects.filter(seat_request__in=requests))


def erase(account: Account, *, by: By, at: datetime) -> None:
    """What people wrote: the reasons of requests, the notes, and why orders were placed.

    Requests that are still open are closed, and every seat is released. What was bought and
    what it cost stays.
    """
    for pool in SeatPool.objects.filter(subscription__account=account).order_by("pk"):
        held = list(pool.assignments.select_related("membership", "pool"))
        if held:
            end_assignments(held, SeatChangeKind.RELEASED, by=by, at=at)
    requests = SeatRequest.objects.of_account(account)
    for seat_request in requests.open().select_for_update(of=("self",)).with_details():
        close_request(seat_request, RequestStatus.WITHDRAWN, by=actor_of(by), at=at)
    changes = ChangeRequest.objects.filter(account=account)
    for change_request in changes.open().select_for_update(of=("self",)).with_details():
        close_change(change_request, ChangeRequestStatus.WITHDRAWN, by=actor_of(by), at=at)
    changes.update(reason="", note="")
    # In a statement of their own: an update may not join.
    pks = list(requests.values_list("pk", flat=True))
    SeatRequest.objects.filter(pk__in=pks).update(reason="", note="")
    RequestPart.objects.filter(seat_request__in=pks).update(reason="")
    # What the vendor's people do has a reason, in the database too: this says there was one.
    Order.objects.filter(account=account).exclude(reason="").update(reason=ERASED)

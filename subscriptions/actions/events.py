"""The events of what happens to seats and requests, to be stored with the change (D19)."""

from datetime import datetime

from accounts.models import Event
from core.models import reference
from subscriptions.models import (
    CHANGE_REQUEST_TYPES,
    ENDED_TYPE,
    ORDER_TYPES,
    PART_TYPES,
    REQUEST_TYPES,
    SEAT_CHANGE_TYPES,
    ChangeRequest,
    Order,
    PartStep,
    RequestPart,
    SeatChange,
    SeatRequest,
    Subscription,
)


def event_of(change: SeatChange) -> Event:
    """Of a stored row of the ledger; what to read is the pool, or who got or lost its seat."""
    return Event(
        account_id=change.account_id,
        type=SEAT_CHANGE_TYPES[change.kind],
        object="member" if change.member_id else "pool",
        object_id=change.member_id or change.pool_id,
        at=change.at,
        source=reference(change),
    )


def record_order(order: Order, *, at: datetime) -> None:
    """Append the event of what the vendor's people changed besides seats (D15)."""
    if kind := ORDER_TYPES.get(order.kind):
        Event.objects.create(
            account_id=order.account_id,
            type=kind,
            object="subscription",
            object_id=order.account.subscription.pk,
            at=at,
            source=reference(order),
        )


def record_end(subscription: Subscription, *, at: datetime) -> None:
    """Append the event of a subscription that has ended, as was agreed in an order (D15)."""
    Event.objects.create(
        account_id=subscription.account_id,
        type=ENDED_TYPE,
        object="subscription",
        object_id=subscription.pk,
        at=at,
        source=f"{reference(subscription)}:{subscription.ended_on}",
    )


def record_step(seat_request: SeatRequest, *, at: datetime) -> None:
    """Append the event of a request that has just been opened or closed."""
    Event.objects.create(
        account_id=seat_request.pool.subscription.account_id,
        type=REQUEST_TYPES[seat_request.status],
        object="seat_request",
        object_id=seat_request.pk,
        at=at,
        source=reference(seat_request),
    )


def record_part(part: RequestPart, step: PartStep, *, at: datetime) -> None:
    """Append the event of a part that was added to an open request, or taken out of it."""
    Event.objects.create(
        account_id=part.seat_request.pool.subscription.account_id,
        type=PART_TYPES[step],
        object="seat_request",
        object_id=part.seat_request_id,
        at=at,
        source=reference(part),
    )


def record_change_step(change_request: ChangeRequest, *, at: datetime) -> None:
    """Append the event of a change request that has just been opened or closed."""
    Event.objects.create(
        account_id=change_request.account_id,
        type=CHANGE_REQUEST_TYPES[change_request.status],
        object="change_request",
        object_id=change_request.pk,
        at=at,
        source=reference(change_request),
    )

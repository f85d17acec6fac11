"""What opening a request and joining it have in common (D20)."""

from datetime import datetime

from accounts.actors import Actor
from accounts.permissions import Permission
from subscriptions import errors
from subscriptions.actions.renewal import lock_renewed
from subscriptions.models import RequestPart, SeatPool, SeatRequest, Subscription
from subscriptions.rules.routes import route_by


def lock_open(
    seat_request: SeatRequest, at: datetime
) -> tuple[SeatRequest, Subscription, dict[int, SeatPool]]:
    """The request and its subscription, locked. Raises ValidationError `already_decided`."""
    subscription, pools = lock_renewed(seat_request.pool.subscription, at)
    locked = SeatRequest.objects.select_for_update(of=("self",)).with_details()
    row = locked.get(pk=seat_request.pk)
    if not row.is_open:
        raise errors.ALREADY_DECIDED.error(status=row.get_status_display())
    return row, subscription, pools


def check_may_request(by: Actor, subscription: Subscription) -> None:
    """Raises ValidationError `not_allowed`."""
    if not by.may(Permission.REQUEST_SEATS) or by.account_id != subscription.account_id:
        raise errors.CANNOT_REQUEST.error()
    if not route_by(by, subscription.account.kind).can_request:
        raise errors.CAN_BUY.error()


def add_part(
    seat_request: SeatRequest, seats: int, reason: str, *, pool: SeatPool, by: Actor, at: datetime
) -> RequestPart:
    """Store what one member asks for, of the pool as it is now; the caller counts it."""
    return RequestPart.objects.create(
        seat_request=seat_request,
        requested_by=by.acting_member,
        requested_at=at,
        requested_through=by.channel,
        requested_token=by.token,
        seats=seats,
        pool_seats=pool.seats,
        reason=reason,
    )

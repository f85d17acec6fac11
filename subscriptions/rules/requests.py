"""Who decides a seat request, joins it and takes back their part (D1, D20, R22)."""

from collections.abc import Iterable, Sequence

from accounts.actors import By, actor_of
from accounts.models import Membership, User
from accounts.permissions import Permission
from accounts.rules.staff import may_serve
from subscriptions.models import RequestPart, SeatRequest
from subscriptions.rules.routes import pool_rule, route_by, route_to_seats


def may_decide(seat_request: SeatRequest, by: By) -> bool:
    """Buyers decide requests addressed to them, the representative those to Sales (R22).

    A token with that scope decides like the buyer who made it, whether or not it buys. Of
    staff nobody decides what they asked for, or in an account of their own.

    Where an account became sales-managed meanwhile, nobody in it may buy, so
    the representative decides what is still open.
    """
    account = seat_request.pool.subscription.account
    actor = actor_of(by)
    if actor.member:
        return (
            not seat_request.is_for_representative
            and actor.account_id == account.pk
            and actor.may(Permission.DECIDE_REQUESTS)
            and route_to_seats(account.kind, actor.role).can_buy
        )
    if not actor.staff:
        return False
    theirs = seat_request.is_for_representative or account.is_sales_managed
    is_others = not asks_in(seat_request, actor.staff)
    return theirs and is_others and may_serve(actor.staff, account)


def asks_in(seat_request: SeatRequest, user: User) -> bool:
    """Whether the person asks for seats in it, or did; of rows read `with_details`."""
    return any(part.requested_by.user_id == user.pk for part in seat_request.parts.all())


def may_join(seat_request: SeatRequest, by: By, *, is_legacy: bool) -> bool:
    """Who may request more of a pool asks for more in the request that is open for it (D20)."""
    account = seat_request.pool.subscription.account
    actor = actor_of(by)
    return (
        seat_request.is_open
        and actor.account_id == account.pk
        and actor.may(Permission.REQUEST_SEATS)
        and route_by(actor, account.kind).can_request
        and pool_rule(account.kind, is_legacy=is_legacy).can_add
    )


def parts_of(seat_request: SeatRequest, by: By) -> Sequence[RequestPart]:
    """What `by` may withdraw of a request: what they asked for themselves.

    A program what it asked for, and who made its token that too.
    """
    actor = actor_of(by)
    if actor.token:
        return [p for p in seat_request.standing if p.requested_token_id == actor.token.pk]
    if actor.member is None:
        return []
    return [p for p in seat_request.standing if p.requested_by_id == actor.member.pk]


def may_resend(seat_request: SeatRequest, by: Membership) -> bool:
    """Mails about a request are sent again by those who see all of them, or ask in this one."""
    asks = any(part.requested_by_id == by.pk for part in seat_request.parts.all())
    return asks or by.may(Permission.DECIDE_REQUESTS)


def enough_for(parts: Iterable[RequestPart]) -> int:
    """The number of seats of the pool at which all of these parts have arrived.

    One after the other, as they were asked for: seats that had come before are for those
    who had asked before, also where these have taken their parts back since.
    """
    enough = 0
    for part in parts:
        enough = max(enough, part.pool_seats) + part.seats
    return enough

"""Who decides a seat request (D1, R22)."""

from accounts.actors import By, actor_of
from accounts.models import Membership
from accounts.permissions import Permission
from subscriptions.models import SeatRequest
from subscriptions.rules.routes import route_to_seats


def may_decide(seat_request: SeatRequest, by: By) -> bool:
    """Buyers decide requests addressed to them, the representative those to Sales (R22).

    A token with that scope decides like the buyer who made it, whether or not it buys.

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
    represents = actor.staff.is_superuser or account.representative_id == actor.staff.pk
    theirs = seat_request.is_for_representative or account.is_sales_managed
    return theirs and actor.staff.is_staff and represents


def may_withdraw(seat_request: SeatRequest, by: By) -> bool:
    """Whoever asked may withdraw; a program what it asked for, and who made its token that too."""
    actor = actor_of(by)
    if actor.token:
        return seat_request.requested_token_id == actor.token.pk
    return actor.member is not None and seat_request.requested_by_id == actor.member.pk


def may_resend(seat_request: SeatRequest, by: Membership) -> bool:
    """Mails about a request are sent again by those who see all of them, or made this one."""
    return seat_request.requested_by_id == by.pk or by.may(Permission.DECIDE_REQUESTS)

"""Who decides a seat request (D1, R22)."""

from accounts.models import Membership, User
from accounts.permissions import Permission
from subscriptions.models import SeatRequest
from subscriptions.rules.routes import route_to_seats


def may_decide(seat_request: SeatRequest, by: Membership | User) -> bool:
    """Buyers decide requests addressed to them, the representative those to Sales (R22).

    Where an account became sales-managed meanwhile, nobody in it may buy, so
    the representative decides what is still open.
    """
    account = seat_request.pool.subscription.account
    if isinstance(by, Membership):
        return (
            not seat_request.is_for_representative
            and by.account_id == account.pk
            and by.may(Permission.DECIDE_REQUESTS)
            and route_to_seats(account.kind, by.role).can_buy
        )
    represents = by.is_superuser or account.representative_id == by.pk
    theirs = seat_request.is_for_representative or account.is_sales_managed
    return theirs and by.is_staff and represents


def may_resend(seat_request: SeatRequest, by: Membership) -> bool:
    """Mails about a request are sent again by those who see all of them, or made this one."""
    return seat_request.requested_by_id == by.pk or by.may(Permission.DECIDE_REQUESTS)

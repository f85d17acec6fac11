"""Mails about seats and requests; sent by actions, after the transaction."""

from django.conf import settings
from django.urls import reverse

from accounts.mail import send_mail
from accounts.models import Account, Membership, User
from accounts.permissions import Permission
from subscriptions.models import SeatPool, SeatRequest


def _page(name: str, account: Account) -> str:
    return settings.BASE_URL + reverse(name, args=[account.slug])


def _buyers(account: Account) -> list[User]:
    members = account.memberships.who_may(Permission.CHANGE_SUBSCRIPTION).select_related("user")
    return [member.user for member in members]


def request_opened(request: SeatRequest) -> None:
    """Ask whoever decides, and confirm to the asker (R19, N4)."""
    account = request.pool.subscription.account
    context = {"request": request, "account": account, "link": _page("requests", account)}
    if request.is_for_representative:
        link = reverse("admin:subscriptions_seatrequest_change", args=[request.pk])
        desk = {**context, "link": settings.BASE_URL + link}
        if account.representative:
            send_mail("emails/request_to_decide", account.representative, desk)
        else:
            send_mail("emails/request_to_decide", User(email=settings.SUPPORT_EMAIL), desk)
    else:
        for buyer in _buyers(account):
            send_mail("emails/request_to_decide", buyer, context)
    send_mail("emails/request_received", request.requested_by.user, context)


def request_closed(request: SeatRequest) -> None:
    """Tell the asker how it ended; the people who decide, if it left their desk (N4)."""
    account = request.pool.subscription.account
    context = {"request": request, "account": account, "link": _page("requests", account)}
    send_mail("emails/request_closed", request.requested_by.user, context)


def pool_running_out(pool: SeatPool, available: int) -> None:
    """Tell the buyers that one seat is left, or none: once per crossing (R1)."""
    account = pool.subscription.account
    link = _page("add_seats", account) + f"?pool={pool.pk}"
    for buyer in _buyers(account):
        send_mail(
            "emails/pool_running_out",
            buyer,
            {"account": account, "pool": pool, "available": available, "link": link},
        )


def seat_lost(member: Membership, pool: SeatPool) -> None:
    """Tell a member who lost a seat to a reduction, and the account's admins (D4)."""
    account = member.account
    admins = account.memberships.who_may(Permission.MANAGE_TEAM).select_related("user")
    context = {"member": member, "account": account, "pool": pool}
    send_mail("emails/seat_lost", member.user, context)
    for admin in admins:
        if admin.pk != member.pk:
            send_mail(
                "emails/seat_lost_admin", admin.user, {**context, "link": _page("team", account)}
            )

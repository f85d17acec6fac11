"""Mails about seats and requests; sent by actions, after the transaction.

What a mail says is read when it is sent, so it tells what was stored. Each goes
only to people of the account it is about, or to the vendor's people who serve it.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.mail import send_mail
from accounts.models import Account, Membership, User
from accounts.permissions import Permission
from subscriptions.models import Cycle, SeatPool, SeatRequest
from subscriptions.quotes import quote_addition
from subscriptions.routes import pool_rule, route_to_seats
from subscriptions.seats import PoolSnapshot, snapshot


def request_opened(request: SeatRequest) -> None:
    """Ask whoever decides, and confirm to the asker (R19, N4)."""
    context = _request_context(request)
    for to in _deciders(context["request"]):
        send_mail("emails/request_to_decide", to, {**context, "link": _desk(context["request"])})
    _tell_asker("emails/request_received", context)


def request_closed(request: SeatRequest) -> None:
    """Tell the asker how it ended, and those off whose desk it is without their doing (N4)."""
    context = _request_context(request)
    closed = context["request"]
    for to in _deciders(closed):
        if to.pk is None or to.pk != closed.decided_by_id:
            send_mail("emails/request_closed_desk", to, {**context, "link": _desk(closed)})
    _tell_asker("emails/request_closed", context)


def _request_context(request: SeatRequest) -> dict[str, Any]:
    row = SeatRequest.objects.with_details().get(pk=request.pk)
    subscription, account = row.pool.subscription, row.pool.subscription.account
    day = (row.closed_at or row.requested_at).date()
    # An approved request has its price in the ledger; any other, what it would cost.
    change = row.changes.first()
    quote = quote_addition(subscription, {row.pool_id: row.seats}, day)
    decided_by = account.memberships.filter(user=row.decided_by_id).first()
    return {
        "request": row,
        "account": account,
        "pool": row.pool,
        "asker": row.requested_by,
        "before": change.seats_before if change else row.pool.seats,
        "after": change.seats_after if change else row.pool.seats + row.seats,
        "cents": change.cents if change else quote.charged_cents,
        "more_cents": quote.period_cents - quote.period_cents_before,
        "subscription": subscription,
        "is_annual": subscription.cycle == Cycle.ANNUAL,
        "paid_until": quote.period.end,
        # In an account, people are called what the account calls them.
        "decided_by": decided_by.name if decided_by else row.decided_by,
        "buyers": _buyers(account),
        "representative": _representative(account),
    }


def _deciders(request: SeatRequest) -> list[User]:
    account = request.pool.subscription.account
    if request.is_for_representative:
        return [_representative(account)]
    return [member.user for member in _buyers(account)]


def _desk(request: SeatRequest) -> str:
    """Where a request is decided."""
    if request.is_for_representative:
        return _url("admin:subscriptions_seatrequest_change", request.pk)
    return _page("requests", request.pool.subscription.account)


def _tell_asker(template: str, context: dict[str, Any]) -> None:
    asker: Membership = context["asker"]
    # Who was removed or suspended meanwhile learns nothing more of the account.
    if asker.is_active:
        page = "requests" if asker.may(Permission.REQUEST_SEATS) else "access"
        send_mail(template, asker.user, {**context, "link": _page(page, context["account"])})


def pool_running_out(pool: SeatPool, available: int) -> None:
    """Tell the buyers that one seat is left, or none: once per crossing (R1, D12)."""
    row = SeatPool.objects.with_lines().select_related("subscription__account").get(pk=pool.pk)
    subscription, numbers = row.subscription, snapshot(row)
    account = subscription.account
    for buyer in _buyers(account):
        send_mail(
            "emails/pool_running_out",
            buyer.user,
            {
                "account": account,
                "subscription": subscription,
                "is_annual": subscription.cycle == Cycle.ANNUAL,
                "pool": numbers,
                "available": available,
                "more_cents": numbers.unit_cents * subscription.months,
                **_way_to_seats(buyer, numbers),
            },
        )


def _way_to_seats(buyer: Membership, pool: PoolSnapshot) -> dict[str, Any]:
    account = buyer.account
    can_buy = route_to_seats(account.kind, buyer.role).can_buy
    return {
        "can_add": pool_rule(account.kind, is_legacy=pool.is_legacy).can_add,
        "can_buy": can_buy,
        "link": _page("add_seats" if can_buy else "request_seats", account) + pool.query,
        "team": _page("team", account),
    }


def seats_lost(pool: SeatPool, members: Sequence[Membership], before: int, by: User | None) -> None:
    """Tell those who lost a seat to a reduction, and once the account's admins (D4).

    `before` is what was purchased; `by` who reduced it, nobody for a renewal.
    """
    account = pool.subscription.account
    actor = account.memberships.filter(user=by).first() if by else None
    owner = account.memberships.select_related("user").get(role="owner")
    context = {"account": account, "pool": pool, "before": before, "actor": actor, "owner": owner}
    for member in members:
        # Who is suspended is shut out; they learn of it when they are let in again.
        if not member.is_suspended:
            link = _page("access", account)
            send_mail("emails/seat_lost", member.user, {**context, "member": member, "link": link})
    for admin in account.memberships.who_may(Permission.MANAGE_TEAM).select_related("user"):
        others = [member for member in members if member.pk != admin.pk]
        if others:
            link = _page("team", account)
            send_mail(
                "emails/seat_lost_admin", admin.user, {**context, "members": others, "link": link}
            )


def _buyers(account: Account) -> list[Membership]:
    buyers = account.memberships.who_may(Permission.CHANGE_SUBSCRIPTION)
    return list(buyers.select_related("user", "account"))


def _representative(account: Account) -> User:
    """The account's representative; support where there is none or they have left (R6)."""
    if account.representative and account.representative.is_active:
        return account.representative
    return User(email=settings.SUPPORT_EMAIL)


def _page(name: str, account: Account) -> str:
    return _url(name, account.slug)


def _url(name: str, *args: Any) -> str:
    return settings.BASE_URL + reverse(name, args=args)

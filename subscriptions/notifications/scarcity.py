"""Emails when the seats of a pool run out (R1, D12)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Membership
from accounts.permissions import Permission
from accounts.selectors.contacts import representative_or_support
from core.mail import send_mail
from core.summaries import summarized
from subscriptions.models import Cycle, SeatPool, SeatRequest
from subscriptions.notifications.people import buyers_of, page_url
from subscriptions.rules.routes import pool_rule, route_of
from subscriptions.rules.seats import PoolSnapshot
from subscriptions.selectors.seats import snapshot


@summarized(_("Few seats left"))
def pool_running_out(pool: SeatPool, available: int) -> None:
    """Tell who buys or adds people that one seat is left, or none: once per crossing (R1, D12)."""
    row = SeatPool.objects.with_lines().select_related("subscription__account").get(pk=pool.pk)
    subscription, numbers = row.subscription, snapshot(row)
    account = subscription.account
    seat_request = SeatRequest.objects.open().with_details().filter(pool=pool).first()
    for member in account.memberships.who_may(Permission.MANAGE_TEAM).select_related("user"):
        send_mail(
            "emails/pool_running_out",
            member.user,
            {
                "account": account,
                "subscription": subscription,
                "is_annual": subscription.cycle == Cycle.ANNUAL,
                "pool": numbers,
                "available": available,
                "more_cents": numbers.unit_cents * subscription.months,
                "request": seat_request,
                **_way_to_seats(member, account, numbers, seat_request),
            },
        )


def _way_to_seats(
    member: Membership, account: Account, pool: PoolSnapshot, seat_request: SeatRequest | None
) -> dict[str, Any]:
    """Where this member gets seats of the pool, or whom they ask (R2, R21)."""
    route = route_of(member)
    is_requested = seat_request is not None and not route.can_buy
    page = "add_seats" if route.can_buy else "request_seats"
    return {
        "can_add": pool_rule(account.kind, is_legacy=pool.is_legacy).can_add,
        "can_buy": route.can_buy,
        "is_requested": is_requested,
        "asks_representative": route.asks_representative,
        "link": page_url("requests", account)
        if is_requested
        else page_url(page, account) + pool.query,
        "team": page_url("team", account),
        "contact": representative_or_support(account),
        "buyers": buyers_of(account),
    }

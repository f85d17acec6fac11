"""Emails about seats and requests; sent by actions, after the transaction.

What a mail says is read when it is sent, so it tells what was stored. Each goes
only to people of the account it is about, or to the vendor's people who serve it.
"""

from collections.abc import Collection, Sequence
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import Account, Membership, User
from accounts.permissions import Permission, Role
from accounts.selectors.contacts import representative_or_support
from core.mail import send_mail
from subscriptions.models import (
    Cycle,
    Order,
    RequestStatus,
    SeatChange,
    SeatChangeKind,
    SeatPool,
    SeatRequest,
)
from subscriptions.rules.routes import pool_rule, route_to_seats
from subscriptions.rules.seats import PoolSnapshot
from subscriptions.selectors.quotes import quote_addition
from subscriptions.selectors.seats import snapshot

# What says how many seats there are from the renewal on.
_DECISIONS = (SeatChangeKind.SCHEDULED, SeatChangeKind.KEPT)


def request_opened(seat_request: SeatRequest) -> None:
    """Notify those who decide, and confirm to the requester (R19, N4)."""
    context = _request_context(seat_request)
    for to in _deciders(context["request"]):
        send_mail("emails/request_to_decide", to, {**context, "link": _desk(context["request"])})
    _tell_requester("emails/request_received", context)


def request_closed(seat_request: SeatRequest) -> None:
    """Tell the requester how it ended, and the deciders who no longer need to act (N4).

    Whoever gets the receipt for its seats reads it there.
    """
    context = _request_context(seat_request)
    closed = context["request"]
    knowing = {closed.decided_by_id, *_receipted(_order_behind(closed))}
    for to in _deciders(closed):
        if to.pk is None or to.pk not in knowing:
            send_mail("emails/request_closed_desk", to, {**context, "link": _desk(closed)})
    _tell_requester("emails/request_closed", context)


def _request_context(seat_request: SeatRequest) -> dict[str, Any]:
    row = SeatRequest.objects.with_details().get(pk=seat_request.pk)
    subscription, account = row.pool.subscription, row.pool.subscription.account
    day = (row.closed_at or row.requested_at).date()
    # An approved request has its price in the ledger; for any other, quote what it would cost.
    change = row.changes.first()
    quote = quote_addition(subscription, {row.pool_id: row.seats}, day)
    decided_by = account.memberships.filter(user=row.decided_by_id).first()
    return {
        "request": row,
        "account": account,
        "pool": row.pool,
        "requester": row.requested_by,
        "before": change.seats_before if change else row.pool.seats,
        "after": change.seats_after if change else row.pool.seats + row.seats,
        "cents": change.cents if change else quote.charged_cents,
        "more_cents": quote.period_cents - quote.period_cents_before,
        "subscription": subscription,
        "is_annual": subscription.cycle == Cycle.ANNUAL,
        "paid_until": quote.period.end,
        # Inside an account, people go by the name the account gave them.
        "decided_by": decided_by.name if decided_by else row.decided_by,
        "buyers": _buyers(account),
        "representative": _representative(account),
    }


def _deciders(seat_request: SeatRequest) -> list[User]:
    account = seat_request.pool.subscription.account
    if seat_request.is_for_representative:
        return [_representative(account)]
    return [member.user for member in _buyers(account)]


def _desk(seat_request: SeatRequest) -> str:
    """The address of the page where a request is decided."""
    if seat_request.is_for_representative:
        return _url("admin:subscriptions_seatrequest_change", seat_request.pk)
    return _page("requests", seat_request.pool.subscription.account)


def _tell_requester(template: str, context: dict[str, Any]) -> None:
    requester: Membership = context["requester"]
    # Members removed or suspended in the meantime get no more mail about the account.
    if requester.is_active:
        page = "requests" if requester.may(Permission.REQUEST_SEATS) else "access"
        send_mail(template, requester.user, {**context, "link": _page(page, context["account"])})


def seats_bought(order: Order) -> None:
    """The receipt, for whoever bought and for the owner, once each (R17).

    Who asked for the seats is told of their request instead, and the vendor's people
    have it in Django admin.
    """
    account = order.account
    subscription = account.subscription
    quote = quote_addition(subscription, {}, order.placed_at.date())
    changes = order.changes.of_numbers().select_related("pool").order_by("pk")
    bought = [change for change in changes if change.kind == SeatChangeKind.BOUGHT]
    context = {
        "account": account,
        "order": order,
        "changes": changes,
        "number": sum(change.seats_after - change.seats_before for change in bought),
        "pools": [change.pool.name for change in bought],
        "period_cents": quote.period_cents,
        "is_annual": subscription.cycle == Cycle.ANNUAL,
        "paid_until": quote.period.end,
        "request": _request_of(order),
        "fulfilled": _fulfilled_by(order),
        "buyer": _called(account, order.placed_by),
        "link": _page("subscription", account),
    }
    for member in _receivers(order):
        send_mail("emails/seats_bought", member.user, context)


def _request_of(order: Order) -> SeatRequest | None:
    """The request that an order fulfils, if it was approved and not bought freely."""
    return SeatRequest.objects.with_details().filter(order=order).first()


def _receivers(order: Order) -> list[Membership]:
    people = order.account.memberships.active().select_related("user")
    receivers = people.filter(Q(role=Role.OWNER) | Q(user=order.placed_by))
    if seat_request := _request_of(order):
        receivers = receivers.exclude(pk=seat_request.requested_by_id)
    return list(receivers)


def _order_behind(seat_request: SeatRequest) -> Order | None:
    """The order that brought a request's seats, approved or bought another way."""
    if seat_request.status == RequestStatus.FULFILLED and seat_request.closed_at:
        bought = seat_request.pool.changes.filter(
            kind=SeatChangeKind.BOUGHT, at=seat_request.closed_at
        )
        return Order.objects.filter(changes__in=bought).first()
    return seat_request.order


def _fulfilled_by(order: Order) -> QuerySet[SeatRequest]:
    """The requests that closed because this order brought their seats (N4)."""
    closed = SeatRequest.objects.with_details().filter(pool__changes__order=order)
    return closed.filter(status=RequestStatus.FULFILLED, closed_at=order.placed_at).distinct()


def _receipted(order: Order | None) -> set[int]:
    """The ids of the users who get an order's receipt."""
    return {member.user_id for member in _receivers(order)} if order else set()


def _called(account: Account, user: User | None) -> Membership | User | None:
    """In an account, people are called what the account calls them."""
    return account.memberships.filter(user=user).first() or user


def pool_running_out(pool: SeatPool, available: int) -> None:
    """Tell who buys or adds people that one seat is left, or none: once per crossing (R1, D12)."""
    row = SeatPool.objects.with_lines().select_related("subscription__account").get(pk=pool.pk)
    subscription, numbers = row.subscription, snapshot(row)
    account = subscription.account
    seat_request = SeatRequest.objects.open().filter(pool=pool).first()
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
    route = route_to_seats(account.kind, member.role)
    is_requested = seat_request is not None and not route.can_buy
    page = "add_seats" if route.can_buy else "request_seats"
    return {
        "can_add": pool_rule(account.kind, is_legacy=pool.is_legacy).can_add,
        "can_buy": route.can_buy,
        "is_requested": is_requested,
        "asks_representative": route.asks_representative,
        "link": _page("requests", account) if is_requested else _page(page, account) + pool.query,
        "team": _page("team", account),
        "contact": representative_or_support(account),
        "buyers": _buyers(account),
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
        # Suspended members are not notified; they see it once they are reactivated.
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


def losses_announced(losses: Collection[tuple[int, Collection[int], bool]]) -> None:
    """Tell members that seats of theirs end at renewal, and whom to ask (N9).

    Of each: the member's id, the ids of the pools, and whether they hold no other seat, so
    that they become an end user.
    """
    for member_id, pool_ids, is_last in losses:
        _loss_announced(member_id, pool_ids, is_last)


def _loss_announced(member_id: int, pool_ids: Collection[int], is_last: bool) -> None:
    member, context = _about_losses(member_id, pool_ids)
    decided = SeatChange.objects.filter(pool__in=pool_ids, kind__in=_DECISIONS).first()
    by = _called(member.account, decided.by) if decided else None
    day = member.account.subscription.period_end
    send_mail(
        "emails/loss_announced", member.user, {**context, "day": day, "by": by, "is_last": is_last}
    )


def losses_called_off(losses: Collection[tuple[int, Collection[int]]]) -> None:
    """Tell members who were told that a seat of theirs ends that they keep it (N9).

    Of each: the member's id and the ids of the pools.
    """
    for member_id, pool_ids in losses:
        member, context = _about_losses(member_id, pool_ids)
        send_mail("emails/loss_called_off", member.user, context)


def _about_losses(member_id: int, pool_ids: Collection[int]) -> tuple[Membership, dict[str, Any]]:
    member = Membership.objects.select_related("user", "account").get(pk=member_id)
    account = member.account
    pools = SeatPool.objects.filter(pk__in=pool_ids).order_by("pk")
    return member, {
        "account": account,
        "member": member,
        "pools": [pool.name for pool in pools],
        "owner": account.memberships.select_related("user").get(role=Role.OWNER),
        "link": _page("access", account),
    }


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

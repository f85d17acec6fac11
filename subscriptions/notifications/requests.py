"""Emails to those who decide a seat request, and to whoever made it (R19, N4)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, User
from accounts.permissions import Permission
from core.mail import send_mail
from core.summaries import summarized
from subscriptions.models import Cycle, SeatRequest
from subscriptions.notifications.orders import order_behind, receipted
from subscriptions.notifications.people import (
    buyers_of,
    called,
    page_url,
    representative_of,
    url,
)
from subscriptions.selectors.quotes import quote_addition


@summarized(_("Seat request opened"))
def request_opened(seat_request: SeatRequest) -> None:
    """Notify those who decide, and confirm to the requester (R19, N4)."""
    context = _request_context(seat_request)
    deciders = _deciders(context["request"])
    for to in deciders:
        send_mail(
            "emails/request_to_decide", to, {**context, "link": _decision_url(context["request"])}
        )
    # Who made the token of a program that asks may be one of those who decide.
    if context["requester"].user not in deciders:
        _tell_requester("emails/request_received", context)


@summarized(_("Seat request closed"))
def request_closed(seat_request: SeatRequest) -> None:
    """Tell the requester how it ended, and the deciders who no longer need to act (N4).

    Whoever gets the receipt for its seats reads it there. What a program decided, nobody has
    decided by themselves: who made its token is told like the others.
    """
    context = _request_context(seat_request)
    closed = context["request"]
    knowing = {closed.requested_by.user_id, *receipted(order_behind(closed))}
    if closed.closed_token is None:
        knowing.add(closed.decided_by_id)
    for to in _deciders(closed):
        if to.pk is None or to.pk not in knowing:
            send_mail(
                "emails/request_closed_decider", to, {**context, "link": _decision_url(closed)}
            )
    _tell_requester("emails/request_closed", context)


def _request_context(seat_request: SeatRequest) -> dict[str, Any]:
    row = SeatRequest.objects.with_details().get(pk=seat_request.pk)
    subscription, account = row.pool.subscription, row.pool.subscription.account
    day = (row.closed_at or row.requested_at).date()
    # An approved request has its price in the ledger; for any other, quote what it would cost.
    change = row.changes.first()
    quote = quote_addition(subscription, {row.pool_id: row.seats}, day)
    return {
        "request": row,
        "account": account,
        "pool": row.pool,
        "requester": row.requested_by,
        "before": change.seats_before if change else row.pool.seats,
        "after": change.seats_after if change else row.pool.seats + row.seats,
        "cents": change.cents if change else quote.charged_cents,
        "more_cents": quote.more_per_period_cents,
        "subscription": subscription,
        "is_annual": subscription.cycle == Cycle.ANNUAL,
        "paid_until": quote.period.end,
        "decided_by": called(account, row.decided_by, row.closed_token),
        "buyers": buyers_of(account),
        "representative": representative_of(account),
    }


def _deciders(seat_request: SeatRequest) -> list[User]:
    account = seat_request.pool.subscription.account
    if seat_request.is_for_representative:
        return [representative_of(account)]
    return [member.user for member in buyers_of(account)]


def _decision_url(seat_request: SeatRequest) -> str:
    """The address of the page where a request is decided."""
    if seat_request.is_for_representative:
        return url("admin:subscriptions_seatrequest_change", seat_request.pk)
    return page_url("requests", seat_request.pool.subscription.account)


def _tell_requester(template: str, context: dict[str, Any]) -> None:
    requester: Membership = context["requester"]
    # Members removed or suspended in the meantime get no more mail about the account.
    if requester.is_active:
        page = "requests" if requester.may(Permission.REQUEST_SEATS) else "access"
        send_mail(template, requester.user, {**context, "link": page_url(page, context["account"])})

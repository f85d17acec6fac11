"""Emails to those who decide a seat request, and to everyone who asks in it (R19, D20, N4)."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.actors import named_to_readers
from accounts.models import Membership, User
from accounts.permissions import Permission
from core.mail import send_mail
from core.summaries import summarized
from subscriptions.models import Cycle, RequestPart, SeatRequest
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
    opening = context["request"].opening
    # Where it was taken back meanwhile, who joined has asked those who decide.
    if opening.stands:
        _ask_to_decide(opening, context)


@summarized(_("Seat request joined"))
def request_joined(part: RequestPart) -> None:
    """Notify those who decide, confirm to who joined, and tell the others in it (D20)."""
    context = _request_context(part.seat_request)
    if not part.stands:
        return
    _ask_to_decide(part, context)
    changed = {**context, "who": _requester(part), "number": part.seats, "has_joined": True}
    deciders = _deciders(context["request"])
    for member in _askers(context["parts"]):
        if member != part.requested_by and member.user not in deciders:
            _tell(member, "emails/request_changed", changed)


@summarized(_("Part of a seat request withdrawn"))
def parts_withdrawn(parts: Sequence[RequestPart]) -> None:
    """Confirm to who took them back, and tell the others in it and those who decide (D20, N4)."""
    first = parts[0]
    context = _request_context(first.seat_request)
    withdrawer = named_to_readers(first.requested_by.name, first.withdrawn_token)
    context |= {"who": withdrawer, "number": sum(part.seats for part in parts)}
    context["is_by_token"] = first.withdrawn_token is not None
    _tell(first.requested_by, "emails/request_part_withdrawn", context)
    # Where the rest is closed by now, that is what they are told.
    if not context["request"].is_open:
        return
    others = [member for member in _askers(context["parts"]) if member != first.requested_by]
    for member in others:
        _tell(member, "emails/request_changed", context)
    told = {first.requested_by.user_id, *(member.user_id for member in others)}
    link = _decision_url(context["request"])
    for to in _deciders(context["request"]):
        if to.pk is None or to.pk not in told:
            send_mail("emails/request_changed", to, {**context, "link": link})


@summarized(_("Seat request closed"))
def request_closed(seat_request: SeatRequest) -> None:
    """Tell everyone who asked how it ended, and the deciders who no longer need to act (N4).

    Whoever gets the receipt for its seats reads it there. What a program decided, nobody has
    decided by themselves: who made its token is told like the others.
    """
    context = _request_context(seat_request)
    closed, askers = context["request"], _askers(context["parts"])
    knowing = {*(member.user_id for member in askers), *receipted(order_behind(closed))}
    if closed.closed_token is None:
        knowing.add(closed.decided_by_id)
    decider = {**context, "number": closed.seats, "link": _decision_url(closed)}
    for to in _deciders(closed):
        if to.pk is None or to.pk not in knowing:
            send_mail("emails/request_closed_decider", to, decider)
    for member in askers:
        own = sum(part.seats for part in context["parts"] if part.requested_by == member)
        _tell(member, "emails/request_closed", {**context, "number": own})


@summarized(_("Seat request decided by somebody else"))
def request_moved(seat_request: SeatRequest) -> None:
    """Tell those who decide from now on, and everyone who asks for seats in it (D1)."""
    context = _request_context(seat_request)
    if not context["request"].is_open:
        return
    deciders = _deciders(context["request"])
    link = _decision_url(context["request"])
    for to in deciders:
        send_mail("emails/request_moved", to, {**context, "is_decider": True, "link": link})
    for member in _askers(context["parts"]):
        if member.user not in deciders:
            _tell(member, "emails/request_moved", context)


def _ask_to_decide(part: RequestPart, context: dict[str, Any]) -> None:
    """Of a part that is new: those who decide, and a confirmation to who asks for it."""
    context = {**context, "who": _requester(part), "number": part.seats}
    deciders = _deciders(context["request"])
    for to in deciders:
        link = _decision_url(context["request"])
        send_mail("emails/request_to_decide", to, {**context, "link": link})
    # Who made the token of a program that asks may be one of those who decide.
    if part.requested_by.user not in deciders:
        _tell(part.requested_by, "emails/request_received", context)


def _requester(part: RequestPart) -> Any:
    """As `part.requester`, in the language of each reader."""
    return named_to_readers(part.requested_by.name, part.requested_token)


def _request_context(seat_request: SeatRequest) -> dict[str, Any]:
    row = SeatRequest.objects.with_details().get(pk=seat_request.pk)
    subscription, account = row.pool.subscription, row.pool.subscription.account
    day = (row.closed_at or row.requested_at).date()
    # An approved request has its price in the ledger; for any other, quote what it would cost.
    change = row.changes.first()
    quote = quote_addition(subscription, {row.pool_id: row.seats}, day)
    return {
        "request": row,
        "parts": row.standing,
        "account": account,
        "pool": row.pool,
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


def _askers(parts: Iterable[RequestPart]) -> list[Membership]:
    """Everyone who asks for seats in a request, once."""
    return list(dict.fromkeys(part.requested_by for part in parts))


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


def _tell(member: Membership, template: str, context: dict[str, Any]) -> None:
    # Members removed or suspended in the meantime get no more mail about the account.
    if member.is_active:
        page = "requests" if member.may(Permission.REQUEST_SEATS) else "access"
        link = page_url(page, context["account"])
        send_mail(template, member.user, {**context, "member": member, "link": link})

"""A seat request as shown to those who decide it: numbers, cost and waiting time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Membership
from core.outbox import undelivered_about
from subscriptions.models import SeatRequest, Subscription
from subscriptions.rules.consent import Consent, consent_to
from subscriptions.rules.quotes import PoolChange, Quote
from subscriptions.rules.requests import may_decide, may_join, may_resend, parts_of
from subscriptions.rules.seats import PoolSnapshot
from subscriptions.selectors.quotes import quote_addition


@dataclass(frozen=True)
class RequestRow:
    """`quote` and `change` say what approval would do now; None once the request is closed."""

    seat_request: SeatRequest
    days_waiting: int
    quote: Quote | None
    can_decide: bool
    can_join: bool
    can_withdraw: bool
    # Whether nothing of the request is left where the viewer withdraws.
    ends_it: bool
    # To whom a mail about the request could not be delivered, for those who can send it again.
    undelivered: Sequence[str]

    @property
    def change(self) -> PoolChange | None:
        return self.quote.changed[0] if self.quote else None

    @property
    def consent(self) -> Consent | None:
        """What is asked once more where approving needs it."""
        return consent_to(self.quote) if self.quote else None


def request_rows(
    requests: Iterable[SeatRequest],
    subscription: Subscription,
    pools: Sequence[PoolSnapshot],
    viewer: Membership,
    at: datetime,
) -> list[RequestRow]:
    """The rows of the Requests page; one query, for the mails that could not be delivered."""
    rows = list(requests)
    undelivered = undelivered_about(rows)
    return [
        _row(seat_request, subscription, pools, viewer, at, undelivered.get(seat_request.pk, ()))
        for seat_request in rows
    ]


def _row(
    seat_request: SeatRequest,
    subscription: Subscription,
    pools: Sequence[PoolSnapshot],
    viewer: Membership,
    at: datetime,
    undelivered: Sequence[str],
) -> RequestRow:
    quote, own = None, parts_of(seat_request, viewer)
    if seat_request.is_open:
        quote = quote_addition(
            subscription, {seat_request.pool_id: seat_request.seats}, at.date(), pools
        )
    return RequestRow(
        seat_request=seat_request,
        days_waiting=seat_request.days_waiting(at),
        quote=quote,
        can_decide=seat_request.is_open and may_decide(seat_request, viewer),
        can_join=quote is not None
        and bool(quote.changed)
        and may_join(seat_request, viewer, is_legacy=quote.changed[0].pool.is_legacy),
        can_withdraw=seat_request.is_open and bool(own),
        ends_it=len(own) == len(seat_request.standing),
        undelivered=undelivered if may_resend(seat_request, viewer) else (),
    )

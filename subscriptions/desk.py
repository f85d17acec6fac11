"""A seat request as shown to those who decide it: numbers, cost and waiting time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Membership
from subscriptions.actions.requesting import may_decide
from subscriptions.consent import Consent, consent_to
from subscriptions.models import SeatRequest, Subscription
from subscriptions.quotes import PoolChange, Quote, quote_addition
from subscriptions.seats import PoolSnapshot


@dataclass(frozen=True)
class RequestRow:
    """`quote` and `change` say what approval would do now; None once the request is closed."""

    request: SeatRequest
    days_waiting: int
    quote: Quote | None
    can_decide: bool
    can_withdraw: bool

    @property
    def change(self) -> PoolChange | None:
        return self.quote.changed[0] if self.quote else None

    @property
    def consent(self) -> Consent | None:
        """What is asked once more where approving needs it."""
        return consent_to(self.quote) if self.quote else None

    @property
    def more_per_period(self) -> int:
        """Additional cents per full period from now on."""
        return self.quote.more_per_period_cents if self.quote else 0


def request_rows(
    requests: Iterable[SeatRequest],
    subscription: Subscription,
    pools: Sequence[PoolSnapshot],
    viewer: Membership,
    at: datetime,
) -> list[RequestRow]:
    """The rows of the Requests page; makes no queries."""
    return [_row(request, subscription, pools, viewer, at) for request in requests]


def _row(
    request: SeatRequest,
    subscription: Subscription,
    pools: Sequence[PoolSnapshot],
    viewer: Membership,
    at: datetime,
) -> RequestRow:
    quote = None
    if request.is_open:
        quote = quote_addition(subscription, {request.pool_id: request.seats}, at.date(), pools)
    return RequestRow(
        request=request,
        days_waiting=request.days_waiting(at),
        quote=quote,
        can_decide=request.is_open and may_decide(request, viewer),
        can_withdraw=request.is_open and request.requested_by_id == viewer.pk,
    )

"""A seat request as Sales reviews it: numbers, cost and the account (R22)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts.models import Account, Membership
from accounts.permissions import Permission, Role
from accounts.selectors.contacts import who_may
from subscriptions.models import SeatPool, SeatRequest, Subscription
from subscriptions.rules.consent import Consent, consent_to
from subscriptions.rules.quotes import PoolChange, Quote
from subscriptions.selectors.quotes import quote_addition
from subscriptions.selectors.seats import pools_on, snapshot

_OTHERS_SHOWN = 5


@dataclass(frozen=True)
class RequestCost:
    """Amounts in cents; `per_period` on top of what the subscription costs already."""

    today: int
    per_period: int
    currency: str


def request_cost(seat_request: SeatRequest, on: date) -> RequestCost:
    """What a request would cost, from its prefetched pool alone: no query."""
    subscription = seat_request.pool.subscription
    pools = [snapshot(seat_request.pool)]
    quote = quote_addition(subscription, {seat_request.pool_id: seat_request.seats}, on, pools)
    return RequestCost(
        today=quote.charged_cents,
        per_period=quote.more_per_period_cents,
        currency=subscription.currency,
    )


def seats_before_and_after(seat_request: SeatRequest) -> tuple[int, int] | None:
    """Purchased seats now and after, or as they were when it was approved; else none."""
    if seat_request.is_open:
        return seat_request.pool.seats, seat_request.pool.seats + seat_request.seats
    for change in seat_request.changes.all():
        return change.seats_before, change.seats_after
    return None


@dataclass(frozen=True)
class RequestReview:
    """Everything a rep looks at before deciding; all amounts in cents."""

    account: Account
    subscription: Subscription
    quote: Quote
    change: PoolChange
    owner: Membership
    buyers: Sequence[Membership]
    others: Sequence[SeatRequest]

    @property
    def consent(self) -> Consent:
        """What is asked once more where approving needs it."""
        return consent_to(self.quote)

    @property
    def available_after(self) -> int:
        return self.change.seats - self.change.pool.assigned

    @property
    def per_period_label(self) -> str:
        return _("Per month") if self.subscription.months == 1 else _("Per year")


def request_review(seat_request: SeatRequest, at: datetime) -> RequestReview:
    """Everything around a request, and what approving at a moment would do and cost (N1).

    Approving renews first where that is due; so what it shows is what is then (D6).
    """
    subscription, on = seat_request.pool.subscription, at.date()
    account, pools = subscription.account, pools_on(subscription, on)
    quote = quote_addition(subscription, {seat_request.pool_id: seat_request.seats}, on, pools)
    others = SeatRequest.objects.of_account(account).exclude(pk=seat_request.pk)
    return RequestReview(
        account=account,
        subscription=subscription,
        quote=quote,
        change=_change_of(seat_request, quote),
        owner=account.memberships.select_related("user").get(role=Role.OWNER),
        buyers=who_may(account, Permission.DECIDE_REQUESTS),
        others=list(others.select_related("pool")[:_OTHERS_SHOWN]),
    )


def _change_of(seat_request: SeatRequest, quote: Quote) -> PoolChange:
    """What approving does to the pool; of one that has ended, nothing."""
    for change in quote.changes:
        if change.pool.id == seat_request.pool_id:
            return change
    pool = snapshot(SeatPool.objects.with_lines().get(pk=seat_request.pool_id))
    return PoolChange(pool, pool.purchased, pool.at_renewal)

"""Which subscriptions renew when, and what the next period of each will cost."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Prefetch, QuerySet

from accounts.models import Account, User
from subscriptions.models import Cycle, SeatPool, Subscription
from subscriptions.selectors.desk.amounts import Amount
from subscriptions.selectors.seats import snapshot
from subscriptions.selectors.subscriptions import next_period_cents

SOON = timedelta(days=60)


@dataclass(frozen=True)
class Renewal:
    """A subscription and what its next period costs, at the numbers at renewal."""

    subscription: Subscription
    seats: int
    value: Amount

    @property
    def account(self) -> Account:
        return self.subscription.account


def renewing(
    user: User, on: date, until: date, cycle: Cycle | None = Cycle.ANNUAL
) -> QuerySet[Subscription]:
    """The subscriptions of this person's accounts that renew after a day, the next ones first.

    Annual ones unless asked otherwise: one that renews every month is no event. One that was
    cancelled ends on that day, which is among what is scheduled.
    """
    accounts = Account.objects.visible_to_staff(user)
    found = Subscription.objects.filter(
        account__in=accounts, period_end__gt=on, period_end__lte=until,
        ended_on=None, ends_at_renewal=False,
    )  # fmt: skip
    if cycle:
        found = found.filter(cycle=cycle)
    return found.select_related("account").order_by("period_end", "account__name", "pk")


def renewals(subscriptions: QuerySet[Subscription]) -> list[Renewal]:
    """What each of them comes to, in a fixed number of queries."""
    pools = Prefetch("pools", SeatPool.objects.standing().with_lines())
    return [_renewal(subscription) for subscription in subscriptions.prefetch_related(pools)]


def _renewal(subscription: Subscription) -> Renewal:
    pools = [snapshot(pool) for pool in subscription.pools.all()]
    cents = next_period_cents(subscription, pools)
    return Renewal(
        subscription=subscription,
        seats=sum(pool.at_renewal for pool in pools),
        value=Amount(cents, subscription.currency),
    )

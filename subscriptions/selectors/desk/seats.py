"""Pools that need somebody's attention: too few seats, too many, or fewer from a day on."""

from dataclasses import dataclass

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import Account, User
from subscriptions.models import Line, SeatPool, SeatRequest
from subscriptions.selectors.desk.amounts import Amount


@dataclass(frozen=True)
class Unused:
    """Seats that are paid for and that nobody has, with what they cost per month."""

    seats: int
    per_month: tuple[Amount, ...]


def short_pools(user: User) -> QuerySet[SeatPool]:
    """Pools with one seat left or none, where nobody has asked for more (D12).

    Of legacy plans no more can be bought, so those are left out.
    """
    asked = SeatRequest.objects.open().values("pool")
    low = _pools(user).filter(seats__gt=0, assigned__gte=F("seats") - 1)
    legacy = Line.objects.standing().filter(plan__is_legacy=True).values("pool")
    found = low.exclude(pk__in=asked).exclude(pk__in=legacy)
    return found.annotate(available=F("seats") - F("assigned")).order_by(
        "available", "subscription__account__name", "pk"
    )


def unused_pools(user: User) -> QuerySet[SeatPool]:
    """Pools with more than one seat left, those with most first; each with `cents` per month.

    One seat left is kept for whoever comes next, and is short already (D12).
    """
    lines = Line.objects.standing().filter(pool=OuterRef("pk")).order_by()
    unit_cents = lines.values("pool").annotate(sum=Sum("unit_cents")).values("sum")
    found = _pools(user).filter(assigned__lt=F("seats") - 1)
    return found.annotate(
        available=F("seats") - F("assigned"),
        cents=(F("seats") - F("assigned")) * Coalesce(Subquery(unit_cents), 0),
    ).order_by("-available", "subscription__account__name", "pk")


def unused(user: User) -> Unused:
    """What all of those come to; two queries."""
    pools = _pools(user).filter(assigned__lt=F("seats") - 1)
    lines = Line.objects.standing().filter(pool__in=pools)
    cents = (F("pool__seats") - F("pool__assigned")) * F("unit_cents")
    by_currency = lines.values_list("pool__subscription__currency").annotate(sum=Sum(cents))
    return Unused(
        seats=pools.aggregate(sum=Sum(F("seats") - F("assigned")))["sum"] or 0,
        per_month=tuple(
            Amount(total, currency) for currency, total in by_currency.order_by().iterator()
        ),
    )


def reduced_pools(user: User) -> QuerySet[SeatPool]:
    """Pools that go on with fewer seats after the renewal."""
    found = _pools(user).filter(subscription__ends_at_renewal=False, seats_at_renewal__gt=0)
    return found.filter(seats_at_renewal__lt=F("seats"))


def _pools(user: User) -> QuerySet[SeatPool]:
    accounts = Account.objects.visible_to_staff(user)
    pools = SeatPool.objects.standing().filter(subscription__account__in=accounts)
    return pools.filter(subscription__ended_on=None).select_related("subscription__account")

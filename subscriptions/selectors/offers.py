"""What the catalogue has for an account: plans that are sold, at their prices."""

from collections.abc import Sequence
from dataclasses import dataclass

from subscriptions.models import Line, Plan, Price, Subscription


@dataclass(frozen=True)
class Offer:
    """A plan, and what one seat of it costs per month, in cents; None where nothing is agreed."""

    plan: Plan
    unit_cents: int | None = None


@dataclass(frozen=True)
class PlanOffer:
    """Another plan for a line, with both prices per seat and month, in cents."""

    line: Line
    plan: Plan
    unit_cents: int


def first_offers() -> list[Offer]:
    """All that is sold to an account without a subscription; its terms say the price."""
    plans = Plan.objects.filter(is_legacy=False, prices__isnull=False).distinct()
    ordered = plans.select_related("product").order_by("product__position", "product__name", "pk")
    return [Offer(plan) for plan in ordered]


def product_offers(subscription: Subscription) -> list[Offer]:
    """What could be added: plans with a price of its terms whose product it does not have yet."""
    had = {line.plan.product_id for line in _lines(subscription)}
    return [
        Offer(price.plan, price.cents)
        for price in _prices(subscription)
        if price.plan.product_id not in had
    ]


def plan_offers(subscription: Subscription) -> list[PlanOffer]:
    """For each line the other plans of its product that are sold at a price of its terms."""
    prices = _prices(subscription)
    return [
        PlanOffer(line, price.plan, price.cents)
        for line in _lines(subscription)
        for price in prices
        if price.plan.product_id == line.plan.product_id and price.plan_id != line.plan_id
    ]


def _lines(subscription: Subscription) -> Sequence[Line]:
    """Those it has today."""
    lines = Line.objects.standing().filter(pool__subscription=subscription)
    return list(lines.select_related("pool", "plan__product"))


def _prices(subscription: Subscription) -> list[Price]:
    """Of every plan that is still sold, in the currency and cycle of the subscription."""
    found = Price.objects.filter(
        plan__is_legacy=False, currency=subscription.currency, cycle=subscription.cycle
    ).select_related("plan__product")
    return list(found.order_by("plan__product__position", "plan__product__name", "plan"))

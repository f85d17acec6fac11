"""Changes of the catalogue: its prices, and plans that are retired or sold again (R23).

Who changed what from what to what stands in the log of the admin, of the product and of the
plan, written in the same transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from subscriptions import errors
from subscriptions.actions.ledger import change_numbers
from subscriptions.actions.reductions import announce_losses
from subscriptions.actions.renewal import lock_renewed
from subscriptions.models import Currency, Cycle, Plan, Price, Product, SeatChangeKind, SeatPool
from subscriptions.rules.catalog import Cell, PriceChange, changes, fingerprint
from subscriptions.selectors.catalog import has_twin, pools_kept, prices_of


@dataclass(frozen=True)
class NewPlan:
    """A plan to be sold from now on; cents per seat and month by currency and cycle."""

    tier: str
    prices: Mapping[tuple[Currency, Cycle], int]


@transaction.atomic
def set_prices(
    *,
    product: Product,
    prices: Mapping[Cell, int | None],
    new: NewPlan | None,
    expected: str,
    by: User,
    at: datetime,
) -> list[PriceChange]:
    """Set prices of a product's plans, all or none, and add a plan; what is not named stays.

    Cents per seat and month, None for none. They count for lines added from now on: no line
    changes its price. `expected` is the fingerprint of the prices that were seen.
    Raises ValidationError `stale`, `plan_name_taken`.
    """
    row = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
    stored = prices_of(row)
    if fingerprint(stored) != expected:
        raise errors.PRICES_CHANGED.error()
    after = dict(prices)
    if new:
        plan = _added(row, new.tier, by, at)
        after |= {Cell(plan.pk, *place): cents for place, cents in new.prices.items()}
    changed = changes(stored, after)
    _store(changed)
    _log_prices(row, changed, by, at)
    return changed


def _added(product: Product, tier: str, by: User, at: datetime) -> Plan:
    plan = Plan(product=product, tier=tier)
    if Plan.objects.filter(product=product, tier=tier, is_legacy=False).exists():
        raise errors.PLAN_NAME_TAKEN.error(plan=str(plan))
    plan.save()
    _log([product], _("Plan added: %(plan)s.") % {"plan": plan}, by, at)
    return plan


def _store(changed: list[PriceChange]) -> None:
    for change in changed:
        where: dict[str, Any] = {
            "plan_id": change.cell.plan_id,
            "currency": change.cell.currency,
            "cycle": change.cell.cycle,
        }
        if change.after is None:
            Price.objects.filter(**where).delete()
        else:
            Price.objects.update_or_create(**where, defaults={"cents": change.after})


def _log_prices(product: Product, changed: list[PriceChange], by: User, at: datetime) -> None:
    for plan in product.plans.filter(pk__in=[change.cell.plan_id for change in changed]):
        said = "; ".join(c.sentence for c in changed if c.cell.plan_id == plan.pk)
        _log([plan, product], f"{plan}: {said}", by, at)


@transaction.atomic
def retire_plan(*, plan: Plan, by: User, at: datetime) -> bool:
    """Mark a plan as legacy: no longer offered, and of its seats none is taken from anyone (R23).

    A reduction that would cost people their seat at renewal ends where the people begin; they
    are told. What is due is renewed first, as was agreed. Returns False if it was retired
    already. Raises ValidationError `plan_name_taken`.
    """
    row = _locked(plan)
    if row.is_legacy:
        return False
    kept = _lock_kept(row, at)
    _mark(row, is_legacy=True)
    for pool in kept:
        _keep_people(pool, by, at)
    _log([row, row.product], _("Retired: %(plan)s.") % {"plan": row}, by, at)
    return True


@transaction.atomic
def sell_again(*, plan: Plan, by: User, at: datetime) -> bool:
    """Offer a retired plan again; its seats can be reduced as those of any plan.

    Returns False if it is on sale already. Raises ValidationError `plan_name_taken`.
    """
    row = _locked(plan)
    if not row.is_legacy:
        return False
    _mark(row, is_legacy=False)
    _log([row, row.product], _("On sale again: %(plan)s.") % {"plan": row}, by, at)
    return True


def _locked(plan: Plan) -> Plan:
    rows = Plan.objects.select_for_update(of=("self",), no_key=True).select_related("product")
    return rows.get(pk=plan.pk)


def _mark(plan: Plan, *, is_legacy: bool) -> None:
    """The two names may not meet: the database allows each of them once."""
    if has_twin(plan):
        raise errors.PLAN_NAME_TAKEN.error(plan=str(plan))
    plan.is_legacy = is_legacy
    plan.save(update_fields=["is_legacy"])


def _lock_kept(plan: Plan, at: datetime) -> list[SeatPool]:
    """The pools that lose seats people sit in, locked, in the order everybody locks them."""
    concerned = {pool.subscription_id: pool.subscription for pool in pools_kept(plan)}
    locked: dict[int, SeatPool] = {}
    for subscription in concerned.values():
        locked |= lock_renewed(subscription, at)[1]
    return [locked[pool.pk] for pool in pools_kept(plan) if pool.pk in locked]


def _keep_people(pool: SeatPool, by: User, at: datetime) -> None:
    pool.assignments.filter(release_at_renewal=True).update(release_at_renewal=False)
    change_numbers(
        pool, seats=pool.seats, at_renewal=pool.assigned, kind=SeatChangeKind.KEPT,
        by=by, at=at,
    )  # fmt: skip
    announce_losses(pool.subscription, [pool.pk])


def _log(about: list[Plan | Product], said: str, by: User, at: datetime) -> None:
    for row in about:
        LogEntry.objects.create(
            user=by,
            content_type=ContentType.objects.get_for_model(row),
            object_id=str(row.pk),
            object_repr=str(row)[:200],
            action_flag=CHANGE,
            change_message=said,
            action_time=at,
        )

"""Billing, contract, the end of a subscription and its return (D15)."""

from dataclasses import replace

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.periods import period_on
from subscriptions import errors
from subscriptions.actions.changes.draft import Draft, Now
from subscriptions.actions.preconditions import check_number
from subscriptions.models import ChargeKind, Cycle, Price, TermKind
from subscriptions.rules.changes import (
    CancelSubscription,
    ChangeCycle,
    ProposedCharge,
    Reopen,
    SetTerms,
)
from subscriptions.rules.seats import LineSnapshot, PoolSnapshot


def draft_cycle(change: ChangeCycle, now: Now) -> Draft:
    """Raises ValidationError `nothing`, `scheduled_already`."""
    subscription = now.subscription
    if subscription.cycle_at_renewal:
        raise errors.SCHEDULED_ALREADY.error(name=_("billing"))
    if change.cycle == subscription.cycle:
        raise errors.NO_CHANGE.error()
    pools, kept = priced_for(change.cycle, now)
    day = subscription.period_end
    terms = [now.term(TermKind.CYCLE, "", subscription.cycle, change.cycle, from_day=day)]
    for before, after in zip(now.pools, pools, strict=True):
        for line, priced in zip(before.lines, after.lines, strict=True):
            if line.unit_cents_at_renewal != priced.unit_cents_at_renewal:
                cents = (line.unit_cents_at_renewal, priced.unit_cents_at_renewal)
                name = line.next_name or line.name
                terms.append(now.term(TermKind.PRICE, name, *cents, line=line.id, from_day=day))
    months = 0 if subscription.ends_at_renewal else Cycle(change.cycle).months
    return now.draft(
        *pools,
        months_next=months,
        terms=tuple(terms),
        warnings=tuple(kept),
        stored={"cycle_at_renewal": change.cycle},
    )


def priced_for(cycle: Cycle, now: Now) -> tuple[list[PoolSnapshot], list[str]]:
    """The pools as billed in another cycle, and a sentence for each price that cannot follow.

    What is agreed with the account stays; the rest follows the catalogue.
    """
    prices = dict(
        Price.objects.filter(currency=now.subscription.currency, cycle=cycle).values_list(
            "plan", "cents"
        )
    )
    kept: list[str] = []

    def priced(line: LineSnapshot) -> LineSnapshot:
        stays = line.is_price_agreed and not line.next_plan
        if line.ends or line.is_next_price_agreed or stays:
            return line
        cents = prices.get(line.next_plan or line.plan)
        if cents is None:
            said = _("%(line)s has no price for this billing in the catalogue: its price stays.")
            kept.append(said % {"line": line.next_name or line.name})
            return line
        return replace(line, next_unit_cents=cents)

    pools = [replace(pool, lines=tuple(map(priced, pool.lines))) for pool in now.pools]
    return pools, kept


def draft_terms(change: SetTerms, now: Now) -> Draft:
    """Raises ValidationError `unknown_pool`, `bad_number`, `minimum_too_high`, `past_day`."""
    subscription, day = now.subscription, change.contract_ends_on
    terms, changed = [], []
    if day != subscription.contract_ends_on:
        if day is not None and day <= now.at.date():
            raise errors.CONTRACT_DAY_PAST.error()
        if day is not None and subscription.ends_at_renewal and day > subscription.period_end:
            raise errors.SCHEDULED_ALREADY.error(name=_("the subscription"))
        terms.append(now.term(TermKind.CONTRACT_END, "", subscription.contract_ends_on, day))
    for pk, minimum in change.minimum_seats.items():
        pool = now.pool(pk)
        if minimum:
            check_number(minimum)
        if minimum > pool.at_renewal:
            raise errors.MINIMUM_TOO_HIGH.error(pool=pool.name, seats=pool.at_renewal)
        if minimum != pool.minimum:
            term = now.term(
                TermKind.MINIMUM, pool.name, pool.minimum or None, minimum or None, pool=pool.id
            )
            terms.append(term)
            changed.append(replace(pool, minimum=minimum))
    return now.draft(*changed, terms=tuple(terms), stored={"contract_ends_on": day})


def draft_cancelled(change: CancelSubscription, now: Now) -> Draft:
    """Raises ValidationError `scheduled_already`, `contract_runs`."""
    subscription = now.subscription
    if subscription.ends_at_renewal:
        raise errors.SCHEDULED_ALREADY.error(name=_("the subscription"))
    if subscription.contract_ends_on and subscription.is_bound(subscription.period_end):
        raise errors.CONTRACT_RUNS.error(day=date_format(subscription.contract_ends_on))
    day = subscription.period_end
    term = now.term(TermKind.END, "", None, day, from_day=day)
    return now.draft(months_next=0, terms=(term,), stored={"ends_at_renewal": True})


def draft_reopened(change: Reopen, now: Now) -> Draft:
    """A new period begins today. Raises ValidationError `not_ended`."""
    subscription, today = now.subscription, now.at.date()
    if subscription.ended_on is None:
        raise errors.NOT_ENDED.error(account=subscription.account.name)
    period = period_on(today, subscription.months, today)
    charges = tuple(
        ProposedCharge(
            kind=ChargeKind.REOPENED,
            name=line.name,
            line=line.id,
            pool=pool.id,
            seats=pool.purchased,
            unit_cents=line.unit_cents,
            days=period.days,
            cents=pool.purchased * line.unit_cents * subscription.months,
        )
        for pool in now.pools
        if pool.purchased
        for line in pool.lines
    )
    term = now.term(TermKind.END, "", subscription.ended_on, None, from_day=today)
    stored = {
        "started_on": today, "ended_on": None,
        "period_start": period.start, "period_end": period.end,
    }  # fmt: skip
    return now.draft(months_next=subscription.months, charges=charges, terms=(term,), stored=stored)

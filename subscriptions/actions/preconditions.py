"""What no order may do, wherever it comes from (D10)."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.utils.formats import date_format, number_format

from accounts.selectors.contacts import representative_or_support
from subscriptions import errors
from subscriptions.models import SeatPool, Subscription
from subscriptions.rules.consent import consent_to
from subscriptions.rules.quotes import PoolChange, Quote
from subscriptions.rules.routes import PoolRule, Removal, pool_rule
from subscriptions.rules.seats import PoolSnapshot

MAX_SEATS = 100_000
# No seat costs more a month; a slip of the hand does.
MAX_UNIT_CENTS = 10_000_000


def check_numbers(numbers: Mapping[int, int], pools: Mapping[int, SeatPool]) -> None:
    """Refuse numbers no page would send. Raises ValidationError `unknown_pool`, `bad_number`."""
    for pool_id, number in numbers.items():
        if pool_id not in pools:
            raise errors.UNKNOWN_POOL.error()
        check_number(number)


def check_number(number: int) -> None:
    """Refuse a number of seats no pool can have. Raises ValidationError `bad_number`."""
    if not 1 <= number <= MAX_SEATS:
        raise errors.BAD_NUMBER.error(most=max_seats())


def check_not_ended(subscription: Subscription) -> None:
    """Refuse whatever needs a subscription that goes on. ValidationError `subscription_ended`."""
    if subscription.ended_on:
        day = date_format(subscription.ended_on)
        raise errors.ENDED.error(account=subscription.account.name, day=day)


def check_price(unit_cents: int) -> int:
    """The price, in cents per seat and month. Raises ValidationError `bad_price`."""
    if not 0 <= unit_cents <= MAX_UNIT_CENTS:
        raise errors.BAD_PRICE.error()
    return unit_cents


def max_seats() -> str:
    """The largest pool, as the current language writes it: 100,000, 100.000."""
    return number_format(MAX_SEATS, force_grouping=True)


def check_allowed(quote: Quote) -> None:
    """Check each change against the rules of the account kind (R7, R8, R23).

    Raises ValidationError `not_addable`, `not_removable`, `unassigned_only`, `too_many`.
    """
    for refusal in refusals_by_pool(quote).values():
        raise refusal


def refusals_by_pool(quote: Quote) -> dict[int, ValidationError]:
    """Pool id → why its change is refused; a page says it under that pool's number."""
    refusals = {}
    for change in quote.changed:
        refusal = _refusal_of(quote, change)
        if refusal:
            refusals[change.pool.id] = refusal
    return refusals


def refusal_of_minimum(
    subscription: Subscription, pool: PoolSnapshot, seats: int, acts_on: date
) -> ValidationError | None:
    """Why a pool cannot get so small on that day: `below_minimum`, while the contract says so."""
    if seats < min(pool.minimum, pool.at_renewal) and subscription.keeps_minimum(acts_on):
        return errors.BELOW_MINIMUM.error(pool=pool.name, minimum=pool.minimum)
    return None


def _refusal_of(quote: Quote, change: PoolChange) -> ValidationError | None:
    rule = pool_rule(quote.subscription.account.kind, is_legacy=change.pool.is_legacy)
    if change.pool.ends:
        return errors.ENDING.error(name=change.pool.name)
    if change.added and not rule.can_add:
        return errors.NOT_ADDABLE.error(pool=change.pool.name)
    if change.seats > MAX_SEATS:
        return errors.TOO_MANY.error(most=max_seats())
    return _refusal_of_fewer(quote, change, rule) if change.delta < 0 else None


def _refusal_of_fewer(quote: Quote, change: PoolChange, rule: PoolRule) -> ValidationError | None:
    if rule.removal is Removal.NONE:
        contact = representative_or_support(quote.subscription.account)
        return errors.NOT_REMOVABLE.error(
            pool=change.pool.name, name=contact.whom, email=contact.email
        )
    if rule.removal is Removal.UNASSIGNED_AT_RENEWAL and (change.displaced or change.removed_now):
        return errors.UNASSIGNED_ONLY.error(pool=change.pool.name, available=change.pool.available)
    today = quote.period.end - timedelta(days=quote.days_left)
    acts_on = today if change.removed_now else quote.period.end
    return refusal_of_minimum(quote.subscription, change.pool, change.at_renewal, acts_on)


def check_something(quote: Quote, quote_fingerprint: str) -> None:
    """Refuse an order that changes nothing, unless another quote was shown: that one is stale.

    Raises ValidationError `nothing`.
    """
    if quote.is_empty and quote_fingerprint in ("", quote.fingerprint):
        raise errors.NO_CHANGE.error()


def check_fingerprint(quote: Quote, quote_fingerprint: str) -> None:
    """Refuse if numbers, price or people differ from what was shown (D6).

    Raises ValidationError `stale`.
    """
    if quote.fingerprint != quote_fingerprint:
        raise errors.QUOTE_CHANGED.error()


def check_confirmed(quote: Quote, confirmed: bool) -> None:
    """Refuse an order not confirmed again where it must be. ValidationError `unconfirmed`."""
    if quote.needs_confirmation and not confirmed:
        raise errors.UNCONFIRMED.error(question=consent_to(quote).question)

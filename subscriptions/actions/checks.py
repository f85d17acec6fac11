"""What no order may do, wherever it comes from (D10)."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.selectors.contacts import representative_or_support
from subscriptions.models import SeatPool
from subscriptions.rules.consent import consent_to
from subscriptions.rules.quotes import PoolChange, Quote
from subscriptions.rules.routes import PoolRule, Removal, pool_rule

MAX_SEATS = 100_000


def check_numbers(numbers: Mapping[int, int], pools: Mapping[int, SeatPool]) -> None:
    """Refuse numbers no page would send. Raises ValidationError `unknown_pool`, `bad_number`."""
    for pool_id, number in numbers.items():
        if pool_id not in pools:
            raise ValidationError(
                _("These seats do not belong to this account."), code="unknown_pool"
            )
        check_number(number)


def check_number(number: int) -> None:
    """Refuse a number of seats no pool can have. Raises ValidationError `bad_number`."""
    if not 1 <= number <= MAX_SEATS:
        raise ValidationError(
            _("Enter a whole number from 1 to %(most)s.") % {"most": max_seats()},
            code="bad_number",
        )


def max_seats() -> str:
    """The largest pool, as the current language writes it: 100,000, 100.000."""
    return number_format(MAX_SEATS, force_grouping=True)


def check_allowed(quote: Quote) -> None:
    """Check each change against the rules of the account kind (R7, R8, R23).

    Raises ValidationError `not_addable`, `not_removable`, `unassigned_only`, `too_many`.
    """
    for refusal in forbidden(quote).values():
        raise refusal


def forbidden(quote: Quote) -> dict[int, ValidationError]:
    """Pool id → why its change is refused; a page says it under that pool's number."""
    refusals = {}
    for change in quote.changed:
        refusal = _refusal_of(quote, change)
        if refusal:
            refusals[change.pool.id] = refusal
    return refusals


def _refusal_of(quote: Quote, change: PoolChange) -> ValidationError | None:
    rule = pool_rule(quote.subscription.account.kind, is_legacy=change.pool.is_legacy)
    if change.added and not rule.can_add:
        return ValidationError(
            _("%(pool)s is a legacy plan, so seats cannot be added.") % {"pool": change.pool.name},
            code="not_addable",
        )
    if change.seats > MAX_SEATS:
        return ValidationError(
            _("A product can have at most %(most)s seats.") % {"most": max_seats()},
            code="too_many",
        )
    return _refusal_of_fewer(quote, change, rule) if change.delta < 0 else None


def _refusal_of_fewer(quote: Quote, change: PoolChange, rule: PoolRule) -> ValidationError | None:
    if rule.removal is Removal.NONE:
        contact = representative_or_support(quote.subscription.account)
        return ValidationError(
            _(
                "You can only add %(pool)s seats here. To remove seats, contact %(name)s "
                "(%(email)s)."
            ) % {"pool": change.pool.name, "name": contact.name, "email": contact.email},
            code="not_removable",
        )  # fmt: skip
    if rule.removal is Removal.UNASSIGNED_AT_RENEWAL and (change.displaced or change.removed_now):
        return ValidationError(
            _(
                "%(pool)s is a legacy plan. Only unassigned seats (%(available)s) can be removed, "
                "and only at renewal."
            )
            % {"pool": change.pool.name, "available": change.pool.available},
            code="unassigned_only",
        )
    return None


def check_fingerprint(quote: Quote, quote_fingerprint: str) -> None:
    """Refuse if numbers, price or people differ from what was shown (D6).

    Raises ValidationError `stale`.
    """
    if quote.fingerprint != quote_fingerprint:
        raise ValidationError(
            _(
                "Nothing has changed yet. The numbers or the price are different from what you "
                "saw. Check them and confirm again."
            ),
            code="stale",
        )


def check_confirmed(quote: Quote, confirmed: bool) -> None:
    """Refuse an order not confirmed again where it must be. ValidationError `unconfirmed`."""
    if quote.needs_confirmation and not confirmed:
        raise ValidationError(
            _("%(question)s Nothing changes until you confirm.")
            % {"question": consent_to(quote).question},
            code="unconfirmed",
        )

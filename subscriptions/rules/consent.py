"""The words in which a change is asked for once more, naming number and sum (D3, N1)."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.money import format_money
from subscriptions.rules.quotes import PoolChange, Quote


@dataclass(frozen=True)
class Consent:
    """A question, the label of the button that confirms, and the quote that is confirmed."""

    question: str
    confirm_label: str
    fingerprint: str
    removes: bool


def consent_to(quote: Quote) -> Consent:
    """What is asked before this quote is carried out, if it asks (`needs_confirmation`)."""
    at_once = [change for change in quote.changed if change.added or change.removed_now]
    return Consent(
        question=" ".join(_question(change, quote.subscription.currency) for change in at_once),
        confirm_label=_confirm_label(quote),
        fingerprint=quote.fingerprint,
        removes=bool(quote.removed_now),
    )


def _question(change: PoolChange, currency: str) -> str:
    facts = {"pool": change.pool.name, "amount": format_money(change.cents, currency)}
    if change.added:
        text = ngettext(
            "Buy %(number)s %(pool)s seat for %(amount)s?",
            "Buy %(number)s %(pool)s seats for %(amount)s?",
            change.added,
        )
        return text % {**facts, "number": change.added}
    text = ngettext(
        "Remove %(number)s %(pool)s seat immediately, without a refund?",
        "Remove %(number)s %(pool)s seats immediately, without a refund?",
        change.removed_now,
    )
    asked = text % {**facts, "number": change.removed_now}
    return f"{asked} {_people_displaced(change)}".strip()


def _people_displaced(change: PoolChange) -> str:
    people = len(change.displaced)
    text = ngettext(
        "%(people)s person will lose their seat.",
        "%(people)s people will lose their seats.",
        people,
    )
    return text % {"people": people} if people else ""


def _confirm_label(quote: Quote) -> str:
    amount = format_money(quote.charged_cents, quote.subscription.currency)
    if quote.added and quote.removed_now:
        return _("Yes, do both for %(amount)s") % {"amount": amount}
    if quote.added:
        text = ngettext(
            "Yes, buy %(number)s seat for %(amount)s",
            "Yes, buy %(number)s seats for %(amount)s",
            quote.added,
        )
        return text % {"number": quote.added, "amount": amount}
    text = ngettext(
        "Yes, remove %(number)s seat immediately",
        "Yes, remove %(number)s seats immediately",
        quote.removed_now,
    )
    return text % {"number": quote.removed_now}

"""The sentence after a change: what was bought or scheduled, and for how much (R17)."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from subscriptions.formats import format_money
from subscriptions.models import Order, SeatChange, SeatChangeKind


def receipt(order: Order) -> str:
    """What an order did, pool by pool, and what was charged."""
    changes = order.changes.select_related("pool__subscription").order_by("pk")
    sentences = [_sentence(change) for change in changes]
    if order.charged_cents:
        amount = format_money(order.charged_cents, order.currency)
        sentences.append(_("Charged today: %(amount)s.") % {"amount": amount})
    return " ".join(sentences)


def _sentence(change: SeatChange) -> str:
    bought = change.seats_after - change.seats_before
    facts = {
        "pool": change.pool.name,
        "before": change.seats_before,
        "after": change.seats_after,
        "at_renewal": change.at_renewal_after,
        "day": date_format(change.pool.subscription.period_on(change.at.date()).end),
    }
    if change.kind == SeatChangeKind.BOUGHT:
        text = ngettext(
            "%(number)s %(pool)s seat bought: %(before)s → %(after)s.",
            "%(number)s %(pool)s seats bought: %(before)s → %(after)s.",
            bought,
        )
        return text % {**facts, "number": bought}
    if change.kind == SeatChangeKind.REMOVED:
        text = ngettext(
            "%(number)s %(pool)s seat removed: %(before)s → %(after)s.",
            "%(number)s %(pool)s seats removed: %(before)s → %(after)s.",
            -bought,
        )
        return text % {**facts, "number": -bought}
    text = ngettext(
        "%(pool)s: %(at_renewal)s seat from %(day)s.",
        "%(pool)s: %(at_renewal)s seats from %(day)s.",
        change.at_renewal_after,
    )
    return text % facts

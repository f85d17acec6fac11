"""The messages after a change: what was bought or scheduled, its cost, who is affected (R17)."""

from collections.abc import Iterable, Sequence

from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import AuditEntry, AuditKind
from accounts.permissions import Role
from core.money import format_money
from subscriptions.models import Order, SeatChange, SeatChangeKind
from subscriptions.selectors.seats import displaced_at_renewal, pools_of

# So many people are named; of the others, their number is said.
MAX_NAMES = 5


def receipt(order: Order) -> str:
    """What an order did, pool by pool, who loses a seat, and what was charged."""
    changes = order.changes.of_numbers().select_related("pool__subscription").order_by("pk")
    sentences = [_sentence(change) for change in changes]
    sentences += [*_losses(order), *_coming_losses(order, changes)]
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


def _losses(order: Order) -> list[str]:
    """Who lost a seat immediately, and who became an end user (D4)."""
    rows = order.changes.filter(kind=SeatChangeKind.RELEASED).order_by("pk")
    lost: dict[str, list[str]] = {}
    for row in rows.select_related("pool", "member"):
        if row.member:
            lost.setdefault(row.pool.name, []).append(row.member.name)
    downgraded = AuditEntry.objects.filter(
        member__in=rows.values("member"),
        at=order.placed_at,
        kind=AuditKind.ROLE_CHANGED,
        after__role=Role.END_USER,
    )
    sentences = [
        ngettext(
            "%(names)s lost their %(pool)s seat.",
            "%(names)s lost their %(pool)s seat.",
            len(names),
        )
        % {"names": _people(names), "pool": pool}
        for pool, names in lost.items()
    ]
    ended = downgraded.select_related("member").order_by("pk")
    names = [entry.member.name for entry in ended if entry.member]
    return sentences + _end_users(names)


def _end_users(names: Sequence[str]) -> list[str]:
    if not names:
        return []
    text = ngettext("%(names)s is now an end user.", "%(names)s are now end users.", len(names))
    return [text % {"names": _people(names)}]


def _coming_losses(order: Order, changes: Iterable[SeatChange]) -> list[str]:
    """Who will lose a seat at renewal, and who will become an end user (N2)."""
    fewer = (c for c in changes if c.at_renewal_after < c.seats_after)
    pools = {c.pool_id: c.pool.name for c in fewer if c.kind != SeatChangeKind.BOUGHT}
    if not pools:
        return []
    going = displaced_at_renewal(pools_of(order.account.subscription))
    sentences = []
    for pool_id, pool in pools.items():
        if names := [holder.name for holder in going[pool_id]]:
            text = ngettext(
                "%(names)s will lose their %(pool)s seat then.",
                "%(names)s will lose their %(pool)s seat then.",
                len(names),
            )
            sentences.append(text % {"names": _people(names), "pool": pool})
    ending = {h.membership_id: h.name for pk in pools for h in going[pk] if h.becomes_end_user}
    if ending:
        text = ngettext(
            "%(names)s will become an end user.", "%(names)s will become end users.", len(ending)
        )
        sentences.append(text % {"names": _people(list(ending.values()))})
    return sentences


def _people(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    shown = list(names[:MAX_NAMES])
    if more := len(names) - len(shown):
        shown.append(ngettext("%(number)s more", "%(number)s more", more) % {"number": more})
    return get_text_list(shown, _("and"))

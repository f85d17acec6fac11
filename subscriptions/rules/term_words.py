"""What was agreed besides seats, in words: on pages, in mails and in the history (D15)."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.money import format_money
from subscriptions.models import Cycle, TermChange, TermKind
from subscriptions.rules.changes import ProposedTerm


@dataclass(frozen=True)
class SaidTerm:
    """One thing that was agreed; empty where there was or will be nothing."""

    label: str
    before: str
    after: str
    from_day: date


def said(term: ProposedTerm | TermChange, currency: str) -> SaidTerm:
    """A term as people read it, in the current language."""
    what = TermKind(term.what)
    label = f"{what.label}: {_name(term)}" if _name(term) else str(what.label)
    before, after = (_words(what, value, currency) for value in (term.before, term.after))
    return SaidTerm(label, before, after, term.from_day)


def _name(term: ProposedTerm | TermChange) -> str:
    if term.what in (TermKind.LINE, TermKind.PLAN):
        # They name themselves.
        return ""
    if isinstance(term, ProposedTerm):
        return term.name
    return str(term.line or term.pool or "")


def _words(what: TermKind, value: str, currency: str) -> str:
    if not value:
        return _("none")
    if what == TermKind.PRICE:
        return format_money(int(value), currency)
    if what == TermKind.CYCLE:
        return str(Cycle(value).label)
    if what in (TermKind.END, TermKind.CONTRACT_END):
        return date_format(date.fromisoformat(value))
    return value

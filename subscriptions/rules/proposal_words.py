"""A proposal as people read it: what changes, what it costs and who hears of it (D15)."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import Membership
from core.money import format_money
from subscriptions.rules.changes import Proposal
from subscriptions.rules.term_words import SaidTerm, said


@dataclass(frozen=True)
class ShownProposal:
    """What `admin/subscriptions/_proposal.html` shows; amounts in cents."""

    facts: Proposal
    # Who is mailed what was done and why.
    owner: Membership

    @property
    def currency(self) -> str:
        return self.facts.subscription.currency

    @property
    def fingerprint(self) -> str:
        return self.facts.fingerprint

    @property
    def terms(self) -> list[SaidTerm]:
        return [said(term, self.currency) for term in self.facts.terms]

    def button(self, verb: str | Promise) -> str:
        """What is done, and what it costs or gives back today."""
        cents = self.facts.charged_cents
        if not cents:
            return str(verb)
        facts = {"do": verb, "amount": format_money(abs(cents), self.currency)}
        if cents > 0:
            return _("%(do)s and charge %(amount)s") % facts
        return _("%(do)s and credit %(amount)s") % facts

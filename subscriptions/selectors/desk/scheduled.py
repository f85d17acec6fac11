"""What changes on a day to come, in all accounts of a representative (D15)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account, User
from core.money import format_money
from subscriptions.models import Cycle, Line, Subscription
from subscriptions.selectors.desk.seats import reduced_pools


@dataclass(frozen=True)
class Scheduled:
    """One change that comes by itself: of which account, on which day, in a sentence."""

    account: Account
    on: date
    what: str


def scheduled(user: User) -> list[Scheduled]:
    """Everything that is scheduled in the accounts this person sees, the next first.

    One query for each kind. Where a subscription ends, what its parts would do is left out.
    """
    rows = chain(_of_subscriptions(user), _of_lines(user), _of_seats(user))
    return sorted(rows, key=lambda row: (row.on, row.account.name))


def _of_subscriptions(user: User) -> Iterator[Scheduled]:
    accounts = Account.objects.visible_to_staff(user)
    changing = Q(ends_at_renewal=True) | ~Q(cycle_at_renewal="")
    found = Subscription.objects.filter(changing, account__in=accounts, ended_on=None)
    for each in found.select_related("account"):
        if each.ends_at_renewal:
            yield Scheduled(each.account, each.period_end, _("Subscription ends"))
        else:
            facts = {"cycle": Cycle(each.cycle_at_renewal).label}
            yield Scheduled(each.account, each.period_end, _("Billing: %(cycle)s") % facts)


def _of_lines(user: User) -> Iterator[Scheduled]:
    changing = Q(ends_at_renewal=True) | Q(unit_cents_at_renewal__isnull=False)
    found = Line.objects.standing().filter(
        changing,
        pool__subscription__account__in=Account.objects.visible_to_staff(user),
        pool__subscription__ends_at_renewal=False,
        pool__subscription__ended_on=None,
    )
    for line in found.select_related(
        "plan__product", "plan_at_renewal__product", "pool__subscription__account"
    ):
        subscription = line.pool.subscription
        yield Scheduled(subscription.account, subscription.period_end, _becomes(line))


def _becomes(line: Line) -> str:
    """What a line does at renewal: it ends, is another plan, or has another price."""
    if line.ends_at_renewal:
        return _("%(line)s ends") % {"line": line}
    if line.plan_at_renewal:
        return _("%(line)s becomes %(plan)s") % {"line": line, "plan": line.plan_at_renewal}
    cents = line.unit_cents_at_renewal or 0
    facts = {"line": line, "amount": format_money(cents, line.pool.subscription.currency)}
    return _("%(line)s costs %(amount)s per seat and month") % facts


def _of_seats(user: User) -> Iterator[Scheduled]:
    """Seats that go at renewal (R10)."""
    for pool in reduced_pools(user):
        fewer = pool.seats - pool.seats_at_renewal
        said = ngettext(
            "%(number)d seat of %(pool)s goes", "%(number)d seats of %(pool)s go", fewer
        )
        facts = {"number": fewer, "pool": pool.name}
        subscription = pool.subscription
        yield Scheduled(subscription.account, subscription.period_end, said % facts)

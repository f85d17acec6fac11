"""What changes on a day to come, in all accounts of a representative (D15)."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import ngettext

from accounts.models import Account, User
from subscriptions.selectors.desk.seats import reduced_pools


@dataclass(frozen=True)
class Scheduled:
    """One change that comes by itself: of which account, on which day, in a sentence."""

    account: Account
    on: date
    what: str


def scheduled(user: User) -> list[Scheduled]:
    """Everything that is scheduled in the accounts this person sees, the next first."""
    return sorted(_reductions(user), key=lambda row: (row.on, row.account.name))


def _reductions(user: User) -> list[Scheduled]:
    """Seats that go at renewal (R10)."""
    return [
        Scheduled(
            account=pool.subscription.account,
            on=pool.subscription.period_end,
            what=ngettext(
                "%(number)d seat of %(pool)s goes", "%(number)d seats of %(pool)s go", pool.fewer
            )
            % {"number": pool.fewer, "pool": pool.name},
        )
        for pool in reduced_pools(user)
    ]

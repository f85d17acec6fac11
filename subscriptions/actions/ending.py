"""The end of a subscription that was cancelled, and what it leaves readable (D15)."""

from datetime import date, datetime

from accounts.models import Account
from core.mail import after_commit
from subscriptions import notifications
from subscriptions.actions.events import record_end
from subscriptions.models import Subscription


def end_subscription(row: Subscription, at: datetime) -> None:
    """End a locked subscription with its paid period: nothing more is charged.

    Seats and people stay as they are, should it be reopened; nobody comes in meanwhile.
    """
    row.ended_on, row.ends_at_renewal, row.cycle_at_renewal = row.period_end, False, ""
    row.save()
    set_read_only(row.account, row.ended_on)
    record_end(row, at=at)
    after_commit(notifications.subscription_ended, row)


def set_read_only(account: Account, since: date | None) -> None:
    """Nothing in the account can be changed from a day on, or again with None."""
    account.read_only_since = since
    Account.objects.filter(pk=account.pk).update(read_only_since=since)

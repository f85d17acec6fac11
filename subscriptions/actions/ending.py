"""The end of a subscription that was cancelled, and what it leaves readable (D15)."""

from datetime import date, datetime

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Account
from core.mail import after_commit
from subscriptions import notifications
from subscriptions.actions.events import record_end
from subscriptions.models import Line, Price, Subscription


def end_subscription(row: Subscription, at: datetime) -> None:
    """End a locked subscription with its paid period: nothing more is charged.

    What was agreed for that day has happened before. Seats and people then stay as they are,
    should it be reopened; nobody comes in meanwhile.
    """
    row.ended_on, row.ends_at_renewal = row.period_end, False
    row.save()
    set_read_only(row.account, row.ended_on)
    record_end(row, at=at)
    after_commit(notifications.subscription_ended, row)


def forget_next_cycle(row: Subscription) -> None:
    """Billed as before should it be reopened, at the prices of before; what is agreed stays."""
    if not row.cycle_at_renewal:
        return
    row.cycle_at_renewal = ""
    lines = Line.objects.standing().filter(pool__subscription=row, is_next_price_agreed=False)
    lines.filter(plan_at_renewal=None).update(unit_cents_at_renewal=None)
    listed = Price.objects.filter(
        plan=OuterRef("plan_at_renewal"), currency=row.currency, cycle=row.cycle
    )
    unit = Coalesce(Subquery(listed.values("cents")[:1]), F("unit_cents_at_renewal"))
    lines.exclude(plan_at_renewal=None).update(unit_cents_at_renewal=unit)


def set_read_only(account: Account, since: date | None) -> None:
    """Nothing in the account can be changed from a day on, or again with None."""
    account.read_only_since = since
    Account.objects.filter(pk=account.pk).update(read_only_since=since)

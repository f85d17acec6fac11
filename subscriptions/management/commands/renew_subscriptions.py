import logging
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from subscriptions.actions import announce_scheduled_losses, renew
from subscriptions.models import SeatChange, SeatChangeKind, Subscription

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Renews every subscription whose paid period has ended, and applies the reductions "
        "scheduled for it. Run it daily, soon after midnight UTC; running it again is safe."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        due = Subscription.objects.due(at.date()).select_related("account").order_by("pk")
        failed = 0
        for subscription in due:
            try:
                self._renew(subscription, at)
            except Exception:
                failed += 1
                logger.exception("Renewing %s failed", subscription.account.slug)
                self.stderr.write(f"{subscription.account.slug}: failed, nothing was changed")
        self._announce_losses()
        if failed:
            raise CommandError(f"{failed} of {len(due)} subscriptions could not be renewed.")
        if not due:
            self.stdout.write("Nothing is due.")

    def _announce_losses(self) -> None:
        """Tell who loses a seat at a renewal to come; who is not told today is told tomorrow."""
        for subscription in Subscription.objects.displacing_members().order_by("pk"):
            try:
                announce_scheduled_losses(subscription=subscription)
            except Exception:
                logger.exception("Announcing the losses of subscription %s failed", subscription.pk)

    def _renew(self, subscription: Subscription, at: datetime) -> None:
        slug = subscription.account.slug
        if not renew(subscription=subscription, at=at):
            self.stdout.write(f"{slug}: renewed meanwhile")
            return
        subscription.refresh_from_db()
        self.stdout.write(f"{slug}: renewed until {subscription.period_end}")
        reduced = SeatChange.objects.filter(
            pool__subscription=subscription, kind=SeatChangeKind.RENEWED, at=at
        )
        for change in reduced.select_related("pool").order_by("pk"):
            self.stdout.write(
                f"{slug}: {change.pool.name} reduced from {change.seats_before} "
                f"to {change.seats_after} seats"
            )

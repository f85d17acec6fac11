import logging
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Membership
from accounts.permissions import Role
from subscriptions.actions import expire_invitation

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Gives back the seats of every invitation that has expired. "
        "Run it daily, with renew_subscriptions; running it again is safe."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        expired = Membership.objects.expired_invitations(at).exclude(role=Role.OWNER)
        holding = expired.exclude(seat_assignments=None)
        members = holding.select_related("account", "user").order_by("account_id", "pk")
        failed = 0
        for member in members:
            try:
                self._expire(member, at)
            except Exception:
                failed += 1
                logger.exception("Expiring the invitation of member %s failed", member.pk)
                self.stderr.write(f"{_who(member)}: failed, nothing was changed")
        if failed:
            raise CommandError(f"{failed} of {len(members)} invitations could not be expired.")
        if not members:
            self.stdout.write("No expired invitation holds a seat.")

    def _expire(self, member: Membership, at: datetime) -> None:
        pools = expire_invitation(membership=member, at=at)
        names = ", ".join(pool.name for pool in pools)
        self.stdout.write(f"{_who(member)}: {names or 'nothing to give back any more'}")


def _who(member: Membership) -> str:
    return f"{member.account.slug}: {member.user.email}"

"""Members in Django admin, once seats are known: an invitation sent again takes them (D14)."""

from datetime import datetime

from django.contrib import admin

from accounts.admin.members import MembershipAdmin
from accounts.models import Membership, User
from subscriptions.actions import invite_again

admin.site.unregister(Membership)


@admin.register(Membership)
class SeatedMembershipAdmin(MembershipAdmin):
    """As in accounts, where nothing is known of seats."""

    def resend(self, membership: Membership, by: User, at: datetime) -> None:
        invite_again(membership=membership, by=by, at=at)

"""Emails about what becomes of a member whose seats change; sent after the transaction."""

from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken, Membership
from accounts.notifications import tell_member
from accounts.permissions import Role
from core.summaries import summarized


@summarized(_("Member downgraded to end user"))
def downgraded(
    member: Membership, was: str, by: Membership | None, token: ApiToken | None = None
) -> None:
    """Tell a member that they are an end user now; `was` is the role before.

    Someone who is suspended or has not accepted yet is told their role when they come in.
    """
    if member.is_active:
        tell_member("emails/downgraded", member, by, token, was=Role(was).label)

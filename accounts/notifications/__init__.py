"""Emails about accounts, membership in them and sign-in; sent by actions, after the transaction."""

from accounts.notifications.accounts import (
    account_changed,
    account_closed,
    ownership_given,
    representative_changed,
    representative_of,
    tell_members,
)
from accounts.notifications.members import (
    invitation_withdrawn,
    ownership_transferred,
    reactivated,
    removed,
    send_email_changed,
    send_invitation,
    send_password_changed,
    suspended,
    tell_member,
    tokens_go_on,
)

__all__ = [
    "account_changed",
    "account_closed",
    "invitation_withdrawn",
    "ownership_given",
    "ownership_transferred",
    "reactivated",
    "removed",
    "representative_changed",
    "representative_of",
    "send_email_changed",
    "send_invitation",
    "send_password_changed",
    "suspended",
    "tell_member",
    "tell_members",
    "tokens_go_on",
]

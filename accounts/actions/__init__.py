"""Every change of membership: who belongs to an account, and in which role; and of its tokens.

Keyword-only, with `by=` and `at=` (UTC); each runs in one transaction, locks
before it looks, and refuses with a `ValidationError` that has a code and says
what to do next. What a role change brings with it is decided above, where it is known.
"""

from accounts.actions.account_changes import (
    change_kind,
    change_name_and_address,
    change_representative,
)
from accounts.actions.accounts import open_account
from accounts.actions.closing import close_account, export_account
from accounts.actions.events import number_events
from accounts.actions.invitations import (
    accept_invitation,
    end_expired_invitation,
    find_invitation,
    invite,
    resend_invitation,
    withdraw_invitation,
)
from accounts.actions.members import (
    change_role,
    change_roles,
    reactivate,
    remove,
    rename,
    suspend,
    transfer_ownership,
)
from accounts.actions.ownership import (
    ask_for_ownership,
    confirm_ownership,
    withdraw_ownership,
)
from accounts.actions.tokens import issue_token, revoke_token, rotate_token
from accounts.actions.users import switch_off

__all__ = [
    "accept_invitation",
    "ask_for_ownership",
    "change_kind",
    "change_name_and_address",
    "change_representative",
    "change_role",
    "change_roles",
    "close_account",
    "confirm_ownership",
    "end_expired_invitation",
    "export_account",
    "find_invitation",
    "invite",
    "issue_token",
    "number_events",
    "open_account",
    "reactivate",
    "remove",
    "rename",
    "resend_invitation",
    "revoke_token",
    "rotate_token",
    "suspend",
    "switch_off",
    "transfer_ownership",
    "withdraw_invitation",
    "withdraw_ownership",
]

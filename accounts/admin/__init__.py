"""Django admin: accounts, people and tokens, for superusers."""

from accounts.admin.accounts import AccountAdmin
from accounts.admin.members import AuditEntryAdmin, MembershipAdmin
from accounts.admin.tokens import ApiTokenAdmin
from accounts.admin.users import UserAdmin

__all__ = ["AccountAdmin", "ApiTokenAdmin", "AuditEntryAdmin", "MembershipAdmin", "UserAdmin"]

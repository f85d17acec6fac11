"""Django admin: accounts and people, for superusers."""

from accounts.admin.accounts import AccountAdmin
from accounts.admin.members import AuditEntryAdmin, MembershipAdmin
from accounts.admin.users import UserAdmin

__all__ = ["AccountAdmin", "AuditEntryAdmin", "MembershipAdmin", "UserAdmin"]

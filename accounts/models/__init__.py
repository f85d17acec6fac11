from accounts.models.account import Account, AccountKind
from accounts.models.audit import AuditEntry, AuditKind
from accounts.models.membership import Membership, Status
from accounts.models.user import User

__all__ = ["Account", "AccountKind", "AuditEntry", "AuditKind", "Membership", "Status", "User"]

from accounts.models.accounts import Account, AccountKind
from accounts.models.addresses import WebAddress
from accounts.models.audit import OF_ACCOUNTS, OF_TOKENS, OF_WEBHOOKS, AuditEntry, AuditKind
from accounts.models.channels import Channel
from accounts.models.events import AUDIT_TYPES, Event
from accounts.models.idempotency import IdempotencyRecord
from accounts.models.members import Membership, Status
from accounts.models.ownership import OwnershipProposal, ProposalStatus
from accounts.models.tokens import ApiToken
from accounts.models.users import User

__all__ = [
    "AUDIT_TYPES",
    "OF_ACCOUNTS",
    "OF_TOKENS",
    "OF_WEBHOOKS",
    "Account",
    "AccountKind",
    "ApiToken",
    "AuditEntry",
    "AuditKind",
    "Channel",
    "Event",
    "IdempotencyRecord",
    "Membership",
    "OwnershipProposal",
    "ProposalStatus",
    "Status",
    "User",
    "WebAddress",
]

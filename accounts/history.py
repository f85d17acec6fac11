"""The actor of a change, and the one function that records changes of role or access (D9)."""

from datetime import datetime
from typing import Any, overload

from accounts.models import AuditEntry, AuditKind, Membership, User

# A member of the account, a person of the vendor's staff, or the system itself.
Actor = Membership | User | None


@overload
def user_of(by: Membership | User) -> User: ...
@overload
def user_of(by: Actor) -> User | None: ...
def user_of(by: Actor) -> User | None:
    """The user behind an actor; None for the system."""
    return by.user if isinstance(by, Membership) else by


def write(
    member: Membership,
    kind: AuditKind,
    *,
    by: Actor,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEntry:
    """Append one entry, in the transaction of the change it describes."""
    return AuditEntry.objects.create(
        account_id=member.account_id,
        member=member,
        kind=kind,
        by=user_of(by),
        at=at,
        before=before or {},
        after=after or {},
    )

"""Who makes a change (D18)."""

from typing import overload

from accounts.models import Membership, User

# A member of the account, a person of the vendor's staff, or the system itself.
Actor = Membership | User | None


@overload
def user_of(by: Membership | User) -> User: ...
@overload
def user_of(by: Actor) -> User | None: ...
def user_of(by: Actor) -> User | None:
    """The user behind an actor; None for the system."""
    return by.user if isinstance(by, Membership) else by

"""Who makes a change, and through what (D18)."""

from dataclasses import dataclass
from typing import Any, Self

from accounts.models import Account, Channel, Membership, User
from accounts.permissions import Permission


@dataclass(frozen=True)
class Actor:
    """A member or one of the vendor's staff and the channel they use, or the system.

    The system says which command it runs; nobody else has one.
    """

    channel: Channel
    member: Membership | None = None
    staff: User | None = None
    command: str = ""

    @classmethod
    def on_page(cls, member: Membership) -> Self:
        return cls(Channel.PAGE, member=member)

    @classmethod
    def in_admin(cls, staff: User) -> Self:
        return cls(Channel.ADMIN, staff=staff)

    @classmethod
    def system(cls, command: str) -> Self:
        return cls(Channel.SYSTEM, command=command)

    @property
    def user(self) -> User | None:
        """The person; None for the system."""
        return self.member.user if self.member else self.staff

    @property
    def acting_member(self) -> Membership:
        """As `member`. Raises ValueError for staff and the system."""
        if self.member is None:
            raise ValueError("only a member acts in an account")
        return self.member

    @property
    def account(self) -> Account:
        """The account that the member belongs to. Raises ValueError for staff and the system."""
        return self.acting_member.account

    @property
    def person(self) -> User:
        """As `user`. Raises ValueError for the system."""
        if self.user is None:
            raise ValueError("the system is nobody")
        return self.user

    @property
    def account_id(self) -> int | None:
        return self.member.account_id if self.member else None

    @property
    def user_id(self) -> int | None:
        if self.member:
            return self.member.user_id
        return self.staff.pk if self.staff else None

    def may(self, permission: Permission) -> bool:
        """Whether the member's role holds the permission; staff and the system have no role."""
        return self.member is not None and self.member.may(permission)

    @property
    def through(self) -> dict[str, Any]:
        """The columns of a history row that say through what; who is beside them."""
        return {"channel": self.channel, "command": self.command}


# What an action takes as `by=`: a member stands for themselves on a page, a user for
# themselves in the admin; every other channel is named.
By = Actor | Membership | User


def actor_of(by: By) -> Actor:
    """The actor that `by` stands for."""
    if isinstance(by, Membership):
        return Actor.on_page(by)
    return Actor.in_admin(by) if isinstance(by, User) else by

"""Who makes a change, and through what (D18)."""

from dataclasses import dataclass
from typing import Any, Self

from django.utils.functional import lazy
from django.utils.translation import gettext as _

from accounts.models import Account, ApiToken, Channel, Membership, User
from accounts.permissions import GRANTABLE, Permission, Role


@dataclass(frozen=True)
class Actor:
    """A member or one of the vendor's staff and the channel they use, or the system.

    Or a program with a token: then `member` is who made the token, to be named beside it.
    What it may do is the token's (D19). The system says which command it runs; nobody else
    has one.
    """

    channel: Channel
    member: Membership | None = None
    staff: User | None = None
    command: str = ""
    token: ApiToken | None = None

    @classmethod
    def on_page(cls, member: Membership) -> Self:
        return cls(Channel.PAGE, member=member)

    @classmethod
    def in_admin(cls, staff: User) -> Self:
        return cls(Channel.ADMIN, staff=staff)

    @classmethod
    def through_token(cls, token: ApiToken) -> Self:
        return cls(Channel.API, member=token.made_by, token=token)

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
    def in_person(self) -> Membership | None:
        """The member, unless a program acts: for what only people do."""
        return None if self.token else self.member

    @property
    def account(self) -> Account:
        """The account that the member or the token belongs to. Raises ValueError for others."""
        return self.token.account if self.token else self.acting_member.account

    @property
    def person(self) -> User:
        """As `user`. Raises ValueError for the system."""
        if self.user is None:
            raise ValueError("the system is nobody")
        return self.user

    @property
    def account_id(self) -> int | None:
        if self.token:
            return self.token.account_id
        return self.member.account_id if self.member else None

    @property
    def user_id(self) -> int | None:
        if self.member:
            return self.member.user_id
        return self.staff.pk if self.staff else None

    @property
    def role(self) -> Role:
        """The member's; a token keeps the one its maker had. Raises ValueError for others."""
        return Role(self.token.maker_role if self.token else self.acting_member.role)

    def may(self, permission: Permission) -> bool:
        """Whether the role, or the token, holds it; staff and the system have no role."""
        if self.token:
            return self.token.may(permission)
        return self.member is not None and self.member.may(permission)

    def may_give(self, role: str) -> bool:
        return self.may(Permission.MANAGE_TEAM) and role in GRANTABLE[self.role]

    def may_manage(self, other: Membership) -> bool:
        """Nobody suspends, removes or demotes a role above their own, or themselves."""
        return (
            not self.is_self(other)
            and other.account_id == self.account_id
            and self.may_give(other.role)
        )

    def is_self(self, member: Membership) -> bool:
        """Whether this is the member: a program is not, though the member made its token."""
        return self.in_person == member

    @property
    def member_and_token(self) -> tuple[Membership | None, ApiToken | None]:
        """For mails, which name who did it: a member, and the token if it was a program."""
        return self.member, self.token

    @property
    def through(self) -> dict[str, Any]:
        """The columns of a history row that say through what; who is beside them."""
        return {"channel": self.channel, "command": self.command, "token": self.token}


# What an action takes as `by=`: a member stands for themselves on a page, a user for
# themselves in the admin; every other channel is named.
By = Actor | Membership | User


def actor_of(by: By) -> Actor:
    """The actor that `by` stands for."""
    if isinstance(by, Membership):
        return Actor.on_page(by)
    return Actor.in_admin(by) if isinstance(by, User) else by


def named(who: object, token: ApiToken | None) -> str:
    """What history and mails call whoever did something: of a program both its maker and token."""
    if token is None:
        return str(who)
    return _("%(who)s (API token “%(token)s”)") % {"who": who, "token": token.name}


# The same in a mail, which is written in the language of each of its readers.
named_to_readers = lazy(named, str)

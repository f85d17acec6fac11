"""The tokens of an account, as its page lists them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import Account, ApiToken, Membership
from accounts.permissions import Permission, Role, Scope, covers
from core.credentials import State


@dataclass(frozen=True)
class TokenRow:
    """A token at one moment, for one person."""

    token: ApiToken
    state: State
    is_usable: bool
    ends_soon: bool
    overlap_until: datetime | None
    can_rotate: bool
    # Whether who made it no longer manages tokens.
    is_orphaned: bool


def tokens_of(account: Account, at: datetime) -> QuerySet[ApiToken]:
    """All of an account's: first those that open something, each the newest first."""
    found: QuerySet[ApiToken] = account.api_tokens.select_related("made_by__account").usable_first(
        at
    )
    return found


def tokens_as_owner(owner: Membership, at: datetime) -> list[ApiToken]:
    """Those of the owner that can do, for now, what the owner alone may (D13)."""
    theirs = owner.api_tokens.filter(maker_role=Role.OWNER).usable(at).order_by("pk")
    return [token for token in theirs if Scope.MANAGE_TEAM in token.scopes]


def token_rows(tokens: Iterable[ApiToken], member: Membership, at: datetime) -> list[TokenRow]:
    return [
        TokenRow(
            token=token,
            state=token.state_at(at),
            is_usable=token.is_usable(at),
            ends_soon=token.ends_soon(at),
            overlap_until=token.overlap_until(at),
            can_rotate=token.is_usable(at) and covers(member.role, token.maker_role),
            is_orphaned=not token.made_by.may(Permission.MANAGE_API),
        )
        for token in tokens
    ]

"""The frame of what an account's token opens: its own account, as far as its scopes go (D19)."""

from typing import ClassVar, cast

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts import errors
from accounts.actors import Actor
from accounts.api.authentication import TokenAuthentication
from accounts.models import Account, ApiToken
from accounts.permissions import Scope
from accounts.selectors.contacts import read_only
from core.api.operations import scopes_of
from core.api.views import ApiView
from core.errors import Refusal

# What whoever sends an Idempotency-Key can be told besides (D6).
ONCE = (errors.USED_KEY, errors.IN_FLIGHT)


class AccountApiView(ApiView):
    """Whose data it is, the token says; no address names an account.

    `scopes` says what each method needs, or any one of several; a test holds that every method
    has one.
    """

    authentication_classes = (TokenAuthentication,)
    refuses: ClassVar[tuple[Refusal, ...]] = (errors.SCOPE_MISSING, errors.READ_ONLY)
    scopes: ClassVar[dict[str, Scope | tuple[Scope, ...]]]

    def admit(self, request: Request) -> None:
        """Raises ValidationError `scope_missing`, `read_only`."""
        check_scope(self.token, scopes_of(self, request.method or ""))
        if request.method not in SAFE_METHODS and self.account.is_read_only:
            raise read_only(self.account)

    @property
    def token(self) -> ApiToken:
        return cast(ApiToken, self.request.auth)

    @property
    def actor(self) -> Actor:
        """As whom an action is called: the token, with its maker beside it (D18)."""
        return Actor.through_token(self.token)

    @property
    def account(self) -> Account:
        return self.token.account


def check_scope(token: ApiToken, scopes: tuple[Scope, ...]) -> None:
    """Refuse a token with none of the scopes; a method without any does not exist here.

    It is told the first, which is the one for it.
    """
    if scopes and not any(token.has_scope(scope) for scope in scopes):
        raise errors.SCOPE_MISSING.error(token=token.name, scope=scopes[0].label)

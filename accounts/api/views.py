"""The frame of what an account's token opens: its own account, as far as its scopes go (D19)."""

from typing import ClassVar, cast

from rest_framework.request import Request

from accounts import errors
from accounts.actors import Actor
from accounts.api.authentication import TokenAuthentication
from accounts.models import Account, ApiToken
from accounts.permissions import Scope
from core.api.views import ApiView
from core.errors import Refusal

# What whoever sends an Idempotency-Key can be told besides (D6).
ONCE = (errors.USED_KEY, errors.IN_FLIGHT)


class AccountApiView(ApiView):
    """Whose data it is, the token says; no address names an account.

    `scopes` says what each method needs; a test holds that every method has one.
    """

    authentication_classes = (TokenAuthentication,)
    refuses: ClassVar[tuple[Refusal, ...]] = (errors.SCOPE_MISSING,)
    scopes: ClassVar[dict[str, Scope]]

    def admit(self, request: Request) -> None:
        """Raises ValidationError `scope_missing`."""
        check_scope(self.token, self.scopes.get(method_of(request)))

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


def method_of(request: Request) -> str:
    """HEAD tells about an answer to GET, so it needs the same."""
    return "GET" if request.method == "HEAD" else request.method or ""


def check_scope(token: ApiToken, scope: Scope | None) -> None:
    """Refuse a token without the scope; a method without one does not exist here."""
    if scope and not token.has_scope(scope):
        raise errors.SCOPE_MISSING.error(token=token.name, scope=scope.label)

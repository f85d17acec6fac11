"""`Authorization: Bearer <key>`, and nothing else: never a session cookie (D19)."""

from collections.abc import Sequence
from typing import Any, ClassVar, NoReturn

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from core import errors
from core.credentials import Credential, SecretKey


class BearerAuthentication(BaseAuthentication):
    """Finds the credential of one model; a key of another kind is left to the next class."""

    model: ClassVar[type[Credential]]
    # As the API's description has it.
    scheme: ClassVar[str]
    description: ClassVar[str]
    has_scopes: ClassVar[bool] = False
    # What is read along with it, in the one query.
    related: ClassVar[tuple[str, ...]] = ()

    def authenticate(self, request: Request) -> tuple[Any, Credential] | None:
        """Raises ValidationError `key_unknown`, `key_expired`, `key_revoked`."""
        key = sent_key(request)
        if key is None or key.kind != self.model.KIND:
            return None
        rows = self.model._default_manager.select_related(*self.related)
        found = rows.filter(prefix=key.prefix).first()
        now = timezone.now()
        if found is None:
            raise errors.KEY_UNKNOWN.error()
        if not found.opens_with(key, now):
            raise _refusal(found, key)
        if found.is_new_use(now):
            rows.filter(pk=found.pk).update(last_used_at=now)
        return AnonymousUser(), found

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def sent_key(request: Request) -> SecretKey | None:
    """The key of the header; None without a complete one."""
    return SecretKey.read(_sent_text(request))


def refuse_unopened(request: Request, kinds: Sequence[str]) -> NoReturn:
    """Say why what was sent is no key of one of these kinds, from its form alone.

    Raises ValidationError `key_missing`, `key_unknown` or, whether or not there is such a key,
    `key_of_other_kind`.
    """
    if not _sent_text(request):
        raise errors.KEY_MISSING.error()
    key = sent_key(request)
    if key is None or key.kind in kinds:
        raise errors.KEY_UNKNOWN.error()
    named = get_text_list([f"{kind}_" for kind in kinds], gettext("or"))
    raise errors.KEY_OF_OTHER_KIND.error(kinds=named)


def _sent_text(request: Request) -> str:
    """What stands where the key belongs; empty if nothing does."""
    scheme, _space, text = get_authorization_header(request).decode("latin-1").partition(" ")
    return text.strip() if scheme.lower() == "bearer" else ""


def _refusal(found: Credential, key: SecretKey) -> Exception:
    """Why a known prefix does not open: said only to who has the secret."""
    if not found.knows(key):
        return errors.KEY_UNKNOWN.error()
    return errors.KEY_REVOKED.error() if found.revoked_at else errors.KEY_EXPIRED.error()

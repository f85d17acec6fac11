from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.accounts import Account
from accounts.models.members import Membership
from accounts.permissions import (
    NEEDED_FOR,
    PERMISSIONS,
    SCOPE_FOR,
    Permission,
    Role,
    Scope,
)
from core.credentials import Credential


class ApiToken(Credential):
    """With it, a program acts in one account, as its scopes and its maker's role allow (D19).

    It goes on when its maker leaves: what it may do was settled when it was made.
    """

    KIND: ClassVar[str] = "sat"
    # What events call it.
    EVENT_OBJECT: ClassVar[str] = "api_token"

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="api_tokens", verbose_name=_("account")
    )
    made_by = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        related_name="api_tokens",
        verbose_name=_("created by"),
    )
    # As it was then; of a former owner, since the transfer, that of a billing admin (D13).
    maker_role = models.CharField(_("role of its creator"), max_length=20, choices=Role)
    scopes = models.JSONField(_("scopes"), default=list)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ("-pk",)

    def has_scope(self, scope: Scope) -> bool:
        """Whether it was given the scope, and its maker's role allowed it."""
        return scope in self.scopes and NEEDED_FOR[scope] in PERMISSIONS[Role(self.maker_role)]

    def may(self, permission: Permission) -> bool:
        """Whether it may do what people need the permission for, whatever became of its maker."""
        scope = SCOPE_FOR.get(permission)
        return scope is not None and self.has_scope(scope)

    @property
    def scope_labels(self) -> list[str]:
        return [str(scope.label) for scope in Scope if scope in self.scopes]

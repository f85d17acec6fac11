from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.accounts import Account
from accounts.models.channels import ThroughChannel, names_actor
from accounts.models.members import Membership
from core.dates import moment


class AuditKind(models.TextChoices):
    INVITED = "invited", _("Invited")
    INVITATION_RESENT = "invitation_resent", _("Invitation resent")
    INVITATION_WITHDRAWN = "invitation_withdrawn", _("Invitation withdrawn")
    ACCEPTED = "accepted", _("Invitation accepted")
    RENAMED = "renamed", _("Renamed")
    ROLE_CHANGED = "role_changed", _("Role changed")
    SUSPENDED = "suspended", _("Suspended")
    REACTIVATED = "reactivated", _("Reactivated")
    REMOVED = "removed", _("Removed")
    TOKEN_MADE = "token_made", _("API token created")
    TOKEN_ROTATED = "token_rotated", _("API token rotated")
    TOKEN_REVOKED = "token_revoked", _("API token revoked")
    WEBHOOK_ADDED = "webhook_added", _("Webhook added")
    WEBHOOK_CHANGED = "webhook_changed", _("Webhook changed")
    WEBHOOK_ROTATED = "webhook_rotated", _("Webhook secret rotated")
    WEBHOOK_SWITCHED_OFF = "webhook_switched_off", _("Webhook switched off")
    WEBHOOK_SWITCHED_ON = "webhook_switched_on", _("Webhook switched on")
    WEBHOOK_DELETED = "webhook_deleted", _("Webhook deleted")


# What is not about a member, though one stands beside it.
OF_TOKENS = (AuditKind.TOKEN_MADE, AuditKind.TOKEN_ROTATED, AuditKind.TOKEN_REVOKED)
OF_WEBHOOKS = (
    AuditKind.WEBHOOK_ADDED,
    AuditKind.WEBHOOK_CHANGED,
    AuditKind.WEBHOOK_ROTATED,
    AuditKind.WEBHOOK_SWITCHED_OFF,
    AuditKind.WEBHOOK_SWITCHED_ON,
    AuditKind.WEBHOOK_DELETED,
)


class AuditEntry(ThroughChannel):
    """One change of a role or of access; appended, never changed or deleted (D9).

    Of a program's access, too: then `member` is who made its token or its webhook.
    """

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="audit_entries", verbose_name=_("account")
    )
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+",
        verbose_name=_("who"), help_text=_("Empty for changes made by the system."),
    )  # fmt: skip
    member = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="audit_entries", verbose_name=_("member")
    )
    kind = models.CharField(_("what"), max_length=30, choices=AuditKind)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ("-at", "-pk")
        constraints = (names_actor("accounts_auditentry_names_actor"),)
        indexes = (models.Index(fields=["account", "-at"], name="accounts_audit_latest"),)

    def __str__(self) -> str:
        return f"{moment(self.at)}: {self.get_kind_display()}"

from django.conf import settings
from django.db import models
from django.db.models import Q
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
    ACCOUNT_RENAMED = "account_renamed", _("Account renamed")
    WEB_ADDRESS_CHANGED = "web_address_changed", _("Web address changed")
    KIND_CHANGED = "kind_changed", _("Kind of account changed")
    REPRESENTATIVE_CHANGED = "representative_changed", _("Account representative changed")
    OWNERSHIP_ASKED = "ownership_asked", _("Ownership: asked for by staff")
    OWNERSHIP_WITHDRAWN = "ownership_withdrawn", _("Ownership: no longer asked for")
    OWNERSHIP_GIVEN = "ownership_given", _("Ownership given by staff")
    ACCOUNT_CLOSED = "account_closed", _("Account closed")


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

# What the vendor changes in an account; where somebody is to own it, `member` is who.
OF_ACCOUNTS = (
    AuditKind.ACCOUNT_RENAMED,
    AuditKind.WEB_ADDRESS_CHANGED,
    AuditKind.KIND_CHANGED,
    AuditKind.REPRESENTATIVE_CHANGED,
    AuditKind.OWNERSHIP_ASKED,
    AuditKind.OWNERSHIP_WITHDRAWN,
    AuditKind.OWNERSHIP_GIVEN,
    AuditKind.ACCOUNT_CLOSED,
)


class AuditEntry(ThroughChannel):
    """One change of a role or of access; appended, never changed or deleted (D9).

    Of a program's access, too: then `member` is who made its token or its webhook. Of an
    account: then there may be no member. When an account is closed, names and reasons in
    its entries are erased, and nothing else of them.
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
        Membership, on_delete=models.PROTECT, null=True, related_name="audit_entries",
        verbose_name=_("member"),
    )  # fmt: skip
    kind = models.CharField(_("what"), max_length=30, choices=AuditKind)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    # Why staff did it; a customer's own changes need none.
    reason = models.TextField(_("reason"), max_length=1000, blank=True, default="")

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ("-at", "-pk")
        constraints = (
            names_actor("accounts_auditentry_names_actor"),
            models.CheckConstraint(
                condition=Q(member__isnull=False) | Q(kind__in=OF_ACCOUNTS),
                name="accounts_auditentry_names_member",
            ),
        )
        indexes = (models.Index(fields=["account", "-at"], name="accounts_audit_latest"),)

    def __str__(self) -> str:
        return f"{moment(self.at)}: {self.get_kind_display()}"

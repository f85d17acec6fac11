from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.accounts import Account
from accounts.models.members import Membership

# How long another superuser has to confirm.
OPEN_FOR = timedelta(days=14)


class ProposalStatus(models.TextChoices):
    OPEN = "open", _("Open")
    CONFIRMED = "confirmed", _("Confirmed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


class OwnershipProposalQuerySet(models.QuerySet["OwnershipProposal"]):
    def open(self) -> Self:
        """Those that nobody closed; they may have expired."""
        return self.filter(status=ProposalStatus.OPEN)

    def waiting(self, at: datetime) -> Self:
        """Those that can be confirmed."""
        return self.open().filter(expires_at__gt=at)


class OwnershipProposal(models.Model):
    """One of the vendor's staff asks to make somebody the owner; another one confirms (D7).

    For accounts whose owner has left and cannot transfer the ownership any more.
    """

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="ownership_proposals",
        verbose_name=_("account"),
    )  # fmt: skip
    # The owner it was asked of: a transfer meanwhile makes it void.
    owner = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    to = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", verbose_name=_("new owner")
    )
    reason = models.TextField(_("reason"), max_length=1000)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("asked by"),
    )  # fmt: skip
    asked_at = models.DateTimeField(_("asked"))
    expires_at = models.DateTimeField(_("expires"))
    status = models.CharField(
        _("status"), max_length=20, choices=ProposalStatus, default=ProposalStatus.OPEN
    )
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+",
        verbose_name=_("closed by"),
    )  # fmt: skip
    closed_at = models.DateTimeField(_("closed"), null=True)

    objects = OwnershipProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("ownership proposal")
        verbose_name_plural = _("ownership proposals")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(status=ProposalStatus.OPEN),
                name="accounts_ownershipproposal_one_open",
            ),
            models.CheckConstraint(
                condition=Q(status=ProposalStatus.OPEN, closed_at__isnull=True)
                | ~Q(status=ProposalStatus.OPEN) & Q(closed_at__isnull=False),
                name="accounts_ownershipproposal_closed_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status=ProposalStatus.CONFIRMED)
                | Q(closed_by__isnull=False) & ~Q(closed_by=F("asked_by")),
                name="accounts_ownershipproposal_two_people",
            ),
        )

    def __str__(self) -> str:
        return f"{self.account} → {self.to.name}"

    def is_waiting(self, at: datetime) -> bool:
        """Whether it can still be confirmed."""
        return self.status == ProposalStatus.OPEN and self.expires_at > at

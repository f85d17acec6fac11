from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.accounts import Account
from accounts.permissions import (
    OWNERSHIP_CANDIDATES,
    PERMISSIONS,
    READING,
    TEAM_ROLES,
    Permission,
    Role,
)
from core.search import searchable, words_of

VISIT = timedelta(hours=1)


class Status(models.TextChoices):
    INVITED = "invited", _("Invited")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    REMOVED = "removed", _("Removed")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def present(self) -> Self:
        """Everyone who belongs to the account today."""
        return self.exclude(status=Status.REMOVED)

    def team(self) -> Self:
        """Everyone but end users."""
        return self.present().filter(role__in=TEAM_ROLES)

    def active(self) -> Self:
        return self.filter(status=Status.ACTIVE)

    def suspended(self) -> Self:
        return self.filter(status=Status.SUSPENDED)

    def open_invitations(self, at: datetime) -> Self:
        """Those that can still be accepted."""
        return self.filter(status=Status.INVITED, invitation_expires_at__gt=at)

    def ownership_candidates(self) -> Self:
        """Those the ownership can be transferred to (D7)."""
        return self.active().filter(role__in=OWNERSHIP_CANDIDATES)

    def expired_invitations(self, at: datetime) -> Self:
        """Those that can no longer be accepted, until they are sent again (D14)."""
        return self.filter(status=Status.INVITED, invitation_expires_at__lte=at)

    def found_by(self, text: str) -> Self:
        """Those whose name or address has every word of the text, from its beginning."""
        words = words_of(text)
        if not words:
            return self.none()
        return self.filter(*(Q(search_text__contains=f" {word}") for word in words))

    def who_may(self, permission: Permission) -> Self:
        roles = [role for role, held in PERMISSIONS.items() if permission in held]
        return self.active().filter(role__in=roles)

    def locked(self, *memberships: "Membership") -> dict[int, "Membership"]:
        """The rows as they are now, held until the transaction ends, in id order."""
        rows = self.select_for_update(of=("self",), no_key=True).select_related("user", "account")
        chosen = rows.filter(pk__in=[m.pk for m in memberships]).order_by("pk")
        return {row.pk: row for row in chosen}


class Membership(models.Model):
    """A person in an account, with one role. Never deleted, so history keeps its names."""

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("account")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="memberships",
        verbose_name=_("user"),
    )
    # The account's own name for the person; other accounts have their own.
    name = models.CharField(_("name"), max_length=150)
    role = models.CharField(_("role"), max_length=20, choices=Role)
    status = models.CharField(_("status"), max_length=20, choices=Status)
    added_at = models.DateTimeField(_("added"))
    # To the hour, and to this account: what somebody does elsewhere is not for it to know.
    last_visited_at = models.DateTimeField(_("last visit"), null=True, editable=False)
    invitation_digest = models.CharField(max_length=64, blank=True, editable=False)
    invitation_expires_at = models.DateTimeField(
        _("invitation valid until"), null=True, editable=False
    )

    # Written by `save`, from the name and the email address.
    search_text = models.TextField(editable=False, default="")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(fields=["account", "user"], name="accounts_membership_once"),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(role=Role.OWNER),
                name="accounts_membership_one_owner",
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.OWNER) | Q(status__in=[Status.ACTIVE, Status.INVITED]),
                name="accounts_membership_owner_present",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.INVITED, invitation_expires_at__isnull=False)
                & ~Q(invitation_digest="")
                | ~Q(status=Status.INVITED)
                & Q(invitation_expires_at__isnull=True, invitation_digest=""),
                name="accounts_membership_invited_has_invitation",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.user.email})"

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if update_fields is None or "name" in update_fields:
            self.search_text = searchable(self.name, self.user.email)
            update_fields = update_fields and [*update_fields, "search_text"]
        super().save(*args, update_fields=update_fields, **kwargs)

    def may(self, permission: Permission) -> bool:
        """Whether the role holds the permission and the member is active.

        In an account that is read-only, only what shows something.
        """
        held = self.is_active and permission in PERMISSIONS[Role(self.role)]
        return held and (permission in READING or not self.account.is_read_only)

    def is_new_visit(self, at: datetime) -> bool:
        """Whether a visit is worth writing down; within an hour of the last one it is not."""
        return self.last_visited_at is None or at - self.last_visited_at >= VISIT

    def invitation_expired(self, at: datetime) -> bool:
        return self.invitation_expires_at is not None and self.invitation_expires_at <= at

    @property
    def is_active(self) -> bool:
        return self.status == Status.ACTIVE

    @property
    def is_invited(self) -> bool:
        return self.status == Status.INVITED

    @property
    def is_suspended(self) -> bool:
        return self.status == Status.SUSPENDED

    @property
    def is_removed(self) -> bool:
        return self.status == Status.REMOVED

    @property
    def is_owner(self) -> bool:
        return self.role == Role.OWNER

    @property
    def can_become_owner(self) -> bool:
        """Whether the ownership can be transferred to this member (D7)."""
        return self.is_active and self.role in OWNERSHIP_CANDIDATES

    @property
    def is_agent(self) -> bool:
        return self.role == Role.AGENT

    @property
    def is_end_user(self) -> bool:
        return self.role == Role.END_USER

    @property
    def is_team(self) -> bool:
        return self.role in TEAM_ROLES and not self.is_removed

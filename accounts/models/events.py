from collections.abc import Iterable, Mapping
from typing import ClassVar

from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.accounts import Account
from accounts.models.audit import AuditKind

# What each kind of entry is called outside, for good: programs keep it.
AUDIT_TYPES: Mapping[str, str] = {
    AuditKind.INVITED: "member.invited",
    AuditKind.INVITATION_RESENT: "member.invitation_resent",
    AuditKind.INVITATION_WITHDRAWN: "member.invitation_withdrawn",
    AuditKind.ACCEPTED: "member.invitation_accepted",
    AuditKind.RENAMED: "member.renamed",
    AuditKind.ROLE_CHANGED: "member.role_changed",
    AuditKind.SUSPENDED: "member.suspended",
    AuditKind.REACTIVATED: "member.reactivated",
    AuditKind.REMOVED: "member.removed",
    AuditKind.TOKEN_MADE: "api_token.created",
    AuditKind.TOKEN_ROTATED: "api_token.rotated",
    AuditKind.TOKEN_REVOKED: "api_token.revoked",
    AuditKind.WEBHOOK_ADDED: "webhook_endpoint.created",
    AuditKind.WEBHOOK_CHANGED: "webhook_endpoint.changed",
    AuditKind.WEBHOOK_ROTATED: "webhook_endpoint.rotated",
    AuditKind.WEBHOOK_SWITCHED_OFF: "webhook_endpoint.switched_off",
    AuditKind.WEBHOOK_SWITCHED_ON: "webhook_endpoint.switched_on",
    AuditKind.WEBHOOK_DELETED: "webhook_endpoint.deleted",
    AuditKind.ACCOUNT_RENAMED: "account.renamed",
    AuditKind.WEB_ADDRESS_CHANGED: "account.web_address_changed",
    AuditKind.KIND_CHANGED: "account.kind_changed",
    AuditKind.REPRESENTATIVE_CHANGED: "account.representative_changed",
    AuditKind.OWNERSHIP_ASKED: "account.ownership_asked",
    AuditKind.OWNERSHIP_WITHDRAWN: "account.ownership_withdrawn",
    AuditKind.OWNERSHIP_GIVEN: "account.ownership_given",
    AuditKind.ACCOUNT_CLOSED: "account.closed",
}

# The SELECT reads what is committed, and none of its rows can be numbered meanwhile:
# `number_events` holds the lock. Read in full before the first row is changed.
_NUMBER = """
UPDATE accounts_event SET position = numbered.position FROM (
    SELECT id, row_number() OVER (ORDER BY id) + coalesce(
        (SELECT max(position) FROM accounts_event WHERE position IS NOT NULL), 0
    ) AS position
    FROM accounts_event WHERE position IS NULL
) AS numbered
WHERE accounts_event.id = numbered.id
RETURNING {columns}
"""


class EventQuerySet(models.QuerySet["Event"]):
    def unnumbered(self) -> "EventQuerySet":
        return self.filter(position=None)

    def of_account(self, account: Account) -> "EventQuerySet":
        """What can be read of an account, in order."""
        return self.filter(account=account, position__isnull=False).order_by("position")

    def number(self) -> list["Event"]:
        """Give every committed row without a position the next one, in the order of the ids.

        In one statement, which the ORM does not have. Only `number_events` calls it: two
        at once would give one position twice, which the database refuses.
        """
        columns = [field.attname for field in self.model._meta.concrete_fields]
        returned = ", ".join(f"accounts_event.{column}" for column in columns)
        with connection.cursor() as cursor:
            cursor.execute(_NUMBER.format(columns=returned))
            rows: Iterable[tuple] = cursor.fetchall()
        numbered = [self.model.from_db(connection.alias, columns, row) for row in rows]
        return sorted(numbered, key=lambda event: event.position or 0)


class Event(models.Model):
    """One row of history as programs are told of it: its type, and what to read (D19).

    Written in the transaction of the change. Transactions can commit in another order than
    that of their ids, so a reader who remembered the last id could miss one; `position` is
    given after the commit, and whoever goes on behind the last one they saw misses nothing.
    """

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="events", db_index=False,
        verbose_name=_("account"),
    )  # fmt: skip
    type = models.CharField(_("type"), max_length=40)
    # The kind and the number of the row to read, as whoever writes the event calls them.
    object = models.CharField(max_length=20)
    object_id = models.PositiveBigIntegerField()
    at = models.DateTimeField(_("when"))
    # The row of history it stands for, as `core.models.reference` names it.
    source = models.CharField(max_length=100)
    position = models.PositiveBigIntegerField(null=True)

    objects: ClassVar = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["position"],
                condition=Q(position__isnull=False),
                name="accounts_event_one_per_position",
            ),
        )
        indexes = (
            models.Index(
                fields=["account", "position"],
                condition=Q(position__isnull=False),
                name="accounts_event_feed",
            ),
            # All that is read when nothing is left to be numbered.
            models.Index(
                fields=["id"], condition=Q(position__isnull=True), name="accounts_event_unnumbered"
            ),
        )

    def __str__(self) -> str:
        return self.type

from collections.abc import Collection
from typing import Self

from django.conf import settings
from django.db import connection, models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Membership
from accounts.models.channels import ThroughChannel, names_actor
from accounts.permissions import Role
from core.dates import moment
from subscriptions.models.subscriptions import Line, Subscription

_TAKE_ONE = """
UPDATE subscriptions_seatpool SET assigned = assigned + 1
WHERE id = %s AND assigned < seats
AND subscription_id IN (
    SELECT id FROM subscriptions_subscription WHERE account_id = %s AND ended_on IS NULL
)
RETURNING {columns}
"""


class SeatPoolQuerySet(models.QuerySet["SeatPool"]):
    def standing(self) -> Self:
        """Those with a line that has not ended."""
        return self.filter(ended_on=None)

    def with_lines(self) -> Self:
        """With the lines that have not ended."""
        return self.prefetch_related(models.Prefetch("lines", Line.objects.with_products()))

    def locked(self) -> Self:
        """Locked until the transaction ends; always in id order, so none deadlock."""
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")

    def take_one(self, pk: int, *, account_id: int) -> "SeatPool | None":
        """Take one seat of an account's pool; the pool as it is now, its row locked (D5).

        None where no seat is free, or the pool is not the account's.

        One conditional update, so that nothing can happen between counting and taking.
        Not by a join: PostgreSQL checks the condition again once it has waited for the
        row, but not what it has read of other tables. RETURNING, which the ORM does not
        have for an update, saves a second statement while others wait; SQLite has it
        since 3.35.
        """
        # By name: the order of the table's columns can differ from that of the fields.
        columns = [field.attname for field in self.model._meta.concrete_fields]
        with connection.cursor() as cursor:
            cursor.execute(_TAKE_ONE.format(columns=", ".join(columns)), [pk, account_id])
            row = cursor.fetchone()
        return self.model.from_db(connection.alias, columns, row) if row else None


class SeatPool(models.Model):
    """Seats counted together: all lines that need the same number share one pool."""

    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, related_name="pools",
        verbose_name=_("subscription"),
    )  # fmt: skip
    name = models.CharField(_("name"), max_length=160)
    seats = models.PositiveIntegerField(_("purchased"), default=0)
    seats_at_renewal = models.PositiveIntegerField(_("at renewal"), default=0)
    assigned = models.PositiveIntegerField(_("assigned"), default=0)
    # What was agreed to be kept at least; nobody goes below it while the contract runs.
    minimum_seats = models.PositiveIntegerField(_("minimum"), default=0)
    # Its last line has ended; it opens again if the plan comes back.
    ended_on = models.DateField(_("ended"), null=True)

    objects = SeatPoolQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat pool")
        verbose_name_plural = _("seat pools")
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(assigned__lte=F("seats")), name="subscriptions_seatpool_never_oversold"
            ),
            models.CheckConstraint(
                condition=Q(seats_at_renewal__lte=F("seats")),
                name="subscriptions_seatpool_additions_are_immediate",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(seats=0),
                name="subscriptions_seatpool_ended_is_empty",
            ),
            models.UniqueConstraint(
                fields=["subscription", "name"], name="subscriptions_seatpool_name_once"
            ),
        )

    def __str__(self) -> str:
        return self.name


class AssignmentSource(models.TextChoices):
    """How a member got a seat (N3)."""

    OPENING = "opening", _("when the account was set up")
    ADDED = "added", _("when added to the team")
    GIVEN = "given", _("on the member page")


class SeatAssignmentQuerySet(models.QuerySet["SeatAssignment"]):
    def in_order_of_loss(self, ending: Collection[int] = ()) -> Self:
        """Who would lose a seat first: those chosen, then those who took theirs last (R10, D4).

        The owner never does, unless the pool is one of those that are `ending`.
        """
        return (
            self.exclude(~Q(pool__in=ending), membership__role=Role.OWNER)
            .select_related("membership__user")
            .order_by("-release_at_renewal", "-assigned_at", "-pk")
        )


class SeatAssignment(models.Model):
    """A member holds a seat of a pool."""

    pool = models.ForeignKey(
        SeatPool, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("pool")
    )
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="seat_assignments",
        verbose_name=_("member"),
    )  # fmt: skip
    assigned_at = models.DateTimeField(_("since"))
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+",
        verbose_name=_("assigned by"),
    )  # fmt: skip
    source = models.CharField(_("source"), max_length=10, choices=AssignmentSource)
    # The buyer chose this one for a reduction that is scheduled (D4).
    release_at_renewal = models.BooleanField(_("ends at renewal"), default=False)
    # The holder was mailed that the seat goes at renewal (N9).
    loss_announced = models.BooleanField(default=False, editable=False)

    objects = SeatAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat assignment")
        verbose_name_plural = _("seat assignments")
        ordering = ("pool", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["pool", "membership"], name="subscriptions_seatassignment_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.membership.name}: {self.pool.name}"


class SeatChangeKind(models.TextChoices):
    OPENED = "opened", _("Pool opened")
    BOUGHT = "bought", _("Seats bought")
    SCHEDULED = "scheduled", _("Reduction scheduled")
    KEPT = "kept", _("Reduction undone")
    REMOVED = "removed", _("Seats removed")
    RENEWED = "renewed", _("Reduced at renewal")
    ASSIGNED = "assigned", _("Seat assigned")
    RELEASED = "released", _("Seat released")
    EXPIRED = "expired", _("Invitation expired")
    REPAIRED = "repaired", _("Count corrected")


class SeatChangeQuerySet(models.QuerySet["SeatChange"]):
    def of_numbers(self) -> Self:
        """Changes of what is purchased, now or at renewal; not of who holds a seat."""
        return self.filter(member=None)


class SeatChange(ThroughChannel):
    """The ledger: every change of a pool's numbers, appended, never updated (D9).

    A pool's numbers are what the last row says, and each row starts where the
    one before it ended; `check_seats` proves it.
    """

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="seat_changes", verbose_name=_("account")
    )
    pool = models.ForeignKey(
        SeatPool, on_delete=models.PROTECT, related_name="changes", verbose_name=_("pool")
    )
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+",
        verbose_name=_("who"), help_text=_("Empty for changes made by the system."),
    )  # fmt: skip
    kind = models.CharField(_("what"), max_length=10, choices=SeatChangeKind)
    seats_before = models.PositiveIntegerField(_("purchased before"))
    seats_after = models.PositiveIntegerField(_("purchased"))
    at_renewal_before = models.PositiveIntegerField(_("at renewal before"))
    at_renewal_after = models.PositiveIntegerField(_("at renewal"))
    assigned_before = models.PositiveIntegerField(_("assigned before"))
    assigned_after = models.PositiveIntegerField(_("assigned"))
    member = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, related_name="seat_changes",
        verbose_name=_("member"), help_text=_("Who got or lost the seat."),
    )  # fmt: skip
    order = models.ForeignKey(
        "Order",
        on_delete=models.PROTECT,
        null=True,
        related_name="changes",
        verbose_name=_("order"),
    )
    seat_request = models.ForeignKey(
        "SeatRequest", on_delete=models.PROTECT, null=True, related_name="changes",
        verbose_name=_("seat request"),
    )  # fmt: skip
    cents = models.PositiveBigIntegerField(_("charged cents"), default=0)

    objects = SeatChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat change")
        verbose_name_plural = _("seat changes")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(assigned_after__lte=F("seats_after")),
                name="subscriptions_seatchange_never_oversold",
            ),
            names_actor("subscriptions_seatchange_names_actor"),
        )

    def __str__(self) -> str:
        return f"{moment(self.at)} · {self.pool}: {self.get_kind_display()}"

"""What is asked for besides more seats: fewer, another plan or product, the end (R3)."""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.actors import named
from accounts.models import Account, AccountKind, ApiToken, Channel, Membership, User
from subscriptions.models.catalog import Plan
from subscriptions.models.orders import Order
from subscriptions.models.request_parts import with_token_if_api
from subscriptions.models.seats import SeatPool
from subscriptions.models.subscriptions import Line


class ChangeRequestKind(models.TextChoices):
    FEWER_SEATS = "fewer_seats", _("Fewer seats")
    OTHER_PLAN = "other_plan", _("Another plan")
    OTHER_PRODUCT = "other_product", _("Another product")
    CANCELLATION = "cancellation", _("Cancellation")
    FIRST_ORDER = "first_order", _("First order")


class ChangeRequestStatus(models.TextChoices):
    OPEN = "open", _("Open")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    FULFILLED = "fulfilled", _("Done another way")


class Addressee(models.TextChoices):
    """Who decides a change request; fixed when it is made."""

    BUYERS = "buyers", _("Account owner and billing admins")
    VENDOR = "vendor", _("Account representative or support")


# What each kind of request names; the rest of these columns is empty.
NAMES: dict[ChangeRequestKind, tuple[str, ...]] = {
    ChangeRequestKind.FEWER_SEATS: ("pool", "seats", "seats_before"),
    ChangeRequestKind.OTHER_PLAN: ("line", "plan", "plan_before"),
    ChangeRequestKind.OTHER_PRODUCT: ("plan", "seats"),
    ChangeRequestKind.CANCELLATION: (),
    ChangeRequestKind.FIRST_ORDER: ("plan", "seats"),
}
_COLUMNS = ("pool", "line", "plan", "plan_before", "seats", "seats_before")


def _names_what_it_is_about() -> Q:
    """A request names all that its kind needs, and nothing else."""
    return reduce(
        or_,
        (
            Q(kind=kind, **{f"{column}__isnull": column not in names for column in _COLUMNS})
            for kind, names in NAMES.items()
        ),
    )


class ChangeRequestQuerySet(models.QuerySet["ChangeRequest"]):
    def open(self) -> Self:
        return self.filter(status=ChangeRequestStatus.OPEN)

    def for_buyers(self) -> Self:
        """Those the account's own buyers decide."""
        return self.filter(addressed_to=Addressee.BUYERS)

    def for_vendor(self) -> Self:
        """The others, also where the account's buyers may not decide theirs any more."""
        return self.exclude(addressed_to=Addressee.BUYERS, account__kind=AccountKind.SELF_SERVICE)

    def visible_to_staff(self, user: User) -> Self:
        """Of the accounts they represent; all for superusers and for read-only Sales (R22)."""
        return self if user.sees_every_account() else self.filter(account__representative=user)

    def to_be_decided_by_staff(self, user: User) -> Self:
        """The open ones that are theirs to decide, as `may_decide_change` says of each."""
        if not user.serves_accounts():
            return self.none()
        theirs = self.for_vendor()
        if not user.is_superuser:
            theirs = theirs.filter(account__representative=user)
        own = Membership.objects.present().filter(user=user).values("account")
        return theirs.open().exclude(account__in=own).exclude(requested_by__user=user)

    def with_details(self) -> Self:
        return self.select_related(
            "account__representative", "pool", "line__pool", "line__plan__product",
            "plan__product", "plan_before__product", "requested_by__user",
            "requested_token", "decided_by", "closed_token", "order",
        )  # fmt: skip


class ChangeRequest(models.Model):
    """Something else than more seats, asked for by a member and decided as a whole.

    `seats` is the number wished for in all, of the pool or of the new product; what was
    there when it was asked for is in `seats_before` and `plan_before`.
    """

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="change_requests",
        verbose_name=_("account"),
    )  # fmt: skip
    kind = models.CharField(_("what is requested"), max_length=20, choices=ChangeRequestKind)
    pool = models.ForeignKey(
        SeatPool, on_delete=models.PROTECT, null=True, related_name="change_requests",
        verbose_name=_("pool"),
    )  # fmt: skip
    line = models.ForeignKey(
        Line, on_delete=models.PROTECT, null=True, related_name="change_requests",
        verbose_name=_("line"),
    )  # fmt: skip
    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("plan")
    )
    plan_before = models.ForeignKey(Plan, on_delete=models.PROTECT, null=True, related_name="+")
    seats = models.PositiveIntegerField(_("seats"), null=True)
    seats_before = models.PositiveIntegerField(null=True)
    reason = models.TextField(_("reason"), max_length=1000)
    wanted_on = models.DateField(_("wished date"), null=True, blank=True)
    requested_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="change_requests",
        verbose_name=_("requested by"),
    )  # fmt: skip
    requested_at = models.DateTimeField(_("requested"))
    requested_through = models.CharField(_("requested through"), max_length=10, choices=Channel)
    requested_token = models.ForeignKey(
        ApiToken, on_delete=models.PROTECT, null=True, related_name="+",
        verbose_name=_("requested with"),
    )  # fmt: skip
    addressed_to = models.CharField(_("decided by"), max_length=20, choices=Addressee)
    status = models.CharField(
        _("status"), max_length=20, choices=ChangeRequestStatus, default=ChangeRequestStatus.OPEN
    )
    closed_at = models.DateTimeField(_("closed"), null=True)
    closed_through = models.CharField(
        _("closed through"), max_length=10, choices=Channel, blank=True
    )
    closed_token = models.ForeignKey(
        ApiToken, on_delete=models.PROTECT, null=True, related_name="+",
        verbose_name=_("closed with"),
    )  # fmt: skip
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    note = models.TextField(_("note"), max_length=1000, blank=True)
    order = models.OneToOneField(
        Order, on_delete=models.PROTECT, null=True, related_name="change_request",
        verbose_name=_("order"),
    )  # fmt: skip

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("change request")
        verbose_name_plural = _("change requests")
        ordering = ("-requested_at", "-pk")
        constraints = (
            *(
                models.UniqueConstraint(
                    fields=["kind", of],
                    condition=Q(status=ChangeRequestStatus.OPEN),
                    name=f"subscriptions_changerequest_one_open_{of}",
                )
                for of in ("pool", "line")
            ),
            models.UniqueConstraint(
                fields=["account", "plan"],
                condition=Q(status=ChangeRequestStatus.OPEN, line__isnull=True),
                name="subscriptions_changerequest_one_open_plan",
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(status=ChangeRequestStatus.OPEN, kind=ChangeRequestKind.CANCELLATION),
                name="subscriptions_changerequest_one_open_end",
            ),
            models.CheckConstraint(
                condition=_names_what_it_is_about(), name="subscriptions_changerequest_names_it"
            ),
            models.CheckConstraint(
                condition=Q(seats__isnull=True) | Q(seats__gt=0),
                name="subscriptions_changerequest_positive",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=ChangeRequestStatus.OPEN, closed_at__isnull=True, closed_through=""
                )
                | ~Q(status=ChangeRequestStatus.OPEN)
                & Q(closed_at__isnull=False)
                & ~Q(closed_through=""),
                name="subscriptions_changerequest_closed_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(requested_through="")
                & with_token_if_api("requested")
                & with_token_if_api("closed"),
                name="subscriptions_changerequest_names_actors",
            ),
            models.CheckConstraint(
                condition=Q(status=ChangeRequestStatus.APPROVED, order__isnull=False)
                | ~Q(status=ChangeRequestStatus.APPROVED) & Q(order__isnull=True),
                name="subscriptions_changerequest_approved_has_order",
            ),
        )

    def __str__(self) -> str:
        what = self.what
        return f"{self.get_kind_display()}: {what}" if what else self.get_kind_display()

    @property
    def what(self) -> str:
        """What is asked for, in the reader's language; empty for a cancellation."""
        if self.pool:
            return f"{self.pool}, {self.seats_before} → {self.seats}"
        if self.line:
            return f"{self.plan_before} → {self.plan}"
        if self.plan:
            seats = self.seats or 0
            text = ngettext("%(plan)s, %(seats)s seat", "%(plan)s, %(seats)s seats", seats)
            return text % {"plan": self.plan, "seats": seats}
        return ""

    @property
    def requester(self) -> str:
        """By whom, in the account's name for them, and with which token."""
        return named(self.requested_by.name, self.requested_token)

    @property
    def decider(self) -> str:
        """Who closed it, and with which token; empty while open or where it was done anyway."""
        return named(self.decided_by, self.closed_token) if self.decided_by else ""

    @property
    def is_open(self) -> bool:
        return self.status == ChangeRequestStatus.OPEN

    @property
    def is_approved(self) -> bool:
        return self.status == ChangeRequestStatus.APPROVED

    @property
    def is_declined(self) -> bool:
        return self.status == ChangeRequestStatus.DECLINED

    @property
    def is_withdrawn(self) -> bool:
        return self.status == ChangeRequestStatus.WITHDRAWN

    @property
    def is_for_vendor(self) -> bool:
        return self.addressed_to == Addressee.VENDOR

    @property
    def is_cancellation(self) -> bool:
        return self.kind == ChangeRequestKind.CANCELLATION

    @property
    def is_first_order(self) -> bool:
        return self.kind == ChangeRequestKind.FIRST_ORDER

    def days_waiting(self, at: datetime) -> int:
        """Days on the calendar from the request to its end, or to `at` while it is open."""
        ended = localdate(self.closed_at or at)
        return (ended - localdate(self.requested_at)).days

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from accounts.actors import named
from accounts.models import Account, AccountKind, ApiToken, Channel, Membership, User
from subscriptions.models.orders import Order
from subscriptions.models.request_parts import RequestPart, with_token_if_api
from subscriptions.models.seats import SeatPool


class RequestStatus(models.TextChoices):
    OPEN = "open", _("Open")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    FULFILLED = "fulfilled", _("Seats added another way")


class AddressedTo(models.TextChoices):
    """Who decides a request (D1): as the kind of its account says, also where that changes."""

    BUYERS = "buyers", _("Account owner and billing admins")
    REPRESENTATIVE = "representative", _("Account representative")


class SeatRequestQuerySet(models.QuerySet["SeatRequest"]):
    def open(self) -> Self:
        return self.filter(status=RequestStatus.OPEN)

    def of_account(self, account: Account) -> Self:
        return self.filter(pool__subscription__account=account)

    def for_buyers(self) -> Self:
        """Those the account's own buyers decide (D1)."""
        return self.filter(addressed_to=AddressedTo.BUYERS)

    def visible_to_staff(self, user: User) -> Self:
        """Of the accounts they represent; all for superusers and for read-only Sales (R22)."""
        if user.sees_every_account():
            return self
        return self.filter(pool__subscription__account__representative=user)

    def to_be_decided_by_staff(self, user: User) -> Self:
        """The open ones that are theirs to decide, as `may_decide` says of each."""
        if not user.serves_accounts():
            return self.none()
        theirs = self.filter(
            Q(addressed_to=AddressedTo.REPRESENTATIVE)
            | Q(pool__subscription__account__kind=AccountKind.SALES_MANAGED)
        )
        if not user.is_superuser:
            theirs = theirs.filter(pool__subscription__account__representative=user)
        own = Membership.objects.present().filter(user=user).values("account")
        asked = RequestPart.objects.filter(requested_by__user=user).values("seat_request")
        return theirs.open().exclude(pool__subscription__account__in=own).exclude(pk__in=asked)

    def with_details(self) -> Self:
        return self.select_related(
            "pool__subscription__account__representative",
            "requested_by__user", "requested_token", "decided_by", "closed_token",
            "service_order",
        ).prefetch_related(
            models.Prefetch("parts", RequestPart.objects.with_details())
        )  # fmt: skip


class SeatRequest(models.Model):
    """More seats of one pool, asked for by members who may not buy (D20).

    One opens it and others join; `seats` is what they ask for together, the sum of the
    parts that stand. `reason` is that of whoever opened it.
    """

    pool = models.ForeignKey(
        SeatPool, on_delete=models.PROTECT, related_name="requests", verbose_name=_("pool")
    )
    requested_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="seat_requests",
        verbose_name=_("requested by"),
    )  # fmt: skip
    requested_at = models.DateTimeField(_("requested"))
    requested_through = models.CharField(_("requested through"), max_length=10, choices=Channel)
    requested_token = models.ForeignKey(
        ApiToken, on_delete=models.PROTECT, null=True, related_name="+",
        verbose_name=_("requested with"),
    )  # fmt: skip
    seats = models.PositiveIntegerField(_("additional seats"))
    # Once the pool has this many seats, the request is fulfilled, however they came (N4).
    fulfilled_at_seats = models.PositiveIntegerField()
    reason = models.TextField(_("reason"), max_length=1000)
    needed_by = models.DateField(_("needed by"), null=True, blank=True)
    addressed_to = models.CharField(_("decided by"), max_length=20, choices=AddressedTo)
    status = models.CharField(
        _("status"), max_length=20, choices=RequestStatus, default=RequestStatus.OPEN
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
        Order, on_delete=models.PROTECT, null=True, related_name="seat_request",
        verbose_name=_("order"),
    )  # fmt: skip

    objects = SeatRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat request")
        verbose_name_plural = _("seat requests")
        ordering = ("-requested_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=["pool"],
                condition=Q(status=RequestStatus.OPEN),
                name="subscriptions_seatrequest_one_open",
            ),
            models.CheckConstraint(
                condition=Q(seats__gt=0), name="subscriptions_seatrequest_positive"
            ),
            models.CheckConstraint(
                condition=Q(status=RequestStatus.OPEN, closed_at__isnull=True)
                | ~Q(status=RequestStatus.OPEN) & Q(closed_at__isnull=False),
                name="subscriptions_seatrequest_closed_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(requested_through="")
                & (
                    Q(status=RequestStatus.OPEN, closed_through="")
                    | ~Q(status=RequestStatus.OPEN) & ~Q(closed_through="")
                ),
                name="subscriptions_seatrequest_names_channels",
            ),
            models.CheckConstraint(
                condition=with_token_if_api("requested") & with_token_if_api("closed"),
                name="subscriptions_seatrequest_names_tokens",
            ),
            models.CheckConstraint(
                condition=Q(status=RequestStatus.APPROVED, order__isnull=False)
                | ~Q(status=RequestStatus.APPROVED) & Q(order__isnull=True),
                name="subscriptions_seatrequest_approved_has_order",
            ),
        )

    def __str__(self) -> str:
        return f"{self.pool} +{self.seats}"

    @property
    def requester(self) -> str:
        """By whom, in the account's name for them, and with which token."""
        return named(self.requested_by.name, self.requested_token)

    @property
    def standing(self) -> Sequence[RequestPart]:
        """The parts that nobody has taken back, in order; of rows read `with_details`."""
        return [part for part in self.parts.all() if part.stands]

    @property
    def opening(self) -> RequestPart:
        """What it was opened with, whether that part stands or not; read as `standing`."""
        return self.parts.all()[0]

    @property
    def askers(self) -> str:
        """Everyone who asks for seats in it, each named once; read as `standing`."""
        return ", ".join(dict.fromkeys(part.requester for part in self.standing))

    @property
    def is_shared(self) -> bool:
        """Whether several ask for seats in it, or asked."""
        return len(self.parts.all()) > 1

    @property
    def decider(self) -> str:
        """Who closed it, and with which token; empty while open or where the seats just came."""
        return named(self.decided_by, self.closed_token) if self.decided_by else ""

    @property
    def is_open(self) -> bool:
        return self.status == RequestStatus.OPEN

    @property
    def is_approved(self) -> bool:
        return self.status == RequestStatus.APPROVED

    @property
    def is_declined(self) -> bool:
        return self.status == RequestStatus.DECLINED

    @property
    def is_withdrawn(self) -> bool:
        return self.status == RequestStatus.WITHDRAWN

    @property
    def is_for_representative(self) -> bool:
        return self.addressed_to == AddressedTo.REPRESENTATIVE

    def days_waiting(self, at: datetime) -> int:
        """Days on the calendar from the request to its end, or to `at` while it is open."""
        ended = localdate(self.closed_at or at)
        return (ended - localdate(self.requested_at)).days


class ServiceOrderQuerySet(models.QuerySet["ServiceOrder"]):
    def visible_to_staff(self, user: User) -> Self:
        """Of the accounts they represent; all for superusers and for read-only Sales (R22)."""
        if user.sees_every_account():
            return self
        return self.filter(seat_request__pool__subscription__account__representative=user)


class ServiceOrder(models.Model):
    """The representative's work on a request of a sales-managed account (R19)."""

    seat_request = models.OneToOneField(
        SeatRequest, on_delete=models.PROTECT, related_name="service_order",
        verbose_name=_("seat request"),
    )  # fmt: skip
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("closed"), null=True)

    objects = ServiceOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("service order")
        verbose_name_plural = _("service orders")
        ordering = ("-opened_at", "-pk")

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"SO-{self.pk:06}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

"""Orders and the seat ledger: written by actions, and never changed here (D9)."""

from django.contrib import admin
from django.utils.formats import localize
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from accounts.admin.channels import ACTOR, ShowsChannel
from accounts.admin.seen_by_staff import SeenByStaff
from core.admin import ReadOnly, two_lines
from core.csv_lists import Column, money
from core.date_range import DateRange
from core.money import format_money
from subscriptions.admin.charges import ChargesOfOrder
from subscriptions.models import Order, SeatAssignment, SeatChange


@admin.register(Order)
class OrderAdmin(SeenByStaff, ShowsChannel, ReadOnly):
    """One form that changed a subscription; what it did to each pool is in the seat changes."""

    list_display = ("placed_at", "account", "kind", "charged", "who")
    list_filter = ("kind", "currency", "channel", ("placed_at", DateRange))
    csv_columns = (
        "placed_at", "account", "kind", "reason",
        *money(gettext_lazy("charged"), "charged_cents", "currency"), *ACTOR,
    )  # fmt: skip
    list_select_related = ("account", "placed_by", "token")
    search_fields = ("account__name", "account__slug", "placed_by__email")
    search_help_text = gettext_lazy("Account or buyer")
    fields = ("account", "kind", "reason", "placed_at", "placed_by", "through", "charged")
    readonly_fields = ("through", "charged")
    ordering = ("-placed_at", "-pk")
    inlines = (ChargesOfOrder,)

    @admin.display(description=gettext_lazy("charged"), ordering="charged_cents")
    def charged(self, order: Order) -> str:
        return format_money(order.charged_cents, order.currency)


@admin.register(SeatChange)
class SeatChangeAdmin(ShowsChannel, ReadOnly):
    """The ledger: every change of a pool's numbers, newest first."""

    list_display = (
        "at", "account_and_pool", "kind_and_member", "purchased", "renewing", "occupied", "who",
    )  # fmt: skip
    list_filter = ("kind", "channel", ("at", DateRange))
    list_select_related = ("account", "pool__subscription", "member__user", "by", "token")
    csv_columns = (
        "at", "account", "pool", "kind", "member", "seats_before", "seats_after",
        "at_renewal_before", "at_renewal_after", "assigned_before", "assigned_after",
        *money(gettext_lazy("charged"), "cents", "pool.subscription.currency"), *ACTOR,
    )  # fmt: skip
    search_fields = ("account__name", "account__slug", "pool__name", "member__user__email")
    search_help_text = gettext_lazy("Account, pool or member")
    fields = (
        "account", "pool", "at", "by", "through", "kind", "seats_before", "seats_after",
        "at_renewal_before", "at_renewal_after", "assigned_before", "assigned_after", "member",
        "order", "seat_request", "charged",
    )  # fmt: skip
    readonly_fields = ("through", "charged")

    @admin.display(description=gettext_lazy("account and pool"), ordering="account__name")
    def account_and_pool(self, change: SeatChange) -> SafeString:
        return two_lines(change.account, change.pool)

    @admin.display(description=gettext_lazy("what"), ordering="kind")
    def kind_and_member(self, change: SeatChange) -> SafeString:
        return two_lines(change.get_kind_display(), change.member)

    @admin.display(description=gettext_lazy("charged"))
    def charged(self, change: SeatChange) -> str:
        return format_money(change.cents, change.pool.subscription.currency)

    @admin.display(description=gettext_lazy("purchased"))
    def purchased(self, change: SeatChange) -> str:
        return _step(change.seats_before, change.seats_after)

    @admin.display(description=gettext_lazy("at renewal"))
    def renewing(self, change: SeatChange) -> str:
        return _step(change.at_renewal_before, change.at_renewal_after)

    @admin.display(description=gettext_lazy("assigned"))
    def occupied(self, change: SeatChange) -> str:
        return _step(change.assigned_before, change.assigned_after)


def _step(before: int, after: int) -> str:
    return f"{localize(before)} → {localize(after)}" if before != after else localize(after)


@admin.register(SeatAssignment)
class SeatAssignmentAdmin(ReadOnly):
    """Who holds which seat, since when and how (N3)."""

    list_display = ("member", "account", "pool", "assigned_at", "source", "assigned_by")
    list_filter = ("source", ("assigned_at", DateRange))
    list_select_related = ("membership__user", "pool__subscription__account", "assigned_by")
    csv_columns = (
        "member", Column(gettext_lazy("email address"), "membership.user.email"), "account",
        "pool", "assigned_at", "source", "assigned_by",
    )  # fmt: skip
    search_fields = ("membership__name", "membership__user__email", "pool__name")
    search_help_text = gettext_lazy("Member or pool")

    @admin.display(description=gettext_lazy("member"), ordering="membership__name")
    def member(self, assignment: SeatAssignment) -> str:
        return assignment.membership.name

    @admin.display(
        description=gettext_lazy("account"), ordering="pool__subscription__account__name"
    )
    def account(self, assignment: SeatAssignment) -> str:
        return assignment.pool.subscription.account.name

"""The proofs of the ledger of money: charges = orders = quotes, and no period unpaid (D16)."""

from collections.abc import Iterator

from django.db.models import BigIntegerField, F, Max, Min, OuterRef, Q, Subquery, Sum, Window
from django.db.models.functions import Cast, Coalesce, Lag

from subscriptions.models import Charge, ChargeKind, Line, LinePrice, Order, SeatChange
from subscriptions.rules.integrity import Disagreement, Fault


def charge_checks() -> Iterator[Iterator[Disagreement]]:
    """Each is one statement; all of them are about rows since charges are recorded."""
    yield _changes_apportioned()
    yield _orders_charged()
    yield _orders_quoted()
    yield _single_charges()
    yield _periods_chained()
    yield _periods_paid()
    yield _line_prices()


def _full() -> Cast:
    """What a charge's seats cost for a whole period, in cents."""
    return (
        Cast("seats", BigIntegerField()) * F("unit_cents") * F("months")  # type: ignore[return-value]
    )


def _changes_apportioned() -> Iterator[Disagreement]:
    """The charges of a row of the ledger of seats add up to what the row says, to the cent."""
    changes = SeatChange.objects.annotate(charged=Sum("charges__cents")).filter(
        charged__isnull=False
    )
    wrong = changes.exclude(charged=F("cents")).select_related("account", "pool")
    for change in wrong:
        says = f"row {change.pk} says {change.cents} cents, its charges {change.charged}"
        yield Disagreement(Fault.CHARGE, change.pk, change.account.slug, change.pool.name, says)


def _orders_charged() -> Iterator[Disagreement]:
    """The charges of an order add up to what it charged; before the cut-over there are none."""
    since = Charge.objects.filter(account=OuterRef("account"), kind=ChargeKind.CUT_OVER)
    orders = Order.objects.annotate(
        explained=Coalesce(Sum("charges__cents"), 0), since=Subquery(since.values("at")[:1])
    ).filter(Q(since=None) | Q(placed_at__gt=F("since")))
    for order in orders.exclude(charged_cents=F("explained")).select_related("account"):
        says = f"charged {order.charged_cents} cents, but its charges are {order.explained}"
        yield Disagreement(Fault.CHARGE, order.pk, order.account.slug, f"order {order.pk}", says)


def _orders_quoted() -> Iterator[Disagreement]:
    """What an order charged is the price of its seats for its days, as `prorate` rounds (D3)."""
    priced = (
        Charge.objects.filter(kind=ChargeKind.PURCHASE)
        .annotate(full=_full())
        .values("order", "account__slug")
        .annotate(
            sum_cents=Sum("cents"), sum_full=Sum("full"),
            days_least=Min("days"), days_most=Max("days"),
            of_least=Min("of_days"), of_most=Max("of_days"),
        )
        .order_by("order")
    )  # fmt: skip
    rest = _remainder(F("sum_full"), F("days_least"), F("of_least"), F("sum_cents"))
    wrong = priced.annotate(rest=rest).exclude(
        rest__gte=0,
        rest__lt=2 * F("of_least"),
        days_least=F("days_most"),
        of_least=F("of_most"),
    )
    for row in wrong:
        says = f"its charges are {row['sum_cents']} cents, which is not the price of its days"
        where = f"order {row['order']}"
        yield Disagreement(Fault.CHARGE, row["order"], row["account__slug"], where, says)


def _single_charges() -> Iterator[Disagreement]:
    """Every other charge is the price of its own days: nothing is shared with another line."""
    alone = Charge.objects.exclude(kind__in=(ChargeKind.PURCHASE, ChargeKind.CREDIT))
    rest = _remainder(_full(), F("days"), F("of_days"), F("cents"))
    wrong = alone.annotate(rest=rest).exclude(rest__gte=0, rest__lt=2 * F("of_days"))
    for charge in wrong.select_related("account", "line__plan__product"):
        says = f"charge {charge.pk} of {charge.cents} cents is not the price of its days"
        yield _of_charge(charge, says)


def _remainder(full: F | Cast, days: F, of_days: F, cents: F) -> F:
    """From 0 up to, and not including, twice `of_days` exactly if `cents` is what `prorate` says.

    Without a division, in which databases differ.
    """
    return 2 * full * days + of_days - 2 * of_days * cents  # type: ignore[return-value]


def _periods_chained() -> Iterator[Disagreement]:
    """A line is paid without a gap or an overlap: each period begins where the last one ended."""
    before = Window(Lag("period_to"), partition_by="line_id", order_by="pk")
    broken = Charge.objects.of_periods().annotate(before=before)
    wrong = broken.filter(before__isnull=False).exclude(period_from=F("before"))
    for charge in wrong.select_related("account", "line__plan__product"):
        says = f"charge {charge.pk} begins on {charge.period_from}, not where the last one ended"
        yield _of_charge(charge, says, Fault.CHARGED_PERIODS)


def _periods_paid() -> Iterator[Disagreement]:
    """A line of a pool with seats is paid to the end of the paid period, and no further."""
    charges = Charge.objects.of_periods().filter(line=OuterRef("pk")).order_by("-pk")
    lines = Line.objects.filter(pool__seats__gt=0, ended_on=None).annotate(
        paid_to=Subquery(charges.values("period_to")[:1])
    )
    wrong = lines.filter(
        Q(paid_to=None) | ~Q(paid_to=F("pool__subscription__period_end"))
    ).select_related("pool__subscription__account", "plan__product")
    for line in wrong:
        subscription = line.pool.subscription
        says = f"is paid to {line.paid_to}, but the period ends on {subscription.period_end}"
        slug = subscription.account.slug
        yield Disagreement(Fault.CHARGED_PERIODS, line.pk, slug, str(line), says)


def _line_prices() -> Iterator[Disagreement]:
    """The price of a line is the last of its prices."""
    prices = LinePrice.objects.filter(line=OuterRef("pk")).order_by("-pk")
    lines = Line.objects.annotate(last=Coalesce(Subquery(prices.values("unit_cents")[:1]), -1))
    for line in lines.exclude(unit_cents=F("last")).select_related(
        "pool__subscription__account", "plan__product"
    ):
        slug = line.pool.subscription.account.slug
        says = f"costs {line.unit_cents} cents, but its history of prices ends at {line.last}"
        yield Disagreement(Fault.LINE_PRICE, line.pk, slug, str(line), says)


def _of_charge(charge: Charge, says: str, fault: Fault = Fault.CHARGE) -> Disagreement:
    return Disagreement(fault, charge.pk, charge.account.slug, str(charge.line), says)

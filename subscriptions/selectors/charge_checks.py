"""The proofs of the ledger of money: charges = orders = quotes, and no period unpaid (D16).

Databases older than the ledger have cut-overs: what was ordered before is not asked for.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import groupby

from django.db.models import (
    DateField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    Window,
)
from django.db.models.functions import Coalesce, Lag

from subscriptions.models import Charge, ChargeKind, Line, LinePrice, Order, SeatChange
from subscriptions.rules.integrity import Disagreement, Fault
from subscriptions.rules.proration import apportion, prorate

# Until when a line is paid that has no charge.
_NEVER = Value(date.min, output_field=DateField())


def charge_checks() -> Iterator[Iterator[Disagreement]]:
    """Each is one statement."""
    yield _changes_apportioned()
    yield _order_sums()
    yield _orders_charged()
    yield _owners()
    yield _seats_charged()
    yield _prices_charged()
    yield _amounts()
    yield _periods_chained()
    yield _periods_paid()
    yield _line_prices()


def _changes_apportioned() -> Iterator[Disagreement]:
    """The charges of a row of the ledger of seats add up to what the row says, to the cent."""
    charged = Sum("charges__cents", filter=~Q(charges__kind=ChargeKind.CREDIT))
    changes = SeatChange.objects.annotate(charged=charged).filter(charged__isnull=False)
    wrong = changes.exclude(charged=F("cents")).select_related("account", "pool")
    for change in wrong:
        says = f"row {change.pk} says {change.cents} cents, its charges {change.charged}"
        yield Disagreement(Fault.CHARGE, change.pk, change.account.slug, change.pool.name, says)


def _order_sums() -> Iterator[Disagreement]:
    """N5: the ledger explains what an order charged, to the cent."""
    orders = Order.objects.annotate(explained=Coalesce(Sum("changes__cents"), 0))
    for order in orders.exclude(charged_cents=F("explained")).select_related("account"):
        yield Disagreement(
            Fault.ORDER_SUM,
            order.pk,
            order.account.slug,
            f"order {order.pk}",
            f"charged {order.charged_cents} cents, but the ledger explains {order.explained}",
        )


def _orders_charged() -> Iterator[Disagreement]:
    """The charges of an order add up to what it charged; before the cut-over there are none."""
    charged = Sum("charges__cents", filter=Q(charges__kind=ChargeKind.PURCHASE))
    since = Charge.objects.filter(account=OuterRef("account"), kind=ChargeKind.CUT_OVER)
    orders = Order.objects.annotate(
        explained=Coalesce(charged, 0), since=Subquery(since.values("at")[:1])
    ).filter(Q(since=None) | Q(placed_at__gt=F("since")))
    for order in orders.exclude(charged_cents=F("explained")).select_related("account"):
        says = f"charged {order.charged_cents} cents, but its charges are {order.explained}"
        yield Disagreement(Fault.CHARGE, order.pk, order.account.slug, f"order {order.pk}", says)


def _owners() -> Iterator[Disagreement]:
    """A charge is of its line's account, pool and currency, and so are its order and change."""
    subscription = "line__pool__subscription"
    strayed = Charge.objects.exclude(
        account=F(f"{subscription}__account"), currency=F(f"{subscription}__currency")
    )
    order = Charge.objects.exclude(order=None).exclude(
        order__account=F("account"), order__currency=F("currency")
    )
    change = Charge.objects.exclude(seat_change=None).exclude(seat_change__pool=F("line__pool"))
    for wrong in (strayed, order, change):
        yield from _of_charges(
            wrong, lambda charge: "is not of the account, currency or pool of its line"
        )


def _seats_charged() -> Iterator[Disagreement]:
    """A charge is for the seats that were added, or for a number the pool has had."""
    added = Charge.objects.exclude(Q(seat_change=None) | Q(kind=ChargeKind.CREDIT)).exclude(
        seats=F("seat_change__seats_after") - F("seat_change__seats_before")
    )
    there = SeatChange.objects.filter(pool=OuterRef("line__pool"), seats_after=OuterRef("seats"))
    never = Charge.objects.filter(seat_change=None).exclude(Exists(there))
    for wrong in (added, never):
        yield from _of_charges(
            wrong, lambda charge: f"is for {charge.seats} seats, which the ledger never says"
        )


def _prices_charged() -> Iterator[Disagreement]:
    """A charge is made at the price that the line had on its first day."""
    prices = LinePrice.objects.filter(line=OuterRef("line"), from_day__lte=OuterRef("period_from"))
    last = Subquery(prices.order_by("-from_day", "-pk").values("unit_cents")[:1])
    wrong = Charge.objects.annotate(price=Coalesce(last, -1)).exclude(unit_cents=F("price"))
    yield from _of_charges(
        wrong, lambda charge: f"is at {charge.unit_cents} cents a seat, which was not the price"
    )


def _amounts() -> Iterator[Disagreement]:
    """Cents are seats × price × days; the lines of an order share its rounded sum (N1, N10)."""
    charges = _named(Charge.objects.order_by("order", "pk")).iterator(1000)
    for order, together in groupby(charges, lambda charge: charge.order_id):
        for charge, cents in _expected(order, together):
            if charge.cents != cents:
                says = f"is {charge.cents} cents, but its seats, price and days make {cents}"
                yield _of_charge(charge, says)
            elif charge.days not in (charge.days_between, 0):
                says = f"is for {charge.days} days, but they are {charge.days_between}"
                yield _of_charge(charge, says)


def _expected(order: int | None, charges: Iterable[Charge]) -> Iterable[tuple[Charge, int]]:
    # Of an order there are a few; the others stand alone, however many there are.
    return _shared(list(charges)) if order else map(_with_own_amount, charges)


def _shared(charges: list[Charge]) -> Iterable[tuple[Charge, int]]:
    full, first = [charge.full_cents for charge in charges], charges[0]
    total = prorate(sum(full), first.days, first.of_days)
    return zip(charges, apportion(total, full), strict=True)


def _with_own_amount(charge: Charge) -> tuple[Charge, int]:
    cents = prorate(charge.full_cents, charge.days, charge.of_days)
    return charge, -cents if charge.kind == ChargeKind.CREDIT else cents


def _periods_chained() -> Iterator[Disagreement]:
    """Every line begins once, and every renewal begins where the last period ended."""
    paid_until = Window(Lag("period_to", default=_NEVER), partition_by="line_id", order_by="pk")
    charges = Charge.objects.of_periods().annotate(paid_until=paid_until)
    renewals = Q(kind=ChargeKind.RENEWAL)
    broken = charges.filter(
        renewals & ~Q(period_from=F("paid_until")) | ~renewals & ~Q(paid_until=_NEVER)
    )
    yield from _of_charges(
        broken,
        lambda charge: f"begins on {charge.period_from}, not where the last one ended",
        Fault.CHARGED_PERIODS,
    )


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


def _named(charges: QuerySet[Charge]) -> QuerySet[Charge]:
    return charges.select_related("account", "line__plan__product")


def _of_charges(
    wrong: QuerySet[Charge], says: Callable[[Charge], str], fault: Fault = Fault.CHARGE
) -> Iterator[Disagreement]:
    for charge in _named(wrong):
        yield _of_charge(charge, says(charge), fault)


def _of_charge(charge: Charge, says: str, fault: Fault = Fault.CHARGE) -> Disagreement:
    where = str(charge.line)
    return Disagreement(fault, charge.pk, charge.account.slug, where, f"charge {charge.pk} {says}")

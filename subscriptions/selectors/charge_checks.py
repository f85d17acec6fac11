"""The proofs of the ledger of money: charges = orders = rows of seats, and no period unpaid (D16).

The quote is not in it: the action compares its fingerprint when the order is placed.

Databases older than the ledger have cut-overs: what was ordered before is not asked for.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import cast

from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from subscriptions.models import Charge, ChargeKind, Line, LinePrice, Order, SeatChange
from subscriptions.rules.integrity import Disagreement, Fault
from subscriptions.rules.proration import apportion, credited_cents, prorate
from subscriptions.selectors.charge_causes import cause_checks
from subscriptions.selectors.charge_faults import named, of_charge, of_charges
from subscriptions.selectors.charged_periods import period_checks

# What an order charges or gives back for seats that were there, or go.
_OF_NO_SEAT_CHANGE = (ChargeKind.LINE_ADDED, ChargeKind.REOPENED, ChargeKind.CREDIT)


def charge_checks() -> Iterator[Iterator[Disagreement]]:
    """Each is a fixed number of statements, however many accounts there are."""
    yield _changes_apportioned()
    yield _order_sums()
    yield _orders_charged()
    yield _owners()
    yield _order_currencies()
    yield _prices_charged()
    yield _amounts()
    yield _credit_amounts()
    yield _credits()
    yield _line_prices()
    yield from cause_checks()
    yield from period_checks()


def _changes_apportioned() -> Iterator[Disagreement]:
    """The charges of a row of the ledger of seats add up to what the row says, to the cent."""
    charged = Sum("charges__cents", filter=~Q(charges__kind=ChargeKind.CREDIT))
    of_money = Q(cents__gt=0) | Exists(Charge.objects.filter(seat_change=OuterRef("pk")))
    changes = SeatChange.objects.filter(of_money).annotate(
        charged=Coalesce(charged, 0), since=_cut_over()
    )
    wrong = changes.filter(Q(since=None) | Q(at__gt=F("since"))).exclude(charged=F("cents"))
    for change in wrong.select_related("account", "pool"):
        says = f"row {change.pk} says {change.cents} cents, its charges {change.charged}"
        yield Disagreement(Fault.CHARGE, change.pk, change.account.slug, change.pool.name, says)


def _order_sums() -> Iterator[Disagreement]:
    """N5: the ledger of seats explains what an order charged for seats, to the cent."""
    rows = SeatChange.objects.filter(order=OuterRef("pk")).order_by().values("order")
    by_seats = rows.annotate(sum=Sum("cents")).values("sum")
    others = Charge.objects.filter(order=OuterRef("pk"), kind__in=_OF_NO_SEAT_CHANGE)
    by_others = others.order_by().values("order").annotate(sum=Sum("cents")).values("sum")
    orders = Order.objects.annotate(
        explained=Coalesce(Subquery(by_seats), 0) + Coalesce(Subquery(by_others), 0)
    )
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
    charged = Sum("charges__cents")
    orders = Order.objects.annotate(explained=Coalesce(charged, 0), since=_cut_over()).filter(
        Q(since=None) | Q(placed_at__gt=F("since"))
    )
    for order in orders.exclude(charged_cents=F("explained")).select_related("account"):
        says = f"charged {order.charged_cents} cents, but its charges are {order.explained}"
        yield Disagreement(Fault.CHARGE, order.pk, order.account.slug, f"order {order.pk}", says)


def _cut_over() -> Subquery:
    """When the account's ledger of money began, where it is older than that."""
    rows = Charge.objects.filter(account=OuterRef("account"), kind=ChargeKind.CUT_OVER)
    return Subquery(rows.values("at")[:1])


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
        yield from of_charges(
            wrong, lambda charge: "is not of the account, currency or pool of its line"
        )


def _order_currencies() -> Iterator[Disagreement]:
    """An order is in the currency of its account's subscription."""
    strayed = Order.objects.exclude(currency=F("account__subscription__currency"))
    for order in strayed.select_related("account"):
        says = f"is in {order.currency}, which its subscription is not"
        yield Disagreement(Fault.CHARGE, order.pk, order.account.slug, f"order {order.pk}", says)


def _prices_charged() -> Iterator[Disagreement]:
    """A charge is made at the price that the line had on its first day."""
    prices = LinePrice.objects.filter(
        line=OuterRef("line"), from_day__lte=OuterRef("period_from"), at__lte=OuterRef("at")
    )
    last = Subquery(prices.order_by("-from_day", "-pk").values("unit_cents")[:1])
    charged = Charge.objects.exclude(kind=ChargeKind.CREDIT)
    wrong = charged.annotate(price=Coalesce(last, -1)).exclude(unit_cents=F("price"))
    yield from of_charges(
        wrong, lambda charge: f"is at {charge.unit_cents} cents a seat, which was not the price"
    )


def _amounts() -> Iterator[Disagreement]:
    """Cents are seats × price × days; the lines of an order share its rounded sum (N1, N10)."""
    made = Charge.objects.exclude(kind=ChargeKind.CREDIT).order_by("order", "kind", "pk")
    for order, together in groupby(named(made).iterator(1000), _bought_in):
        for charge, cents in _expected(order, together):
            yield from _amount(charge, cents)


def _amount(charge: Charge, cents: int) -> Iterator[Disagreement]:
    if charge.cents != cents:
        says = f"is {charge.cents} cents, but its seats, price and days make {cents}"
        yield of_charge(charge, says)
    elif charge.days not in (charge.days_between, 0):
        says = f"is for {charge.days} days, but they are {charge.days_between}"
        yield of_charge(charge, says)


def _credit_amounts() -> Iterator[Disagreement]:
    """What was given back of a charge, one after the other: to the cent, and never more."""
    credits = named(Charge.objects.filter(kind=ChargeKind.CREDIT).order_by("credits", "pk"))
    rows = credits.select_related("credits").iterator(1000)
    for _charge, together in groupby(rows, lambda credit: credit.credits_id):
        seats, cents = 0, 0
        for credit in together:
            # The database lets no credit be without what it gives back.
            of = cast("Charge", credit.credits)
            back = {"seats_back": seats, "cents_back": cents}
            yield from _amount(credit, -credited_cents(of, credit.seats, credit.days, **back))
            seats, cents = seats + credit.seats, cents - credit.cents


def _bought_in(charge: Charge) -> int | None:
    return charge.order_id if charge.kind == ChargeKind.PURCHASE else None


def _expected(order: int | None, charges: Iterable[Charge]) -> Iterable[tuple[Charge, int]]:
    # Of an order there are a few; the others stand alone, however many there are.
    return _shared(list(charges)) if order else map(_with_own_amount, charges)


def _shared(charges: list[Charge]) -> Iterable[tuple[Charge, int]]:
    full, first = [charge.full_cents for charge in charges], charges[0]
    total = prorate(sum(full), first.days, first.of_days)
    return zip(charges, apportion(total, full), strict=True)


def _with_own_amount(charge: Charge) -> tuple[Charge, int]:
    return charge, prorate(charge.full_cents, charge.days, charge.of_days)


def _credits() -> Iterator[Disagreement]:
    """A credit gives back days and seats of one charge, at its price; no seat twice."""
    credits = Charge.objects.filter(kind=ChargeKind.CREDIT)
    strayed = credits.exclude(
        credits__line=F("line"),
        credits__unit_cents=F("unit_cents"),
        credits__period_to=F("period_to"),
        credits__period_from__lte=F("period_from"),
    )
    yield from of_charges(strayed, lambda charge: "gives back what was not charged")
    back = Charge.objects.annotate(back=Sum("credited_by__seats", default=0))
    yield from of_charges(
        back.filter(back__gt=F("seats")),
        lambda charge: f"is for {charge.seats} seats, of which more were given back",
    )


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

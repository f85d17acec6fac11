"""The catalogue with what it means for customers: who uses a plan, at which price."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts.models import AccountKind, User
from subscriptions.models import Currency, Cycle, Line, Plan, Price, Product, SeatPool
from subscriptions.rules.catalog import Cell, Prices, cells_of, unpriced
from subscriptions.rules.routes import PoolRule, Removal, pool_rule


@dataclass(frozen=True)
class PriceCell:
    """A price, and the standing lines of that currency and cycle that pay another one."""

    cell: Cell
    cents: int | None
    lines_at_other_price: int

    @property
    def label(self) -> str:
        return self.cell.label


@dataclass(frozen=True)
class PlanRow:
    """A plan with all its prices; `accounts` are those the reader may see."""

    plan: Plan
    cells: tuple[PriceCell, ...]
    unpriced: tuple[Cell, ...]
    accounts: int
    lines: int

    @property
    def unpriced_labels(self) -> list[str]:
        return [cell.label for cell in self.unpriced]


def prices_of(product: Product) -> dict[Cell, int]:
    """Every price of a product, in cents per seat and month."""
    found = Price.objects.filter(plan__product=product)
    return {Cell(p.plan_id, Currency(p.currency), Cycle(p.cycle)): p.cents for p in found}


def plan_rows(product: Product, reader: User) -> list[PlanRow]:
    """The plans of a product, those on sale first, in a fixed number of queries."""
    prices, others = prices_of(product), _lines_at_other_price(product)
    plans = product.plans.with_use(reader).order_by("is_legacy", "pk")
    return [_row(plan, prices, others) for plan in plans.select_related("product")]


def _row(plan: Plan, prices: Prices, others: Counter[Cell]) -> PlanRow:
    return PlanRow(
        plan=plan,
        cells=tuple(PriceCell(c, prices.get(c), others[c]) for c in cells_of(plan.pk)),
        unpriced=tuple(unpriced(plan, prices)),
        accounts=plan.accounts_using,  # type: ignore[attr-defined]
        lines=plan.lines_standing,  # type: ignore[attr-defined]
    )


def _lines_at_other_price(product: Product) -> Counter[Cell]:
    """Standing lines that do not pay what the catalogue says now; a price agreed counts too."""
    terms = ("plan_id", "pool__subscription__currency", "pool__subscription__cycle")
    catalogue = Price.objects.filter(
        plan=OuterRef("plan"),
        currency=OuterRef("pool__subscription__currency"),
        cycle=OuterRef("pool__subscription__cycle"),
    )
    lines = Line.objects.standing().filter(plan__product=product)
    priced = lines.annotate(now=Subquery(catalogue.values("cents")))
    others = priced.filter(Q(unit_cents__lt=F("now")) | Q(unit_cents__gt=F("now")))
    counted = others.values_list(*terms).annotate(count=Count("pk")).order_by()
    return Counter({Cell(pk, Currency(c), Cycle(y)): count for pk, c, y, count in counted})


@dataclass(frozen=True)
class KindUsing:
    """The accounts of one kind that use a plan, and what they may do with legacy seats (R23)."""

    kind: AccountKind
    accounts: int
    lines: int
    rule: PoolRule

    @property
    def consequence(self) -> str:
        """In the current language: what becomes of the seats."""
        if not self.rule.can_add:
            return _("Seats can be neither added nor removed.")
        if self.rule.removal is Removal.NONE:
            return _("Seats can be added. None can be removed.")
        return _("Seats can be added. Only unassigned seats can be removed, at renewal.")


@dataclass(frozen=True)
class Retirement:
    """What retiring a plan would mean, before it is done."""

    kinds: tuple[KindUsing, ...]
    # Whose scheduled reduction would cost people a seat, which a legacy plan never does.
    kept: tuple[SeatPool, ...]
    has_twin: bool

    @property
    def accounts(self) -> int:
        return sum(kind.accounts for kind in self.kinds)

    @property
    def lines(self) -> int:
        return sum(kind.lines for kind in self.kinds)


def retirement(plan: Plan) -> Retirement:
    """Who is concerned if the plan is retired, or sold again, in a fixed number of queries."""
    account = "pool__subscription__account"
    counted = (
        Line.objects.standing()
        .filter(plan=plan)
        .values_list(f"{account}__kind")
        .annotate(accounts=Count(account, distinct=True), lines=Count("pk"))
    )
    found = {kind: (accounts, lines) for kind, accounts, lines in counted.order_by()}
    kinds = (
        KindUsing(kind, *found.get(kind, (0, 0)), pool_rule(kind, is_legacy=True))
        for kind in AccountKind
    )
    return Retirement(tuple(kinds), tuple(pools_kept(plan)), has_twin(plan))


def pools_kept(plan: Plan) -> QuerySet[SeatPool]:
    """Pools of the plan that are to have fewer seats than people at renewal; not those that end."""
    return (
        SeatPool.objects.standing()
        .filter(pk__in=Line.objects.standing().filter(plan=plan).values("pool"))
        .filter(seats_at_renewal__gt=0, seats_at_renewal__lt=F("assigned"))
        .select_related("subscription__account")
        .order_by("subscription_id", "pk")
    )


def has_twin(plan: Plan) -> bool:
    """Whether the product has a plan of the same name on the other side, on sale or retired."""
    twins = Plan.objects.filter(product_id=plan.product_id, tier=plan.tier)
    return twins.exclude(is_legacy=plan.is_legacy).exists()

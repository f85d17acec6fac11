"""What the vendor of the demo sells, and for how much."""

from subscriptions.models import Currency, Cycle, Plan, Price, Product, ProductKind

TIERS = ("Team", "Growth", "Professional", "Enterprise")

# Per seat and month, in whole euros or dollars: billed monthly, billed annually.
SUITES: dict[str, tuple[tuple[int, int], ...]] = {
    "Support Suite": ((55, 44), (89, 71), (115, 92), (169, 135)),
    "Sales Suite": ((45, 36), (69, 55), (89, 71), (129, 103)),
}
PRODUCTS: dict[str, tuple[tuple[int, int], ...]] = {
    "Support": ((25, 20), (45, 36), (69, 55), (99, 79)),
    "Guide": ((9, 7), (15, 12), (25, 20), (35, 28)),
    "Chat": ((15, 12), (25, 20), (35, 28), (59, 47)),
    "Talk": ((19, 15), (29, 23), (49, 39), (89, 71)),
    "Explore": ((9, 7), (15, 12), (25, 20), (45, 36)),
    "Sell": ((25, 20), (49, 39), (79, 63), (119, 95)),
}
ADD_ONS: dict[str, tuple[int, int]] = {
    "Workforce Management": (25, 20),
    "Quality Assurance": (35, 28),
    "Advanced Data Privacy": (40, 32),
    "Copilot": (50, 40),
    "Contact Center": (60, 48),
}
LEGACY = ("Sell", "Legacy", (29, 23))

INCLUDES: dict[str, tuple[str, ...]] = {
    "Support Suite": ("Support", "Guide", "Chat", "Talk", "Explore"),
    "Sales Suite": ("Sell", "Talk", "Explore"),
}


def load_catalogue() -> dict[str, Plan]:
    """Create every product, plan and price; the plans by the name people read."""
    names = [
        *((name, ProductKind.SUITE) for name in SUITES),
        *((name, ProductKind.PRODUCT) for name in PRODUCTS),
        *((name, ProductKind.ADD_ON) for name in ADD_ONS),
    ]
    products = {
        name: Product.objects.create(
            name=name, kind=kind, is_main=name == "Support", position=position
        )
        for position, (name, kind) in enumerate(names, start=1)
    }
    for suite, included in INCLUDES.items():
        products[suite].includes.set(products[name] for name in included)
    plans = []
    for name, prices in {**SUITES, **PRODUCTS}.items():
        for tier, costs in zip(TIERS, prices, strict=True):
            plans.append(_plan(products[name], tier, costs))
    for name, costs in ADD_ONS.items():
        plans.append(_plan(products[name], "", costs))
    product, tier, costs = LEGACY
    plans.append(_plan(products[product], tier, costs, is_legacy=True))
    return {str(plan): plan for plan in plans}


def _plan(product: Product, tier: str, costs: tuple[int, int], *, is_legacy: bool = False) -> Plan:
    plan = Plan.objects.create(product=product, tier=tier, is_legacy=is_legacy)
    Price.objects.bulk_create(
        Price(plan=plan, currency=currency, cycle=cycle, cents=100 * cost)
        for currency in Currency
        for cycle, cost in zip((Cycle.MONTHLY, Cycle.ANNUAL), costs, strict=True)
    )
    return plan

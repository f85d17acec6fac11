"""The six customers of the demo: what they bought, who they are, who sits where."""

from dataclasses import dataclass
from itertools import count

from accounts.models import AccountKind, Status
from accounts.permissions import Role
from seatadmin.demo.names import full_names, local_part
from subscriptions.models import Currency, Cycle


@dataclass(frozen=True)
class DemoPool:
    """The plans that share a pool; the first one names it."""

    plans: tuple[str, ...]
    opened: int


@dataclass(frozen=True)
class DemoPurchase:
    """Seats that came later: bought, or through a request where Sales manages the account."""

    pool: int
    seats: int
    days_ago: int


@dataclass(frozen=True)
class DemoPerson:
    """A member, with the positions of the pools they have a seat in."""

    email: str
    name: str
    role: Role
    pools: tuple[int, ...]
    days_ago: int
    seen_days_ago: int
    status: Status = Status.ACTIVE


@dataclass(frozen=True)
class DemoRequest:
    """An open request of the account's admin, and what their first agent asks for in it."""

    pool: int
    seats: int
    days_ago: int
    reason: str
    joined_seats: int = 0
    joined_reason: str = ""


@dataclass(frozen=True)
class DemoReduction:
    """An open request of the account's admin for fewer seats: the number in all."""

    pool: int
    seats: int
    days_ago: int
    reason: str


@dataclass(frozen=True)
class DemoPrice:
    """What the representative agreed with the account for the next renewal, for a pool's plan."""

    pool: int
    unit_cents: int
    days_ago: int
    reason: str


@dataclass(frozen=True)
class DemoAccount:
    slug: str
    name: str
    kind: AccountKind
    currency: Currency
    cycle: Cycle
    is_represented: bool
    # Months since the start that are over, and days since the period began.
    months: int
    days: int
    pools: tuple[DemoPool, ...]
    # Owner, billing admin, admin, agent: name and pools.
    cast: tuple[tuple[str, tuple[int, ...]], ...]
    # The other agents: how many, and their pools.
    agents: tuple[tuple[int, tuple[int, ...]], ...]
    others: tuple[DemoPerson, ...] = ()
    purchases: tuple[DemoPurchase, ...] = ()
    request: DemoRequest | None = None
    reduction: DemoReduction | None = None
    price: DemoPrice | None = None

    def people(self) -> list[DemoPerson]:
        """Everyone, longest-serving first; the owner is the first."""
        age = 30 * self.months
        roles = (Role.OWNER, Role.BILLING_ADMIN, Role.ADMIN, Role.AGENT)
        locals_ = ("owner", "billing", "admin", "agent")
        cast = [
            DemoPerson(
                f"{local}@{self.slug}.example", name, role, pools, age - 2 * place, place + 1
            )
            for place, (local, role, (name, pools)) in enumerate(
                zip(locals_, roles, self.cast, strict=True)
            )
        ]
        people = [*cast, *self._agents(age - 10), *self.others]
        return sorted(people, key=lambda person: -person.days_ago)

    def _agents(self, first_days_ago: int) -> list[DemoPerson]:
        pools = [pools for number, pools in self.agents for _ in range(number)]
        names = full_names(self.slug, len(pools))
        # The last of them came twelve days ago.
        step = (first_days_ago - 12) / max(1, len(pools) - 1)
        return [
            DemoPerson(
                f"{local_part(name)}@{self.slug}.example",
                name,
                Role.AGENT,
                held,
                first_days_ago - round(place * step),
                # Every ninth has not been seen for a season: idle seats to find.
                100 + place
                if place % 9 == 7 and place * step + 110 < first_days_ago
                else place % 6 + 1,
            )
            for name, held, place in zip(names, pools, count(), strict=False)
        ]


ACME = DemoAccount(
    slug="acme",
    name="Acme",
    kind=AccountKind.SELF_SERVICE,
    currency=Currency.EUR,
    cycle=Cycle.MONTHLY,
    is_represented=False,
    months=14,
    days=11,
    pools=(
        DemoPool(("Support Suite Professional", "Workforce Management"), 6),
        DemoPool(("Sell Growth",), 5),
    ),
    cast=(
        ("Olivia Brandt", ()),
        ("Benedikt Lang", ()),
        ("Amara Okafor", (0,)),
        ("Anton Weiss", (0, 1)),
    ),
    agents=((5, (0,)), (1, (1,))),
    others=(
        DemoPerson(
            "sofia.rossi@acme.example", "Sofia Rossi", Role.AGENT, (0,), 95, 41, Status.SUSPENDED
        ),
        DemoPerson(
            "ines.moreau@acme.example", "Inès Moreau", Role.AGENT, (0,), 3, 0, Status.INVITED
        ),
        DemoPerson("consultant@partner.example", "Carla Nyberg", Role.ADMIN, (), 60, 1),
    ),
    purchases=(DemoPurchase(pool=0, seats=4, days_ago=160),),
    request=DemoRequest(
        pool=1,
        seats=1,
        days_ago=2,
        reason="Our new colleague in sales starts soon and needs Sell.",
        joined_seats=2,
        joined_reason="Two of us take over renewals and follow them up in Sell.",
    ),
)

GLOBEX = DemoAccount(
    slug="globex",
    name="Globex",
    kind=AccountKind.ONLINE_ASSISTED,
    currency=Currency.USD,
    cycle=Cycle.ANNUAL,
    is_represented=True,
    months=17,
    days=9,
    pools=(
        DemoPool(("Support Professional", "Guide Professional", "Explore Professional"), 20),
        DemoPool(("Talk Professional",), 5),
    ),
    cast=(
        ("Owen Gallagher", ()),
        ("Bianca Ferreira", ()),
        ("Adil Rahman", (0,)),
        ("Agnes Holm", (0, 1)),
    ),
    agents=((21, (0,)), (2, (0, 1))),
    others=(
        DemoPerson("consultant@partner.example", "Carla Nyberg", Role.BILLING_ADMIN, (), 90, 1),
    ),
    purchases=(DemoPurchase(pool=0, seats=5, days_ago=200),),
    reduction=DemoReduction(
        pool=1, seats=3, days_ago=3, reason="Fewer of us take calls since the hotline moved."
    ),
)

INITECH = DemoAccount(
    slug="initech",
    name="Initech",
    kind=AccountKind.SALES_MANAGED,
    currency=Currency.EUR,
    cycle=Cycle.ANNUAL,
    is_represented=True,
    months=20,
    days=16,
    pools=(
        DemoPool(("Support Suite Enterprise",), 34),
        DemoPool(("Sales Suite Professional",), 15),
    ),
    cast=(
        ("Oskar Lindgren", (0,)),
        ("Brigitte Keller", ()),
        ("Aiko Tanaka", (0, 1)),
        ("Aaron Mbeki", (0,)),
    ),
    agents=((32, (0,)), (3, (0, 1)), (10, (1,))),
    purchases=(DemoPurchase(pool=0, seats=6, days_ago=240),),
    request=DemoRequest(
        0, 5, 4, "Five people join the second shift in Leipzig on the first of next month."
    ),
    price=DemoPrice(0, 12500, 3, "Agreed with Oskar Lindgren for another year."),
)

HOOLI = DemoAccount(
    slug="hooli",
    name="Hooli",
    kind=AccountKind.SELF_SERVICE,
    currency=Currency.USD,
    cycle=Cycle.MONTHLY,
    is_represented=False,
    months=8,
    days=6,
    pools=(
        DemoPool(
            ("Support Professional", "Guide Professional", "Explore Professional", "Copilot"), 20
        ),
        DemoPool(("Chat Professional",), 10),
        DemoPool(("Talk Professional",), 8),
        DemoPool(("Sell Growth",), 6),
    ),
    cast=(
        ("Ophelia Grant", ()),
        ("Boris Petrov", ()),
        ("Ana Ribeiro", (0,)),
        ("Arjun Mehta", (0, 1)),
    ),
    agents=((5, (0,)), (4, (0, 1)), (3, (0, 2)), (3, (3,))),
)

UMBRELLA = DemoAccount(
    slug="umbrella",
    name="Umbrella",
    kind=AccountKind.SELF_SERVICE,
    currency=Currency.USD,
    cycle=Cycle.MONTHLY,
    is_represented=False,
    months=11,
    days=13,
    pools=(
        DemoPool(
            (
                "Support Enterprise",
                "Guide Enterprise",
                "Workforce Management",
                "Quality Assurance",
                "Advanced Data Privacy",
            ),
            20,
        ),
        DemoPool(("Talk Enterprise",), 10),
        DemoPool(("Explore Enterprise",), 12),
        DemoPool(("Sell Enterprise",), 8),
    ),
    cast=(
        ("Octavia Reyes", ()),
        ("Bruno Castellani", ()),
        ("Aleksandra Nowak", (0, 2)),
        ("Ayşe Demir", (0,)),
    ),
    agents=((9, (0,)), (4, (0, 1)), (3, (0, 2)), (4, (3,))),
    purchases=(DemoPurchase(pool=0, seats=5, days_ago=120),),
)

OLDCO = DemoAccount(
    slug="oldco",
    name="Oldco",
    kind=AccountKind.ONLINE_ASSISTED,
    currency=Currency.USD,
    cycle=Cycle.ANNUAL,
    is_represented=True,
    months=40,
    days=20,
    pools=(DemoPool(("Sell Legacy",), 10),),
    cast=(
        ("Otto Winkler", ()),
        ("Beatrice Lowe", ()),
        ("Andrew Falk", ()),
        ("Alma Jensen", (0,)),
    ),
    agents=((5, (0,)),),
)

ACCOUNTS = (ACME, GLOBEX, INITECH, HOOLI, UMBRELLA, OLDCO)

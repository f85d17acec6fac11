"""The permanent cast, built through the actions as the pages would.

Plain functions, so that the soak run and the bench can play with the same people.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from accounts.actions import accept_invitation, invite, open_account
from accounts.actors import Actor
from accounts.models import Account, AccountKind, Membership, Status, User
from accounts.permissions import Role
from core.search import searchable
from subscriptions.actions import add_line, assign_seat, open_subscription
from subscriptions.actions.sales_group import ensure_read_only_group, ensure_sales_group
from subscriptions.models import (
    AssignmentSource,
    Currency,
    Cycle,
    Plan,
    ProductKind,
    SeatAssignment,
    SeatPool,
    Subscription,
)
from team.actions import add_member
from tests.factories import PlanFactory, ProductFactory, UserFactory

# Monday noon; acme's month began on the 1st, so 8 of its 30 days are left.
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
STARTED = date(2026, 11, 1)
OPENED = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
# Who opened the accounts, before any test began.
SETUP = Actor.system("set_up")


@dataclass(frozen=True)
class Catalogue:
    support_suite: Plan
    workforce: Plan
    support: Plan
    guide: Plan
    explore: Plan
    talk: Plan
    sell: Plan
    legacy_sell: Plan


def catalogue() -> Catalogue:
    """A small catalogue: one suite, its parts, one add-on, one legacy plan."""
    names = ("Support", "Guide", "Explore", "Talk", "Sell")
    products = {name: ProductFactory.create(name=name, is_main=name == "Support") for name in names}
    suite = ProductFactory.create(name="Support Suite", kind=ProductKind.SUITE)
    suite.includes.set(products[name] for name in ("Support", "Guide", "Explore", "Talk"))
    add_on = ProductFactory.create(name="Workforce Management", kind=ProductKind.ADD_ON)
    return Catalogue(
        support_suite=PlanFactory.create(product=suite, cents=11500),
        workforce=PlanFactory.create(product=add_on, tier="", cents=2500),
        support=PlanFactory.create(product=products["Support"], cents=5500),
        guide=PlanFactory.create(product=products["Guide"], cents=1500),
        explore=PlanFactory.create(product=products["Explore"], cents=900),
        talk=PlanFactory.create(product=products["Talk"], cents=4900),
        sell=PlanFactory.create(product=products["Sell"], tier="Growth", cents=4900),
        legacy_sell=PlanFactory.create(
            product=products["Sell"], tier="Professional", is_legacy=True, cents=4500
        ),
    )


def account(
    slug: str,
    kind: AccountKind = AccountKind.SELF_SERVICE,
    *,
    currency: Currency = Currency.EUR,
    cycle: Cycle = Cycle.MONTHLY,
    representative: User | None = None,
) -> Account:
    """An account with a subscription and an active owner, `owner@<slug>.example`."""
    account = newcomer(slug, kind, representative=representative).account
    open_subscription(
        account=account, currency=currency, cycle=cycle, started_on=STARTED, at=OPENED
    )
    return account


def newcomer(
    slug: str,
    kind: AccountKind = AccountKind.SELF_SERVICE,
    *,
    representative: User | None = None,
) -> Membership:
    """The active owner, `owner@<slug>.example`, of an account that has bought nothing yet."""
    invited = open_account(
        name=slug.capitalize(),
        slug=slug,
        kind=kind,
        representative=representative,
        owner_email=f"owner@{slug}.example",
        owner_name=f"{slug.capitalize()} Owner",
        by=SETUP,
        at=OPENED,
    )
    accept_invitation(membership=invited, at=OPENED)
    return owner(invited.account)


def pool(subscription: Subscription, *plans: Plan, seats: int) -> SeatPool:
    """A pool that counts all `plans` together, named after the first."""
    found: SeatPool | None = None
    for plan in plans:
        line = add_line(
            subscription=subscription, plan=plan, pool=found, seats=seats, by=SETUP, at=OPENED
        )
        found = line.pool
    assert found
    return SeatPool.objects.get(pk=found.pk)


def owner(account: Account) -> Membership:
    return account.memberships.select_related("user", "account").get(role=Role.OWNER)


def member(
    account: Account,
    name: str,
    role: Role,
    *pools: SeatPool,
    at: datetime | None = None,
    active: bool = True,
) -> Membership:
    """Someone `owner` invited, with seats of `pools`, who accepted; `<name>@<slug>.example`.

    Each is added an hour after the one before, unless `at` says when.
    """
    at = at or OPENED + timedelta(hours=account.memberships.count())
    email, full_name = f"{name}@{account.slug}.example", f"{account.name} {name.capitalize()}"
    if role == Role.END_USER:
        found = invite(
            account=account, email=email, name=full_name, role=role, by=owner(account), at=at
        )
    else:
        found = add_member(
            email=email,
            name=full_name,
            role=role,
            pool_ids=[pool.pk for pool in pools],
            by=owner(account),
            at=at,
        )
    if active:
        accept_invitation(membership=found, at=at)
    return account.memberships.select_related("user", "account").get(pk=found.pk)


def fill(pool: SeatPool, assigned: int) -> list[Membership]:
    """Add agents until `assigned` seats of the pool are taken; returns them, oldest first."""
    account = pool.subscription.account
    taken = SeatPool.objects.get(pk=pool.pk).assigned
    return [
        member(account, f"{pool.pk}-seat{number}", Role.AGENT, pool)
        for number in range(taken + 1, assigned + 1)
    ]


def crowd(pool: SeatPool, people: int) -> None:
    """As many more agents with a seat as a page has to bear; rows only, without history."""
    account, taken = pool.subscription.account, SeatPool.objects.get(pk=pool.pk).assigned
    users = User.objects.bulk_create(
        User(email=f"crowd{number}@{account.slug}.example") for number in range(people)
    )
    members = Membership.objects.bulk_create(
        Membership(
            account=account, user=user, name=f"Crowd {user.pk}", role=Role.AGENT,
            status=Status.ACTIVE, added_at=OPENED,
            search_text=searchable(f"Crowd {user.pk}", user.email),
        )
        for user in users
    )  # fmt: skip
    SeatPool.objects.filter(pk=pool.pk).update(
        seats=taken + people + 1, seats_at_renewal=taken + people + 1, assigned=taken + people
    )
    SeatAssignment.objects.bulk_create(
        SeatAssignment(
            pool=pool, membership=member, assigned_at=OPENED, source=AssignmentSource.ADDED
        )
        for member in members
    )


def give_seat(pool: SeatPool, member: Membership) -> None:
    assign_seat(pool=pool, membership=member, source=AssignmentSource.GIVEN, by=SETUP, at=OPENED)


def representative(name: str) -> User:
    """A sales rep: staff, in the group Sales."""
    rep = _of_sales(name)
    rep.groups.add(ensure_sales_group())
    return rep


def onlooker(name: str) -> User:
    """Staff in the group "Sales (read only)"."""
    looker = _of_sales(name)
    looker.groups.add(ensure_read_only_group())
    return looker


def _of_sales(name: str) -> User:
    return UserFactory.create(
        email=f"{name}@vendor.example", name=f"Vendor {name.capitalize()}", is_staff=True
    )

"""Who may come in, held against the models asked one after the other (D19)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import QuerySet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Account, Membership, Status, User
from accounts.permissions import Role
from subscriptions.models import (
    AssignmentSource,
    Currency,
    Cycle,
    Line,
    Plan,
    Product,
    SeatAssignment,
    SeatPool,
    Subscription,
)
from subscriptions.rules.entitlements import Candidate, Entitlement, entitlement_of
from subscriptions.selectors.entitlements import (
    Customer,
    Person,
    customer,
    entitlements_of,
    holders_of,
)
from tests.cast import NOW, OPENED, STARTED, Catalogue

TODAY = NOW.date()
PEOPLE = [f"person{number}@people.example" for number in range(4)]
ROLES = [role for role in Role.values if role != Role.OWNER]

# Lines by plan: that have not ended, that end today, and that end tomorrow.
LINES = st.dictionaries(
    st.integers(0, 7), st.sampled_from([None, TODAY, TODAY + timedelta(days=1)]),
    min_size=1, max_size=3,
)  # fmt: skip
POOL = st.tuples(LINES, st.sets(st.sampled_from(PEOPLE), min_size=1))
STATE = st.tuples(st.sampled_from(ROLES), st.sampled_from([Status.ACTIVE, *Status.values]))
# Who is a member and how, and the pools, with who holds a seat of each; None: nothing bought.
ACCOUNT = st.tuples(
    st.fixed_dictionaries({PEOPLE[0]: STATE, PEOPLE[1]: STATE}, optional={PEOPLE[2]: STATE}),
    st.none() | st.lists(POOL, min_size=1, max_size=3),
)


@settings(
    max_examples=40, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(asked=ACCOUNT, other=ACCOUNT, inactive=st.sets(st.sampled_from(PEOPLE), max_size=1))
def test_the_answers_are_those_of_the_models_asked_one_by_one(
    catalogue: Catalogue, asked: Any, other: Any, inactive: set[str]
) -> None:
    with transaction.atomic():
        for email in PEOPLE:
            User.objects.create(email=email, is_active=email not in inactive)
        account = an_account("asked", *asked)
        an_account("other", *other)
        for product in Product.objects.all():
            check_answers(account, product)
        transaction.set_rollback(True)


def check_answers(account: Account, product: Product) -> None:
    asked = questions()
    expected = plainly(account, product, asked)
    there = Customer(account.pk, is_due=False)
    assert [said(each) for each in entitlements_of(there, product, asked, NOW)] == expected
    # By address or by number only, another statement is sent.
    for person, answer in [(asked[0], expected[0]), (asked[-1], expected[-1])]:
        [alone] = entitlements_of(there, product, [person], NOW)
        assert said(alone) == answer
    holders = holders_of(account.pk, product, TODAY)
    copied = {said(entitlement_of(Candidate(*row))) for row in holders}
    assert copied == {answer for answer in expected if answer[2]}


def an_account(slug: str, members: dict[str, tuple[str, str]], pools: Any) -> Account:
    account = Account.objects.create(name=slug, slug=slug, created_at=OPENED)
    account.web_addresses.create(slug=slug)
    for email, (role, status) in members.items():
        Membership.objects.create(
            account=account, user=User.objects.get(email=email), name=email, role=role,
            added_at=OPENED, **state(status),
        )  # fmt: skip
    if pools is None:
        return account
    subscription = Subscription.objects.create(
        account=account, currency=Currency.EUR, cycle=Cycle.MONTHLY, started_on=STARTED,
        period_start=STARTED, period_end=date(2026, 12, 1),
    )  # fmt: skip
    for lines, holders in pools:
        a_pool(subscription, lines, account.memberships.filter(user__email__in=holders))
    return account


def a_pool(
    subscription: Subscription, lines: dict[int, date | None], holders: QuerySet[Membership]
) -> None:
    name, seats = f"pool {subscription.pools.count()}", len(holders)
    pool = SeatPool.objects.create(
        subscription=subscription, name=name, seats=seats, assigned=seats
    )
    plans = Plan.objects.order_by("pk")
    for number, ended_on in lines.items():
        Line.objects.create(pool=pool, plan=plans[number], unit_cents=1, ended_on=ended_on)
    for holder in holders:
        SeatAssignment.objects.create(
            pool=pool, membership=holder, assigned_at=OPENED, source=AssignmentSource.GIVEN
        )


def state(status: str) -> dict[str, Any]:
    if status != Status.INVITED:
        return {"status": status}
    return {"status": status, "invitation_digest": "x", "invitation_expires_at": NOW}


def questions() -> list[Person]:
    """Everybody by address and by number, those of the other account and nobody as well."""
    numbers = Membership.objects.order_by("pk").values_list("pk", flat=True)
    emails = [Person(email=email) for email in [*PEOPLE, "nobody@people.example", ""]]
    return [*emails, *(Person(member_id=pk) for pk in [0, *numbers])]


Said = tuple[str, int | None, int | None]


def said(found: Entitlement) -> Said:
    return found.reason, found.member.member_id if found.member else None, found.pool_id


def plainly(account: Account, product: Product, people: list[Person]) -> list[Said]:
    """The same question, as one would put it to the models."""
    bought = SeatPool.objects.filter(subscription__account=account)
    covering = [
        pool.pk
        for pool in bought.prefetch_related("lines__plan__product__includes")
        if covers(pool, product)
    ]
    members = account.memberships.present().select_related("user")
    answers = [
        (member, of_member(member, covering))
        for member in members.prefetch_related("seat_assignments")
    ]
    by_email = {member.user.email: answer for member, answer in answers}
    by_number = {member.pk: answer for member, answer in answers}
    nobody = ("no_member", None, None)
    return [
        by_email.get(each.email, nobody)
        if each.member_id is None
        else by_number.get(each.member_id, nobody)
        for each in people
    ]


def covers(pool: SeatPool, product: Product) -> bool:
    lines = [line for line in pool.lines.all() if not line.ended_on or line.ended_on > TODAY]
    sold = [line.plan.product for line in lines]
    return any(product in (each, *each.includes.all()) for each in sold)


def of_member(member: Membership, covering: list[int]) -> Said:
    seats = sorted(member.seat_assignments.all(), key=lambda seat: seat.pk)
    pool = next((seat.pool_id for seat in seats if seat.pool_id in covering), None)
    if member.is_invited:
        reason = "invited"
    elif member.is_suspended or not member.user.is_active:
        reason = "suspended"
    elif pool:
        reason = "has_seat"
    else:
        reason = "no_seat" if covering else "not_bought"
    return reason, member.pk, pool


@pytest.mark.parametrize("days", [-1, 0, 1])
def test_an_account_is_due_as_its_subscription_is(
    acme: Account, acme_subscription: Subscription, days: int
) -> None:
    """D3."""
    day = acme_subscription.period_end + timedelta(days=days)
    at = NOW + (day - TODAY)
    is_due = acme_subscription.is_due(day)
    assert is_due is (days >= 0)
    assert customer(at, slug="acme") == customer(at, pk=acme.pk) == Customer(acme.pk, is_due)


def test_an_account_that_has_bought_nothing_is_not_due(stranger: Membership) -> None:
    bare = Account.objects.create(name="Bare", slug="bare", created_at=OPENED)
    bare.web_addresses.create(slug="bare")
    assert customer(NOW, slug="bare") == Customer(bare.pk, is_due=False)
    assert customer(NOW, slug="nowhere") is None
    assert customer(NOW, pk=0) is None

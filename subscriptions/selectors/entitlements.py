"""Who may come in: which people hold a seat that covers a product, in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from accounts.models import Account, Membership
from core.composed import Composed, Given
from subscriptions.models import Line, Product, SeatAssignment, Subscription
from subscriptions.rules.entitlements import Candidate, Entitlement, entitlement_of

# What a `Candidate` is made from, in the order of its fields.
_FACTS = ("pk", "user__email", "role", "status", "user__is_active", "covering_pool", "is_bought")


@dataclass(frozen=True)
class Person:
    """Whom a product asks about: a member's number, or else an email address."""

    email: str = ""
    member_id: int | None = None


@dataclass(frozen=True)
class Customer:
    """The account a product asks about, whether its renewal is due, or its subscription over."""

    id: int
    is_due: bool
    is_ended: bool = False


def customer(at: datetime, *, pk: int | None = None, slug: str = "") -> Customer | None:
    """By its number or else its slug, also one that it had before."""
    field, value = ("web_addresses__slug", slug) if pk is None else ("pk", pk)
    for found, ended, is_due in _customer_by(field).rows(on=at.date(), value=value):
        return Customer(found, bool(is_due), is_ended=ended is not None)
    return None


def entitlements_of(
    account: Customer, product: Product, people: Sequence[Person], at: datetime
) -> list[Entitlement]:
    """An answer for each person, in their order."""
    emails = _numbered("email", {each.email for each in people if each.member_id is None})
    ids = _numbered("id", {each.member_id for each in people if each.member_id is not None})
    rows = _candidates(len(emails), len(ids)).rows(
        account=account.id, product=product.pk, on=at.date(), **emails, **ids
    )
    members = [Candidate(*row) for row in rows]
    by_email = {member.email: member for member in members}
    by_id = {member.member_id: member for member in members}
    found = [
        by_email.get(each.email) if each.member_id is None else by_id.get(each.member_id)
        for each in people
    ]
    return [entitlement_of(member, is_ended=account.is_ended) for member in found]


def holders_of(account_id: int, product: Product, on: date) -> QuerySet[Membership, Any]:
    """Everyone with a seat that covers the product, suspended and invited people too.

    Each as a row that a `Candidate` is made from.
    """
    present = Membership.objects.present().filter(account=account_id)
    found = _with_pool(present, account_id, product.pk, on)
    return found.filter(~Q(("covering_pool", None))).values_list(*_FACTS, named=True)


@lru_cache
def _customer_by(field: str) -> Composed:
    on: Any = Given("on")
    due = Subscription.objects.due(on).filter(account=OuterRef("pk"))
    found = Account.objects.filter(**{field: Given("value")}).order_by()
    return Composed.of(
        found.annotate(is_due=Exists(due)).values_list("pk", "read_only_since", "is_due")
    )


@lru_cache
def _candidates(emails: int, ids: int) -> Composed:
    """The question about so many people by email address and so many by number.

    As a union: a condition "one or the other" would read every member of the account.
    """
    members = Membership.objects.filter(account=Given("account")).order_by()
    named = Q(user__email__in=_places("email", emails)), Q(pk__in=_places("id", ids))
    by_email, by_id = (
        _with_pool(members.filter(each), Given("account"), Given("product"), Given("on"))
        for each in named
    )
    return Composed.of(by_email.values_list(*_FACTS).union(by_id.values_list(*_FACTS)))


def _places(name: str, count: int) -> list[Given]:
    return [Given(f"{name}{number}") for number in range(count)]


def _numbered(name: str, values: set[Any]) -> dict[str, Any]:
    return {f"{name}{number}": value for number, value in enumerate(values)}


def _with_pool(
    members: QuerySet[Membership], account: Any, product: Any, on: Any
) -> QuerySet[Membership]:
    """Members of an account, each with the number of a pool whose seat covers the product.

    `is_bought` says whether their account has such a pool at all.
    """
    lines = _covering(product, on)
    seats = SeatAssignment.objects.filter(
        membership=OuterRef("pk"), pool__in=lines.values("pool")
    ).order_by("pk")
    return members.annotate(
        covering_pool=Subquery(seats.values("pool")[:1]),
        is_bought=Exists(lines.filter(pool__subscription__account=account)),
    )


def _covering(product: Any, on: Any) -> QuerySet[Line]:
    """The lines whose seats cover a product: its own, and those of suites that include it."""
    # By a subquery: a join to what each suite includes takes PostgreSQL twice as long to plan.
    suites = Product.includes.through.objects.filter(to_product=product)
    of_product = Q(plan__product=product) | Q(plan__product__in=suites.values("from_product"))
    return Line.objects.filter(of_product).filter(Q(ended_on=None) | Q(ended_on__gt=on))

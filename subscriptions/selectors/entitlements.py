"""Who may come in: which people hold a seat that covers a product, in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from accounts.models import Account
from accounts.models.members import MembershipQuerySet
from subscriptions.models import Line, Product, SeatAssignment
from subscriptions.rules.entitlements import Entitlement, entitlement_of


@dataclass(frozen=True)
class Person:
    """Whom a product asks about: an email address or a member's number."""

    email: str = ""
    member_id: int | None = None


def entitlements_of(
    account: Account, product: Product, people: Sequence[Person], at: datetime
) -> list[Entitlement]:
    """An answer for each person, in their order."""
    by_email = {person.email for person in people if person.email}
    by_id = {person.member_id for person in people if person.member_id}
    asked = Q(user__email__in=by_email) | Q(pk__in=by_id)
    found = with_pool(account.memberships.filter(asked), product, at.date())
    members = list(found.select_related("user"))
    emails = {member.user.email: member for member in members}
    ids = {member.pk: member for member in members}
    return [
        entitlement_of(emails.get(person.email) if person.email else ids.get(person.member_id or 0))
        for person in people
    ]


def holders_of(account: Account, product: Product, on: date) -> MembershipQuerySet:
    """Everyone with a seat that covers the product, suspended and invited people too."""
    found = with_pool(account.memberships.present(), product, on)
    return found.filter(~Q(("covering_pool", None))).select_related("user")


def with_pool(members: MembershipQuerySet, product: Product, on: date) -> MembershipQuerySet:
    """Each with the number of a pool whose seat they hold and that covers the product.

    `is_bought` says whether their account has such a pool at all.
    """
    lines = covering(product, on)
    seats = SeatAssignment.objects.filter(
        membership=OuterRef("pk"), pool__in=lines.values("pool")
    ).order_by("pk")
    return members.annotate(
        covering_pool=Subquery(seats.values("pool")[:1]),
        is_bought=Exists(lines.filter(pool__subscription__account=OuterRef("account"))),
    )


def covering(product: Product, on: date) -> QuerySet[Line]:
    """The lines whose seats cover a product: its own, and those of suites that include it."""
    of_product = Q(plan__product=product) | Q(plan__product__includes=product)
    return Line.objects.filter(of_product).filter(Q(ended_on=None) | Q(ended_on__gt=on))

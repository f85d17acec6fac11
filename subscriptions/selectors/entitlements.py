"""Who may come in: which people hold a seat that covers a product, in a fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from accounts.models import Account, Membership
from accounts.models.members import MembershipQuerySet
from subscriptions.models import Line, Product, SeatAssignment


class Reason(StrEnum):
    """Why somebody may come in or not."""

    HAS_SEAT = "has_seat"
    NO_SEAT = "no_seat"
    NOT_BOUGHT = "not_bought"
    SUSPENDED = "suspended"
    INVITED = "invited"
    NO_MEMBER = "no_member"
    NO_ACCOUNT = "no_account"


@dataclass(frozen=True)
class Person:
    """Whom a product asks about: an email address or a member's number."""

    email: str = ""
    member_id: int | None = None


@dataclass(frozen=True)
class Entitlement:
    """An answer; `pool_id` is that of the seat they hold, whether or not they may come in."""

    reason: Reason
    member: Membership | None = None
    pool_id: int | None = None

    @property
    def is_allowed(self) -> bool:
        return self.reason is Reason.HAS_SEAT


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
        answer_of(emails.get(person.email) if person.email else ids.get(person.member_id or 0))
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


def answer_of(member: Any) -> Entitlement:
    """The answer for someone read by `with_pool`, or for nobody."""
    if member is None or member.is_removed:
        return Entitlement(Reason.NO_MEMBER)
    return Entitlement(_reason(member), member, member.covering_pool)


def _reason(member: Any) -> Reason:
    if member.is_invited:
        return Reason.INVITED
    if member.is_suspended or not member.user.is_active:
        return Reason.SUSPENDED
    if member.covering_pool:
        return Reason.HAS_SEAT
    return Reason.NO_SEAT if member.is_bought else Reason.NOT_BOUGHT

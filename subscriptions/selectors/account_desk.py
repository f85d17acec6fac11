"""One account as its representative sees it: lines, people, requests, charges, history (R22)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, Count, IntegerField, Value, When
from django.utils.translation import gettext as _

from accounts.models import Account, Membership, Status
from accounts.permissions import Role
from accounts.selectors.contacts import owner_of
from subscriptions.models import (
    AddressedTo,
    ChangeRequest,
    Charge,
    Line,
    Price,
    SeatRequest,
    Subscription,
)
from subscriptions.rules.inclusions import covered_twice
from subscriptions.rules.order_of_loss import Holder
from subscriptions.rules.seats import LineSnapshot, PoolSnapshot
from subscriptions.selectors.history import Event, history_of_account
from subscriptions.selectors.quotes import quote_addition
from subscriptions.selectors.seats import displaced_at_renewal, pools_on
from subscriptions.selectors.subscriptions import next_period_cents

# How many rows a list has at first, and how many when all are asked for.
FEW, PEOPLE = 8, 20
MANY, ALL_PEOPLE = 200, 500
LISTS = ("people", "requests", "charges", "history")


@dataclass(frozen=True)
class DeskLine:
    """One line; amounts in cents, `period_cents` for a whole period at today's seats.

    `catalogue_cents` is what a new customer would pay: None where it is no longer sold.
    """

    line: LineSnapshot
    period_cents: int
    catalogue_cents: int | None
    twice: Sequence[str]
    # Added today: it can still be corrected as if it had never been.
    is_of_today: bool

    @property
    def is_other_than_catalogue(self) -> bool:
        """Whether a new customer would pay another price."""
        return self.catalogue_cents is not None and self.catalogue_cents != self.line.unit_cents


@dataclass(frozen=True)
class DeskPool:
    """Seats that are counted together, and who loses one at renewal as things stand."""

    pool: PoolSnapshot
    lines: Sequence[DeskLine]
    displaced: Sequence[Holder]

    @property
    def leaving(self) -> int:
        """Seats assigned today that are gone after the renewal."""
        return max(0, self.pool.assigned - self.pool.at_renewal)


@dataclass(frozen=True)
class DeskRequest:
    """An open request; `cents` is what approving it would charge today."""

    seat_request: SeatRequest
    days_waiting: int
    cents: int

    @property
    def is_for_representative(self) -> bool:
        return self.seat_request.is_for_representative


@dataclass(frozen=True)
class Bought:
    """The subscription: what is bought, and what it costs per period, in cents."""

    subscription: Subscription
    pools: Sequence[DeskPool]
    period_cents: int
    next_period_cents: int
    requests: Sequence[DeskRequest]
    charges: Sequence[Charge]

    @property
    def per_period_label(self) -> str:
        return _("Per month") if self.subscription.months == 1 else _("Per year")

    @property
    def is_ended(self) -> bool:
        return self.subscription.is_ended

    @property
    def is_scheduled(self) -> bool:
        """Whether anything becomes different at renewal."""
        lines = (item.line for row in self.pools for item in row.lines)
        return bool(
            self.subscription.ends_at_renewal
            or self.subscription.cycle_at_renewal
            or any(row.pool.reduction for row in self.pools)
            or any(line.ends or line.next_unit_cents is not None for line in lines)
        )


@dataclass(frozen=True)
class Headcount:
    """How many members have a role and a status."""

    role: Role
    status: Status
    people: int


@dataclass(frozen=True)
class People:
    """Some of the members, buyers and admins first; all of them in numbers."""

    members: Sequence[Membership]
    found: int
    counts: Sequence[Headcount]
    query: str = ""

    @property
    def total(self) -> int:
        return sum(count.people for count in self.counts)

    @property
    def is_cut(self) -> bool:
        return self.found > len(self.members)


@dataclass(frozen=True)
class AccountDesk:
    """The whole page; every list is bounded."""

    account: Account
    owner: Membership
    # None where nothing has been set up yet.
    bought: Bought | None
    people: People
    # What is asked for besides more seats, also before anything is bought.
    changes: Sequence[ChangeRequest]
    closed: Sequence[SeatRequest]
    history: Sequence[Event]
    # Which of `LISTS` is shown at length.
    shown: str = ""


def account_desk(
    account: Account,
    at: datetime,
    *,
    subscription: Subscription | None,
    search: str = "",
    shown: str = "",
) -> AccountDesk:
    """Everything about an account at a moment, in a fixed number of queries.

    `shown` is the one of `LISTS` that is shown at length, `search` is for people by name or mail.
    """
    bought = _bought(account, subscription, at, _most(shown, "charges")) if subscription else None
    closed = SeatRequest.objects.of_account(account).exclude(closed_at=None)
    return AccountDesk(
        account=account,
        owner=owner_of(account),
        bought=bought,
        people=people_of(account, search, ALL_PEOPLE if shown == "people" else PEOPLE),
        changes=list(ChangeRequest.objects.filter(account=account).open().with_details()[:MANY]),
        closed=list(closed.with_details().select_related("order")[: _most(shown, "requests")]),
        history=history_of_account(account, _most(shown, "history")),
        shown=shown,
    )


def _most(shown: str, name: str) -> int:
    return MANY if shown == name else FEW


def _bought(account: Account, subscription: Subscription, at: datetime, charges: int) -> Bought:
    pools = pools_on(subscription, at.date())
    return Bought(
        subscription=subscription,
        pools=_desk_pools(subscription, pools, at.date()),
        period_cents=sum(p.purchased * p.unit_cents for p in pools) * subscription.months,
        next_period_cents=next_period_cents(subscription, pools),
        requests=_open_requests(subscription, pools, at),
        charges=list(account.charges.select_related("line__plan__product", "by")[:charges]),
    )


def _desk_pools(
    subscription: Subscription, pools: Sequence[PoolSnapshot], today: date
) -> list[DeskPool]:
    lines = Line.objects.filter(pool__subscription=subscription, added_on=today)
    of_today = set(lines.values_list("pk", flat=True))
    prices = Price.objects.filter(currency=subscription.currency, cycle=subscription.cycle)
    priced = prices.filter(plan__lines__pool__subscription=subscription)
    catalogue = dict(priced.values_list("plan__lines__pk", "cents"))
    twice = covered_twice(line for pool in pools for line in pool.lines)
    displaced = displaced_at_renewal(pools)
    return [
        DeskPool(
            pool=pool,
            lines=[
                DeskLine(
                    line=line,
                    period_cents=pool.purchased * line.unit_cents * subscription.months,
                    catalogue_cents=catalogue.get(line.id),
                    twice=twice[line.id],
                    is_of_today=line.id in of_today,
                )
                for line in pool.lines
            ],
            displaced=displaced[pool.id],
        )
        for pool in pools
    ]


def _open_requests(
    subscription: Subscription, pools: Sequence[PoolSnapshot], at: datetime
) -> list[DeskRequest]:
    """Those the representative decides first, then by age."""
    waiting = SeatRequest.objects.filter(pool__subscription=subscription).open().with_details()
    rows = [
        DeskRequest(
            seat_request=asked,
            days_waiting=asked.days_waiting(at),
            cents=quote_addition(
                subscription, {asked.pool_id: asked.seats}, at.date(), pools
            ).charged_cents,
        )
        for asked in waiting.order_by("requested_at", "pk")[:MANY]
    ]
    return sorted(rows, key=lambda row: row.seat_request.addressed_to != AddressedTo.REPRESENTATIVE)


_RANK = Case(
    *(When(role=role, then=Value(rank)) for rank, role in enumerate(Role)),
    output_field=IntegerField(),
)


def people_of(account: Account, search: str, most: int) -> People:
    """The members in the order of their roles, or those who are found; three queries."""
    present = account.memberships.present()
    found = present.found_by(search) if search.strip() else present
    counted = present.values_list("role", "status").annotate(people=Count("pk"))
    ordered = found.select_related("user").order_by(_RANK, "name", "pk")
    roles, statuses = list(Role), list(Status)
    counts = [Headcount(Role(role), Status(status), people) for role, status, people in counted]
    return People(
        members=list(ordered[:most]),
        found=found.count(),
        counts=sorted(counts, key=lambda c: (roles.index(c.role), statuses.index(c.status))),
        query=search,
    )

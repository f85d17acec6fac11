"""The queue of the desk: open requests that Sales decides, those needed first in front (R22)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.models import Account, AccountKind, User
from subscriptions.models import AddressedTo, ChangeRequest, SeatPool, SeatRequest
from subscriptions.models.change_requests import ChangeRequestQuerySet
from subscriptions.models.requests import SeatRequestQuerySet
from subscriptions.selectors.desk.amounts import Amount, sums
from subscriptions.selectors.request_review import request_cost

Asked = SeatRequest | ChangeRequest


@dataclass(frozen=True)
class Waiting:
    """One request of the queue; `value` is what approving it today would charge, if it is said.

    What something else than more seats comes to is on its own page.
    """

    asked: Asked
    account: Account
    what: str
    value: Amount | None
    needed_by: date | None
    days_waiting: int
    is_late: bool

    @property
    def page(self) -> str:
        return page_of(self.asked)


@dataclass(frozen=True)
class Queue:
    """Everything that waits, in the order in which it is decided."""

    rows: Sequence[Waiting]

    @property
    def values(self) -> tuple[Amount, ...]:
        """What approving all seats today would charge."""
        return sums(row.value for row in self.rows if row.value)

    @property
    def longest(self) -> int:
        """For how many days the oldest of them has waited."""
        return max((row.days_waiting for row in self.rows), default=0)

    @property
    def late(self) -> Sequence[Waiting]:
        """Those whose day has passed, the oldest first."""
        return [row for row in self.rows if row.is_late]


def page_of(asked: Asked) -> str:
    """The address of the page on which it is decided."""
    return reverse(f"admin:subscriptions_{asked._meta.model_name}_change", args=[asked.pk])


def waiting_requests(user: User) -> SeatRequestQuerySet:
    """The open requests for seats that are this person's to decide.

    For whoever decides nothing, all that wait for Sales in the accounts they see.
    """
    if user.serves_accounts():
        return SeatRequest.objects.to_be_decided_by_staff(user)
    for_sales = Q(addressed_to=AddressedTo.REPRESENTATIVE) | Q(
        pool__subscription__account__kind=AccountKind.SALES_MANAGED
    )
    return SeatRequest.objects.visible_to_staff(user).open().filter(for_sales)


def waiting_changes(user: User) -> ChangeRequestQuerySet:
    """The open change requests that are this person's to decide; as `waiting_requests`."""
    if user.serves_accounts():
        return ChangeRequest.objects.to_be_decided_by_staff(user)
    return ChangeRequest.objects.visible_to_staff(user).open().for_vendor()


def queue_of(user: User, at: datetime) -> Queue:
    """What waits for this person at a moment, in a fixed number of queries."""
    pools = SeatPool.objects.select_related("subscription__account").with_lines()
    seats = waiting_requests(user).prefetch_related(Prefetch("pool", pools))
    changes = waiting_changes(user).with_details()
    asked: list[Asked] = sorted([*seats, *changes], key=_place)
    return Queue([_waiting(each, at) for each in asked])


def _waiting(asked: Asked, at: datetime) -> Waiting:
    needed_by = _needed_by(asked)
    is_late = needed_by is not None and needed_by < at.date()
    days = asked.days_waiting(at)
    if isinstance(asked, ChangeRequest):
        return Waiting(asked, asked.account, str(asked), None, needed_by, days, is_late)
    cost = request_cost(asked, at.date())
    what = _("%(seats)s more %(pool)s") % {"seats": asked.seats, "pool": asked.pool}
    account, value = asked.pool.subscription.account, Amount(cost.today, cost.currency)
    return Waiting(asked, account, what, value, needed_by, days, is_late)


def next_in_queue(user: User, after: Asked) -> Asked | None:
    """The next request of the queue, whatever it asks for, starting over after the last.

    For whoever decides nothing there is none.
    """
    if not user.serves_accounts():
        return None
    ahead = _first_of_each(user, after, only_later=True)
    return min(ahead, key=_place, default=None) or min(
        _first_of_each(user, after, only_later=False), key=_place, default=None
    )


def _first_of_each(user: User, after: Asked, *, only_later: bool) -> Iterator[Asked]:
    need, _asked_at, rank, pk = _place(after)
    later = Q(need__gt=need) | Q(need=need, requested_at__gt=after.requested_at)
    same_moment = Q(need=need, requested_at=after.requested_at, pk__gt=pk)
    for waiting, day, its_rank in (
        (waiting_requests(user), "needed_by", 0), (waiting_changes(user), "wanted_on", 1),
    ):  # fmt: skip
        rows: QuerySet = _in_order(waiting, day)
        if its_rank == rank:
            rows = rows.exclude(pk=pk)
        if only_later:
            rows = rows.filter(later | same_moment if its_rank == rank else later)
        first: Asked | None = rows.first()
        if first:
            yield first


def _in_order(waiting: QuerySet, day: str) -> QuerySet:
    """The oldest need first; what nobody gave a date for is needed since it was asked for."""
    need = Coalesce(day, TruncDate("requested_at"))
    return waiting.annotate(need=need).order_by("need", "requested_at", "pk")


def _place(asked: Asked) -> tuple[date, datetime, int, int]:
    """As `_in_order`, across what is asked for."""
    need = _needed_by(asked) or localdate(asked.requested_at)
    return need, asked.requested_at, int(isinstance(asked, ChangeRequest)), asked.pk


def _needed_by(asked: Asked) -> date | None:
    return asked.wanted_on if isinstance(asked, ChangeRequest) else asked.needed_by

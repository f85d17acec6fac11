"""The queue of the desk: open requests that Sales decides, those needed first in front (R22)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, Q
from django.db.models.functions import Coalesce, TruncDate
from django.utils.timezone import localdate

from accounts.models import Account, AccountKind, User
from subscriptions.models import AddressedTo, ChangeRequest, SeatPool, SeatRequest
from subscriptions.models.change_requests import ChangeRequestQuerySet
from subscriptions.models.requests import SeatRequestQuerySet
from subscriptions.selectors.desk.amounts import Amount, sums
from subscriptions.selectors.request_review import request_cost


@dataclass(frozen=True)
class Waiting:
    """One request of the queue; `value` is what approving it today would charge."""

    seat_request: SeatRequest
    value: Amount
    days_waiting: int
    is_late: bool

    @property
    def account(self) -> Account:
        return self.seat_request.pool.subscription.account

    @property
    def needed_by(self) -> date | None:
        return self.seat_request.needed_by


@dataclass(frozen=True)
class Queue:
    """Everything that waits, in the order in which it is decided."""

    rows: Sequence[Waiting]

    @property
    def values(self) -> tuple[Amount, ...]:
        """What approving all of it today would charge."""
        return sums(row.value for row in self.rows)

    @property
    def longest(self) -> int:
        """For how many days the oldest of them has waited."""
        return max((row.days_waiting for row in self.rows), default=0)

    @property
    def late(self) -> Sequence[Waiting]:
        """Those whose day has passed, the oldest first."""
        return [row for row in self.rows if row.is_late]


def waiting_requests(user: User) -> SeatRequestQuerySet:
    """The open requests that are this person's to decide.

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
    requests = _in_order(waiting_requests(user)).prefetch_related(Prefetch("pool", pools))
    return Queue([_waiting(seat_request, at) for seat_request in requests])


def _waiting(seat_request: SeatRequest, at: datetime) -> Waiting:
    cost = request_cost(seat_request, at.date())
    needed_by = seat_request.needed_by
    return Waiting(
        seat_request=seat_request,
        value=Amount(cost.today, cost.currency),
        days_waiting=seat_request.days_waiting(at),
        is_late=needed_by is not None and needed_by < at.date(),
    )


def next_request(user: User, after: SeatRequest) -> SeatRequest | None:
    """The next request of the queue, starting over after the last.

    For whoever decides nothing there is none.
    """
    if not user.serves_accounts():
        return None
    waiting = _in_order(waiting_requests(user).exclude(pk=after.pk))
    need = after.needed_by or localdate(after.requested_at)
    later = Q(need__gt=need) | Q(need=need, requested_at__gt=after.requested_at)
    same_moment = Q(need=need, requested_at=after.requested_at, pk__gt=after.pk)
    return waiting.filter(later | same_moment).first() or waiting.first()


def _in_order(requests: SeatRequestQuerySet) -> SeatRequestQuerySet:
    """The oldest need first; what nobody gave a date for is needed since it was asked for."""
    need = Coalesce("needed_by", TruncDate("requested_at"))
    return requests.annotate(need=need).order_by("need", "requested_at", "pk")

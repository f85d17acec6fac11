"""What fewer seats do to people: who loses theirs, and who is told, before and after."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.actors import By, actor_of
from core.mail import after_commit
from subscriptions import notifications
from subscriptions.actions.ledger import change_numbers, lock
from subscriptions.actions.seats import release_assignments
from subscriptions.models import (
    Order,
    SeatAssignment,
    SeatChange,
    SeatChangeKind,
    SeatPool,
    Subscription,
)
from subscriptions.rules.order_of_loss import Holder
from subscriptions.rules.quotes import PoolChange
from subscriptions.rules.seats import PoolSnapshot
from subscriptions.selectors.seats import displaced_at_renewal, pools_of


def reduce_pool(
    pool: SeatPool,
    was: PoolSnapshot,
    displaced: Collection[Holder],
    *,
    seats: int,
    kind: SeatChangeKind,
    by: By,
    at: datetime,
    order: Order | None = None,
) -> SeatChange:
    """Fewer seats in a locked pool, now and at renewal, by an order or a renewal (D3, D4).

    Those named lose theirs first; then the numbers change; then it is said if few are left.
    """
    _release(pool, was, displaced, by=by, at=at, order=order)
    change = change_numbers(
        pool, seats=seats, at_renewal=seats, kind=kind, by=by, at=at, order=order
    )
    _warn_if_scarcer(pool, was)
    return change


def _release(
    pool: SeatPool,
    was: PoolSnapshot,
    displaced: Collection[Holder],
    *,
    by: By,
    at: datetime,
    order: Order | None,
) -> None:
    """Release the seats of those named, and tell them and the account's admins (D4)."""
    ids = [holder.assignment_id for holder in displaced]
    # Who they are was decided before: of a pool that ends, the owner is one of them.
    seats = SeatAssignment.objects.filter(pk__in=ids).in_order_of_loss(ending=[pool.pk])
    assignments = list(seats.select_related("membership"))
    if assignments:
        members = release_assignments(assignments=assignments, by=by, at=at, order=order)
        actor = actor_of(by)
        facts = (pool, members, was.purchased, actor.user, actor.token)
        after_commit(notifications.seats_lost, *facts)


def _warn_if_scarcer(pool: SeatPool, was: PoolSnapshot) -> None:
    """Say that one seat is left, or none, where that is so only now (R1, D12)."""
    available = pool.seats - pool.assigned
    # Of a pool that has ended nobody buys more.
    if pool.seats and available <= 1 and available < was.available:
        after_commit(notifications.pool_running_out, pool, available)


def mark_chosen(change: PoolChange, chosen: Collection[int]) -> None:
    """Remember the buyer's choice until renewal; without one, those who took theirs last go.

    Of the people named, those chosen earlier stay chosen: it is they who were named.
    """
    # Seats bought on top leave what was scheduled, and so who goes, as it was.
    if change.added and change.is_scheduled:
        return
    seats = SeatAssignment.objects.filter(pool_id=change.pool.id)
    seats.filter(release_at_renewal=True).update(release_at_renewal=False)
    if change.is_scheduled:
        losing = [h for h in change.displaced if h.is_chosen or h.assignment_id in chosen]
        seats.filter(pk__in=[h.assignment_id for h in losing]).update(release_at_renewal=True)


def announce_losses(subscription: Subscription, pool_ids: Collection[int]) -> None:
    """Tell who loses a seat of these pools at renewal, and who no longer does (N9).

    Each is told once, and only while they are in: who is suspended or invited hears of it
    from the daily run once they are.
    """
    losing = displaced_at_renewal(pools_of(subscription))
    going = {holder.assignment_id: holder for pk in pool_ids for holder in losing.get(pk, ())}
    concerned = Q(loss_announced=True) | Q(pk__in=going)
    rows = SeatAssignment.objects.filter(concerned, pool_id__in=pool_ids)
    seats = list(rows.select_related("membership").order_by("pool_id"))
    active = [seat for seat in seats if seat.membership.is_active]
    new = [seat for seat in active if not seat.loss_announced]
    staying = [seat for seat in active if seat.pk not in going]
    knowing = {seat.pk for seat in active if seat.pk in going}
    forgetting = [seat.pk for seat in seats if seat.loss_announced and seat.pk not in knowing]
    SeatAssignment.objects.filter(pk__in=forgetting).update(loss_announced=False)
    SeatAssignment.objects.filter(pk__in=knowing).update(loss_announced=True)
    ends = {h.membership_id for h in going.values() if h.becomes_end_user}
    if new:
        losses = [(member, pools, member in ends) for member, pools in _by_member(new)]
        after_commit(notifications.losses_announced, losses)
    if staying:
        after_commit(notifications.losses_called_off, list(_by_member(staying)))


@transaction.atomic
def announce_scheduled_losses(*, subscription: Subscription) -> None:
    """Tell who has come to lose a seat at renewal since the reduction was scheduled (N9).

    People come and go meanwhile, and the order of loss with them.
    """
    row, pools = lock(subscription)
    announce_losses(row, list(pools))


def _by_member(seats: Iterable[SeatAssignment]) -> Iterable[tuple[int, list[int]]]:
    """The ids of the pools in which each member has one of these seats."""
    pools: dict[int, list[int]] = {}
    for seat in seats:
        pools.setdefault(seat.membership_id, []).append(seat.pool_id)
    return pools.items()

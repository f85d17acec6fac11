from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from accounts.actions.idempotency import claim, finish
from accounts.actors import Actor, By, actor_of
from accounts.permissions import Permission
from core.mail import after_commit
from subscriptions import errors, notifications
from subscriptions.actions.charges import charge_order
from subscriptions.actions.closing_changes import close_done
from subscriptions.actions.fulfilment import close_fulfilled
from subscriptions.actions.ledger import change_numbers
from subscriptions.actions.preconditions import (
    check_allowed,
    check_confirmed,
    check_fingerprint,
    check_not_ended,
    check_numbers,
    check_something,
)
from subscriptions.actions.reductions import announce_losses, mark_chosen, reduce_pool
from subscriptions.actions.renewal import lock_renewed
from subscriptions.models import (
    ChangeRequest,
    Order,
    SeatChange,
    SeatChangeKind,
    SeatPool,
    SeatRequest,
    Subscription,
)
from subscriptions.rules.quotes import PoolChange, Quote, Timing
from subscriptions.rules.routes import route_to_seats
from subscriptions.rules.seats import PoolSnapshot
from subscriptions.selectors.quotes import quote_addition, quote_targets
from subscriptions.selectors.seats import seats_of_members


def buy_seats(
    *,
    subscription: Subscription,
    additions: Mapping[int, int],
    quote_fingerprint: str,
    idempotency_key: str,
    by: By,
    at: datetime,
    confirmed: bool = False,
) -> Order:
    """Buy seats, pool id → how many more; they act at once, prorated (R12, R14, D3).

    `quote_fingerprint` is that of the quote the buyer agreed to; the same form again, with
    the same `idempotency_key`, returns the same order (D6). What `needs_confirmation` is
    done only where the buyer `confirmed` this very quote.
    Raises ValidationError `not_allowed`, `not_addable`, `unknown_pool`,
    `bad_number`, `nothing`, `stale`, `unconfirmed`, and what `claim` raises.
    """
    return _order(
        subscription,
        numbers=additions,
        quote_fingerprint=quote_fingerprint,
        idempotency_key=idempotency_key,
        by=by,
        at=at,
        confirmed=confirmed,
    )


def set_seats(
    *,
    subscription: Subscription,
    targets: Mapping[int, int],
    timing: Timing,
    chosen: Collection[int],
    quote_fingerprint: str,
    idempotency_key: str,
    by: By,
    at: datetime,
    confirmed: bool = False,
    chosen_members: Collection[int] = (),
) -> Order:
    """Set the seats needed, pool id → total, up or down (R8, R10, D3, D4).

    `chosen` are the assignments to go first; `chosen_members` names them by who holds them.
    Raises what `buy_seats` raises, `not_removable`, `unassigned_only` (R23), and
    `no_seat_held` for a chosen member without a seat.
    """
    return _order(
        subscription,
        numbers=targets,
        timing=timing,
        quote_fingerprint=quote_fingerprint,
        idempotency_key=idempotency_key,
        by=by,
        at=at,
        confirmed=confirmed,
        chosen=chosen,
        chosen_members=chosen_members,
    )


def quote_order(
    *,
    subscription: Subscription,
    numbers: Mapping[int, int],
    timing: Timing | None,
    chosen_members: Collection[int],
    by: By,
    at: datetime,
) -> Quote:
    """What an order would do and cost; refused as the order would be, and nothing changes.

    With a `timing`, `numbers` are totals, without one what to add. Raises what `set_seats`
    raises, but for what is agreed to.
    """
    pools = {pool.pk: pool for pool in subscription.pools.standing()}
    chosen = _seats_of(chosen_members, numbers)
    return _allowed_quote(subscription, pools, numbers, timing, chosen, "", actor_of(by), at)


@transaction.atomic
def _order(
    subscription: Subscription,
    *,
    numbers: Mapping[int, int],
    quote_fingerprint: str,
    idempotency_key: str,
    by: By,
    at: datetime,
    confirmed: bool,
    timing: Timing | None = None,
    chosen: Collection[int] = (),
    chosen_members: Collection[int] = (),
) -> Order:
    actor = actor_of(by)
    content = {
        "subscription": subscription.pk, "quote": quote_fingerprint, "numbers": dict(numbers),
        "timing": timing, "chosen": sorted(chosen),
        **({"members": list(chosen_members)} if chosen_members else {}),
    }  # fmt: skip
    if actor.member is None:
        raise errors.ONLY_BUYERS_BUY.error()
    form = claim("order", content, key=idempotency_key, by=actor, at=at)
    if form.results:
        return Order.objects.get(pk=form.results[0])
    fresh, pools = lock_renewed(subscription, at)
    chosen = [*chosen, *_seats_of(chosen_members, numbers)]
    quote = _allowed_quote(fresh, pools, numbers, timing, chosen, quote_fingerprint, actor, at)
    check_fingerprint(quote, quote_fingerprint)
    check_confirmed(quote, confirmed)
    order = place_order(quote, pools, by=actor, at=at, chosen=chosen)
    finish(form, [order])
    return order


def _allowed_quote(
    subscription: Subscription,
    pools: Mapping[int, SeatPool],
    numbers: Mapping[int, int],
    timing: Timing | None,
    chosen: Collection[int],
    quote_fingerprint: str,
    by: Actor,
    at: datetime,
) -> Quote:
    """What these numbers would do, unless they are refused whatever was agreed to."""
    if not may_buy(by, subscription):
        raise errors.ONLY_BUYERS_BUY.error()
    check_not_ended(subscription)
    check_numbers(numbers, pools)
    if timing is None:
        quote = quote_addition(subscription, numbers, at.date())
    else:
        quote = quote_targets(subscription, numbers, at.date(), timing, chosen)
    check_allowed(quote)
    check_something(quote, quote_fingerprint)
    return quote


def _seats_of(members: Collection[int], pools: Collection[int]) -> list[int]:
    """The assignments of chosen members in these pools. ValidationError `no_seat_held`."""
    seats = seats_of_members(members, pools)
    if {seat.membership_id for seat in seats} != set(members):
        raise errors.NO_SEAT_HELD.error()
    return [seat.pk for seat in seats]


def may_buy(by: Actor, subscription: Subscription) -> bool:
    """Whether a member or a token may change the numbers of this subscription (R3, D1)."""
    return (
        by.member is not None
        and by.account_id == subscription.account_id
        and by.may(Permission.CHANGE_SUBSCRIPTION)
        and route_to_seats(subscription.account.kind, by.role).can_buy
    )


def place_order(
    quote: Quote,
    pools: Mapping[int, SeatPool],
    *,
    by: Actor,
    at: datetime,
    chosen: Collection[int] = (),
    seat_request: SeatRequest | None = None,
    approved: ChangeRequest | None = None,
) -> Order:
    """Carry out a quote on locked pools, as one order, and charge it.

    `seat_request` or `approved` is what was asked for and is hereby approved.
    """
    order = Order.objects.create(
        account=quote.subscription.account,
        quote_fingerprint=quote.fingerprint,
        placed_at=at,
        placed_by=by.person,
        **by.through,
        currency=quote.subscription.currency,
        charged_cents=quote.charged_cents,
    )
    changes = {}
    for change in quote.changed:
        pool = pools[change.pool.id]
        changes[pool.pk] = _change_pool(change, pool, order, seat_request, by=by, at=at)
        mark_chosen(change, chosen)
        close_fulfilled(pool, by=by, at=at, approved=seat_request)
    charge_order(quote, order, changes, by=by, at=at)
    close_done(quote.subscription, by=by, at=at, approved=approved)
    _tell(quote, order)
    return order


def _change_pool(
    change: PoolChange,
    pool: SeatPool,
    order: Order,
    seat_request: SeatRequest | None,
    *,
    by: Actor,
    at: datetime,
) -> SeatChange:
    """The pool's numbers, after the seats of whoever loses theirs by it."""
    if change.removed_now:
        return reduce_pool(
            pool,
            change.pool,
            change.displaced,
            seats=change.seats,
            kind=SeatChangeKind.REMOVED,
            by=by,
            at=at,
            order=order,
        )
    return change_numbers(
        pool,
        seats=change.seats,
        at_renewal=change.at_renewal,
        kind=_kind(change),
        by=by,
        at=at,
        order=order,
        seat_request=seat_request,
        cents=change.cents,
    )


def _tell(quote: Quote, order: Order) -> None:
    """Receipts for what was bought (R17), and word to those who lose a seat later (N9)."""
    moved = [c.pool.id for c in quote.changed if c.pool.reduction or c.at_renewal < c.seats]
    if moved:
        announce_losses(quote.subscription, moved)
    if quote.added:
        after_commit(notifications.seats_bought, order)


def _kind(change: PoolChange) -> SeatChangeKind:
    if change.added:
        return SeatChangeKind.BOUGHT
    return SeatChangeKind.KEPT if change.delta > 0 else SeatChangeKind.SCHEDULED


@transaction.atomic
def cancel_scheduled_reduction(*, pool: PoolSnapshot, by: By, at: datetime) -> bool:
    """Undo a scheduled reduction, any time until renewal; again changes nothing (D3).

    Returns whether one was scheduled. Raises ValidationError `not_allowed`, `unknown_pool`,
    `ending`, `subscription_ended`.
    """
    actor = actor_of(by)
    subscription, pools = lock_renewed(actor.account.subscription, at)
    if not may_buy(actor, subscription):
        raise errors.ONLY_BUYERS_CHANGE.error()
    if pool.id not in pools:
        raise errors.UNKNOWN_POOL.error()
    check_not_ended(subscription)
    row = pools[pool.id]
    if row.seats_at_renewal == row.seats:
        return False
    if row.seats_at_renewal == 0:
        # Its plan ends: what seats would be kept for is gone by then (D15).
        raise errors.ENDING.error(name=row.name)
    row.assignments.filter(release_at_renewal=True).update(release_at_renewal=False)
    change_numbers(
        row, seats=row.seats, at_renewal=row.seats, kind=SeatChangeKind.KEPT, by=by, at=at
    )
    announce_losses(subscription, [row.pk])
    return True

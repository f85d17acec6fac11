from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, By, actor_of
from accounts.permissions import Permission
from core.mail import after_commit
from subscriptions import notifications
from subscriptions.actions.checks import (
    check_allowed,
    check_confirmed,
    check_fingerprint,
    check_numbers,
)
from subscriptions.actions.fulfilment import close_fulfilled
from subscriptions.actions.idempotency import is_same_purchase, is_same_update, key_reused
from subscriptions.actions.ledger import change_numbers
from subscriptions.actions.reductions import (
    announce_losses,
    mark_chosen,
    release_displaced,
    warn_if_scarcer,
)
from subscriptions.actions.renewal import lock_renewed
from subscriptions.models import (
    Order,
    SeatChangeKind,
    SeatPool,
    SeatRequest,
    Subscription,
)
from subscriptions.rules.quotes import PoolChange, Quote, Timing
from subscriptions.rules.routes import route_to_seats
from subscriptions.rules.seats import PoolSnapshot
from subscriptions.selectors.quotes import quote_addition, quote_targets


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
    `bad_number`, `nothing`, `stale`, `unconfirmed`, `used_form`.
    """
    return _order(
        subscription,
        lambda fresh: quote_addition(fresh, additions, at.date()),
        lambda earlier, pools: is_same_purchase(earlier, additions),
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
) -> Order:
    """Set the seats needed, pool id → total, up or down (R8, R10, D3, D4).

    Raises what `buy_seats` raises, and `not_removable`, `unassigned_only` (R23).
    """
    return _order(
        subscription,
        lambda fresh: quote_targets(fresh, targets, at.date(), timing, chosen),
        lambda earlier, pools: is_same_update(earlier, targets, timing, pools),
        numbers=targets,
        quote_fingerprint=quote_fingerprint,
        idempotency_key=idempotency_key,
        by=by,
        at=at,
        confirmed=confirmed,
        chosen=chosen,
    )


@transaction.atomic
def _order(
    subscription: Subscription,
    quoted: Callable[[Subscription], Quote],
    is_same: Callable[[Order, Mapping[int, SeatPool]], bool],
    *,
    numbers: Mapping[int, int],
    quote_fingerprint: str,
    idempotency_key: str,
    by: By,
    at: datetime,
    confirmed: bool,
    chosen: Collection[int] = (),
) -> Order:
    actor = actor_of(by)
    fresh, pools = lock_renewed(subscription, at)
    # After the lock: if one form is sent ten times at once, nine find the order of the first.
    earlier = Order.objects.filter(account=fresh.account, idempotency_key=idempotency_key).first()
    if earlier:
        if earlier.quote_fingerprint != quote_fingerprint or not is_same(earlier, pools):
            key_reused()
        return earlier
    if not may_buy(actor, fresh):
        raise ValidationError(
            _("Only the account owner and billing admins can buy seats."), code="not_allowed"
        )
    check_numbers(numbers, pools)
    quote = quoted(fresh)
    check_allowed(quote)
    if quote.is_empty:
        raise ValidationError(
            _("That would not change anything. Enter a different number."), code="nothing"
        )
    check_fingerprint(quote, quote_fingerprint)
    check_confirmed(quote, confirmed)
    return apply(quote, pools, idempotency_key=idempotency_key, by=actor, at=at, chosen=chosen)


def may_buy(by: Actor, subscription: Subscription) -> bool:
    """Whether a member may change the numbers of this subscription (R3, D1)."""
    return (
        by.member is not None
        and by.account_id == subscription.account_id
        and by.may(Permission.CHANGE_SUBSCRIPTION)
        and route_to_seats(subscription.account.kind, by.member.role).can_buy
    )


def apply(
    quote: Quote,
    pools: Mapping[int, SeatPool],
    *,
    idempotency_key: str,
    by: Actor,
    at: datetime,
    chosen: Collection[int] = (),
    seat_request: SeatRequest | None = None,
) -> Order:
    """Carry out a quote on locked pools, as one order."""
    order = Order.objects.create(
        account=quote.subscription.account,
        idempotency_key=idempotency_key,
        quote_fingerprint=quote.fingerprint,
        placed_at=at,
        placed_by=by.person,
        **by.through,
        currency=quote.subscription.currency,
        charged_cents=quote.charged_cents,
    )
    for change in quote.changed:
        pool = pools[change.pool.id]
        _change_pool(change, pool, order, seat_request, by=by, at=at)
        mark_chosen(change, chosen)
        close_fulfilled(pool, by=by, at=at, approved=seat_request)
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
) -> None:
    """The pool's numbers, after the seats of whoever loses theirs by it."""
    if change.removed_now:
        release_displaced(pool, change.pool, change.displaced, by=by, at=at, order=order)
    change_numbers(
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
    if change.removed_now:
        warn_if_scarcer(pool, change.pool)


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
    if change.removed_now:
        return SeatChangeKind.REMOVED
    return SeatChangeKind.KEPT if change.delta > 0 else SeatChangeKind.SCHEDULED


@transaction.atomic
def cancel_scheduled_reduction(*, pool: PoolSnapshot, by: By, at: datetime) -> bool:
    """Undo a scheduled reduction, any time until renewal; again changes nothing (D3).

    Returns whether one was scheduled. Raises ValidationError `not_allowed`, `unknown_pool`.
    """
    actor = actor_of(by)
    subscription, pools = lock_renewed(actor.account.subscription, at)
    if not may_buy(actor, subscription):
        raise ValidationError(
            _("Only the account owner and billing admins can change this."), code="not_allowed"
        )
    if pool.id not in pools:
        raise ValidationError(_("These seats do not belong to this account."), code="unknown_pool")
    row = pools[pool.id]
    if row.seats_at_renewal == row.seats:
        return False
    row.assignments.filter(release_at_renewal=True).update(release_at_renewal=False)
    change_numbers(
        row, seats=row.seats, at_renewal=row.seats, kind=SeatChangeKind.KEPT, by=by, at=at
    )
    announce_losses(subscription, [row.pk])
    return True

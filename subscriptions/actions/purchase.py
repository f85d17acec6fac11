from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from accounts.history import user_of
from accounts.mail import after_commit
from accounts.models import Membership, User
from accounts.permissions import Permission
from subscriptions import notifications
from subscriptions.actions.fulfilment import close_fulfilled
from subscriptions.actions.reduction import (
    announce_losses,
    mark_chosen,
    release_losers,
    warn_if_scarcer,
)
from subscriptions.actions.renewal import lock_renewed
from subscriptions.actions.replay import is_same_purchase, is_same_update, refuse_used
from subscriptions.ledger import change_numbers
from subscriptions.models import (
    Order,
    SeatChangeKind,
    SeatPool,
    SeatRequest,
    Subscription,
)
from subscriptions.quotes import PoolChange, Quote, Timing, quote_addition, quote_targets
from subscriptions.routes import Removal, pool_rule, route_to_seats
from subscriptions.seats import PoolSnapshot

MOST_SEATS = 100_000


def buy_seats(
    *,
    subscription: Subscription,
    additions: Mapping[int, int],
    seen: str,
    key: str,
    by: Membership,
    at: datetime,
) -> Order:
    """Buy seats, pool id → how many more; they act at once, prorated (R12, R14, D3).

    `seen` is the fingerprint of the quote the buyer agreed to, `key` the form's
    own; the same form again returns the same order (D6).
    Raises ValidationError `not_allowed`, `not_addable`, `unknown_pool`,
    `bad_number`, `nothing`, `stale`, `used_form`.
    """
    return _order(
        subscription,
        lambda fresh: quote_addition(fresh, additions, at.date()),
        lambda earlier, pools: is_same_purchase(earlier, additions),
        numbers=additions,
        seen=seen,
        key=key,
        by=by,
        at=at,
    )


def set_seats(
    *,
    subscription: Subscription,
    targets: Mapping[int, int],
    timing: Timing,
    chosen: Collection[int],
    seen: str,
    key: str,
    by: Membership,
    at: datetime,
) -> Order:
    """Set the seats needed, pool id → total, up or down (R8, R10, D3, D4).

    Raises what `buy_seats` raises, and `not_removable`, `unassigned_only` (R23).
    """
    return _order(
        subscription,
        lambda fresh: quote_targets(fresh, targets, at.date(), timing, chosen),
        lambda earlier, pools: is_same_update(earlier, targets, timing, pools),
        numbers=targets,
        seen=seen,
        key=key,
        by=by,
        at=at,
        chosen=chosen,
    )


@transaction.atomic
def _order(
    subscription: Subscription,
    quoted: Callable[[Subscription], Quote],
    is_same: Callable[[Order, Mapping[int, SeatPool]], bool],
    *,
    numbers: Mapping[int, int],
    seen: str,
    key: str,
    by: Membership,
    at: datetime,
    chosen: Collection[int] = (),
) -> Order:
    fresh, pools = lock_renewed(subscription, at)
    # After the lock: of ten equal forms sent at once, nine find the order of the first.
    earlier = Order.objects.filter(account=fresh.account, key=key).first()
    if earlier:
        if earlier.quote != seen or not is_same(earlier, pools):
            refuse_used()
        return earlier
    if not may_buy(by, fresh):
        raise ValidationError(
            _("Only the account owner and billing admins may buy seats."), code="not_allowed"
        )
    check_numbers(numbers, pools)
    quote = quoted(fresh)
    refuse_forbidden(quote)
    if quote.is_empty:
        raise ValidationError(_("Nothing changes: enter another number."), code="nothing")
    check_seen(quote, seen)
    return apply(quote, pools, key=key, by=by, at=at, chosen=chosen)


def may_buy(by: Membership, subscription: Subscription) -> bool:
    """Whether a member may change the numbers of this subscription (R3, D1)."""
    return (
        by.account_id == subscription.account_id
        and by.may(Permission.CHANGE_SUBSCRIPTION)
        and route_to_seats(subscription.account.kind, by.role).can_buy
    )


def check_numbers(numbers: Mapping[int, int], pools: Mapping[int, SeatPool]) -> None:
    """Refuse what no page would send. Raises ValidationError `unknown_pool`, `bad_number`."""
    for pool_id, number in numbers.items():
        if pool_id not in pools:
            raise ValidationError(_("This account has no such seats."), code="unknown_pool")
        check_number(number)


def check_number(number: int) -> None:
    """Refuse a number of seats no pool can have. Raises ValidationError `bad_number`."""
    if not 1 <= number <= MOST_SEATS:
        raise ValidationError(
            _("Enter a whole number from 1 to %(most)s.") % {"most": most_seats()},
            code="bad_number",
        )


def most_seats() -> str:
    """The largest pool, as the current language writes it: 100,000, 100.000."""
    return number_format(MOST_SEATS, force_grouping=True)


def refuse_forbidden(quote: Quote) -> None:
    """Hold each change against the account kind's rules (R7, R8, R23).

    Raises ValidationError `not_addable`, `not_removable`, `unassigned_only`, `too_many`.
    """
    kind = quote.subscription.account.kind
    for change in quote.changed:
        rule = pool_rule(kind, is_legacy=change.pool.is_legacy)
        if change.added and not rule.can_add:
            raise ValidationError(
                _("%(pool)s is a legacy plan: no seats can be added to it.")
                % {"pool": change.pool.name},
                code="not_addable",
            )
        if change.seats > MOST_SEATS:
            raise ValidationError(
                _("A pool has at most %(most)s seats.") % {"most": most_seats()},
                code="too_many",
            )
        if change.at_renewal < change.pool.at_renewal:
            _refuse_removal(change, rule.removal)


def _refuse_removal(change: PoolChange, removal: Removal) -> None:
    if removal is Removal.NONE:
        raise ValidationError(
            _("Seats of %(pool)s can only be added here, not removed.")
            % {"pool": change.pool.name},
            code="not_removable",
        )
    if removal is Removal.UNASSIGNED_AT_RENEWAL and (change.losers or change.removed_now):
        raise ValidationError(
            _(
                "%(pool)s is a legacy plan: only its %(available)s unassigned seats can be "
                "removed, at renewal."
            )
            % {"pool": change.pool.name, "available": change.pool.available},
            code="unassigned_only",
        )


def check_seen(quote: Quote, seen: str) -> None:
    """Refuse where numbers, price or people differ from what was shown (D6).

    Raises ValidationError `stale`.
    """
    if quote.fingerprint != seen:
        raise ValidationError(
            _(
                "Nothing has been changed yet: the numbers or the price differ from those you "
                "saw. Check them and confirm."
            ),
            code="stale",
        )


def apply(
    quote: Quote,
    pools: Mapping[int, SeatPool],
    *,
    key: str,
    by: Membership | User,
    at: datetime,
    chosen: Collection[int] = (),
    request: SeatRequest | None = None,
) -> Order:
    """Do what a quote says, on locked pools, as one order."""
    order = Order.objects.create(
        account=quote.subscription.account,
        key=key,
        quote=quote.fingerprint,
        placed_at=at,
        placed_by=user_of(by),
        currency=quote.subscription.currency,
        charged_cents=quote.charged_cents,
    )
    for change in quote.changed:
        pool = pools[change.pool.id]
        if change.removed_now:
            release_losers(pool, change.pool, change.losers, by=by, at=at, order=order)
        change_numbers(
            pool,
            seats=change.seats,
            at_renewal=change.at_renewal,
            kind=_kind(change),
            by=by,
            at=at,
            order=order,
            request=request,
            cents=change.cents,
        )
        mark_chosen(change, chosen)
        close_fulfilled(pool, at=at, approved=request)
        if change.removed_now:
            warn_if_scarcer(pool, change.pool)
    _tell(quote, order)
    return order


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
def keep_seats(*, pool: PoolSnapshot, by: Membership, at: datetime) -> bool:
    """Undo a scheduled reduction, any time until renewal; again changes nothing (D3).

    Returns whether one was scheduled. Raises ValidationError `not_allowed`, `unknown_pool`.
    """
    subscription, pools = lock_renewed(by.account.subscription, at)
    if not may_buy(by, subscription):
        raise ValidationError(
            _("Only the account owner and billing admins may change this."), code="not_allowed"
        )
    if pool.id not in pools:
        raise ValidationError(_("This account has no such seats."), code="unknown_pool")
    row = pools[pool.id]
    if row.seats_at_renewal == row.seats:
        return False
    row.assignments.filter(release_at_renewal=True).update(release_at_renewal=False)
    change_numbers(
        row, seats=row.seats, at_renewal=row.seats, kind=SeatChangeKind.KEPT, by=by, at=at
    )
    announce_losses(subscription, [row.pk])
    return True

import logging
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.actors import By
from subscriptions.actions.agreed import start_as_agreed
from subscriptions.actions.charges import charge_renewal
from subscriptions.actions.ending import end_subscription, forget_next_cycle
from subscriptions.actions.ledger import lock
from subscriptions.actions.reductions import announce_losses, reduce_pool
from subscriptions.models import SeatChangeKind, SeatPool, Subscription
from subscriptions.rules.commands import DAILY_RENEWAL, RENEWAL_ON_SIGHT
from subscriptions.rules.order_of_loss import Holder
from subscriptions.rules.seats import PoolSnapshot
from subscriptions.selectors.seats import displaced_at_renewal, pools_of

logger = logging.getLogger(__name__)

_MOVED_BY_RENEWAL = (
    "cycle", "cycle_at_renewal", "started_on", "period_start", "period_end", "ends_at_renewal",
    "ended_on",
)  # fmt: skip


@transaction.atomic
def renew(*, subscription: Subscription, at: datetime, by: By = DAILY_RENEWAL) -> bool:
    """Move a subscription whose period has ended to the one that holds `at`.

    Applies the reductions that were scheduled, and the downgrades they bring (D3,
    D4), and charges every period that has begun since, as each would have been (D16).
    Safe to run twice, and however late. Returns whether anything was due.
    """
    row, pools = lock(subscription)
    return _renew(row, pools, by, at)


def renew_if_due(subscription: Subscription, at: datetime) -> bool:
    """Renew before a page speaks of it, where the daily command is late (D3).

    Returns whether it was due and is renewed: its pools were read too early, then. One that
    fails is logged, as by the command, and the page is shown all the same.
    """
    if not subscription.is_due(at.date()):
        return False
    try:
        renew(subscription=subscription, at=at, by=RENEWAL_ON_SIGHT)
    except Exception:
        logger.exception("Renewing subscription %s failed", subscription.pk)
        return False
    subscription.refresh_from_db(fields=_MOVED_BY_RENEWAL)
    return True


def lock_renewed(
    subscription: Subscription, at: datetime
) -> tuple[Subscription, dict[int, SeatPool]]:
    """As `lock`; one that is due is renewed first.

    Nothing is bought, undone or scheduled in a period that has ended: what a late
    renewal then did would not be what the buyer was shown (D3, D6).
    """
    row, pools = lock(subscription)
    _renew(row, pools, RENEWAL_ON_SIGHT, at)
    return row, pools


def _renew(row: Subscription, pools: dict[int, SeatPool], by: By, at: datetime) -> bool:
    if not row.is_due(at.date()):
        return False
    if row.ends_at_renewal:
        forget_next_cycle(row)
    snapshots = pools_of(row)
    displaced = displaced_at_renewal(snapshots)
    reduced = [was for was in snapshots if was.reduction]
    for was in reduced:
        _reduce(pools[was.id], was, displaced[was.id], by, at)
    if reduced:
        announce_losses(row, [was.id for was in reduced])
    start_as_agreed(row, pools, by=by, at=at)
    if row.ends_at_renewal:
        end_subscription(row, at)
        return True
    periods = row.periods_due(at.date())
    charge_renewal(row, pools_of(row), periods, by=by, at=at)
    row.period_start, row.period_end = periods[-1].start, periods[-1].end
    row.save()
    return True


def _reduce(
    pool: SeatPool, was: PoolSnapshot, displaced: Collection[Holder], by: By, at: datetime
) -> None:
    kind = SeatChangeKind.RENEWED
    reduce_pool(pool, was, displaced, seats=was.at_renewal, kind=kind, by=by, at=at)
    pool.assignments.filter(release_at_renewal=True).update(release_at_renewal=False)

"""Repeated forms: an identical one gets the original result, a changed one is refused (D6).

A page that comes back by the browser's button brings the key and the consent of the
form before, under numbers that may have been changed since.
"""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from subscriptions.models import Order, SeatChangeKind, SeatPool
from subscriptions.rules.quotes import Timing


def key_reused() -> None:
    """Raises ValidationError `used_form`."""
    raise ValidationError(
        _(
            "This form was already sent with different numbers. Check the numbers and send it "
            "again."
        ),
        code="used_form",
    )


def is_same_purchase(earlier: Order, additions: Mapping[int, int]) -> bool:
    """Whether an order bought exactly these additional seats."""
    changes = earlier.changes.of_numbers()
    return {c.pool_id: c.seats_after - c.seats_before for c in changes} == dict(additions)


def is_same_update(
    earlier: Order, targets: Mapping[int, int], timing: Timing, pools: Mapping[int, SeatPool]
) -> bool:
    """Whether an order set these numbers, at this moment, and left the others alone."""
    changes = {change.pool_id: change for change in earlier.changes.of_numbers()}
    other_moment = SeatChangeKind.SCHEDULED if timing == Timing.NOW else SeatChangeKind.REMOVED
    if any(change.kind == other_moment for change in changes.values()):
        return False
    now = {pk: pool.seats_at_renewal for pk, pool in pools.items()}
    set_then = {pk: change.at_renewal_after for pk, change in changes.items()}
    return {**now, **targets} == {**now, **set_then}

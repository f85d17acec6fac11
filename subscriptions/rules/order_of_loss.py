"""Who loses a seat when a pool gets smaller than its holders are many (R10, D4).

Those chosen first; then whoever took their seat last. The candidates come in that order
from `SeatAssignment.objects.in_order_of_loss`; the owner is never among them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Status


@dataclass(frozen=True)
class Holder:
    """Someone with a seat in a pool, and what losing it would mean."""

    assignment_id: int
    membership_id: int
    name: str
    email: str
    assigned_at: datetime
    is_chosen: bool
    is_agent: bool
    seats_left: int
    status: str = Status.ACTIVE
    last_visit: datetime | None = None

    @property
    def is_suspended(self) -> bool:
        return self.status == Status.SUSPENDED

    @property
    def is_invited(self) -> bool:
        return self.status == Status.INVITED

    @property
    def becomes_end_user(self) -> bool:
        """Whether losing this seat makes the member an end user: not while suspended (D2, D4)."""
        return self.is_agent and not self.is_suspended and not self.seats_left


def choose_displaced(
    candidates: Sequence[Holder], count: int, chosen: Collection[int] = ()
) -> tuple[Holder, ...]:
    """The `count` holders who lose their seat (D4).

    First those chosen, in the order in which they were; then the first candidates.
    """
    rank = {assignment_id: number for number, assignment_id in enumerate(chosen)}
    named = [holder for holder in candidates if holder.assignment_id in rank]
    first = sorted(named, key=lambda holder: rank[holder.assignment_id])
    rest = [holder for holder in candidates if holder.assignment_id not in rank]
    return tuple([*first, *rest][: max(0, count)])

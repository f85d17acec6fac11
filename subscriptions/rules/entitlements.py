"""Whether somebody may come in to a product, and why (D19)."""

from dataclasses import dataclass
from enum import StrEnum

from accounts.models import Status


class Reason(StrEnum):
    """Why somebody may come in or not."""

    HAS_SEAT = "has_seat"
    NO_SEAT = "no_seat"
    NOT_BOUGHT = "not_bought"
    SUBSCRIPTION_ENDED = "subscription_ended"
    SUSPENDED = "suspended"
    INVITED = "invited"
    NO_MEMBER = "no_member"
    NO_ACCOUNT = "no_account"


@dataclass(frozen=True)
class Candidate:
    """A member a product asks about, as far as an answer needs them."""

    member_id: int
    email: str
    role: str
    status: str
    # Whether the person may sign in at all.
    is_user_active: bool
    # A pool whose seat they hold and that covers the product.
    pool_id: int | None
    # Whether their account has such a pool at all.
    is_bought: bool


@dataclass(frozen=True)
class Entitlement:
    """An answer; `pool_id` is that of the seat they hold, whether or not they may come in."""

    reason: Reason
    member: Candidate | None = None

    @property
    def is_allowed(self) -> bool:
        return self.reason is Reason.HAS_SEAT

    @property
    def pool_id(self) -> int | None:
        return self.member.pool_id if self.member else None


def entitlement_of(member: Candidate | None, *, is_ended: bool = False) -> Entitlement:
    """For a member of the account, or for nobody; `is_ended`: its subscription is over (D15)."""
    if member is None or member.status == Status.REMOVED:
        return Entitlement(Reason.NO_MEMBER)
    reason = _reason(member)
    if is_ended and reason is Reason.HAS_SEAT:
        reason = Reason.SUBSCRIPTION_ENDED
    return Entitlement(reason, member)


def _reason(member: Candidate) -> Reason:
    if member.status == Status.INVITED:
        return Reason.INVITED
    if member.status == Status.SUSPENDED or not member.is_user_active:
        return Reason.SUSPENDED
    if member.pool_id:
        return Reason.HAS_SEAT
    return Reason.NO_SEAT if member.is_bought else Reason.NOT_BOUGHT

"""Whether somebody may come in to a product, and why (D19)."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from accounts.models import Membership


class Reason(StrEnum):
    """Why somebody may come in or not."""

    HAS_SEAT = "has_seat"
    NO_SEAT = "no_seat"
    NOT_BOUGHT = "not_bought"
    SUSPENDED = "suspended"
    INVITED = "invited"
    NO_MEMBER = "no_member"
    NO_ACCOUNT = "no_account"


@dataclass(frozen=True)
class Entitlement:
    """An answer; `pool_id` is that of the seat they hold, whether or not they may come in."""

    reason: Reason
    member: Membership | None = None
    pool_id: int | None = None

    @property
    def is_allowed(self) -> bool:
        return self.reason is Reason.HAS_SEAT


def entitlement_of(member: Any) -> Entitlement:
    """For someone read by `selectors.entitlements.with_pool`, or for nobody."""
    if member is None or member.is_removed:
        return Entitlement(Reason.NO_MEMBER)
    return Entitlement(_reason(member), member, member.covering_pool)


def _reason(member: Any) -> Reason:
    if member.is_invited:
        return Reason.INVITED
    if member.is_suspended or not member.user.is_active:
        return Reason.SUSPENDED
    if member.covering_pool:
        return Reason.HAS_SEAT
    return Reason.NO_SEAT if member.is_bought else Reason.NOT_BOUGHT

"""Who asks for which change and who decides it: the one table (R3, R6, R7, R8)."""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.actors import By, actor_of
from accounts.models import AccountKind, Membership
from accounts.permissions import Permission, Role
from accounts.rules.staff import may_serve
from subscriptions.models import Addressee, ChangeRequest, ChangeRequestKind
from subscriptions.rules.changes import (
    AddLine,
    CancelSubscription,
    Change,
    ChangePlan,
    ChangeSeats,
)
from subscriptions.rules.quotes import Timing
from subscriptions.rules.routes import route_to_seats

Asking = Mapping[Role, Addressee]

_VENDOR: Asking = dict.fromkeys((Role.OWNER, Role.BILLING_ADMIN, Role.ADMIN), Addressee.VENDOR)
# Owner and billing admins remove seats themselves there (R8).
_BUYERS: Asking = {Role.ADMIN: Addressee.BUYERS}
_ONLY_VENDOR_SELLS: Mapping[AccountKind, Asking] = dict.fromkeys(AccountKind, _VENDOR)

ASKING: Mapping[ChangeRequestKind, Mapping[AccountKind, Asking]] = {
    ChangeRequestKind.FEWER_SEATS: {
        AccountKind.SELF_SERVICE: _BUYERS,
        AccountKind.ONLINE_ASSISTED: _VENDOR,
        AccountKind.SALES_MANAGED: _VENDOR,
    },
    ChangeRequestKind.OTHER_PLAN: _ONLY_VENDOR_SELLS,
    ChangeRequestKind.OTHER_PRODUCT: _ONLY_VENDOR_SELLS,
    ChangeRequestKind.CANCELLATION: _ONLY_VENDOR_SELLS,
    ChangeRequestKind.FIRST_ORDER: _ONLY_VENDOR_SELLS,
}


@dataclass(frozen=True)
class Wish:
    """What is asked for; the ids that its kind needs, see `NAMES`."""

    kind: ChangeRequestKind
    pool: int | None = None
    line: int | None = None
    plan: int | None = None
    seats: int | None = None


@dataclass(frozen=True)
class Terms:
    """What the vendor chooses when they approve: when it happens, and how.

    Without a `timing`, as the change is usually done. `shares` is the pool that a new plan is
    counted together with (R9); its seats are then those of the pool.
    """

    timing: Timing | None = None
    credit: bool = False
    shares: int | None = None


def change_of(change_request: ChangeRequest, terms: Terms) -> Change:
    """What approving a request does. Raises ValueError for a kind whose columns are missing."""
    row = change_request
    if row.is_cancellation:
        return CancelSubscription()
    if row.pool_id and row.seats:
        timing = terms.timing or Timing.AT_RENEWAL
        return ChangeSeats(row.pool_id, row.seats, timing, terms.credit and timing == Timing.NOW)
    if row.line_id and row.plan_id:
        return ChangePlan(row.line_id, row.plan_id, terms.timing or Timing.NOW)
    if row.plan_id:
        return AddLine(row.plan_id, terms.shares, None if terms.shares else row.seats)
    raise ValueError("a request for nothing")


def usual_timing(*, is_dearer: bool, kind: str) -> Timing | None:
    """When a change is usually done: a dearer plan at once, less of anything at renewal."""
    if kind == ChangeRequestKind.OTHER_PLAN:
        return Timing.NOW if is_dearer else Timing.AT_RENEWAL
    return Timing.AT_RENEWAL if kind == ChangeRequestKind.FEWER_SEATS else None


def addressee(kind: str, account_kind: str, role: str) -> Addressee | None:
    """Who decides what a role asks for; None where it asks for nothing of the kind."""
    return ASKING[ChangeRequestKind(kind)][AccountKind(account_kind)].get(Role(role))


def kinds_for(member: Membership, *, has_bought: bool) -> list[ChangeRequestKind]:
    """What a member may ask for, in the order of the page; before anything is bought, that."""
    return [
        kind
        for kind in ChangeRequestKind
        if (kind is not ChangeRequestKind.FIRST_ORDER) is has_bought
        and addressee(kind, member.account.kind, member.role)
    ]


def may_decide_change(change_request: ChangeRequest, by: By) -> bool:
    """Buyers decide what is addressed to them; whoever of the vendor serves the account, the rest.

    Where buyers may not remove seats any more, because the kind of the account was changed,
    the vendor decides what is still open. No program decides, and nobody what they asked for
    themselves at the vendor.
    """
    account, actor = change_request.account, actor_of(by)
    if actor.staff:
        is_own = change_request.requested_by.user_id == actor.staff.pk
        return _is_vendors(change_request) and not is_own and may_serve(actor.staff, account)
    member = actor.in_person
    return (
        member is not None
        and not _is_vendors(change_request)
        and actor.account_id == account.pk
        and member.may(Permission.DECIDE_REQUESTS)
        and route_to_seats(account.kind, member.role).can_buy
    )


def _is_vendors(change_request: ChangeRequest) -> bool:
    return change_request.is_for_vendor or not change_request.account.is_self_service


def is_asked_by(change_request: ChangeRequest, by: By) -> bool:
    """Whether it is theirs to withdraw: what they asked for in person."""
    member = actor_of(by).in_person
    return member is not None and change_request.requested_by_id == member.pk

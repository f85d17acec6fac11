from collections.abc import Mapping
from datetime import date, datetime
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.history import Actor
from accounts.models import Membership, User
from accounts.permissions import Permission
from core.mail import after_commit
from subscriptions import notifications
from subscriptions.actions.fulfilment import close
from subscriptions.actions.purchase import apply
from subscriptions.actions.refusing import (
    check_confirmed,
    check_numbers,
    check_seen,
    refuse_forbidden,
)
from subscriptions.actions.renewal import lock_renewed
from subscriptions.actions.replay import refuse_used
from subscriptions.models import (
    AddressedTo,
    RequestStatus,
    SeatPool,
    SeatRequest,
    ServiceOrder,
    Subscription,
)
from subscriptions.quotes import quote_addition
from subscriptions.routes import route_to_seats


@transaction.atomic
def request_seats(
    *,
    subscription: Subscription,
    additions: Mapping[int, int],
    reason: str,
    needed_by: date | None,
    key: str,
    by: Membership,
    at: datetime,
) -> list[SeatRequest]:
    """Ask for more seats, one request per pool; the same form again asks once (R13, R19, D6).

    Raises ValidationError `not_allowed`, `unknown_pool`, `bad_number`, `nothing`,
    `open_request`, `not_addable`, `past_day`, `used_form`.
    """
    fresh, pools = lock_renewed(subscription, at)
    earlier = SeatRequest.objects.filter(pool__in=pools, key=key, requested_by=by)
    if earlier:
        if {request.pool_id: request.seats for request in earlier} != dict(additions):
            refuse_used()
        return list(earlier)
    _refuse_unless_may_ask(by, fresh)
    _refuse_incomplete(additions, needed_by, at)
    check_numbers(additions, pools)
    refuse_forbidden(quote_addition(fresh, additions, at.date()))
    return [
        _ask(pools[pool_id], seats, by=by, at=at, key=key, reason=reason, needed_by=needed_by)
        for pool_id, seats in additions.items()
    ]


def _refuse_unless_may_ask(by: Membership, subscription: Subscription) -> None:
    if not by.may(Permission.REQUEST_SEATS) or by.account_id != subscription.account_id:
        raise ValidationError(_("You cannot request seats in this account."), code="not_allowed")
    if not route_to_seats(subscription.account.kind, by.role).can_request:
        raise ValidationError(_("You can buy seats yourself."), code="not_allowed")


def _refuse_incomplete(additions: Mapping[int, int], needed_by: date | None, at: datetime) -> None:
    if not additions:
        raise ValidationError(_("Enter how many seats you need."), code="nothing")
    if needed_by and needed_by < at.date():
        raise ValidationError(
            {"needed_by": ValidationError(_("Choose today or a later date."), code="past_day")}
        )


def _ask(
    pool: SeatPool,
    seats: int,
    *,
    by: Membership,
    at: datetime,
    key: str,
    reason: str,
    needed_by: date | None,
) -> SeatRequest:
    """Open the request for one pool, and its service order where Sales decides (R19)."""
    _refuse_second(pool)
    route = route_to_seats(pool.subscription.account.kind, by.role)
    request = SeatRequest.objects.create(
        pool=pool,
        requested_by=by,
        requested_at=at,
        key=key,
        seats=seats,
        fulfilled_at_seats=pool.seats + seats,
        reason=reason,
        needed_by=needed_by,
        addressed_to=AddressedTo.REPRESENTATIVE
        if route.asks_representative
        else AddressedTo.BUYERS,
    )
    if request.is_for_representative:
        ServiceOrder.objects.create(request=request, opened_at=at)
    after_commit(notifications.request_opened, request)
    return request


def _refuse_second(pool: SeatPool) -> None:
    if SeatRequest.objects.open().filter(pool=pool).exists():
        raise ValidationError(
            _(
                "More %(pool)s seats have already been requested. Only one request can be open at "
                "a time."
            )
            % {"pool": pool.name},
            code="open_request",
        )


def _lock_open(
    request: SeatRequest, at: datetime
) -> tuple[SeatRequest, Subscription, dict[int, SeatPool]]:
    """The request and its subscription, locked. Raises ValidationError `already_decided`."""
    subscription, pools = lock_renewed(request.pool.subscription, at)
    locked = SeatRequest.objects.select_for_update(of=("self",)).with_details()
    row = locked.get(pk=request.pk)
    if not row.is_open:
        raise ValidationError(
            _("This request is already closed: %(status)s.") % {"status": row.get_status_display()},
            code="already_decided",
        )
    return row, subscription, pools


def may_decide(request: SeatRequest, by: Membership | User) -> bool:
    """Buyers decide requests addressed to them, the representative those to Sales (R22).

    Where an account became sales-managed meanwhile, nobody in it may buy, so
    the representative decides what is still open.
    """
    account = request.pool.subscription.account
    if isinstance(by, Membership):
        return (
            not request.is_for_representative
            and by.account_id == account.pk
            and by.may(Permission.DECIDE_REQUESTS)
            and route_to_seats(account.kind, by.role).can_buy
        )
    represents = by.is_superuser or account.representative_id == by.pk
    theirs = request.is_for_representative or account.is_sales_managed
    return theirs and by.is_staff and represents


def _refuse_unless_decider(request: SeatRequest, by: Membership | User) -> None:
    if not may_decide(request, by):
        raise ValidationError(
            _("This request can only be decided by: %(who)s.")
            % {"who": request.get_addressed_to_display()},
            code="not_allowed",
        )


@transaction.atomic
def approve_request(
    *,
    request: SeatRequest,
    note: str,
    seen: str,
    by: Membership | User,
    at: datetime,
    confirmed: bool = False,
) -> SeatRequest:
    """Approve a request and add its seats, once; `seen`, `confirmed` as in `buy_seats` (R22).

    Raises ValidationError `already_decided`, `not_allowed`, `not_addable`, `stale`, `unconfirmed`.
    """
    row, subscription, pools = _lock_open(request, at)
    _refuse_unless_decider(row, by)
    quote = quote_addition(subscription, {row.pool_id: row.seats}, at.date())
    refuse_forbidden(quote)
    check_seen(quote, seen)
    check_confirmed(quote, confirmed)
    row.order = apply(quote, pools, key=uuid4().hex, by=by, at=at, request=row)
    close(row, RequestStatus.APPROVED, at=at, by_user_id=_user_id(by), note=note)
    return row


@transaction.atomic
def decline_request(
    *, request: SeatRequest, note: str, by: Membership | User, at: datetime
) -> SeatRequest:
    """Decline a request, with a note to the requester.

    Raises ValidationError `already_decided`, `not_allowed`, `note_missing`.
    """
    row, _subscription, _pools = _lock_open(request, at)
    _refuse_unless_decider(row, by)
    if not note.strip():
        raise ValidationError(
            _("Add a reason, so the requester knows what to do next."), code="note_missing"
        )
    close(row, RequestStatus.DECLINED, at=at, by_user_id=_user_id(by), note=note)
    return row


@transaction.atomic
def withdraw_request(*, request: SeatRequest, by: Membership, at: datetime) -> SeatRequest:
    """Withdraw a request (N4). Raises ValidationError `already_decided`, `not_allowed`."""
    row, _subscription, _pools = _lock_open(request, at)
    if row.requested_by_id != by.pk:
        raise ValidationError(_("Only the requester can withdraw a request."), code="not_allowed")
    close(row, RequestStatus.WITHDRAWN, at=at, by_user_id=by.user_id)
    return row


def _user_id(by: Actor) -> int | None:
    return by.user_id if isinstance(by, Membership) else by.pk if by else None

from collections.abc import Mapping
from datetime import date, datetime
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, By, actor_of
from accounts.models import Channel, Membership
from accounts.permissions import Permission
from core.mail import after_commit
from subscriptions import notifications
from subscriptions.actions.checks import (
    check_allowed,
    check_confirmed,
    check_fingerprint,
    check_numbers,
)
from subscriptions.actions.fulfilment import close
from subscriptions.actions.idempotency import key_reused
from subscriptions.actions.orders import apply
from subscriptions.actions.renewal import lock_renewed
from subscriptions.models import (
    AddressedTo,
    RequestStatus,
    SeatPool,
    SeatRequest,
    ServiceOrder,
    Subscription,
)
from subscriptions.rules.requests import may_decide
from subscriptions.rules.routes import route_to_seats
from subscriptions.selectors.quotes import quote_addition


@transaction.atomic
def request_seats(
    *,
    subscription: Subscription,
    additions: Mapping[int, int],
    reason: str,
    needed_by: date | None,
    idempotency_key: str,
    by: By,
    at: datetime,
) -> list[SeatRequest]:
    """Ask for more seats, one request per pool; the same form again asks once (R13, R19, D6).

    Raises ValidationError `not_allowed`, `unknown_pool`, `bad_number`, `nothing`,
    `open_request`, `not_addable`, `past_day`, `used_form`.
    """
    actor = actor_of(by)
    fresh, pools = lock_renewed(subscription, at)
    earlier = SeatRequest.objects.filter(
        pool__in=pools, idempotency_key=idempotency_key, requested_by=actor.member
    )
    if earlier:
        if {seat_request.pool_id: seat_request.seats for seat_request in earlier} != dict(
            additions
        ):
            key_reused()
        return list(earlier)
    member = _check_may_request(actor, fresh)
    _check_complete(additions, needed_by, at)
    check_numbers(additions, pools)
    check_allowed(quote_addition(fresh, additions, at.date()))
    return [
        _ask(
            pools[pool_id],
            seats,
            by=member,
            channel=actor.channel,
            at=at,
            idempotency_key=idempotency_key,
            reason=reason,
            needed_by=needed_by,
        )
        for pool_id, seats in additions.items()
    ]


def _check_may_request(by: Actor, subscription: Subscription) -> Membership:
    """The member who asks. Raises ValidationError `not_allowed`."""
    member = by.member
    if (
        member is None
        or not member.may(Permission.REQUEST_SEATS)
        or member.account_id != subscription.account_id
    ):
        raise ValidationError(_("You cannot request seats in this account."), code="not_allowed")
    if not route_to_seats(subscription.account.kind, member.role).can_request:
        raise ValidationError(_("You can buy seats yourself."), code="not_allowed")
    return member


def _check_complete(additions: Mapping[int, int], needed_by: date | None, at: datetime) -> None:
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
    channel: Channel,
    at: datetime,
    idempotency_key: str,
    reason: str,
    needed_by: date | None,
) -> SeatRequest:
    """Open the request for one pool, and its service order where Sales decides (R19)."""
    _check_none_open(pool)
    route = route_to_seats(pool.subscription.account.kind, by.role)
    seat_request = SeatRequest.objects.create(
        pool=pool,
        requested_by=by,
        requested_through=channel,
        requested_at=at,
        idempotency_key=idempotency_key,
        seats=seats,
        fulfilled_at_seats=pool.seats + seats,
        reason=reason,
        needed_by=needed_by,
        addressed_to=AddressedTo.REPRESENTATIVE
        if route.asks_representative
        else AddressedTo.BUYERS,
    )
    if seat_request.is_for_representative:
        ServiceOrder.objects.create(seat_request=seat_request, opened_at=at)
    after_commit(notifications.request_opened, seat_request)
    return seat_request


def _check_none_open(pool: SeatPool) -> None:
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
    seat_request: SeatRequest, at: datetime
) -> tuple[SeatRequest, Subscription, dict[int, SeatPool]]:
    """The request and its subscription, locked. Raises ValidationError `already_decided`."""
    subscription, pools = lock_renewed(seat_request.pool.subscription, at)
    locked = SeatRequest.objects.select_for_update(of=("self",)).with_details()
    row = locked.get(pk=seat_request.pk)
    if not row.is_open:
        raise ValidationError(
            _("This request is already closed: %(status)s.") % {"status": row.get_status_display()},
            code="already_decided",
        )
    return row, subscription, pools


def _check_may_decide(seat_request: SeatRequest, by: By) -> None:
    if not may_decide(seat_request, by):
        raise ValidationError(
            _("This request can only be decided by: %(who)s.")
            % {"who": seat_request.get_addressed_to_display()},
            code="not_allowed",
        )


@transaction.atomic
def approve_request(
    *,
    seat_request: SeatRequest,
    note: str,
    quote_fingerprint: str,
    by: By,
    at: datetime,
    confirmed: bool = False,
) -> SeatRequest:
    """Approve a request and add its seats, once (R22).

    `quote_fingerprint` and `confirmed` are as in `buy_seats`.

    Raises ValidationError `already_decided`, `not_allowed`, `not_addable`, `stale`, `unconfirmed`.
    """
    row, subscription, pools = _lock_open(seat_request, at)
    _check_may_decide(row, by)
    quote = quote_addition(subscription, {row.pool_id: row.seats}, at.date())
    check_allowed(quote)
    check_fingerprint(quote, quote_fingerprint)
    check_confirmed(quote, confirmed)
    actor = actor_of(by)
    row.order = apply(quote, pools, idempotency_key=uuid4().hex, by=actor, at=at, seat_request=row)
    close(row, RequestStatus.APPROVED, by=actor, at=at, note=note)
    return row


@transaction.atomic
def decline_request(*, seat_request: SeatRequest, note: str, by: By, at: datetime) -> SeatRequest:
    """Decline a request, with a note to the requester.

    Raises ValidationError `already_decided`, `not_allowed`, `note_missing`.
    """
    row, _subscription, _pools = _lock_open(seat_request, at)
    _check_may_decide(row, by)
    if not note.strip():
        raise ValidationError(
            _("Add a reason, so the requester knows what to do next."), code="note_missing"
        )
    close(row, RequestStatus.DECLINED, by=actor_of(by), at=at, note=note)
    return row


@transaction.atomic
def withdraw_request(*, seat_request: SeatRequest, by: By, at: datetime) -> SeatRequest:
    """Withdraw a request (N4). Raises ValidationError `already_decided`, `not_allowed`."""
    row, _subscription, _pools = _lock_open(seat_request, at)
    actor = actor_of(by)
    if actor.member != row.requested_by:
        raise ValidationError(_("Only the requester can withdraw a request."), code="not_allowed")
    close(row, RequestStatus.WITHDRAWN, by=actor, at=at)
    return row

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from accounts.actions.idempotency import claim, finish
from accounts.actors import Actor, By, actor_of
from accounts.rules.staff import check_not_a_member
from core import outbox
from core.mail import after_commit
from core.models import OutboxEntry
from subscriptions import errors, notifications
from subscriptions.actions.events import record_step
from subscriptions.actions.fulfilment import close_request
from subscriptions.actions.orders import place_order
from subscriptions.actions.preconditions import (
    check_allowed,
    check_confirmed,
    check_fingerprint,
    check_not_ended,
    check_numbers,
)
from subscriptions.actions.renewal import lock_renewed
from subscriptions.actions.request_parts import add_part, check_may_request, lock_open
from subscriptions.models import (
    AddressedTo,
    RequestStatus,
    SeatPool,
    SeatRequest,
    ServiceOrder,
    Subscription,
)
from subscriptions.rules.quotes import Quote
from subscriptions.rules.requests import asks_in, may_decide
from subscriptions.rules.routes import route_by
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
    `open_request`, `not_addable`, `past_day`, and what `claim` raises.
    """
    actor = actor_of(by)
    content = {
        "subscription": subscription.pk,
        "numbers": dict(additions),
        "reason": reason,
        "needed_by": needed_by,
    }
    if actor.member is None:
        raise errors.CANNOT_REQUEST.error()
    form = claim("request_seats", content, key=idempotency_key, by=actor, at=at)
    if form.results:
        return list(SeatRequest.objects.filter(pk__in=form.results).order_by("pk"))
    fresh, pools = lock_renewed(subscription, at)
    check_may_request(actor, fresh)
    check_not_ended(fresh)
    _check_complete(additions, needed_by, at)
    check_numbers(additions, pools)
    check_allowed(quote_addition(fresh, additions, at.date()))
    requests = [
        _ask(pools[pool_id], seats, by=actor, at=at, reason=reason, needed_by=needed_by)
        for pool_id, seats in additions.items()
    ]
    finish(form, requests)
    return requests


def _check_complete(additions: Mapping[int, int], needed_by: date | None, at: datetime) -> None:
    if not additions:
        raise errors.NOTHING_REQUESTED.error()
    if needed_by and needed_by < at.date():
        raise errors.PAST_DAY.error()


def _ask(
    pool: SeatPool,
    seats: int,
    *,
    by: Actor,
    at: datetime,
    reason: str,
    needed_by: date | None,
) -> SeatRequest:
    """Open the request for one pool, and its service order where Sales decides (R19)."""
    _check_none_open(pool)
    route = route_by(by, pool.subscription.account.kind)
    seat_request = SeatRequest.objects.create(
        pool=pool,
        requested_by=by.acting_member,
        requested_through=by.channel,
        requested_token=by.token,
        requested_at=at,
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
    add_part(seat_request, seats, reason, pool=pool, by=by, at=at)
    record_step(seat_request, at=at)
    after_commit(notifications.request_opened, seat_request, about=seat_request)
    return seat_request


def _check_none_open(pool: SeatPool) -> None:
    if SeatRequest.objects.open().filter(pool=pool).exists():
        raise errors.OPEN_REQUEST.error(pool=pool.name)


def _check_may_decide(seat_request: SeatRequest, by: By) -> None:
    staff = actor_of(by).staff
    if staff:
        check_not_a_member(staff, seat_request.pool.subscription.account)
        if asks_in(seat_request, staff):
            raise errors.OWN_REQUEST.error()
    if not may_decide(seat_request, by):
        raise errors.NOT_YOURS_TO_DECIDE.error(who=seat_request.get_addressed_to_display())


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
    row, subscription, pools = lock_open(seat_request, at)
    quote = _quote_by(by, row, subscription, at)
    check_fingerprint(quote, quote_fingerprint)
    check_confirmed(quote, confirmed)
    actor = actor_of(by)
    row.order = place_order(quote, pools, by=actor, at=at, seat_request=row)
    close_request(row, RequestStatus.APPROVED, by=actor, at=at, note=note)
    return row


def quote_request(*, seat_request: SeatRequest, by: By, at: datetime) -> Quote:
    """What approving a request would cost; refused as approving it would be (R22).

    Nothing changes. Raises ValidationError `already_decided`, `not_allowed`, `not_addable`.
    """
    if not seat_request.is_open:
        raise errors.ALREADY_DECIDED.error(status=seat_request.get_status_display())
    return _quote_by(by, seat_request, seat_request.pool.subscription, at)


def _quote_by(by: By, seat_request: SeatRequest, subscription: Subscription, at: datetime) -> Quote:
    """What its approval would do, for who may approve it."""
    _check_may_decide(seat_request, by)
    check_not_ended(subscription)
    quote = quote_addition(subscription, {seat_request.pool_id: seat_request.seats}, at.date())
    check_allowed(quote)
    return quote


@transaction.atomic
def decline_request(
    *, seat_request: SeatRequest, note: str, by: By, at: datetime, expected: str = ""
) -> SeatRequest:
    """Decline a request, with a note to everyone who asked.

    `expected` is the number of seats that was looked at, so that nobody who joined meanwhile
    is declined unread; empty: any. Raises ValidationError `already_decided`, `not_allowed`,
    `stale`, `note_missing`.
    """
    row, _subscription, _pools = lock_open(seat_request, at)
    _check_may_decide(row, by)
    if expected not in ("", str(row.seats)):
        raise errors.REQUEST_CHANGED.error()
    if not note.strip():
        raise errors.NOTE_MISSING.error()
    close_request(row, RequestStatus.DECLINED, by=actor_of(by), at=at, note=note)
    return row


def resend_mails(*, seat_request: SeatRequest, at: datetime) -> int:
    """Try the mails about a request that could not be delivered once more; say how many (D17).

    Nothing about the request changes, so no history is written.
    """
    return outbox.send_again(OutboxEntry.objects.about([seat_request]), at=at)

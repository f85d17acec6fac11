"""More of what is requested already, and taking back what one asked for (D20, N4)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.actions.idempotency import claim, finish
from accounts.actors import Actor, By, actor_of
from core.mail import after_commit
from subscriptions import errors, notifications
from subscriptions.actions.events import record_part
from subscriptions.actions.fulfilment import close_fulfilled, close_request
from subscriptions.actions.preconditions import check_allowed, check_number
from subscriptions.actions.request_parts import add_part, check_may_request, lock_open
from subscriptions.models import PartStep, RequestPart, RequestStatus, SeatPool, SeatRequest
from subscriptions.rules.requests import enough_for, parts_of
from subscriptions.selectors.quotes import quote_addition


@transaction.atomic
def join_request(
    *,
    seat_request: SeatRequest,
    seats: int,
    reason: str,
    idempotency_key: str,
    by: By,
    at: datetime,
) -> RequestPart:
    """Ask for so many seats more in a request that is open; the same form again once (D20, D6).

    Who is in it already adds a further part, with a reason of its own. An approval that was
    shown the number before is refused as `stale`.

    Raises ValidationError `not_allowed`, `already_decided`, `bad_number`, `not_addable`,
    `too_many`, and what `claim` raises.
    """
    actor = actor_of(by)
    if actor.member is None:
        raise errors.CANNOT_REQUEST.error()
    content = {"seat_request": seat_request.pk, "seats": seats, "reason": reason}
    form = claim("join_request", content, key=idempotency_key, by=actor, at=at)
    if form.results:
        return RequestPart.objects.select_related("seat_request").get(pk=form.results[0])
    row, subscription, pools = lock_open(seat_request, at)
    check_may_request(actor, subscription)
    check_number(seats)
    check_allowed(quote_addition(subscription, {row.pool_id: row.seats + seats}, at.date()))
    part = add_part(row, seats, reason, pool=pools[row.pool_id], by=actor, at=at)
    _count(row)
    record_part(part, PartStep.JOINED, at=at)
    after_commit(notifications.request_joined, part, about=row)
    finish(form, [part])
    return part


@transaction.atomic
def withdraw_request(*, seat_request: SeatRequest, by: By, at: datetime) -> SeatRequest:
    """Withdraw what one asked for in a request; with the last part, the request itself (N4).

    What the others ask for stays requested, unless so many seats have come already (D20).

    Raises ValidationError `already_decided`, `not_allowed`.
    """
    row, _subscription, pools = lock_open(seat_request, at)
    actor = actor_of(by)
    own = parts_of(row, actor)
    if not own:
        raise errors.ONLY_REQUESTER_WITHDRAWS.error()
    if len(own) == len(row.standing):
        close_request(row, RequestStatus.WITHDRAWN, by=actor, at=at)
        return row
    _withdraw(row, own, pools[row.pool_id], by=actor, at=at)
    return SeatRequest.objects.with_details().get(pk=row.pk)


def _withdraw(
    seat_request: SeatRequest,
    parts: Sequence[RequestPart],
    pool: SeatPool,
    *,
    by: Actor,
    at: datetime,
) -> None:
    for part in parts:
        part.withdrawn_at = at
        part.withdrawn_through, part.withdrawn_token = by.channel, by.token
        part.save(update_fields=["withdrawn_at", "withdrawn_through", "withdrawn_token"])
        record_part(part, PartStep.WITHDRAWN, at=at)
    _count(seat_request)
    close_fulfilled(pool, by=by, at=at)
    # Only now: what ends a request takes the place of all that was to be said of it before.
    after_commit(notifications.parts_withdrawn, list(parts), about=seat_request)


def _count(seat_request: SeatRequest) -> None:
    """For how many seats its standing parts ask, and when these have arrived."""
    standing = list(RequestPart.objects.standing().filter(seat_request=seat_request))
    seat_request.seats = sum(part.seats for part in standing)
    seat_request.fulfilled_at_seats = enough_for(standing)
    seat_request.save(update_fields=["seats", "fulfilled_at_seats"])

from datetime import datetime

from accounts.actors import Actor
from core import outbox
from core.mail import after_commit
from subscriptions import notifications
from subscriptions.actions.events import record_step
from subscriptions.models import RequestStatus, SeatPool, SeatRequest, ServiceOrder


def close_request(
    seat_request: SeatRequest,
    status: RequestStatus,
    *,
    by: Actor,
    at: datetime,
    note: str = "",
) -> None:
    """End a locked, open request and its service order, and tell the people concerned (N4).

    `by` decided it, or brought the seats that fulfilled it.
    """
    seat_request.status, seat_request.closed_at = status, at
    seat_request.closed_through, seat_request.closed_token = by.channel, by.token
    seat_request.note = note
    if status != RequestStatus.FULFILLED:
        seat_request.decided_by = by.user
    seat_request.save(
        update_fields=[
            "status", "closed_at", "closed_through", "closed_token", "decided_by", "note", "order"
        ]
    )  # fmt: skip
    record_step(seat_request, at=at)
    ServiceOrder.objects.filter(seat_request=seat_request, closed_at=None).update(closed_at=at)
    # What has not arrived by now asks for a decision that nobody needs to make any more.
    outbox.discard_about(seat_request, at=at)
    after_commit(notifications.request_closed, seat_request, about=seat_request)


def close_fulfilled(
    pool: SeatPool, *, by: Actor, at: datetime, approved: SeatRequest | None = None
) -> None:
    """Close the pool's open request if its seats arrived another way (N4)."""
    arrived = SeatRequest.objects.open().filter(pool=pool, fulfilled_at_seats__lte=pool.seats)
    if approved:
        arrived = arrived.exclude(pk=approved.pk)
    for seat_request in arrived.select_for_update(of=("self",)).with_details():
        close_request(seat_request, RequestStatus.FULFILLED, by=by, at=at)

"""What a change of seats, and a step of a request, is called outside, for good (D19)."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from subscriptions.models.change_requests import ChangeRequestStatus
from subscriptions.models.orders import OrderKind
from subscriptions.models.requests import RequestStatus
from subscriptions.models.seats import SeatChangeKind

SEAT_CHANGE_TYPES: Mapping[str, str] = {
    SeatChangeKind.OPENED: "pool.opened",
    SeatChangeKind.BOUGHT: "pool.seats_bought",
    SeatChangeKind.SCHEDULED: "pool.reduction_scheduled",
    SeatChangeKind.KEPT: "pool.reduction_undone",
    SeatChangeKind.REMOVED: "pool.seats_removed",
    SeatChangeKind.RENEWED: "pool.reduced_at_renewal",
    SeatChangeKind.REPAIRED: "pool.corrected",
    SeatChangeKind.ASSIGNED: "seat.assigned",
    SeatChangeKind.RELEASED: "seat.released",
    SeatChangeKind.EXPIRED: "seat.invitation_expired",
}

# What the vendor's people change; of seats the pool's own events tell.
ORDER_TYPES: Mapping[str, str] = {
    OrderKind.LINE_ADDED: "subscription.line_added",
    OrderKind.LINE_ENDED: "subscription.line_ended",
    OrderKind.LINE_CORRECTED: "subscription.line_corrected",
    OrderKind.PLAN: "subscription.plan_changed",
    OrderKind.PRICE: "subscription.price_agreed",
    OrderKind.CYCLE: "subscription.cycle_changed",
    OrderKind.TERMS: "subscription.contract_changed",
    OrderKind.CANCELLED: "subscription.cancelled",
    OrderKind.UNDONE: "subscription.change_undone",
    OrderKind.REOPENED: "subscription.reopened",
}

# What the renewal does to one that was cancelled.
ENDED_TYPE = "subscription.ended"

# By the status that the step leads to.
REQUEST_TYPES: Mapping[str, str] = {
    RequestStatus.OPEN: "seat_request.opened",
    RequestStatus.APPROVED: "seat_request.approved",
    RequestStatus.DECLINED: "seat_request.declined",
    RequestStatus.WITHDRAWN: "seat_request.withdrawn",
    RequestStatus.FULFILLED: "seat_request.fulfilled",
}

CHANGE_REQUEST_TYPES: Mapping[str, str] = {
    ChangeRequestStatus.OPEN: "change_request.opened",
    ChangeRequestStatus.APPROVED: "change_request.approved",
    ChangeRequestStatus.DECLINED: "change_request.declined",
    ChangeRequestStatus.WITHDRAWN: "change_request.withdrawn",
    ChangeRequestStatus.FULFILLED: "change_request.fulfilled",
}


class PartStep(models.TextChoices):
    """What happens to a part of a request while the request stays open (D20)."""

    JOINED = "joined", _("Joined")
    WITHDRAWN = "withdrawn", _("Part withdrawn")


PART_TYPES: Mapping[str, str] = {
    PartStep.JOINED: "seat_request.joined",
    PartStep.WITHDRAWN: "seat_request.part_withdrawn",
}

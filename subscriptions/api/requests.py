"""Seat requests: asked for, withdrawn, approved and declined as on the pages."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views import ONCE
from accounts.permissions import Scope
from core.api.ids import public_id, row_of
from core.api.operations import operation
from core.api.pages import CursorPages
from subscriptions import errors
from subscriptions.actions import (
    approve_request,
    decline_request,
    join_request,
    quote_request,
    request_seats,
    withdraw_request,
)
from subscriptions.api.ids import REQUEST
from subscriptions.api.quotes import WITH_QUOTE, QuoteSerializer, with_quote
from subscriptions.api.request_serializers import (
    ApprovalSerializer,
    DeclineSerializer,
    JoinSerializer,
    NewRequestSerializer,
    RequestsSerializer,
    SeatRequestSerializer,
)
from subscriptions.api.views import RenewedApiView
from subscriptions.models import SeatRequest
from subscriptions.models.requests import SeatRequestQuerySet

# Whoever asks, or decides, reads what is asked for already, as on the page (R21).
_READ = (Scope.READ_SUBSCRIPTION, Scope.REQUEST_SEATS, Scope.DECIDE_REQUESTS)
_DECIDED = (errors.ALREADY_DECIDED, errors.NOT_YOURS_TO_DECIDE)


class RequestApiView(RenewedApiView):
    """The requests of the account."""

    def requests(self) -> SeatRequestQuerySet:
        return SeatRequest.objects.of_account(self.account).with_details()

    def request_of(self, said: str) -> SeatRequest:
        """Raises ValidationError `not_found`."""
        return row_of(self.requests(), REQUEST, said)

    def answer(self, seat_request: SeatRequest, status: int = 200, **headers: str) -> Response:
        """The request as it is now."""
        row = self.requests().get(pk=seat_request.pk)
        return Response(SeatRequestSerializer(row).data, status, headers=headers)


class RequestsView(RequestApiView):
    scopes: ClassVar = {"GET": _READ, "POST": Scope.REQUEST_SEATS}

    @operation("list_requests", answer=SeatRequestSerializer, pages=True, query=RequestsSerializer)
    def get(self, request: Request) -> Response:
        """The requests of the account that the filters find, oldest first."""
        asked = self.query
        wanted: dict[str, Any] = {k: asked[k] for k in ("status", "pool") if k in asked}
        return CursorPages().answer(self.requests().filter(**wanted), SeatRequestSerializer, self)

    @operation(
        "request_seats", answer=SeatRequestSerializer, body=NewRequestSerializer, status=201,
        once=True,
        refuses=(*ONCE, errors.CANNOT_REQUEST, errors.CAN_BUY, errors.UNKNOWN_POOL,
                 errors.BAD_NUMBER, errors.TOO_MANY, errors.NOT_ADDABLE, errors.PAST_DAY,
                 errors.OPEN_REQUEST, errors.NO_SUBSCRIPTION),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Ask for more seats of a pool.

        One request for each pool is open at a time: where there is one, join it. A token that
        may buy seats buys them instead.
        """
        asked = self.body
        [made] = request_seats(
            subscription=self.subscription,
            additions={asked["pool"]: asked["seats"]},
            reason=asked["reason"],
            needed_by=asked.get("needed_by"),
            idempotency_key=self.idempotency_key,
            by=self.actor,
            at=timezone.now(),
        )
        address = reverse("api_request", args=[public_id(REQUEST, made.pk)])
        return self.answer(made, status=201, Location=address)


class JoinView(RequestApiView):
    scopes: ClassVar = {"POST": Scope.REQUEST_SEATS}

    @operation(
        "join_request", answer=SeatRequestSerializer, body=JoinSerializer, once=True,
        refuses=(*ONCE, errors.CANNOT_REQUEST, errors.CAN_BUY, errors.BAD_NUMBER,
                 errors.TOO_MANY, errors.NOT_ADDABLE, errors.ALREADY_DECIDED),
    )  # fmt: skip
    def post(self, request: Request, seat_request: str) -> Response:
        """Ask for more of what is requested already.

        It becomes a part of the open request, with its own number and reason; all of it is
        decided as one. Who has a part already adds a further one.
        """
        part = join_request(
            seat_request=self.request_of(seat_request),
            seats=self.body["seats"],
            reason=self.body["reason"],
            idempotency_key=self.idempotency_key,
            by=self.actor,
            at=timezone.now(),
        )
        return self.answer(part.seat_request)


class RequestView(RequestApiView):
    scopes: ClassVar = {"GET": _READ}

    @operation("get_request", answer=SeatRequestSerializer)
    def get(self, request: Request, seat_request: str) -> Response:
        """One request."""
        return self.answer(self.request_of(seat_request))


class WithdrawView(RequestApiView):
    scopes: ClassVar = {"POST": Scope.REQUEST_SEATS}

    @operation(
        "withdraw_request", answer=SeatRequestSerializer,
        refuses=(errors.ALREADY_DECIDED, errors.ONLY_REQUESTER_WITHDRAWS),
    )  # fmt: skip
    def post(self, request: Request, seat_request: str) -> Response:
        """Withdraw what the token asked for in a request.

        A token withdraws what it asked for itself. What others ask for stays requested; with
        the last part, the request is withdrawn.
        """
        asked = self.request_of(seat_request)
        return self.answer(withdraw_request(seat_request=asked, by=self.actor, at=timezone.now()))


class QuotedRequestView(RequestApiView):
    def quote(self, seat_request: SeatRequest) -> dict[str, Any]:
        """Raises ValidationError: what `quote_request` raises."""
        found = quote_request(seat_request=seat_request, by=self.actor, at=timezone.now())
        return dict(QuoteSerializer(found).data)


class RequestQuoteView(QuotedRequestView):
    scopes: ClassVar = {"GET": Scope.DECIDE_REQUESTS}

    @operation("quote_request", answer=QuoteSerializer, refuses=_DECIDED)
    def get(self, request: Request, seat_request: str) -> Response:
        """What approving a request would cost, before it is approved."""
        return Response(self.quote(self.request_of(seat_request)))


class ApproveView(QuotedRequestView):
    scopes: ClassVar = {"POST": Scope.DECIDE_REQUESTS}

    @operation(
        "approve_request", answer=SeatRequestSerializer, body=ApprovalSerializer,
        refuses=(*_DECIDED, *WITH_QUOTE), instead=("quote", QuoteSerializer),
    )  # fmt: skip
    def post(self, request: Request, seat_request: str) -> Response:
        """Approve a request, which buys its seats.

        It is done as quoted, or not at all: where numbers or price are different by now, the
        answer is 409 `stale` with the new quote.
        """
        asked = self.request_of(seat_request)
        try:
            approved = approve_request(
                seat_request=asked,
                note=self.body.get("note", ""),
                quote_fingerprint=self.body["fingerprint"],
                confirmed=self.body.get("confirmed", False),
                by=self.actor,
                at=timezone.now(),
            )
        except ValidationError as refusal:
            raise with_quote(refusal, lambda: self.quote(asked)) from refusal
        return self.answer(approved)


class DeclineView(RequestApiView):
    scopes: ClassVar = {"POST": Scope.DECIDE_REQUESTS}

    @operation(
        "decline_request", answer=SeatRequestSerializer, body=DeclineSerializer,
        refuses=(*_DECIDED, errors.REQUEST_CHANGED),
    )  # fmt: skip
    def post(self, request: Request, seat_request: str) -> Response:
        """Decline a request, with a note to everyone who asked."""
        declined = decline_request(
            seat_request=self.request_of(seat_request),
            note=self.body["note"],
            expected=str(self.body.get("seats", "")),
            by=self.actor,
            at=timezone.now(),
        )
        return self.answer(declined)

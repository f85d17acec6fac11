"""Webhooks of the account: added, changed, rotated, tried and deleted, as on their page."""

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views import ONCE, AccountApiView
from accounts.errors import ONLY_ROLES_GIVE
from accounts.permissions import Scope
from core.api.ids import public_id, row_of
from core.api.operations import operation
from core.api.pages import CursorPages
from core.credentials import Overlap
from events import errors
from events.actions import (
    add_endpoint,
    change_endpoint,
    delete_endpoint,
    rotate_secret,
    send_again,
    send_test,
    switch_off,
    switch_on,
)
from events.api.webhook_serializers import (
    ChangeEndpointSerializer,
    DeliveriesSerializer,
    DeliverySerializer,
    EndpointSerializer,
    EndpointWithSecretSerializer,
    NewEndpointSerializer,
    RotateSerializer,
    WholeDeliverySerializer,
)
from events.ids import DELIVERY, ENDPOINT
from events.models import Delivery, WebhookEndpoint
from events.selectors.webhooks import webhooks_of

_WHAT = (errors.BAD_URL, errors.NOT_OF_THE_INTERNET, errors.NO_EVENT_TYPE)


class EndpointApiView(AccountApiView):
    """The webhooks of the account that are not deleted."""

    scopes: ClassVar = dict.fromkeys(("GET", "POST", "PATCH", "DELETE"), Scope.MANAGE_WEBHOOKS)
    refuses = (ONLY_ROLES_GIVE,)

    def endpoint(self, said: str) -> WebhookEndpoint:
        """Raises ValidationError `not_found`."""
        return row_of(webhooks_of(self.account), ENDPOINT, said)

    def with_secret(self, endpoint: WebhookEndpoint, status: int, **headers: str) -> Response:
        """Raises Http404 once it is deleted: who sends the same again is told so."""
        row = get_object_or_404(webhooks_of(self.account), pk=endpoint.pk)
        return Response(EndpointWithSecretSerializer(row).data, status, headers=headers)

    def by_now(self) -> dict[str, Any]:
        """Who acts, and when."""
        return {"by": self.actor, "at": timezone.now()}

    def written(self, delivery: Delivery, status: int, **headers: str) -> Response:
        row = Delivery.objects.of_account(self.account).get(pk=delivery.pk)
        return Response(WholeDeliverySerializer(row).data, status, headers=headers)


class EndpointsView(EndpointApiView):
    @operation("list_webhook_endpoints", answer=EndpointSerializer, pages=True)
    def get(self, request: Request) -> Response:
        """The webhooks of the account."""
        return CursorPages().answer(webhooks_of(self.account), EndpointSerializer, self)

    @operation(
        "add_webhook_endpoint", answer=EndpointWithSecretSerializer, body=NewEndpointSerializer,
        status=201, once=True, refuses=(*ONCE, *_WHAT, errors.TOO_MANY_ENDPOINTS),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Tell an address what happens, from now on.

        The answer has the secret with which it checks what it gets; no other answer does.
        """
        asked = {"event_types": None, **self.body}
        made = add_endpoint(**asked, idempotency_key=self.idempotency_key, **self.by_now())
        address = reverse("api_webhook_endpoint", args=[public_id(ENDPOINT, made.pk)])
        return self.with_secret(made, 201, Location=address)


class EndpointView(EndpointApiView):
    @operation("get_webhook_endpoint", answer=EndpointSerializer)
    def get(self, request: Request, endpoint: str) -> Response:
        """One webhook."""
        return Response(EndpointSerializer(self.endpoint(endpoint)).data)

    @operation(
        "change_webhook_endpoint", answer=EndpointSerializer, body=ChangeEndpointSerializer,
        refuses=_WHAT,
    )  # fmt: skip
    def patch(self, request: Request, endpoint: str) -> Response:
        """Change its address or its events, switch it off or on.

        What is left out stays as it is. What waits goes to the new address; where it is
        switched off, it is given up.
        """
        row, changes = self.endpoint(endpoint), dict(self.body)
        enabled = changes.pop("enabled", None)
        row = change_endpoint(endpoint=row, changes=changes, **self.by_now())
        if enabled is not None:
            row = (switch_on if enabled else switch_off)(endpoint=row, **self.by_now())
        return Response(EndpointSerializer(row).data)

    @operation("delete_webhook_endpoint", status=204)
    def delete(self, request: Request, endpoint: str) -> Response:
        """Delete a webhook: nothing more is sent, not even what waits."""
        delete_endpoint(endpoint=self.endpoint(endpoint), **self.by_now())
        return Response(status=204)


class RotateView(EndpointApiView):
    @operation(
        "rotate_webhook_secret", answer=EndpointWithSecretSerializer, body=RotateSerializer,
        once=True, refuses=ONCE,
    )  # fmt: skip
    def post(self, request: Request, endpoint: str) -> Response:
        """Sign with a new secret.

        For as long as you say, everything is signed with the one before as well.
        """
        row = rotate_secret(
            endpoint=self.endpoint(endpoint),
            overlap=Overlap(self.body["overlap_hours"]),
            idempotency_key=self.idempotency_key,
            **self.by_now(),
        )
        return self.with_secret(row, 200)


class TestView(EndpointApiView):
    @operation(
        "test_webhook_endpoint", answer=WholeDeliverySerializer, status=201, once=True,
        refuses=(*ONCE, errors.SWITCHED_OFF),
    )  # fmt: skip
    def post(self, request: Request, endpoint: str) -> Response:
        """Send something that means nothing, signed as everything else.

        It goes out in a moment; read the delivery to see what was answered.
        """
        sent = send_test(
            endpoint=self.endpoint(endpoint),
            idempotency_key=self.idempotency_key,
            **self.by_now(),
        )
        address = reverse("api_delivery", args=[public_id(DELIVERY, sent.pk)])
        return self.written(sent, 201, Location=address)


class DeliveryApiView(EndpointApiView):
    def delivery(self, said: str) -> Delivery:
        """Raises ValidationError `not_found`."""
        return row_of(Delivery.objects.of_account(self.account), DELIVERY, said)


class DeliveriesView(DeliveryApiView):
    @operation("list_deliveries", answer=DeliverySerializer, pages=True, query=DeliveriesSerializer)
    def get(self, request: Request) -> Response:
        """What was sent in the last 30 days, oldest first, as the filters find it."""
        names = {"webhook_endpoint": "endpoint", "status": "entry__status"}
        wanted = {names[k]: self.query[k] for k in names if k in self.query}
        found = Delivery.objects.of_account(self.account).filter(**wanted)
        return CursorPages().answer(found, DeliverySerializer, self)


class DeliveryView(DeliveryApiView):
    @operation("get_delivery", answer=WholeDeliverySerializer)
    def get(self, request: Request, delivery: str) -> Response:
        """One delivery: what was sent, every try, and the next one."""
        return self.written(self.delivery(delivery), 200)


class SendAgainView(DeliveryApiView):
    @operation(
        "send_delivery_again", answer=WholeDeliverySerializer, refuses=(errors.SWITCHED_OFF,)
    )
    def post(self, request: Request, delivery: str) -> Response:
        """Send a delivery again, whatever became of it.

        Its message id stays, so that a receiver that has it can tell.
        """
        again = send_again(delivery=self.delivery(delivery), **self.by_now())
        return self.written(again, 200)

"""Both histories as one feed, in an order in which nobody who reads on misses anything (D19)."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actions import number_events
from accounts.api.actors import ActorSerializer
from accounts.api.ids import MEMBER
from accounts.models import Event
from accounts.permissions import Scope
from core.api.ids import PublicIdField, public_id, row_of
from core.api.operations import operation
from core.api.pages import FeedPages, PageSerializer
from core.api.schema_parts import EXAMPLE_HOST
from core.api.serializers import Constant
from events.ids import EVENT
from events.resources import RESOURCES, id_of, path_of
from events.selectors.facts import EventFacts, facts_of
from events.selectors.types import TYPES
from subscriptions.api.ids import ORDER, POOL, REQUEST
from subscriptions.api.views import RenewedApiView
from subscriptions.models import Currency


class ResourceSerializer(serializers.Serializer):
    """What an event is about."""

    object = serializers.ChoiceField(list(RESOURCES))
    id = serializers.CharField()
    url = serializers.URLField(
        allow_null=True, help_text="Where to read it as it is now; null where there is no address."
    )


class EventSerializer(serializers.Serializer):
    """Something that happened, as history says it; what does not concern it is null or empty."""

    id = PublicIdField(EVENT, source="event.pk")
    object = Constant("event")
    type = serializers.ChoiceField(TYPES, source="event.type")
    created_at = serializers.DateTimeField(source="event.at", help_text="When it happened.")
    resource = serializers.SerializerMethodField()
    by = ActorSerializer()
    pool = PublicIdField(POOL, source="pool_id", allow_null=True)
    member = PublicIdField(
        MEMBER, source="member_id", allow_null=True, help_text="Whom it happened to, or who asked."
    )
    seat_request = PublicIdField(REQUEST, source="seat_request_id", allow_null=True)
    order = PublicIdField(ORDER, source="order_id", allow_null=True)
    before = serializers.DictField(
        help_text="Of a pool: `purchased`, `at_renewal`, `assigned`; of a member: what changed."
    )
    after = serializers.DictField(help_text="As `before`.")
    cents = serializers.IntegerField(allow_null=True, help_text="What it charged at once.")
    currency = serializers.ChoiceField(Currency.choices, allow_null=True)
    example: ClassVar = {
        "id": public_id(EVENT, 42),
        "object": "event",
        "type": "pool.seats_bought",
        "created_at": "2026-11-23T12:00:00Z",
        "resource": {
            "object": "pool",
            "id": public_id(POOL, 1),
            "url": f"{EXAMPLE_HOST}/api/v1/pools/{public_id(POOL, 1)}",
        },
        "by": ActorSerializer.example,
        "pool": public_id(POOL, 1),
        "member": None,
        "seat_request": None,
        "order": public_id(ORDER, 1),
        "before": {"purchased": 10, "at_renewal": 10, "assigned": 9},
        "after": {"purchased": 12, "at_renewal": 12, "assigned": 9},
        "cents": 14567,
        "currency": "EUR",
    }

    @extend_schema_field(ResourceSerializer)
    def get_resource(self, facts: EventFacts) -> dict[str, Any]:
        path = path_of(facts.event)
        url = self.context["request"].build_absolute_uri(path) if path else None
        return {"object": facts.event.object, "id": id_of(facts.event), "url": url}


class FeedSerializer(PageSerializer):
    """The filters of the feed."""

    type = serializers.ChoiceField(TYPES, required=False)
    object = serializers.ChoiceField(
        list(RESOURCES), required=False, help_text="What kind of thing it is about."
    )


class EventsView(RenewedApiView):
    scopes: ClassVar = {"GET": Scope.READ_HISTORY}

    @operation("list_events", answer=EventSerializer, pages=FeedPages, query=FeedSerializer)
    def get(self, request: Request) -> Response:
        """What happened in the account, in an order that stays.

        What comes later stands behind what you have read, never before it. On the last page
        `has_more` is false, and `next` leads on all the same: ask there again for what is new.
        """
        number_events()
        wanted = {k: self.query[k] for k in ("type", "object") if k in self.query}
        pages = FeedPages()
        page = pages.page_of(Event.objects.of_account(self.account).filter(**wanted), self)
        context = {"request": request}
        written = EventSerializer(facts_of(page), many=True, context=context)
        return pages.get_paginated_response(written.data)


class EventView(RenewedApiView):
    scopes: ClassVar = {"GET": Scope.READ_HISTORY}

    @operation("get_event", answer=EventSerializer)
    def get(self, request: Request, event: str) -> Response:
        """One thing that happened."""
        number_events()
        found = row_of(Event.objects.of_account(self.account), EVENT, event)
        [facts] = facts_of([found])
        return Response(EventSerializer(facts, context={"request": request}).data)

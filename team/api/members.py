"""The people of an account and the seats they hold."""

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.ids import MEMBER
from accounts.models import Membership, Status
from accounts.permissions import Role, Scope
from core.api.ids import PublicIdField, public_id, row_of
from core.api.operations import operation
from core.api.pages import CursorPages, PageSerializer
from core.api.serializers import Constant, Text
from subscriptions.api.ids import POOL
from subscriptions.api.views import RenewedApiView
from team.selectors.members import (
    INVITATION_EXPIRED,
    NO_SEAT,
    SUSPENDED_WITH_SEAT,
    Search,
    people_of,
)

_PRESENT = [value for value in Status.values if value != Status.REMOVED]


class MemberSerializer(serializers.Serializer):
    """A person in the account; `seats` are the pools whose seats they hold."""

    id = PublicIdField(MEMBER, source="pk")
    object = Constant("member")
    name = serializers.CharField()
    email = serializers.EmailField(source="user.email")
    role = serializers.ChoiceField(Role.choices)
    status = serializers.ChoiceField(_PRESENT)
    seats = serializers.SerializerMethodField()
    added_at = serializers.DateTimeField()
    last_visited_at = serializers.DateTimeField(allow_null=True)
    invitation_expires_at = serializers.DateTimeField(allow_null=True)
    example: ClassVar = {
        "id": public_id(MEMBER, 3),
        "object": "member",
        "name": "Grace Hopper",
        "email": "grace@acme.example",
        "role": "agent",
        "status": "active",
        "seats": [public_id(POOL, 1)],
        "added_at": "2026-01-12T08:00:00Z",
        "last_visited_at": "2026-11-23T07:00:00Z",
        "invitation_expires_at": None,
    }

    @extend_schema_field(serializers.ListField(child=PublicIdField(POOL)))
    def get_seats(self, member: Membership) -> list[str]:
        return [public_id(POOL, seat.pool_id) for seat in member.seat_assignments.all()]


class PoolFilter(PublicIdField):
    """A pool, or `none` for those without a seat."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(POOL, **kwargs)

    @property
    def pattern(self) -> str:
        return f"({super().pattern}|{NO_SEAT})"

    def to_internal_value(self, data: Any) -> Any:
        return data if data == NO_SEAT else super().to_internal_value(data)


class MembersSerializer(PageSerializer):
    """The filters of the page Team members; without a role, end users are left out."""

    search = Text(
        required=False,
        max_length=200,
        help_text="Words of the name or the address, each from its beginning.",
    )
    role = serializers.ChoiceField(Role.choices, required=False)
    pool = PoolFilter(required=False, help_text="Who has a seat of it; `none`: who has none.")
    status = serializers.ChoiceField(
        [*_PRESENT, SUSPENDED_WITH_SEAT, INVITATION_EXPIRED], required=False
    )


class MembersView(RenewedApiView):
    scopes: ClassVar = {"GET": Scope.READ_TEAM}

    @operation("list_members", answer=MemberSerializer, pages=True, query=MembersSerializer)
    def get(self, request: Request) -> Response:
        """The team members that the filters find."""
        asked = self.query
        search = Search(
            text=asked.get("search", ""),
            role=asked.get("role", ""),
            pool=str(asked.get("pool", "")),
            status=asked.get("status", ""),
        )
        found = people_of(self.account, search, timezone.now())
        return CursorPages().answer(found, MemberSerializer, self)


class MemberView(RenewedApiView):
    scopes: ClassVar = {"GET": Scope.READ_TEAM}

    @operation("get_member", answer=MemberSerializer)
    def get(self, request: Request, member: str) -> Response:
        """One person of the account."""
        people = self.account.memberships.present().select_related("user")
        return Response(MemberSerializer(row_of(people, MEMBER, member)).data)

"""What is said about the people of an account, and what can be asked of them."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.ids import MEMBER
from accounts.models import Membership, Status
from accounts.permissions import TEAM_ROLES, Role
from core.api.ids import PublicIdField, public_id
from core.api.pages import PageSerializer
from core.api.serializers import Constant, FormText, StrictSerializer, Text
from core.fields import AddressField, NameField
from subscriptions.api.ids import POOL
from team.selectors.members import INVITATION_EXPIRED, NO_SEAT, SUSPENDED_WITH_SEAT

_NEW = [(role.value, role.label) for role in TEAM_ROLES if role != Role.OWNER]
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
        [*_PRESENT, SUSPENDED_WITH_SEAT, INVITATION_EXPIRED],
        required=False,
        help_text="`invited`: whose invitation is open; `invitation_expired`: whose is too old.",
    )


class SeatsField(serializers.ListField):
    """The pools that a member is to have a seat of."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            child=PublicIdField(POOL), max_length=100, required=False, source="pool_ids", **kwargs
        )


class RoleField(serializers.ChoiceField):
    def to_internal_value(self, data: Any) -> Role:
        return Role(super().to_internal_value(data))


class InviteSerializer(StrictSerializer):
    """A new person, with seats from the invitation on."""

    email = FormText(AddressField())
    name = FormText(NameField())
    role = RoleField(_NEW)
    seats = SeatsField(help_text="An agent needs at least one.")
    example: ClassVar = {
        "email": "grace@acme.example",
        "name": "Grace Hopper",
        "role": "agent",
        "seats": [public_id(POOL, 1)],
    }


class ChangeMemberSerializer(StrictSerializer):
    """What is to be different; what is left out stays."""

    name = FormText(NameField(), required=False)
    role = RoleField(Role.choices, required=False)
    seats = SeatsField(help_text="Exactly these, and no others.")
    example: ClassVar = {"role": "admin"}


class ReactivateSerializer(StrictSerializer):
    """For an agent without a seat alone: what they come back as."""

    role = RoleField(Role.choices, required=False)
    seats = SeatsField()
    example: ClassVar = {"seats": [public_id(POOL, 1)]}

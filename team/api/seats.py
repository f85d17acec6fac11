"""One seat of one member, given and taken."""

from collections.abc import Callable
from typing import ClassVar

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Membership
from accounts.permissions import Scope
from core.api.ids import row_of
from core.api.operations import operation
from subscriptions import errors as seat_errors
from subscriptions.api.ids import POOL
from subscriptions.models import SeatPool
from team import errors
from team.actions import give_seat, take_seat
from team.api.member_serializers import MemberSerializer
from team.api.members import PEOPLE, MemberApiView


class SeatView(MemberApiView):
    """The same again changes nothing, so whoever got no answer can send it again."""

    scopes: ClassVar = {"PUT": Scope.MANAGE_TEAM, "DELETE": Scope.MANAGE_TEAM}
    refuses = PEOPLE

    @operation(
        "give_seat", answer=MemberSerializer, if_match=True,
        refuses=(seat_errors.NO_SEAT, errors.END_USER_HAS_SEAT, errors.EXPIRED_INVITATION),
    )  # fmt: skip
    def put(self, request: Request, pool: str, member: str) -> Response:
        """Give a member a seat of this pool.

        The last one goes to one of those who ask at the same moment; the others are told
        `no_seat`.
        """
        return self.act(give_seat, pool, member)

    @operation(
        "take_seat", answer=MemberSerializer, if_match=True, refuses=(errors.AGENT_NEEDS_SEAT,)
    )
    def delete(self, request: Request, pool: str, member: str) -> Response:
        """Release a member's seat of this pool.

        Not an agent's last one: downgrade or suspend them instead.
        """
        return self.act(take_seat, pool, member)

    def act(self, action: Callable[..., Membership], pool: str, member: str) -> Response:
        seats = self.pool(pool)
        with self.changed(member) as person:
            return self.answer(
                action(membership=person, pool=seats, by=self.actor, at=timezone.now())
            )

    def pool(self, said: str) -> SeatPool:
        """Raises ValidationError `not_found`."""
        return row_of(SeatPool.objects.filter(subscription=self.bought), POOL, said)

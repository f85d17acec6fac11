"""What is done to a person of the account, as by the buttons on their page."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import errors as account_errors
from accounts.actions import suspend
from accounts.models import Membership
from accounts.permissions import Scope
from core.api.operations import operation
from subscriptions import errors as seat_errors
from subscriptions.actions import invite_again
from team.actions import downgrade_to_end_user, reactivate_member, release_seats
from team.api.member_serializers import MemberSerializer, ReactivateSerializer
from team.api.members import INVITATIONS, PEOPLE, SEATS, MemberApiView


class MemberActionView(MemberApiView):
    scopes: ClassVar = {"POST": Scope.MANAGE_TEAM}
    refuses = PEOPLE

    def act(self, action: Callable[..., Membership], member: str, **more: Any) -> Response:
        """Do it to the member of this id."""
        with self.changed(member) as person:
            return self.answer(action(membership=person, by=self.actor, at=timezone.now(), **more))


class SuspendView(MemberActionView):
    @operation(
        "suspend_member", answer=MemberSerializer, if_match=True,
        refuses=(account_errors.NOT_ACTIVE,),
    )  # fmt: skip
    def post(self, request: Request, member: str) -> Response:
        """Suspend a member: no access, until reactivated.

        Their seats are kept, and paid for.
        """
        return self.act(suspend, member)


class ReactivateView(MemberActionView):
    @operation(
        "reactivate_member", answer=MemberSerializer, if_match=True, body=ReactivateSerializer,
        refuses=(account_errors.NOT_SUSPENDED, account_errors.OWNER_NOT_GIVEN, *SEATS),
    )  # fmt: skip
    def post(self, request: Request, member: str) -> Response:
        """Let a suspended member in again.

        An agent without a seat needs one, or another role; for everyone else, role and seats
        stay as they are.
        """
        return self.act(reactivate_member, member, **self.body)


class DowngradeView(MemberActionView):
    @operation("downgrade_member", answer=MemberSerializer, if_match=True)
    def post(self, request: Request, member: str) -> Response:
        """Downgrade a member to end user, without a seat."""
        return self.act(downgrade_to_end_user, member)


class ReleaseView(MemberActionView):
    @operation("release_seats", answer=MemberSerializer, if_match=True)
    def post(self, request: Request, member: str) -> Response:
        """Release every seat of a member.

        An agent becomes an end user by it, unless suspended.
        """
        return self.act(release_seats, member)


class ResendView(MemberActionView):
    @operation(
        "resend_invitation", answer=MemberSerializer, if_match=True,
        refuses=(account_errors.NOT_INVITED, seat_errors.NO_SEAT, *INVITATIONS),
    )  # fmt: skip
    def post(self, request: Request, member: str) -> Response:
        """Send an invitation again, with a new link.

        One that expired takes its seats again; where one of them is gone, nothing is sent.
        """
        return self.act(invite_again, member)

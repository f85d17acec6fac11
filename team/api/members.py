"""The people of an account: read, invited, changed and removed."""

from typing import ClassVar

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import errors as account_errors
from accounts.api.ids import MEMBER
from accounts.api.views import ONCE
from accounts.models import Membership
from accounts.models.members import MembershipQuerySet
from accounts.permissions import Scope
from core.api.ids import public_id, row_of
from core.api.operations import operation
from core.api.pages import CursorPages
from subscriptions import errors as seat_errors
from subscriptions.api.views import RenewedApiView
from team import errors
from team.actions import add_member, change_parts, remove_member
from team.api.member_serializers import (
    ChangeMemberSerializer,
    InviteSerializer,
    MemberSerializer,
    MembersSerializer,
)
from team.selectors.members import Search, people_of

# Why a person cannot be touched, a role not be given, a seat not be taken.
PEOPLE = (
    account_errors.ONLY_ROLES_GIVE,
    account_errors.ONLY_OWNER_GIVES,
    account_errors.OWNER_UNCHANGED,
    account_errors.REMOVED,
)
SEATS = (
    errors.AGENT_NEEDS_SEAT,
    errors.END_USER_HAS_SEAT,
    seat_errors.NO_SEAT,
    seat_errors.UNKNOWN_POOL,
)
INVITATIONS = (account_errors.TOO_MANY_TO_ONE, account_errors.TOO_MANY_FROM_ACCOUNT)


class MemberApiView(RenewedApiView):
    """The people of the account, removed ones excepted."""

    def people(self) -> MembershipQuerySet:
        return self.account.memberships.present().select_related("user", "account")

    def member(self, said: str) -> Membership:
        """Raises ValidationError `not_found`."""
        return row_of(self.people(), MEMBER, said)

    def answer(self, member: Membership, status: int = 200, **headers: str) -> Response:
        """The member as they are now. Raises Http404 once they are removed."""
        row = get_object_or_404(self.people(), pk=member.pk)
        return Response(MemberSerializer(row).data, status, headers=headers)


class MembersView(MemberApiView):
    scopes: ClassVar = {"GET": Scope.READ_TEAM, "POST": Scope.MANAGE_TEAM}

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

    @operation(
        "invite_member", answer=MemberSerializer, body=InviteSerializer, status=201, once=True,
        refuses=(*ONCE, *PEOPLE, *SEATS, *INVITATIONS,
                 account_errors.ALREADY_MEMBER, account_errors.SUSPENDED),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Invite a person.

        Their seats are taken from the invitation on, so a full pool refuses it and nothing
        is sent.
        """
        member = add_member(
            **{"pool_ids": [], **self.body},
            idempotency_key=self.idempotency_key,
            by=self.actor,
            at=timezone.now(),
        )
        address = reverse("api_member", args=[public_id(MEMBER, member.pk)])
        return self.answer(member, status=201, Location=address)


class MemberView(MemberApiView):
    scopes: ClassVar = {
        "GET": Scope.READ_TEAM,
        "PATCH": Scope.MANAGE_TEAM,
        "DELETE": Scope.MANAGE_TEAM,
    }

    @operation("get_member", answer=MemberSerializer)
    def get(self, request: Request, member: str) -> Response:
        """One person of the account."""
        return self.answer(self.member(member))

    @operation(
        "change_member", answer=MemberSerializer, body=ChangeMemberSerializer,
        refuses=(*PEOPLE, *SEATS, account_errors.OWNER_NOT_GIVEN, errors.EXPIRED_INVITATION,),
    )  # fmt: skip
    def patch(self, request: Request, member: str) -> Response:
        """Change a member's name, role or seats.

        What is left out stays as it is, whoever changes it at the same moment.
        """
        person, now = self.member(member), timezone.now()
        return self.answer(change_parts(membership=person, by=self.actor, at=now, **self.body))

    @operation("remove_member", status=204, refuses=PEOPLE)
    def delete(self, request: Request, member: str) -> Response:
        """Remove a member, or withdraw their invitation.

        Their seats become available at once; their history is kept.
        """
        remove_member(membership=self.member(member), by=self.actor, at=timezone.now())
        return Response(status=204)

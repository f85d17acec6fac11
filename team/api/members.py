"""The people of an account: read, invited, changed and removed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.db import transaction
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
from core.api.etags import ASKED_AGAIN, etag_of, is_named
from core.api.ids import public_id, row_of
from core.api.operations import operation
from core.api.pages import CursorPages
from core.errors import CHANGED_SINCE
from subscriptions import errors as seat_errors
from subscriptions.api.views import RenewedApiView
from team import errors
from team.actions import add_member, change_parts, lock_with_all_pools, remove_member
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
IF_MATCH = "If-Match"
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
        said = self.said_of(member)
        return Response(said, status, headers={**headers, "ETag": etag_of(said)})

    def said_of(self, member: Membership) -> Any:
        return MemberSerializer(get_object_or_404(self.people(), pk=member.pk)).data

    @contextmanager
    def changed(self, said: str) -> Iterator[Membership]:
        """The member, to be changed inside; with If-Match, only as it names them.

        Nobody else changes them in between. Raises ValidationError `not_found`, `changed_since`.
        """
        member = self.member(said)
        if IF_MATCH not in self.request.headers:
            yield member
            return
        with transaction.atomic():
            lock_with_all_pools(member)
            if not is_named(etag_of(self.said_of(member)), IF_MATCH, self.request):
                raise CHANGED_SINCE.error()
            yield member


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

    @operation("get_member", answer=MemberSerializer, etag=True)
    def get(self, request: Request, member: str) -> Response:
        """One person of the account.

        With its ETag as `If-Match`, they are changed as long as they are what was read.
        """
        said = self.said_of(self.member(member))
        kept = {"ETag": etag_of(said), "Cache-Control": ASKED_AGAIN}
        if is_named(kept["ETag"], "If-None-Match", request):
            return Response(status=304, headers=kept)
        return Response(said, headers=kept)

    @operation(
        "change_member", answer=MemberSerializer, body=ChangeMemberSerializer, if_match=True,
        refuses=(*PEOPLE, *SEATS, account_errors.OWNER_NOT_GIVEN, errors.EXPIRED_INVITATION,),
    )  # fmt: skip
    def patch(self, request: Request, member: str) -> Response:
        """Change a member's name, role or seats.

        What is left out stays as it is, whoever changes it at the same moment.
        """
        with self.changed(member) as person:
            return self.answer(
                change_parts(membership=person, by=self.actor, at=timezone.now(), **self.body)
            )

    @operation("remove_member", status=204, if_match=True, refuses=PEOPLE)
    def delete(self, request: Request, member: str) -> Response:
        """Remove a member, or withdraw their invitation.

        Their seats become available at once; their history is kept.
        """
        with self.changed(member) as person:
            remove_member(membership=person, by=self.actor, at=timezone.now())
        return Response(status=204)

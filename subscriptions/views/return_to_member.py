"""Seats for a person who waits to be added, and the way back to them (R18): `?then=`."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.access import MemberRequest
from accounts.permissions import Permission

ADD_MEMBER = "add_member"
# Opens the form also where no seat is left.
WITHOUT_SEAT = "seat=none"


def next_step(request: MemberRequest) -> str:
    """What comes after the seats: `add_member`, where a person waits to be added (R18)."""
    is_next = request.GET.get("then") == ADD_MEMBER
    return ADD_MEMBER if is_next and request.membership.may(Permission.MANAGE_TEAM) else ""


def redirect_after_seats(request: MemberRequest, page: str) -> HttpResponse:
    """On to the person the bought seats are for (R18); else to `page`."""
    if next_step(request):
        return redirect(ADD_MEMBER, account=request.membership.account.slug)
    return redirect(page, account=request.membership.account.slug)


def cancel_url(request: MemberRequest, page: str) -> str:
    """Back to the person waiting to be added, with or without a seat; else to `page`."""
    if next_step(request):
        return add_member_url(request)
    return reverse(page, args=[request.membership.account.slug])


def add_member_url(request: MemberRequest) -> str:
    """The form for a new person, opened also where no seat is left."""
    return f"{reverse(ADD_MEMBER, args=[request.membership.account.slug])}?{WITHOUT_SEAT}"


def return_context(request: MemberRequest) -> dict[str, Any]:
    """What a page needs to lead back to the person waiting to be added (R18)."""
    then = next_step(request)
    return {"then": then, "add_member_url": add_member_url(request) if then else ""}

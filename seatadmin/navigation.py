"""The left navigation, the account switcher and "+ Add", from what the person may do."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Account, Membership
from accounts.permissions import Permission
from seatadmin.lit import lit_entry
from subscriptions.models import SeatRequest


@dataclass(frozen=True)
class Item:
    label: str
    url: str
    current: bool
    count: int | None = None


@dataclass(frozen=True)
class Group:
    label: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class AccountLink:
    name: str
    url: str
    current: bool


@dataclass(frozen=True)
class Navigation:
    groups: tuple[Group, ...]
    accounts: tuple[AccountLink, ...]
    account: Account | None
    add_user_url: str | None
    person: str
    role: str
    is_staff: bool


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `nav`, or None for someone who is not signed in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"nav": None}
    membership: Membership | None = getattr(request, "membership", None)
    account = membership.account if membership else None
    theirs = Account.objects.filter(memberships__in=user.memberships.active())
    nav = Navigation(
        groups=tuple(_groups(request, membership)) if membership else (),
        accounts=tuple(
            AccountLink(a.name, reverse("access", args=[a.slug]), a == account) for a in theirs
        ),
        account=account,
        add_user_url=reverse("add_member", args=[account.slug])
        if account and membership and membership.may(Permission.MANAGE_TEAM)
        else None,
        person=membership.name if membership else str(user),
        role=membership.get_role_display() if membership else "",
        is_staff=user.is_staff,
    )
    return {"nav": nav}


def _groups(request: HttpRequest, membership: Membership) -> list[Group]:
    groups = [
        (_("Account"), [(_("Overview"), "access", Permission.VIEW_OWN_ACCESS)]),
        (
            _("Billing"),
            [
                (_("Subscription"), "subscription", Permission.VIEW_SUBSCRIPTION),
                (_("Requests"), "requests", Permission.REQUEST_SEATS),
            ],
        ),
        (_("People"), [(_("Team members"), "team", Permission.MANAGE_TEAM)]),
    ]
    shown = []
    for label, entries in groups:
        items = [
            _item(request, membership, text, name)
            for text, name, permission in entries
            if membership.may(permission)
        ]
        if items:
            shown.append(Group(label, tuple(items)))
    return shown


def _item(request: HttpRequest, membership: Membership, label: str, name: str) -> Item:
    url = reverse(name, args=[membership.account.slug])
    count = None
    if name == "requests" and membership.may(Permission.DECIDE_REQUESTS):
        count = SeatRequest.objects.of_account(membership.account).open().count() or None
    return Item(label, url, lit_entry(request) == name, count)

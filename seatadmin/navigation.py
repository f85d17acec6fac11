"""The left navigation, the account switcher and "+ Add", from what the person may do."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Account, Membership
from accounts.permissions import Permission
from subscriptions.models import SeatRequest
from subscriptions.rules.routes import route_of


@dataclass(frozen=True)
class Item:
    """One entry; `child_of` is the heading it stands below, inside its group (R5, R11)."""

    label: str
    url: str
    current: bool
    icon: str
    child_of: str = ""
    count: int | None = None


@dataclass(frozen=True)
class Entry:
    """What an item is made from: label, name of its page, icon, who sees it, its heading."""

    label: str
    name: str
    icon: str
    permission: Permission
    child_of: str = ""


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
    """Account → Billing → …, People → Team → …, as the article names the way (R5, R11)."""
    billing, team, subscription = _("Billing"), _("Team"), _("Subscription")
    can_view, can_request = Permission.VIEW_SUBSCRIPTION, Permission.REQUEST_SEATS
    tree = {
        _("Account"): (
            Entry(_("Overview"), "access", "home", Permission.VIEW_OWN_ACCESS),
            Entry(subscription, "subscription", "credit-card", can_view, billing),
            Entry(_("Requests"), "requests", "chat-bubble-left", can_request, billing),
            Entry(_("API tokens"), "api_tokens", "key", Permission.MANAGE_API),
            Entry(_("Webhooks"), "webhooks", "bell-alert", Permission.MANAGE_API),
        ),
        _("People"): (Entry(_("Team members"), "team", "users", Permission.MANAGE_TEAM, team),),
    }
    shown = []
    for label, entries in tree.items():
        items = [_item(request, membership, e) for e in entries if membership.may(e.permission)]
        if items:
            shown.append(Group(label, tuple(items)))
    return shown


def _item(request: HttpRequest, membership: Membership, entry: Entry) -> Item:
    url = reverse(entry.name, args=[membership.account.slug])
    return Item(
        label=entry.label,
        url=url,
        current=current_entry(request) == entry.name,
        icon=entry.icon,
        child_of=entry.child_of,
        count=_waiting_for(membership) if entry.name == "requests" else None,
    )


def _waiting_for(membership: Membership) -> int | None:
    """How many open requests this member can decide; nothing to count where Sales decides (D1)."""
    account = membership.account
    can_buy = route_of(membership).can_buy
    if not (can_buy and membership.may(Permission.DECIDE_REQUESTS)):
        return None
    seats = SeatRequest.objects.of_account(account).open().for_buyers().count()
    if not account.is_self_service:
        return seats or None
    return seats + account.change_requests.open().for_buyers().count() or None


# Pages that have no entry of their own → the entry they lie below, as their breadcrumbs say.
_BELOW = {
    "add_api_token": "api_tokens",
    "rotate_api_token": "api_tokens",
    "revoke_api_token": "api_tokens",
    "webhook": "webhooks",
    "add_webhook": "webhooks",
    "change_webhook": "webhooks",
    "rotate_webhook": "webhooks",
    "switch_webhook_off": "webhooks",
    "switch_webhook_on": "webhooks",
    "delete_webhook": "webhooks",
    "test_webhook": "webhooks",
    "webhook_delivery": "webhooks",
    "send_delivery_again": "webhooks",
    "manage_subscription": "subscription",
    "cancel_scheduled_reduction": "subscription",
    "request_seats": "requests",
    "approve_request": "requests",
    "decline_request": "requests",
    "withdraw_request": "requests",
    "join_request": "requests",
    "resend_request_mails": "requests",
    "request_change": "requests",
    "withdraw_change": "requests",
    "approve_change": "requests",
    "decline_change": "requests",
    "add_seats": "team",
    "add_member": "team",
    "member": "team",
    "member_action": "team",
    "reactivate": "team",
    "transfer_ownership": "team",
}


def current_entry(request: HttpRequest) -> str:
    """The name of the address whose entry is current; empty where there is no such page."""
    match = request.resolver_match
    return entry_of(match.url_name or "") if match else ""


def entry_of(name: str) -> str:
    """The entry above the page with an address of this name; its own, if it has one."""
    return _BELOW.get(name, name)

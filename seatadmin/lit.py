"""Which entry of the navigation is lit: the one whose page stands above the page shown."""

from django.http import HttpRequest

# Pages that have no entry of their own → the entry they lie below, as their breadcrumbs say.
_BELOW = {
    "manage_subscription": "subscription",
    "keep_seats": "subscription",
    "request_seats": "requests",
    "approve_request": "requests",
    "decline_request": "requests",
    "withdraw_request": "requests",
    "add_seats": "team",
    "add_member": "team",
    "member": "team",
    "member_action": "team",
    "reactivate": "team",
    "transfer_ownership": "team",
}


def lit_entry(request: HttpRequest) -> str:
    """The name of the address whose entry is lit; empty where there is no such page."""
    match = request.resolver_match
    return entry_of(match.url_name or "") if match else ""


def entry_of(name: str) -> str:
    """The entry above the page with an address of this name; its own, if it has one."""
    return _BELOW.get(name, name)

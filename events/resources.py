"""What an event is about, as its kind is called, and where that is read."""

from typing import NamedTuple

from django.urls import reverse

from accounts.api.ids import ACCOUNT, MEMBER, TOKEN
from accounts.models import Account, Event
from core.api.ids import public_id
from events.ids import ENDPOINT
from subscriptions.api.ids import CHANGE_REQUEST, POOL, REQUEST, SUBSCRIPTION


class Resource(NamedTuple):
    """The prefix of its ids, and the name of its address; empty where there is none."""

    prefix: str
    address: str


RESOURCES = {
    "account": Resource(ACCOUNT, "api_account"),
    "api_token": Resource(TOKEN, ""),
    "change_request": Resource(CHANGE_REQUEST, ""),
    "member": Resource(MEMBER, "api_member"),
    "pool": Resource(POOL, "api_pool"),
    # Of an account there is one, at an address without an id.
    "subscription": Resource(SUBSCRIPTION, ""),
    "seat_request": Resource(REQUEST, "api_request"),
    "webhook_endpoint": Resource(ENDPOINT, "api_webhook_endpoint"),
}


def id_of(event: Event) -> str:
    """The public id of what it is about."""
    return public_id(RESOURCES[event.object].prefix, event.object_id)


def path_of(event: Event) -> str | None:
    """Where to read what it is about; None for what the API does not show."""
    address = RESOURCES[event.object].address
    if event.object == Account.EVENT_OBJECT:
        # A token opens one account only, so its address needs no id.
        return reverse(address)
    return reverse(address, args=[id_of(event)]) if address else None

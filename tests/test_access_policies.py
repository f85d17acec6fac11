"""Access policies: every address of ours says who may come in."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import Membership
from accounts.permissions import Permission
from tests.conftest import ClientFor

OURS = ("accounts.", "core.", "events.", "subscriptions.", "team.", "seatadmin.")


def addresses(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the URL configuration that leads to a view of ours."""
    for entry in resolver.url_patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, address)
        elif entry.callback.__module__.startswith(OURS):
            yield address, entry


EVERYWHERE = dict(addresses(get_resolver()))
# The admin has one access policy for all of its pages, the site's own.
ADMIN = [address for address in EVERYWHERE if address.startswith("admin/")]
ADDRESSES = {address: EVERYWHERE[address] for address in EVERYWHERE if address not in ADMIN}


def test_there_are_addresses_to_look_at() -> None:
    assert "a/<slug:account>/subscription/" in ADDRESSES
    assert "" in ADDRESSES


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_address_says_who_may_come_in(address: str) -> None:
    callback: Any = ADDRESSES[address].callback
    # A view of the API is a class, which says it for all of its methods.
    policy = getattr(getattr(callback, "view_class", callback), "access_policy", None)
    assert policy in (*Permission, "signed_in", "public", "key")


@pytest.mark.parametrize("address", [a for a in ADDRESSES if "<slug:account>" in a])
def test_an_accounts_address_names_a_permission(address: str) -> None:
    """D8: nothing under /a/<account>/ is open to whoever is signed in."""
    assert isinstance(ADDRESSES[address].callback.access_policy, Permission)  # type: ignore[attr-defined]


# All but the page to sign in on, which lets nobody in either: see tests/access/admin.txt.
@pytest.mark.parametrize("address", [a for a in ADMIN if a != "admin/login/"])
def test_every_address_of_the_admin_is_for_staff(
    address: str, client_for: ClientFor, acme_owner: Membership
) -> None:
    """D8: even the owner of an account is sent to sign in as someone else."""
    url = "/" + re.sub("<[^>]+>", "1", address)
    for answer in (client_for(acme_owner).get(url), client_for(acme_owner).post(url)):
        assert answer.status_code == 302
        assert "/admin/login/" in answer.url

"""Requests that no browser sends of itself, and answers that no cache may keep."""

from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from core.middleware import NothingStored
from tests.access.addresses import addresses, url
from tests.world import World

pytestmark = pytest.mark.any_database

ADDRESSES = sorted(set(addresses()))
BROKEN = {
    "no boundary": ("multipart/form-data", b"x"),
    "an empty one": ("multipart/form-data; boundary=", b"x"),
    "an impossible one": ("multipart/form-data; boundary=\u00fc", b"x"),
}


@pytest.mark.parametrize("who", ["anonymous", "owner", "root"])
def test_what_get_answers_head_answers_too(who: str, world: World) -> None:
    different = {}
    for address in ADDRESSES:
        there = url(address, world.homes["self"])
        got, head = world.client(who).get(there), world.client(who).head(there)
        if got.status_code != head.status_code or b"".join(head):
            different[address] = (got.status_code, head.status_code)
    assert different == {}


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_form_whose_parts_cannot_be_told_apart_is_a_400(
    broken: tuple[str, bytes], debug: bool, world: World, settings: Any
) -> None:
    """Also where there is no page, and where the address lacks its slash."""
    settings.DEBUG = debug
    kind, body = broken
    for path in ("/nowhere/", "/nowhere", "/a/self/team/add", "/a/self/team/add/", "/auth/login/"):
        for who in ("anonymous", "owner"):
            answer = world.client(who).generic("POST", path, body, content_type=kind)
            assert answer.status_code == 400, (path, who)


@pytest.mark.parametrize("who", ["owner", "suspended", "root"])
def test_what_a_signed_in_person_sees_is_kept_by_no_cache(who: str, world: World) -> None:
    kept = []
    for address in ADDRESSES:
        for method in ("GET", "POST"):
            there = url(address, world.homes["self"])
            before = transaction.savepoint()
            answer = world.client(who).generic(method, there)
            # Some sign out, and would end the session for all that follow.
            transaction.savepoint_rollback(before)
            says = answer.headers.get("Cache-Control", "")
            if "private" not in says or "no-store" not in says:
                kept.append((method, address, says))
    assert kept == []


def test_pages_before_signing_in_may_be_kept(world: World) -> None:
    """Nothing on them is anybody's: a browser may go back to them."""

    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    request = RequestFactory().get("/")
    request.user = world.client("anonymous").get("/auth/inactive/").wsgi_request.user
    assert "Cache-Control" not in NothingStored(page)(request).headers

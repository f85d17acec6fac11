"""The last visit: to this account, to the hour, and nobody waits for it."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import suspend
from accounts.models import Membership
from tests.conftest import ClientFor


def visited(member: Membership) -> datetime | None:
    return Membership.objects.get(pk=member.pk).last_visited_at


def test_a_visit_is_remembered_to_the_hour(
    acme_admin: Membership, client_for: ClientFor, at: datetime, clock: Any
) -> None:
    client = client_for(acme_admin)
    assert visited(acme_admin) is None
    client.get("/")
    assert visited(acme_admin) is None
    for minutes, remembered in ((0, 0), (59, 0), (60, 60), (119, 60), (125, 125)):
        clock.move_to(at + timedelta(minutes=minutes))
        client.get("/a/acme/team/")
        assert visited(acme_admin) == at + timedelta(minutes=remembered)


def test_a_page_one_may_not_see_is_a_visit_too(
    acme_agent: Membership, client_for: ClientFor, at: datetime
) -> None:
    client_for(acme_agent).get("/a/acme/subscription/manage/")
    assert visited(acme_agent) == at


def test_who_may_not_come_in_was_not_here(
    acme_admin: Membership, acme_owner: Membership, client_for: ClientFor, at: datetime
) -> None:
    suspend(membership=acme_admin, by=acme_owner, at=at)
    assert client_for(acme_admin).get("/a/acme/team/").status_code == 403
    assert visited(acme_admin) is None


def test_a_second_page_writes_nothing(
    acme_admin: Membership, client_for: ClientFor, at: datetime
) -> None:
    client = client_for(acme_admin)
    client.get("/a/acme/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/a/acme/")
    assert not [query for query in queries if query["sql"].startswith("UPDATE")]

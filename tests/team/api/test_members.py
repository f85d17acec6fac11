"""A program reads the team as the page Team members shows it (D19)."""

from typing import Any

import pytest

from accounts.actions import suspend
from accounts.models import Membership
from core.api.ids import public_id
from subscriptions.models import SeatPool
from tests import cast
from tests.cast import NOW
from tests.factories import PlanFactory
from tests.keys import Program, token

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def program(acme_owner: Membership) -> Program:
    return Program(token(acme_owner)[1])


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return [member["email"].partition("@")[0] for member in answer.json()["data"]]


def test_the_team_and_the_seats_each_holds(
    program: Program, acme_agent: Membership, acme_end_user: Membership, suite_pool: SeatPool
) -> None:
    answer = program.get("members")
    assert names(answer) == ["owner", "agent"]
    agent = answer.json()["data"][1]
    assert agent["seats"] == [public_id("pool", suite_pool.pk)]
    assert (agent["role"], agent["status"]) == ("agent", "active")
    assert program.get(f"members/{agent['id']}").json() == agent


def test_the_filters_of_the_page(
    program: Program, acme_agent: Membership, acme_admin: Membership, acme_end_user: Membership,
    acme_owner: Membership, suite_pool: SeatPool,
) -> None:  # fmt: skip
    assert names(program.get("members", role="end_user")) == ["enduser"]
    assert names(program.get("members", search="acme ag")) == ["agent"]
    assert names(program.get("members", pool="none")) == ["owner", "admin"]
    assert names(program.get("members", pool=public_id("pool", suite_pool.pk))) == ["agent"]
    suspend(membership=acme_agent, by=acme_owner, at=NOW)
    assert names(program.get("members", status="suspended_with_seat")) == ["agent"]
    for wrong in ({"role": "boss"}, {"pool": "mem_x"}, {"status": "removed"}, {"sort": "name"}):
        assert program.get("members", **wrong).status_code == 422


def test_page_by_page_in_as_many_queries_for_few_as_for_many(
    program: Program, suite_nine_of_ten: SeatPool, django_assert_max_num_queries: Any
) -> None:
    first = program.get("members", limit=4).json()
    assert (len(first["data"]), first["has_more"]) == (4, True)
    rest = program.client.get(first["next"], headers=program.headers).json()
    assert not {m["id"] for m in rest["data"]} & {m["id"] for m in first["data"]}
    with django_assert_max_num_queries(6):
        program.get("members")
    with django_assert_max_num_queries(6):
        program.get("members", limit=1)


def test_a_cursor_that_is_none_and_a_limit_that_is_too_high(program: Program) -> None:
    assert program.get("members", cursor="nonsense").json()["code"] == "bad_cursor"
    assert program.get("members", limit=201).json()["errors"][0]["field"] == "limit"


def test_another_accounts_people_are_invisible(program: Program, stranger: Membership) -> None:
    theirs = program.get(f"members/{public_id('mem', stranger.pk)}")
    nobodys = program.get(f"members/{public_id('mem', 987_654)}")
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.json() == nobodys.json()
    pool = cast.pool(stranger.account.subscription, PlanFactory.create(), seats=1)
    assert names(program.get("members", pool=public_id("pool", pool.pk))) == []

"""A program invites, changes and removes people, with the refusals of the pages (D10, D19)."""

from typing import Any
from uuid import uuid4

import pytest

from accounts.actions import suspend
from accounts.models import Account, AuditEntry, Membership, Status
from accounts.permissions import Role, Scope
from core.api.ids import public_id
from core.models import OutboxEntry
from subscriptions.models import SeatChange, SeatPool
from tests import cast
from tests.cast import NOW
from tests.keys import Program, token

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def program(acme_owner: Membership) -> Program:
    return Program(token(acme_owner, Scope.MANAGE_TEAM)[1])


def member_id(member: Membership) -> str:
    return public_id("mem", member.pk)


def pool_id(pool: SeatPool) -> str:
    return public_id("pool", pool.pk)


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def invite(program: Program, key: str = "", **said: Any) -> Any:
    body = {"email": "new@acme.example", "name": "New Person", "role": "admin", **said}
    return program.post("members", body, Idempotency_Key=key or uuid4().hex)


def seat_of(pool: SeatPool, member: Membership) -> str:
    return f"pools/{pool_id(pool)}/seats/{member_id(member)}"


# Inviting


def test_a_person_is_invited_with_a_seat(
    program: Program, acme: Account, suite_pool: SeatPool
) -> None:
    answer = invite(program, role="agent", seats=[pool_id(suite_pool)])
    assert answer.status_code == 201
    said = answer.json()
    assert (said["status"], said["seats"]) == ("invited", [pool_id(suite_pool)])
    assert answer["Location"] == f"/api/v1/members/{said['id']}"
    member = acme.memberships.get(user__email="new@acme.example")
    assert [entry.token.name for entry in member.audit_entries.all() if entry.token] == ["HR sync"]
    assert [change.channel for change in member.seat_changes.all()] == ["api"]


def test_the_same_again_invites_nobody_and_other_content_is_refused(
    program: Program, acme: Account, suite_pool: SeatPool
) -> None:
    first, again = invite(program, "one-key"), invite(program, "one-key")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert AuditEntry.objects.filter(member__user__email="new@acme.example").count() == 1
    assert refusal(invite(program, "one-key", name="Someone Else")) == (422, "used_key")


def test_nothing_is_sent_without_a_readable_idempotency_key(program: Program) -> None:
    body = {"email": "new@acme.example", "name": "New Person", "role": "admin"}
    without = program.post("members", body)
    assert refusal(without) == (400, "idempotency_key_missing")
    for wrong in ("x" * 65, "with space", '"open', "ä"):
        answer = program.post("members", body, Idempotency_Key=wrong)
        assert refusal(answer) == (400, "unreadable_idempotency_key")
    # The draft writes it in quotation marks.
    assert program.post("members", body, Idempotency_Key='"abc"').status_code == 201
    assert program.post("members", body, Idempotency_Key="abc").status_code == 201


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        ({"name": "www.evil.example"}, "name", "web_address"),
        ({"name": "\u202etxt.exe"}, "name", "unreadable"),
        ({"name": ""}, "name", "required"),
        ({"name": "x" * 151}, "name", "max_length"),
        ({"email": "nobody"}, "email", "invalid"),
        ({"email": 5}, "email", "invalid"),
        ({"role": "owner"}, "role", "invalid_choice"),
        ({"role": "end_user"}, "role", "invalid_choice"),
        ({"seats": ["mem_x"]}, "seats.0", "no_such_id"),
        ({"seat": []}, "seat", "unknown_field"),
    ],
)
def test_names_and_addresses_are_refused_as_on_the_page(
    program: Program, said: dict[str, Any], field: str, code: str
) -> None:
    answer = invite(program, **said)
    assert answer.status_code == 422
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [(field, code)]


def test_who_cannot_be_invited(
    program: Program, acme_agent: Membership, acme_end_user: Membership, acme_owner: Membership,
    sell_pool: SeatPool,
) -> None:  # fmt: skip
    assert refusal(invite(program, email=acme_agent.user.email)) == (422, "already_member")
    suspend(membership=acme_end_user, by=acme_owner, at=NOW)
    assert refusal(invite(program, email=acme_end_user.user.email)) == (422, "suspended")
    assert refusal(invite(program, role="agent")) == (422, "agent_needs_seat")
    theirs = public_id("pool", sell_pool.pk + 1000)
    assert refusal(invite(program, role="agent", seats=[theirs])) == (422, "unknown_pool")


def test_a_full_pool_refuses_and_nothing_is_sent(program: Program, sell_pool: SeatPool) -> None:
    cast.fill(sell_pool, 5)
    OutboxEntry.objects.all().delete()
    answer = invite(program, role="agent", seats=[pool_id(sell_pool)])
    assert refusal(answer) == (409, "no_seat")
    assert not OutboxEntry.objects.exists()
    assert not Membership.objects.filter(user__email="new@acme.example").exists()


def test_the_same_again_after_the_person_was_removed(program: Program) -> None:
    said = invite(program, "one-key").json()
    assert program.send("DELETE", f"members/{said['id']}").status_code == 204
    assert refusal(invite(program, "one-key")) == (404, "not_found")


def test_too_many_invitations(program: Program, acme: Account) -> None:
    said = invite(program).json()
    answers = [program.post(f"members/{said['id']}/resend") for _ in range(12)]
    assert refusal(answers[-1]) == (429, "too_many_invitations")


# Changing


def test_what_is_left_out_stays(
    program: Program, acme_agent: Membership, suite_pool: SeatPool, sell_pool: SeatPool
) -> None:
    address = f"members/{member_id(acme_agent)}"
    said = program.send("PATCH", address, {"name": "Ann Other"}).json()
    assert (said["name"], said["role"], said["seats"]) == (
        "Ann Other", "agent", [pool_id(suite_pool)],
    )  # fmt: skip
    said = program.send("PATCH", address, {"seats": [pool_id(sell_pool)]}).json()
    assert (said["name"], said["seats"]) == ("Ann Other", [pool_id(sell_pool)])
    said = program.send("PATCH", address, {"role": "admin", "seats": []}).json()
    assert (said["role"], said["seats"]) == ("admin", [])
    assert program.send("PATCH", address, {}).json() == said


def test_changes_that_are_refused(
    program: Program, acme: Account, acme_agent: Membership, acme_owner: Membership,
    acme_end_user: Membership, suite_pool: SeatPool,
) -> None:  # fmt: skip
    def change(member: Membership, **said: Any) -> tuple[int, str]:
        return refusal(program.send("PATCH", f"members/{member_id(member)}", said))

    assert change(acme_owner, name="Nobody") == (422, "owner")
    assert change(acme_agent, role="owner") == (422, "owner")
    assert change(acme_agent, seats=[]) == (422, "agent_needs_seat")
    assert change(acme_end_user, seats=[pool_id(suite_pool)]) == (422, "end_user_has_seat")
    expired = cast.member(acme, "late", Role.ADMIN, active=False, at=cast.OPENED)
    assert change(expired, seats=[pool_id(suite_pool)]) == (422, "expired_invitation")


def test_a_billing_admins_token_touches_no_billing_admin(
    acme: Account, acme_billing: Membership, acme_admin: Membership
) -> None:
    """D13."""
    program = Program(token(acme_billing)[1])
    other = cast.member(acme, "other", Role.BILLING_ADMIN)
    for method, address in (("DELETE", ""), ("POST", "/suspend"), ("POST", "/downgrade")):
        said = program.send(method, f"members/{member_id(other)}{address}")
        assert refusal(said) == (403, "not_allowed")
    said = program.send("PATCH", f"members/{member_id(acme_admin)}", {"role": "billing_admin"})
    assert refusal(said) == (403, "not_allowed")
    assert program.post(f"members/{member_id(acme_admin)}/suspend").status_code == 200


# The buttons of the page


def test_suspended_and_let_in_again(
    program: Program, acme_agent: Membership, suite_pool: SeatPool
) -> None:
    address = f"members/{member_id(acme_agent)}"
    said = program.post(f"{address}/suspend").json()
    assert (said["status"], said["seats"]) == ("suspended", [pool_id(suite_pool)])
    assert refusal(program.post(f"{address}/suspend")) == (422, "not_active")
    assert program.post(f"{address}/reactivate").json()["status"] == "active"
    assert refusal(program.post(f"{address}/reactivate")) == (422, "not_suspended")


def test_an_agent_without_a_seat_comes_back_with_one(
    program: Program, acme_agent: Membership, suite_pool: SeatPool
) -> None:
    """D2."""
    address = f"members/{member_id(acme_agent)}"
    program.post(f"{address}/suspend")
    assert program.post(f"{address}/release").json()["seats"] == []
    assert refusal(program.post(f"{address}/reactivate")) == (422, "agent_needs_seat")
    said = program.post(f"{address}/reactivate", {"seats": [pool_id(suite_pool)]}).json()
    assert (said["status"], said["role"], said["seats"]) == (
        "active", "agent", [pool_id(suite_pool)],
    )  # fmt: skip


def test_downgraded_and_removed(
    program: Program, acme: Account, acme_agent: Membership, suite_pool: SeatPool
) -> None:
    address = f"members/{member_id(acme_agent)}"
    said = program.post(f"{address}/downgrade").json()
    assert (said["role"], said["seats"]) == ("end_user", [])
    assert program.send("DELETE", address).status_code == 204
    assert refusal(program.send("DELETE", address)) == (404, "not_found")
    assert acme.memberships.get(pk=acme_agent.pk).status == Status.REMOVED


def test_an_invitation_is_sent_again_and_withdrawn(
    program: Program, acme: Account, acme_agent: Membership
) -> None:
    said = invite(program).json()
    assert program.post(f"members/{said['id']}/resend").status_code == 200
    assert refusal(program.post(f"members/{member_id(acme_agent)}/resend")) == (422, "not_invited")
    assert program.send("DELETE", f"members/{said['id']}").status_code == 204
    kinds = AuditEntry.objects.filter(member__user__email="new@acme.example").order_by("pk")
    assert [entry.kind for entry in kinds] == [
        "invited", "invitation_resent", "invitation_withdrawn",
    ]  # fmt: skip


# One seat


def test_a_seat_is_given_and_taken_and_again_changes_nothing(
    program: Program, acme_agent: Membership, suite_pool: SeatPool, sell_pool: SeatPool
) -> None:
    address, before = seat_of(sell_pool, acme_agent), SeatChange.objects.count()
    for _ in range(2):
        said = program.send("PUT", address)
        assert said.status_code == 200
        assert said.json()["seats"] == [pool_id(suite_pool), pool_id(sell_pool)]
    assert SeatChange.objects.count() == before + 1
    for _ in range(2):
        assert program.send("DELETE", address).json()["seats"] == [pool_id(suite_pool)]
    assert SeatChange.objects.count() == before + 2


def test_seats_that_are_not_given_or_taken(
    program: Program, acme: Account, acme_agent: Membership, acme_end_user: Membership,
    acme_owner: Membership, suite_pool: SeatPool, sell_pool: SeatPool, stranger: Membership,
) -> None:  # fmt: skip
    cast.fill(sell_pool, 5)

    def put(pool: SeatPool, member: Membership) -> tuple[int, str]:
        return refusal(program.send("PUT", seat_of(pool, member)))

    assert put(sell_pool, acme_agent) == (409, "no_seat")
    assert put(suite_pool, acme_end_user) == (422, "end_user_has_seat")
    assert put(suite_pool, acme_owner) == (422, "owner")
    assert put(suite_pool, stranger) == (404, "not_found")
    expired = cast.member(acme, "late", Role.ADMIN, active=False, at=cast.OPENED)
    assert put(suite_pool, expired) == (422, "expired_invitation")
    last = program.send("DELETE", seat_of(suite_pool, acme_agent))
    assert refusal(last) == (422, "agent_needs_seat")
    nobodys = program.send("PUT", f"pools/pool_x/seats/{member_id(acme_agent)}")
    assert refusal(nobodys) == (404, "not_found")


# Only what was read


def test_with_if_match_what_was_changed_since_is_left_alone(
    program: Program, acme_agent: Membership, acme_owner: Membership, suite_pool: SeatPool
) -> None:
    address = f"members/{member_id(acme_agent)}"
    seen = Program(token(acme_owner)[1]).get(address)["ETag"]
    changed = program.send("PATCH", address, {"name": "Ann"}, If_Match=seen)
    assert changed.status_code == 200
    for method, what, body in (
        ("PATCH", address, {"name": "Bob"}),
        ("POST", f"{address}/suspend", None),
        ("DELETE", seat_of(suite_pool, acme_agent), None),
        ("DELETE", address, None),
    ):
        for stale in (seen, '"other"', "none"):
            assert refusal(program.send(method, what, body, If_Match=stale)) == (
                412, "changed_since",
            )  # fmt: skip
    acme_agent.refresh_from_db()
    assert (acme_agent.name, acme_agent.status) == ("Ann", Status.ACTIVE)


def test_each_answer_names_what_can_be_changed_next(
    program: Program, acme_agent: Membership, sell_pool: SeatPool
) -> None:
    address = f"members/{member_id(acme_agent)}"
    first = program.send("PATCH", address, {"name": "Ann"}, If_Match="*")
    second = program.send("PUT", seat_of(sell_pool, acme_agent), If_Match=first["ETag"])
    assert second.status_code == 200
    # Compression on the way makes it a weak one.
    third = program.post(f"{address}/suspend", If_Match=f"W/{second['ETag']}")
    assert third.json()["status"] == "suspended"
    assert len({each["ETag"] for each in (first, second, third)}) == 3


def test_who_has_read_a_member_is_told_that_nothing_changed(
    acme_agent: Membership, acme_owner: Membership
) -> None:
    reader, address = Program(token(acme_owner)[1]), f"members/{member_id(acme_agent)}"
    seen = reader.get(address)["ETag"]
    again = reader.get(address, headers={"If-None-Match": seen})
    assert (again.status_code, again["ETag"], again.content) == (304, seen, b"")
    Membership.objects.filter(pk=acme_agent.pk).update(last_visited_at=NOW)
    assert reader.get(address, headers={"If-None-Match": seen}).status_code == 200

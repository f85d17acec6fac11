"""Webhooks through the API: as on their page, with the secret in one answer only (D17, D19)."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from accounts.permissions import Scope
from core.api.ids import public_id
from core.credentials import Overlap
from core.models import OutboxEntry, Status
from events.actions import delete_endpoint, rotate_secret, send_test, switch_off
from events.models import Attempt, Delivery, WebhookEndpoint
from tests.cast import NOW
from tests.events import hooks
from tests.kept import kept
from tests.keys import Program, token

pytestmark = pytest.mark.usefixtures("clock")

PLACE = "webhook-endpoints"
URL = "https://hooks.example/acme"
ONCE = {"Idempotency_Key": "once"}


@pytest.fixture
def program(acme_owner: Membership) -> Program:
    return Program(token(acme_owner, Scope.MANAGE_WEBHOOKS)[1])


@kept
def endpoint(acme_owner: Membership) -> WebhookEndpoint:
    return hooks.add(acme_owner)


def of(endpoint: WebhookEndpoint, action: str = "") -> str:
    return f"{PLACE}/{public_id('whe', endpoint.pk)}{action and f'/{action}'}"


def log(delivery: Delivery, action: str = "") -> str:
    return f"deliveries/{public_id('whd', delivery.pk)}{action and f'/{action}'}"


def sent(endpoint: WebhookEndpoint, by: Membership) -> Delivery:
    return send_test(endpoint=endpoint, idempotency_key="", by=by, at=NOW)


def refusal(answer: Any) -> tuple[int, str]:
    said = answer.json()
    [code] = [each["code"] for each in said.get("errors", [])] or [said["code"]]
    return answer.status_code, code


# Added and read


def test_one_is_added_with_its_secret_in_this_answer_and_in_no_other(program: Program) -> None:
    answer = program.post(PLACE, {"url": URL}, **ONCE)
    said, row = answer.json(), WebhookEndpoint.objects.get()
    assert answer.status_code == 201
    assert answer["Location"] == f"/api/v1/{of(row)}"
    assert said.pop("secret") == row.secret
    assert said == {
        "id": public_id("whe", row.pk),
        "object": "webhook_endpoint",
        "url": URL,
        "event_types": None,
        "status": "on",
        "status_since_at": "2026-11-23T12:00:00Z",
        "failing_since_at": None,
        "created_at": "2026-11-23T12:00:00Z",
        "created_by": public_id("mem", row.made_by_id),
        "secret_rotated_at": None,
        "previous_secret_until_at": None,
    }
    assert program.get(of(row)).json() == said
    assert program.get(PLACE).json()["data"] == [said]
    changed = program.send("PATCH", of(row), {"event_types": ["member.renamed"]})
    assert row.secret not in changed.text


def test_the_same_again_gets_the_same_secret_and_makes_no_second(
    program: Program, acme_owner: Membership
) -> None:
    """D6: a program whose connection broke would otherwise have lost it."""
    first, second = (program.post(PLACE, {"url": URL}, **ONCE) for _ in range(2))
    assert first.json() == second.json()
    assert refusal(program.post(PLACE, {"url": f"{URL}/2"}, **ONCE)) == (422, "used_key")
    row = WebhookEndpoint.objects.get()
    delete_endpoint(endpoint=row, by=acme_owner, at=NOW)
    assert refusal(program.post(PLACE, {"url": URL}, **ONCE)) == (404, "not_found")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "required"),
        ({"url": "http://example.com/"}, "bad_url"),
        ({"url": "https://example.com/\0"}, "null_characters_not_allowed"),
        ({"url": "https://192.168.0.1/"}, "not_of_the_internet"),
        ({"url": f"https://example.com/{'x' * 2000}"}, "max_length"),
        ({"url": URL, "event_types": []}, "no_event_type"),
        ({"url": URL, "event_types": ["member.exploded"]}, "invalid_choice"),
        ({"url": URL, "event_types": "member.renamed"}, "not_a_list"),
        ({"url": URL, "enabled": True}, "unknown_field"),
    ],
)
def test_what_is_wrong_is_refused(program: Program, body: dict[str, Any], code: str) -> None:
    assert refusal(program.post(PLACE, body, **ONCE)) == (422, code)
    assert not WebhookEndpoint.objects.exists()


def test_twenty_are_enough(program: Program, acme_owner: Membership) -> None:
    for number in range(20):
        hooks.add(acme_owner, f"{URL}/{number}")
    assert refusal(program.post(PLACE, {"url": URL}, **ONCE)) == (422, "too_many_endpoints")


# Changed


def test_what_is_left_out_stays(program: Program, endpoint: WebhookEndpoint) -> None:
    types = ["member.renamed"]
    said = program.send("PATCH", of(endpoint), {"event_types": types}).json()
    assert (said["url"], said["event_types"], said["status"]) == (URL, types, "on")
    said = program.send("PATCH", of(endpoint), {"enabled": False}).json()
    assert (said["url"], said["event_types"], said["status"]) == (URL, types, "off")
    said = program.send("PATCH", of(endpoint), {"event_types": None, "enabled": True}).json()
    assert (said["url"], said["event_types"], said["status"]) == (URL, None, "on")
    assert program.send("PATCH", of(endpoint), {}).json() == said


def test_a_change_is_made_as_a_whole_or_not_at_all(
    program: Program, endpoint: WebhookEndpoint
) -> None:
    wrong = {"enabled": False, "url": "https://10.0.0.1/", "event_types": ["member.renamed"]}
    assert refusal(program.send("PATCH", of(endpoint), wrong)) == (422, "not_of_the_internet")
    said = program.get(of(endpoint)).json()
    assert (said["url"], said["event_types"], said["status"]) == (URL, None, "on")
    right = {"enabled": False, "url": "https://other.example/", "event_types": ["member.renamed"]}
    said = program.send("PATCH", of(endpoint), right).json()
    assert (said["url"], said["status"]) == ("https://other.example/", "off")


def test_a_rotation_answers_with_the_new_secret_once_per_key(
    program: Program, endpoint: WebhookEndpoint
) -> None:
    old, body = endpoint.secret, {"overlap_hours": 24}
    first, second = (program.post(of(endpoint, "rotate"), body, **ONCE) for _ in range(2))
    endpoint.refresh_from_db()
    assert first.status_code == 200
    assert first.json() == second.json()
    assert first.json()["secret"] == endpoint.secret != old
    assert first.json()["previous_secret_until_at"] == "2026-11-24T12:00:00Z"
    assert endpoint.secrets_at(NOW) == [endpoint.secret, old]
    odd = program.post(of(endpoint, "rotate"), {"overlap_hours": 5}, Idempotency_Key="odd")
    assert refusal(odd) == (422, "invalid_choice")


def test_a_rotation_sent_again_after_another_one_tells_the_secret_of_today(
    program: Program, endpoint: WebhookEndpoint, acme_owner: Membership
) -> None:
    body = {"overlap_hours": 0}
    program.post(of(endpoint, "rotate"), body, **ONCE)
    row = rotate_secret(
        endpoint=endpoint, overlap=Overlap.NONE, idempotency_key="", by=acme_owner, at=NOW
    )
    assert program.post(of(endpoint, "rotate"), body, **ONCE).json()["secret"] == row.secret


def test_deleted_it_is_not_there(
    program: Program, endpoint: WebhookEndpoint, acme_owner: Membership
) -> None:
    delivery = sent(endpoint, acme_owner)
    assert program.send("DELETE", of(endpoint)).status_code == 204
    assert program.get(PLACE).json()["data"] == program.get("deliveries").json()["data"] == []
    for answer in (
        program.get(of(endpoint)),
        program.send("DELETE", of(endpoint)),
        program.send("PATCH", of(endpoint), {"enabled": True}),
        program.post(of(endpoint, "rotate"), {"overlap_hours": 0}, **ONCE),
        program.post(of(endpoint, "test"), Idempotency_Key="test"),
        program.get(log(delivery)),
        program.post(log(delivery, "send-again")),
    ):
        assert refusal(answer) == (404, "not_found")


# Sent


def test_a_test_is_sent_once_per_key_and_its_answer_read_later(
    program: Program, endpoint: WebhookEndpoint
) -> None:
    first, second = (program.post(of(endpoint, "test"), **ONCE) for _ in range(2))
    delivery = Delivery.objects.get()
    assert first.status_code == 201
    assert first.json() == second.json()
    assert first["Location"] == f"/api/v1/{log(delivery)}"
    assert (first.json()["type"], first.json()["event"]) == ("webhook_endpoint.test", None)
    assert first.json()["attempts"] == []
    Attempt.objects.create(delivery=delivery, at=NOW, milliseconds=87, status=500, answer="No.")
    assert program.get(log(delivery)).json()["attempts"] == [
        {
            "at": "2026-11-23T12:00:00Z", "milliseconds": 87, "status": 500, "answer": "No.",
            "error": "",
        }
    ]  # fmt: skip


def test_what_was_given_up_is_sent_again_under_its_id(
    program: Program, endpoint: WebhookEndpoint, acme_owner: Membership
) -> None:
    delivery = sent(endpoint, acme_owner)
    OutboxEntry.objects.update(status=Status.GIVEN_UP, settled_at=NOW, tries=20)
    assert program.get(log(delivery)).json()["next_try_at"] is None
    said = program.post(log(delivery, "send-again")).json()
    assert (said["status"], said["tries"]) == ("waiting", 0)
    assert said["next_try_at"] == "2026-11-23T12:00:00Z"
    assert said["message_id"] == delivery.message_id


def test_switched_off_nothing_is_sent(
    program: Program, endpoint: WebhookEndpoint, acme_owner: Membership
) -> None:
    delivery = sent(endpoint, acme_owner)
    switch_off(endpoint=endpoint, by=acme_owner, at=NOW)
    for answer in (
        program.post(of(endpoint, "test"), **ONCE), program.post(log(delivery, "send-again")),
    ):  # fmt: skip
        assert refusal(answer) == (422, "switched_off")


def test_the_log_is_read_page_by_page_and_by_webhook_and_status(
    program: Program, endpoint: WebhookEndpoint, acme_owner: Membership
) -> None:
    other = hooks.add(acme_owner, "https://other.example/")
    mine, theirs = [sent(endpoint, acme_owner) for _ in range(5)], sent(other, acme_owner)
    OutboxEntry.objects.filter(webhook_delivery=mine[0]).update(
        status=Status.GIVEN_UP, settled_at=NOW
    )
    read, page = [], program.get("deliveries", limit=2).json()
    while True:
        read += [each["id"] for each in page["data"]]
        if not page["has_more"]:
            break
        page = program.get(page["next"].partition("/api/v1/")[2]).json()
    assert read == [public_id("whd", each.pk) for each in (*mine, theirs)]

    def found(**query: str) -> list[str]:
        return [each["id"] for each in program.get("deliveries", **query).json()["data"]]

    assert found(webhook_endpoint=public_id("whe", other.pk)) == [public_id("whd", theirs.pk)]
    assert found(status="given_up") == [public_id("whd", mine[0].pk)]
    both = {"webhook_endpoint": public_id("whe", other.pk), "status": "given_up"}
    assert found(**both) == []
    assert refusal(program.get("deliveries", status="lost")) == (422, "invalid_choice")
    assert refusal(program.get("deliveries", webhook_endpoint="mem_1")) == (422, "no_such_id")


# Who may


def test_another_accounts_are_not_there(
    program: Program, stranger: Membership, acme_owner: Membership
) -> None:
    """D8."""
    theirs = hooks.add(stranger)
    delivery = sent(theirs, stranger)
    assert program.get(PLACE).json()["data"] == []
    found = program.get("deliveries", webhook_endpoint=public_id("whe", theirs.pk))
    assert found.json()["data"] == []
    for answer in (
        program.get(of(theirs)),
        program.send("PATCH", of(theirs), {"enabled": False}),
        program.send("DELETE", of(theirs)),
        program.post(of(theirs, "rotate"), {"overlap_hours": 0}, **ONCE),
        program.post(of(theirs, "test"), Idempotency_Key="test"),
        program.get(log(delivery)),
        program.post(log(delivery, "send-again")),
    ):
        assert refusal(answer) == (404, "not_found")
    theirs.refresh_from_db()
    assert theirs.is_on


def test_without_the_scope_nothing_is_read_or_done(
    acme_owner: Membership, endpoint: WebhookEndpoint
) -> None:
    others = [each for each in Scope if each != Scope.MANAGE_WEBHOOKS]
    program = Program(token(acme_owner, *others)[1])
    for answer in (
        program.get(PLACE),
        program.post(PLACE, {"url": URL}, **ONCE),
        program.get(of(endpoint)),
        program.send("DELETE", of(endpoint)),
        program.get("deliveries"),
    ):
        assert refusal(answer) == (403, "scope_missing")


def test_a_hundred_deliveries_are_read_in_as_many_statements_as_one(
    program: Program, endpoint: WebhookEndpoint, acme_owner: Membership
) -> None:
    program.get("deliveries")
    statements = []
    for more in (1, 99):
        for _number in range(more):
            sent(endpoint, acme_owner)
        with CaptureQueriesContext(connection) as captured:
            page = program.get("deliveries", limit=100).json()
        statements.append(len(captured))
    assert len(page["data"]) == 100
    assert statements[0] == statements[1]

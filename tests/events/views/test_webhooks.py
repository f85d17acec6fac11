"""Account → Webhooks: the list, the forms, and the one answer that shows a secret (D17, D19)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from core.credentials import Overlap
from events.actions import delete_endpoint, rotate_secret, send_test, switch_off
from events.models import EndpointStatus, WebhookEndpoint
from events.selectors.types import GROUPS, LABELS, TYPES
from tests.accounts.pages import main_of
from tests.cast import NOW
from tests.conftest import ClientFor
from tests.events import hooks
from tests.kept import kept

pytestmark = pytest.mark.any_database

PAGE = "/a/acme/webhooks/"
ADD = f"{PAGE}add/"
URL = "https://hooks.example/acme"
FORM = {"url": URL, "events": "all", "idempotency_key": "adding"}


def shown(answer: Any) -> str:
    """The secret of a page, from a field that can be selected and not changed."""
    found = re.search(r'<input id="secret" type="text" readonly value="([^"]+)"', answer.text)
    return found[1] if found else ""


def hidden(answer: Any) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.text))


def page_of(endpoint: WebhookEndpoint, action: str = "") -> str:
    return f"{PAGE}{endpoint.pk}/{action and f'{action}/'}"


@kept
def endpoint(acme_owner: Membership) -> WebhookEndpoint:
    return hooks.add(acme_owner)


def test_an_empty_page_says_what_webhooks_are_for(
    client_for: ClientFor, acme_owner: Membership
) -> None:
    page = main_of(client_for(acme_owner).get(PAGE))
    assert "No webhooks yet" in page
    assert "tells a program of yours what happens in Acme" in page
    assert "Add webhook" in page


def test_the_secret_is_in_the_answer_to_the_form_and_on_no_other_page(
    client_for: ClientFor, acme_billing: Membership
) -> None:
    client = client_for(acme_billing)
    answer = client.post(ADD, FORM)
    secret, endpoint = shown(answer), WebhookEndpoint.objects.get()
    assert answer.status_code == 200
    assert secret == endpoint.secret
    assert "Copy the secret now." in main_of(answer)
    assert URL in main_of(answer)
    assert "no-store" in answer["Cache-Control"]
    for page in ("", "change", "rotate", "off", "delete"):
        assert secret not in client.get(page_of(endpoint, page)).text
    assert secret not in client.get(PAGE).text


def test_the_same_form_again_shows_the_same_secret_and_makes_no_second(
    client_for: ClientFor, acme_owner: Membership
) -> None:
    """D6: who pressed twice would otherwise have lost it."""
    client = client_for(acme_owner)
    first, second = client.post(ADD, FORM), client.post(ADD, FORM)
    assert shown(first) == shown(second) != ""
    answer = client.post(ADD, {**FORM, "url": "https://other.example/"})
    assert answer.status_code == 409
    assert WebhookEndpoint.objects.count() == 1


def test_sent_again_after_it_was_deleted_it_leads_to_the_list(
    client_for: ClientFor, acme_owner: Membership
) -> None:
    client = client_for(acme_owner)
    client.post(ADD, FORM)
    delete_endpoint(endpoint=WebhookEndpoint.objects.get(), by=acme_owner, at=NOW)
    assert client.post(ADD, FORM).url == PAGE


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"url": ""}, "This field is required."),
        ({"url": "http://example.com/"}, "Enter an address that begins with https://"),
        ({"url": "https://me:pw@example.com/"}, "without a user name"),
        ({"url": "https://10.0.0.1/"}, "Webhooks only go to addresses on the internet"),
        ({"events": "chosen"}, "Choose at least one event, or all of them."),
        ({"url": f"https://example.com/{'x' * 2000}"}, "at most 2000 characters"),
    ],
)
def test_what_is_wrong_is_said_beside_it(
    client_for: ClientFor, acme_owner: Membership, changed: dict[str, str], sentence: str
) -> None:
    answer = client_for(acme_owner).post(ADD, {**FORM, **changed})
    assert answer.status_code == 422
    assert sentence in main_of(answer)
    [field] = set(changed) - {"idempotency_key"}
    name = "event_types" if field == "events" else field
    assert f'id="id_{name}_error"' in answer.text
    assert not WebhookEndpoint.objects.exists()


def test_every_event_can_be_chosen_and_is_kept(
    client_for: ClientFor, acme_owner: Membership
) -> None:
    assert sorted(each for types in GROUPS.values() for each in types) == sorted(TYPES)
    client = client_for(acme_owner)
    page = main_of(client.get(ADD))
    for label in LABELS.values():
        assert str(label) in page
    chosen = ["member.renamed", "pool.seats_bought"]
    client.post(ADD, {**FORM, "events": "chosen", "event_types": chosen})
    assert WebhookEndpoint.objects.get().event_types == chosen
    listed = main_of(client.get(PAGE))
    assert "2 kinds of events" in listed


def open_groups(answer: Any) -> list[str]:
    return re.findall(r"<details[^>]* open>\s*<summary>([^<]+)<", answer.text)


def test_the_groups_with_a_chosen_event_are_open(
    client_for: ClientFor, acme_owner: Membership
) -> None:
    client = client_for(acme_owner)
    assert open_groups(client.get(ADD)) == ["Seats"]
    row = hooks.add(acme_owner, types=["member.renamed", "webhook_endpoint.deleted"])
    assert open_groups(client.get(page_of(row, "change"))) == ["Members", "Webhooks"]
    refused = {**FORM, "url": "", "events": "chosen", "event_types": ["member.renamed"]}
    assert open_groups(client.post(ADD, refused)) == ["Members"]


def test_a_webhook_says_where_it_goes_what_it_is_told_and_how_it_stands(
    client_for: ClientFor, acme_owner: Membership, endpoint: WebhookEndpoint
) -> None:
    client = client_for(acme_owner)
    answer = client.get(page_of(endpoint))
    assert "<h1>hooks.example</h1>" in answer.text
    page = main_of(answer)
    for said in (URL, "All", "Acme Owner", "never rotated", "On", "Nothing has been sent yet."):
        assert said in page
    WebhookEndpoint.objects.update(failing_since=NOW)
    assert "Nothing has arrived since 23 Nov 2026, 12:00 UTC" in main_of(
        client.get(page_of(endpoint))
    )


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (EndpointStatus.FAILED, "Every delivery failed for 5 days."),
        (EndpointStatus.GONE, "Your program answered “410 Gone”"),
    ],
)
def test_switched_off_by_itself_it_says_why_and_what_to_do(
    client_for: ClientFor,
    acme_owner: Membership,
    endpoint: WebhookEndpoint,
    status: EndpointStatus,
    sentence: str,
) -> None:
    WebhookEndpoint.objects.update(status=status)
    page = main_of(client_for(acme_owner).get(page_of(endpoint)))
    assert sentence in page
    assert "Switch on" in page
    assert "Send a test" not in page


def test_a_change_is_made_and_said(
    client_for: ClientFor, acme_owner: Membership, endpoint: WebhookEndpoint
) -> None:
    client, page = client_for(acme_owner), page_of(endpoint, "change")
    assert f'value="{URL}"' in client.get(page).text
    other = "https://other.example/"
    form = {"url": other, "events": "chosen", "event_types": ["member.renamed"]}
    answer = client.post(page, form, follow=True)
    assert "The webhook has been changed." in main_of(answer)
    assert other in main_of(answer)
    wrong = client.post(page, {**form, "url": "http://other.example/"})
    assert wrong.status_code == 422
    endpoint.refresh_from_db()
    assert (endpoint.url, endpoint.event_types) == (other, ["member.renamed"])


def test_rotating_asks_first_and_shows_the_new_secret(
    client_for: ClientFor, acme_owner: Membership, endpoint: WebhookEndpoint
) -> None:
    client, page, before = client_for(acme_owner), page_of(endpoint, "rotate"), endpoint.secret
    asked = client.get(page)
    assert "Everything is signed with a new secret" in main_of(asked)
    form = {**hidden(asked), "overlap": "24"}
    answer = client.post(page, form)
    endpoint.refresh_from_db()
    assert shown(answer) == endpoint.secret != before
    assert "The secret used until now also signs until 24 November 2026, 12:00 UTC." in main_of(
        answer
    )
    assert "The previous secret also signs until" in main_of(client.get(page_of(endpoint)))
    assert "The secret before the last rotation signs nothing from now on." in main_of(
        client.get(page)
    )
    # Pressed twice, it rotates once.
    assert shown(client.post(page, form)) == endpoint.secret


def test_an_older_page_rotates_nothing(
    client_for: ClientFor, acme_owner: Membership, endpoint: WebhookEndpoint
) -> None:
    client, page = client_for(acme_owner), page_of(endpoint, "rotate")
    form = {**hidden(client.get(page)), "overlap": "0"}
    rotate_secret(
        endpoint=endpoint, overlap=Overlap.NONE, idempotency_key="", by=acme_owner,
        at=NOW + timedelta(minutes=1),
    )  # fmt: skip
    answer = client.post(page, form)
    assert answer.status_code == 409
    assert "Someone rotated this secret in the meantime." in main_of(answer)
    assert shown(answer) == ""


def test_switching_off_and_on_can_be_sent_twice(
    client_for: ClientFor, acme_owner: Membership, endpoint: WebhookEndpoint
) -> None:
    client = client_for(acme_owner)
    off, on = page_of(endpoint, "off"), page_of(endpoint, "on")
    assert "Until you switch it on, it is told nothing." in main_of(client.get(off))
    for _twice in range(2):
        assert client.post(off).url == page_of(endpoint)
    page = main_of(client.get(page_of(endpoint)))
    assert "The webhook has been switched off." in page
    # There is nothing left to ask.
    assert client.get(off).url == page_of(endpoint)
    for _twice in range(2):
        assert client.post(on).url == page_of(endpoint)
    assert "It is told what happens from now on." in main_of(client.get(page_of(endpoint)))


def test_deleted_it_is_gone_with_its_log(
    client_for: ClientFor, acme_owner: Membership, endpoint: WebhookEndpoint
) -> None:
    sent = send_test(endpoint=endpoint, idempotency_key="", by=acme_owner, at=NOW)
    client, page = client_for(acme_owner), page_of(endpoint, "delete")
    assert "You cannot undo this." in main_of(client.get(page))
    assert client.post(page).url == PAGE
    assert "The webhook has been deleted." in main_of(client.get(PAGE))
    for gone in (page, page_of(endpoint), f"{PAGE}deliveries/{sent.pk}/"):
        assert client.get(gone).status_code == 404
    # From a tab that is older.
    for action in ("change", "rotate", "off", "on", "delete", "test"):
        assert client.post(page_of(endpoint, action)).status_code == 404


@pytest.mark.parametrize("action", ["", "change", "rotate", "off", "on", "delete", "test"])
def test_another_accounts_webhook_is_not_there(
    client_for: ClientFor, acme_owner: Membership, stranger: Membership, action: str
) -> None:
    """D8."""
    theirs = hooks.add(stranger, "https://theirs.example/")
    client = client_for(acme_owner)
    asked, sent = client.get(page_of(theirs, action)), client.post(page_of(theirs, action))
    assert {asked.status_code, sent.status_code} <= {404, 405}
    assert "theirs.example" not in client.get(PAGE).text
    theirs.refresh_from_db()
    assert theirs.is_on


def test_the_sidebar_names_the_page_to_those_who_may_open_it(
    client_for: ClientFor, acme_billing: Membership, acme_admin: Membership
) -> None:
    assert f'href="{PAGE}"' in client_for(acme_billing).get("/a/acme/").text
    assert f'href="{PAGE}"' not in client_for(acme_admin).get("/a/acme/").text
    assert client_for(acme_admin).get(PAGE).status_code == 403


def test_twenty_webhooks_are_read_in_as_many_statements_as_one(
    client_for: ClientFor, acme_owner: Membership
) -> None:
    client, statements = client_for(acme_owner), []
    # The first visit of an hour is written down.
    client.get(PAGE)
    for more in (1, 19):
        for number in range(more):
            hooks.add(acme_owner, f"https://hooks.example/{more}-{number}", ["member.renamed"])
        with CaptureQueriesContext(connection) as captured:
            page = client.get(PAGE)
        statements.append(len(captured))
    assert main_of(page).count("1 kind of event") == 20
    assert statements[0] == statements[1]


def test_whoever_looked_before_it_was_switched_off_sends_no_test(
    client_for: ClientFor, acme_owner: Membership, endpoint: WebhookEndpoint
) -> None:
    client = client_for(acme_owner)
    form = hidden(client.get(page_of(endpoint)))
    switch_off(endpoint=endpoint, by=acme_owner, at=NOW)
    answer = client.post(page_of(endpoint, "test"), form, follow=True)
    assert "This webhook is switched off. Switch it on first." in main_of(answer)
    assert not endpoint.deliveries.exists()

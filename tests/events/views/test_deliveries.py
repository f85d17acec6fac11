"""The log of a webhook, a delivery, and the page that waits for its answer (D17)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from core import outbox
from core.models import OutboxEntry, Status
from events.actions import send_test, switch_off
from events.models import Attempt, Delivery, WebhookEndpoint
from tests.accounts.pages import main_of
from tests.cast import NOW
from tests.conftest import ClientFor
from tests.events import hooks
from tests.kept import kept

pytestmark = pytest.mark.any_database

PAGE = "/a/acme/webhooks/"
HTMX = {"HX-Request": "true"}


@kept
def endpoint(acme_owner: Membership) -> WebhookEndpoint:
    return hooks.add(acme_owner)


def sent(endpoint: WebhookEndpoint, by: Membership, times: int = 1) -> Delivery:
    """The last of some tests that wait."""
    for _number in range(times):
        delivery = send_test(endpoint=endpoint, idempotency_key="", by=by, at=NOW)
    return delivery


@kept
def delivery(endpoint: WebhookEndpoint, acme_owner: Membership) -> Delivery:
    return sent(endpoint, acme_owner)


def page_of(delivery: Delivery) -> str:
    return f"{PAGE}deliveries/{delivery.pk}/"


def tried(delivery: Delivery, status: int | None, answer: str = "", error: str = "") -> None:
    """As the worker writes it down."""
    Attempt.objects.create(
        delivery=delivery, at=NOW, milliseconds=87, status=status, answer=answer, error=error
    )


def ended(delivery: Delivery, status: Status) -> None:
    OutboxEntry.objects.filter(webhook_delivery=delivery).update(
        status=status, settled_at=NOW, tries=1
    )


def asks_again(answer: Any) -> str:
    """Where the page asks for the answer next; empty if it does not."""
    found = re.search(r'id="awaited" hx-get="([^"]+)"', answer.text)
    return found[1].replace("&amp;", "&") if found else ""


# The log


def test_the_log_says_of_each_how_it_stands(
    client_for: ClientFor, acme_owner: Membership, endpoint: WebhookEndpoint
) -> None:
    arrived, failed, silent, _waits = (sent(endpoint, acme_owner) for _ in range(4))
    tried(arrived, 204)
    ended(arrived, Status.DELIVERED)
    tried(failed, None, error="ConnectionRefusedError: [Errno 111] Connection refused")
    tried(failed, 500)
    ended(failed, Status.GIVEN_UP)
    tried(silent, None, error="ConnectionRefusedError: [Errno 111] Connection refused")
    answer = client_for(acme_owner).get(f"{PAGE}{endpoint.pk}/")
    rows = [
        " ".join(re.sub(r"<[^>]+>", " ", row).split())
        for row in re.findall(r"(?s)<tr>(.*?)</tr>", answer.text)[1:]
    ]
    assert len(rows) == 4
    for row, says in zip(
        rows,
        (
            ["Waiting", "next try 23 Nov 2026, 12:00 UTC", "—"],
            ["Waiting", "Nothing listens at this address."],
            ["Given up", "500"],
            ["Delivered", "204"],
        ),
        strict=True,
    ):
        assert "Test" in row
        assert "23 Nov 2026, 12:00 UTC" in row
        for said in says:
            assert said in row


def test_the_log_is_filtered_by_status_and_a_status_made_up_shows_all(
    client_for: ClientFor, acme_owner: Membership, endpoint: WebhookEndpoint
) -> None:
    first, second = (sent(endpoint, acme_owner) for _ in range(2))
    ended(first, Status.GIVEN_UP)
    client, page = client_for(acme_owner), f"{PAGE}{endpoint.pk}/"
    given_up = client.get(page, {"status": "given_up"}).text
    assert first.message_id in given_up
    assert second.message_id not in given_up
    assert '<option value="given_up" selected>' in given_up
    assert "There are no deliveries with this status." in main_of(
        client.get(page, {"status": "delivered"})
    )
    for odd in ({"status": "other"}, {"before": "x"}, {"before": "9" * 30}):
        answer = client.get(page, odd)
        assert first.message_id in answer.text
        assert second.message_id in answer.text


def test_older_deliveries_are_on_the_next_page_with_the_same_filter(
    client_for: ClientFor, acme_owner: Membership, endpoint: WebhookEndpoint
) -> None:
    sent(endpoint, acme_owner, 60)
    client, page, read = client_for(acme_owner), f"{PAGE}{endpoint.pk}/", []
    query = "?status=waiting"
    while query:
        answer = client.get(page + query)
        read.append(re.findall(r"test_[0-9a-f]{32}", answer.text))
        found = re.search(r'rel="next" href="([^"]+)"', answer.text)
        query = found[1].replace("&amp;", "&") if found else ""
    assert [len(each) for each in read] == [25, 25, 10]
    newest_first = endpoint.deliveries.order_by("-pk").values_list("message_id", flat=True)
    assert [each for some in read for each in some] == list(newest_first)
    assert 'href="?status=waiting"' in answer.text


def test_a_hundred_deliveries_are_read_in_as_many_statements_as_one(
    client_for: ClientFor, acme_owner: Membership, endpoint: WebhookEndpoint
) -> None:
    client, page, statements = client_for(acme_owner), f"{PAGE}{endpoint.pk}/", []
    # The first visit of an hour is written down.
    client.get(page)
    for more in (1, 99):
        for _number in range(more):
            tried(sent(endpoint, acme_owner), 500)
        with CaptureQueriesContext(connection) as captured:
            client.get(page)
        statements.append(len(captured))
    assert statements[0] == statements[1]


# One delivery


def test_a_delivery_shows_every_try_and_what_is_sent(
    client_for: ClientFor, acme_owner: Membership, delivery: Delivery
) -> None:
    tried(delivery, None, error="gaierror: [Errno -2] Name or service not known")
    tried(delivery, 500, answer="<b>Out of order</b>")
    answer = client_for(acme_owner).get(page_of(delivery))
    page = main_of(answer)
    for said in ("There is no machine with this name.", "[Errno -2]", "500", "87 ms"):
        assert said in page
    assert "&lt;b&gt;Out of order&lt;/b&gt;" in answer.text
    assert page.index("Out of order") < page.index("There is no machine")
    assert '"type": "webhook_endpoint.test"' in page
    assert delivery.message_id in page
    assert "https://hooks.example/acme" in page


def test_what_is_unknown_is_shown_as_it_is(
    client_for: ClientFor, acme_owner: Membership, delivery: Delivery
) -> None:
    tried(delivery, None, error="OddError: 42")
    assert main_of(client_for(acme_owner).get(page_of(delivery))).count("OddError: 42") == 2


def test_sent_again_it_waits_once_more(
    client_for: ClientFor, acme_owner: Membership, delivery: Delivery
) -> None:
    outbox.give_up(OutboxEntry.objects.all(), "Too late.", at=NOW)
    client, page = client_for(acme_owner), page_of(delivery)
    assert "Send again" in main_of(client.get(page))
    for _twice in range(2):
        answer = client.post(f"{page}again/", follow=True)
        assert "It is sent again in a moment." in main_of(answer)
        assert "Send now" in main_of(answer)
    assert OutboxEntry.objects.get(webhook_delivery=delivery).status == Status.WAITING
    assert Delivery.objects.count() == 1


def test_switched_off_it_is_not_sent_again_and_the_page_says_why(
    client_for: ClientFor,
    acme_owner: Membership,
    endpoint: WebhookEndpoint,
    delivery: Delivery,
) -> None:
    switch_off(endpoint=endpoint, by=acme_owner, at=NOW)
    client, page = client_for(acme_owner), page_of(delivery)
    said = main_of(client.get(page))
    assert "Switch it on to send this again." in said
    assert "Given up before it was sent." in said
    assert "Send again" not in said
    answer = client.post(f"{page}again/", follow=True)
    assert "This webhook is switched off. Switch it on first." in main_of(answer)
    assert OutboxEntry.objects.get(webhook_delivery=delivery).status == Status.GIVEN_UP


def test_another_accounts_delivery_is_not_there(
    client_for: ClientFor, acme_owner: Membership, stranger: Membership
) -> None:
    """D8."""
    theirs = sent(hooks.add(stranger), stranger)
    client, page = client_for(acme_owner), page_of(theirs)
    assert client.get(page).status_code == client.post(f"{page}again/").status_code == 404


# A test, and its answer


def test_a_test_leads_to_its_delivery_and_pressed_twice_to_the_same(
    client_for: ClientFor, acme_owner: Membership, endpoint: WebhookEndpoint
) -> None:
    """D6."""
    client, page = client_for(acme_owner), f"{PAGE}{endpoint.pk}/test/"
    first, second = (client.post(page, {"idempotency_key": "testing"}) for _ in range(2))
    assert first.url == second.url == page_of(Delivery.objects.get())
    assert "The test is sent in a moment." in main_of(client.get(first.url))


def test_the_page_waits_for_the_answer_and_shows_it_by_itself(
    client_for: ClientFor, acme_owner: Membership, delivery: Delivery
) -> None:
    client = client_for(acme_owner)
    first = client.get(page_of(delivery))
    assert "The answer appears here by itself." in main_of(first)
    # Without a script, there is a link.
    assert "Reload" in main_of(first)
    still = client.get(asks_again(first), headers=HTMX)
    assert "<h1" not in still.text
    assert asks_again(still)
    tried(delivery, 204)
    ended(delivery, Status.DELIVERED)
    there = client.get(asks_again(still), headers=HTMX)
    assert (there["HX-Retarget"], there["HX-Reselect"]) == ("#delivery", "#delivery")
    assert 'role="status">Delivered: 204</p>' in there.text
    assert not asks_again(there)
    assert "Reload" not in main_of(there)


def test_a_failed_try_is_shown_and_the_next_one_waited_for(
    client_for: ClientFor, acme_owner: Membership, delivery: Delivery
) -> None:
    client = client_for(acme_owner)
    next_time = asks_again(client.get(page_of(delivery)))
    tried(delivery, 500)
    answer = client.get(next_time, headers=HTMX)
    assert "500" in main_of(answer)
    assert asks_again(answer)


def test_the_page_does_not_ask_for_ever(
    client_for: ClientFor, acme_owner: Membership, delivery: Delivery
) -> None:
    client, asked = client_for(acme_owner), 0
    answer = client.get(page_of(delivery))
    while next_time := asks_again(answer):
        asked += 1
        answer = client.get(next_time, headers=HTMX)
    assert asked == 30
    assert "The answer appears" not in answer.text
    for odd in ("x", "9" * 20, "-1"):
        assert client.get(f"{page_of(delivery)}?looks={odd}", headers=HTMX).status_code == 200


def test_what_is_tried_in_an_hour_is_not_waited_for(
    client_for: ClientFor, acme_owner: Membership, delivery: Delivery
) -> None:
    OutboxEntry.objects.update(due_at=NOW + timedelta(hours=1))
    answer = client_for(acme_owner).get(page_of(delivery))
    assert not asks_again(answer)
    assert "next try 23 Nov 2026, 13:00 UTC" in main_of(answer)

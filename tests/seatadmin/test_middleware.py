"""What htmx gets in place of a page."""

import pytest
from django.test import Client

from accounts.models import Membership
from subscriptions.models import SeatPool
from tests import moves
from tests.conftest import ClientFor

pytestmark = pytest.mark.any_database

ASKED_BY_HTMX = {"hx-request": "true"}


def test_caches_keep_the_two_answers_apart(
    client_for: ClientFor, acme_owner: Membership, suite_pool: SeatPool
) -> None:
    assert "HX-Request" in client_for(acme_owner).get("/a/acme/team/")["Vary"]


def test_who_is_signed_out_gets_the_whole_page_anew(acme_owner: Membership) -> None:
    """A sign-in page is no part of any page."""
    answer = Client().get("/a/acme/team/", headers=ASKED_BY_HTMX)
    assert (answer.status_code, answer["HX-Refresh"]) == (200, "true")


def test_a_page_without_htmx_leads_to_sign_in(acme_owner: Membership) -> None:
    assert Client().get("/a/acme/team/").status_code == 302


def test_what_happened_is_said_in_one_place_whoever_asks(
    client_for: ClientFor, acme_owner: Membership, acme_admin: Membership, sell_pool: SeatPool
) -> None:
    client = client_for(acme_admin)
    for headers in (ASKED_BY_HTMX, {}):
        asked = moves.ask(sell_pool, 1, by=acme_admin, idempotency_key=f"{headers}")
        url = f"/a/acme/subscription/requests/{asked.pk}/withdraw/"
        page = client.post(url, headers=headers, follow=True).text
        assert page.count('id="messages"') == 1
        assert ('hx-swap-oob="innerHTML"' in page) == bool(headers)
        assert "Request withdrawn." in page


@pytest.mark.parametrize("page", ["seats/add", "subscription/manage", "team"])
def test_a_price_or_a_search_leaves_the_message_to_the_page_that_follows(
    client_for: ClientFor, acme_owner: Membership, acme_admin: Membership, sell_pool: SeatPool,
    page: str,
) -> None:  # fmt: skip
    """R17: htmx may still ask while the answer to a form is on its way."""
    client, said = client_for(acme_owner), f"{acme_admin.name} has been suspended."
    client.post(f"/a/acme/team/{acme_admin.pk}/suspend/")
    asked = client.get(f"/a/acme/{page}/", headers=ASKED_BY_HTMX)
    assert asked.status_code == 200
    assert said not in asked.text
    assert said in client.get("/a/acme/team/").text

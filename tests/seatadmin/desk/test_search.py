"""The search in the header finds what this person may see, and a number leads straight there."""

from typing import Any

import pytest

from accounts.models import Account, Membership, User
from subscriptions.models import SeatPool, SeatRequest, ServiceOrder
from tests import cast
from tests.conftest import ClientFor
from tests.subscriptions.views.pages import text


def search(client: Any, words: str, **more: str) -> Any:
    return client.get("/admin/search/", {"q": words, **more})


@pytest.mark.parametrize(
    "words", ["Initech", "ini", "INITECH", "owner@initech", "Initech Owner", "tech"]
)
def test_accounts_and_people_are_found_by_name_and_address(
    words: str, client_for: ClientFor, rep: User, initech: Account
) -> None:
    assert f'href="/admin/accounts/account/{initech.pk}/' in search(client_for(rep), words).text


def test_a_person_leads_to_their_account(
    client_for: ClientFor, rep: User, initech_admin: Membership
) -> None:
    shown = text(search(client_for(rep), "admin@initech.example"))
    assert "Initech Admin admin@initech.example Initech, Admin" in shown


@pytest.mark.parametrize("words", ["SO-{:06}", "so-{}", " SO-{} "])
def test_the_number_of_a_service_order_leads_to_its_request(
    words: str, client_for: ClientFor, rep: User, five: SeatRequest
) -> None:
    answer = search(client_for(rep), words.format(five.service_order.pk))
    assert answer.headers["Location"] == f"/admin/subscriptions/seatrequest/{five.pk}/change/"


def test_a_bare_number_that_is_a_request_leads_there(
    client_for: ClientFor, rep: User, five: SeatRequest
) -> None:
    answer = search(client_for(rep), str(five.pk))
    assert answer.headers["Location"] == f"/admin/subscriptions/seatrequest/{five.pk}/change/"


def test_a_number_that_is_several_things_shows_all_of_them(
    client_for: ClientFor, root: User, five: SeatRequest, foreign: SeatRequest
) -> None:
    """The id of one request, and the number of another's service order."""
    ServiceOrder.objects.filter(seat_request=five).update(id=9_999_999)
    ServiceOrder.objects.filter(seat_request=foreign).update(id=five.pk)
    shown = text(search(client_for(root), str(five.pk)))
    assert "5 more Support Suite" in shown
    assert "7 more Sell" in shown


@pytest.mark.parametrize(
    "words", ["Vandelay", "vand", "owner@vandelay.example", "SO-{order}", "{pk}"]
)
def test_nothing_of_another_representative_is_found(
    words: str, client_for: ClientFor, rep: User, foreign: SeatRequest
) -> None:
    words = words.format(order=foreign.service_order.pk, pk=foreign.pk)
    answer = search(client_for(rep), words)
    assert answer.status_code == 200
    assert "Nothing found." in answer.text


def test_read_only_sales_finds_all(
    client_for: ClientFor, initech: Account, foreign: SeatRequest
) -> None:
    client = client_for(cast.onlooker("looker"))
    for words in ("Initech", "Vandelay"):
        assert "Nothing found." not in search(client, words).text


def test_ten_of_each_kind_are_shown_and_the_rest_a_click_away(
    client_for: ClientFor, rep: User, initech_pool: SeatPool
) -> None:
    cast.fill(initech_pool, 12)
    client = client_for(rep)
    page = search(client, "Initech")
    assert page.text.count("@initech.example") == 10
    assert 'href="?q=Initech&amp;show=people">All 1' in page.text
    assert search(client, "Initech", show="people").text.count("@initech.example") > 10


@pytest.mark.parametrize("words", ["", "   ", "9" * 40, "SO-", "%", "_", "'", "x" * 5000])
def test_whatever_is_typed_is_answered(
    words: str, client_for: ClientFor, rep: User, initech: Account
) -> None:
    assert search(client_for(rep), words).status_code == 200


def test_what_was_searched_stands_in_the_field(
    client_for: ClientFor, rep: User, initech: Account
) -> None:
    assert 'value="&lt;b&gt;"' in search(client_for(rep), "<b>").text

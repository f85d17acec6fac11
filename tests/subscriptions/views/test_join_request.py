"""The page where more of what is requested is asked for, and what the others show of it: D20."""

import pytest

from accounts.models import Membership, User
from subscriptions.models import SeatPool, SeatRequest
from tests import moves
from tests.conftest import ClientFor
from tests.kept import kept
from tests.subscriptions.views.pages import address, hidden, text

REASON = {"reason": "Three more start in May.", "idempotency_key": "joining"}


@kept
def asked(acme_admin: Membership, sell_pool: SeatPool) -> SeatRequest:
    return moves.ask(sell_pool, 2, by=acme_admin)


def test_who_finds_seats_requested_already_finds_where_to_ask_for_more(
    client_for: ClientFor, asked: SeatRequest, acme_agent: Membership, acme_owner: Membership
) -> None:
    """R21: not who can buy them."""
    joining = f'href="{address("join_request", acme_agent, asked.pk)}"'
    assert joining in client_for(acme_agent).get(address("requests", acme_agent)).text
    assert joining not in client_for(acme_owner).get(address("requests", acme_owner)).text


def test_it_shows_what_is_requested_and_what_all_of_it_costs(
    client_for: ClientFor, asked: SeatRequest, acme_agent: Membership
) -> None:
    """N1: 5 × 49.00 for 8 of 30 days."""
    url = address("join_request", acme_agent, asked.pk)
    page = text(client_for(acme_agent).get(url, {f"seats-{asked.pool_id}": 3}))
    assert "2 Sell Growth seats have already been requested." in page
    assert "Acme Admin" in page
    assert "Two people start next week." in page
    assert "2 requested already, 3 by you now." in page
    assert "5 → 10 +5" in page
    assert "Cost if approved today €65.33" in page


def test_it_is_sent_once_and_each_takes_back_their_own_part(
    client_for: ClientFor, asked: SeatRequest, acme_agent: Membership, acme_admin: Membership
) -> None:
    """D6, N4."""
    client, page = client_for(acme_agent), address("requests", acme_agent)
    form = {f"seats-{asked.pool_id}": 3, **REASON}
    for _ in range(2):
        said = client.post(address("join_request", acme_agent, asked.pk), form, follow=True)
        assert "Requested: Sell Growth +3." in text(said)
    asked.refresh_from_db()
    assert asked.seats == 5
    shown = text(client.get(page))
    assert "Sell Growth +5" in shown
    assert "+3 Acme Agent" in shown
    assert "Three more start in May." in shown
    assert "Withdraw my part" in shown
    url = address("withdraw_request", acme_agent, asked.pk)
    assert "Your part is withdrawn." in text(client.post(url, follow=True))
    assert client.post(url).status_code == 403
    assert "Withdraw request" in text(client_for(acme_admin).get(page))


@pytest.mark.parametrize(
    ("number", "says"), [("0", "Enter 1 or more."), ("x", "Enter a whole number."), ("", "Enter")]
)
def test_what_makes_no_sense_is_said_under_its_field(
    client_for: ClientFor, asked: SeatRequest, acme_agent: Membership, number: str, says: str
) -> None:
    url = address("join_request", acme_agent, asked.pk)
    shown = client_for(acme_agent).post(url, {f"seats-{asked.pool_id}": number, **REASON})
    assert (shown.status_code, says in text(shown)) == (422, True)
    assert "Three more start in May." in shown.text


def test_what_was_decided_meanwhile_is_not_joined(
    client_for: ClientFor, asked: SeatRequest, acme_agent: Membership, acme_owner: Membership
) -> None:
    url = address("join_request", acme_agent, asked.pk)
    moves.approve(asked, by=acme_owner)
    client = client_for(acme_agent)
    shown = client.post(url, {f"seats-{asked.pool_id}": 3, **REASON})
    assert shown.status_code == 409
    assert "This request is already closed: Approved." in text(shown)
    # Its seats can be requested anew.
    assert client.get(url)["Location"].endswith(f"/seats/request/?pool={asked.pool_id}")


def test_who_decides_sees_the_parts_and_approves_all_of_them(
    client_for: ClientFor, asked: SeatRequest, acme_agent: Membership, acme_owner: Membership
) -> None:
    moves.join(asked, 3, by=acme_agent)
    client, page = client_for(acme_owner), address("requests", acme_owner)
    shown = client.get(page)
    assert "+2 Acme Admin" in text(shown)
    assert "Approve and buy for €65.33" in text(shown)
    sent = {"quote_fingerprint": hidden(shown, "quote_fingerprint"), "note": ""}
    client.post(address("approve_request", acme_owner, asked.pk), sent)
    assert "Acme Admin, Acme Agent" in text(client.get(page))


def test_who_joined_finds_the_closed_request_and_who_did_not_finds_nothing(
    client_for: ClientFor, asked: SeatRequest, acme_agent: Membership, acme_owner: Membership
) -> None:
    moves.join(asked, 3, by=acme_agent)
    moves.approve(SeatRequest.objects.get(pk=asked.pk), by=acme_owner)
    assert (
        f'id="request-{asked.pk}"'
        in client_for(acme_agent).get(address("requests", acme_agent)).text
    )


def test_the_sales_desk_shows_the_parts(
    client_for: ClientFor, initech_admin: Membership, initech_owner: Membership,
    initech_pool: SeatPool, rep: User,
) -> None:  # fmt: skip
    """R22."""
    asked = moves.ask(initech_pool, 2, by=initech_admin)
    moves.join(asked, 3, by=initech_owner)
    client = client_for(rep)
    shown = text(client.get(f"/admin/subscriptions/seatrequest/{asked.pk}/change/"))
    assert "Initech Owner ( owner@initech.example ) +3 Three more start in May." in shown
    assert "5 more" in shown
    found = text(client.get("/admin/subscriptions/seatrequest/", {"q": "Three more start"}))
    assert found.count("Initech") >= 1

import re
from datetime import date

import pytest
from django.core import mail

from accounts.models import Account, AccountKind, Membership, User
from subscriptions.models import RequestPart, SeatPool, SeatRequest, ServiceOrder
from subscriptions.rules.requests import may_decide
from tests import cast, moves
from tests.conftest import ClientFor
from tests.subscriptions.conftest import Ask
from tests.subscriptions.views.pages import address, confirm, confirmation, hidden, text

REASON = {"reason": "Two people start on Monday."}


@pytest.fixture
def asked(client_for: ClientFor, acme_admin: Membership, sell_pool: SeatPool) -> SeatRequest:
    """acme's admin asks for two Sell seats."""
    url = address("request_seats", acme_admin)
    sent = {f"seats-{sell_pool.pk}": 2, **REASON, "idempotency_key": "asked"}
    assert client_for(acme_admin).post(url, sent).status_code == 302
    return SeatRequest.objects.get()


def test_the_form_shows_the_cost_it_would_have(
    client_for: ClientFor, acme_admin: Membership, sell_pool: SeatPool
) -> None:
    """N1, R13."""
    page = text(
        client_for(acme_admin).get(
            address("request_seats", acme_admin), {f"seats-{sell_pool.pk}": 2}
        )
    )
    # 2 × 49.00 for 8 of 30 days
    assert "Cost if approved today €26.13" in page
    assert "5 → 7 +2" in page


def test_a_request_goes_to_those_who_may_buy(
    acme_billing: Membership, asked: SeatRequest, mailoutbox: list[mail.EmailMessage]
) -> None:
    """D1: owner and billing admins of a self-service account; the requester gets a copy (N4)."""
    assert asked.addressed_to == "buyers"
    assert not ServiceOrder.objects.exists()
    assert asked.reason == REASON["reason"]


def test_in_a_sales_managed_account_it_opens_a_service_order(
    client_for: ClientFor, initech_admin: Membership, initech_pool: SeatPool
) -> None:
    """R19: and any of owner, admin or agent may ask."""
    sent = {
        f"seats-{initech_pool.pk}": 5,
        "reason": "Season",
        "needed_by": "2026-12-15",
        "idempotency_key": "k",
    }
    client = client_for(initech_admin)
    client.post(address("request_seats", initech_admin), sent)
    made = SeatRequest.objects.get()
    assert made.addressed_to == "representative"
    assert made.needed_by == date(2026, 12, 15)
    assert made.service_order.is_open
    page = text(client.get(address("requests", initech_admin)))
    assert made.service_order.number in page


def test_the_same_form_asks_once_and_a_second_request_is_led_to_the_first(
    client_for: ClientFor, asked: SeatRequest, acme_admin: Membership, acme_agent: Membership
) -> None:
    """D6; one open request per pool."""
    url = address("request_seats", acme_admin)
    sent = {f"seats-{asked.pool_id}": 2, **REASON}
    assert client_for(acme_admin).post(url, {**sent, "idempotency_key": "asked"}).status_code == 302
    refused = client_for(acme_agent).post(url, {**sent, "idempotency_key": "another"})
    assert refused.status_code == 409
    assert "More Sell Growth seats have already been requested" in text(refused)
    assert f'href="{address("requests", acme_admin)}"' in refused.content.decode()
    assert SeatRequest.objects.count() == 1


def test_who_comes_from_the_cart_for_seats_requested_already_is_led_to_that_request(
    client_for: ClientFor, asked: SeatRequest, acme_admin: Membership, suite_pool: SeatPool
) -> None:
    """R13, R21: the account does have such seats, they are only on their way."""
    url = address("request_seats", acme_admin)
    shown = client_for(acme_admin).get(
        url, {f"seats-{asked.pool_id}": 7, f"seats-{suite_pool.pk}": 4}
    )
    page = text(shown)
    assert "2 Sell Growth seats have already been requested." in page
    assert "These seats do not belong" not in page
    # What was typed is said, not thrown away, and the other number stands.
    assert "ask in it for the 7 you entered." in page
    joining = address("join_request", acme_admin, asked.pk)
    assert f'href="{joining}?seats-{asked.pool_id}=7"' in shown.content.decode()
    assert "10 → 14" in page


@pytest.mark.parametrize("name", ["request_seats", "add_seats"])
def test_the_address_of_a_pool_that_is_requested_leads_to_its_request(
    name: str,
    client_for: ClientFor,
    asked: SeatRequest,
    acme_admin: Membership,
    suite_pool: SeatPool,
) -> None:
    """R21: not to a form filled with another product."""
    response = client_for(acme_admin).get(address(name, acme_admin), {"pool": asked.pool_id})
    assert response.url == f"{address('requests', acme_admin)}#request-{asked.pk}"


def test_a_second_person_reads_an_open_request_and_decides_nothing(
    client_for: ClientFor, asked: SeatRequest, acme_agent: Membership, acme_owner: Membership
) -> None:
    """R21: an agent sees who asked for how many and why; a closed one only the requester sees."""
    client, url = client_for(acme_agent), address("requests", acme_agent)
    page = text(client.get(url))
    assert "Sell Growth +2" in page
    assert "Acme Admin" in page
    assert REASON["reason"] in page
    assert "Approve" not in page
    assert "Decline" not in page
    assert "Withdraw request" not in page
    decline = address("decline_request", acme_owner, asked.pk)
    client_for(acme_owner).post(decline, {"note": "Next quarter"})
    assert "Next quarter" not in text(client.get(url))


def test_who_may_not_see_the_subscription_sees_what_the_seats_would_cost_and_no_total(
    client_for: ClientFor, asked: SeatRequest, suite_pool: SeatPool, acme_agent: Membership
) -> None:
    """N1: today and per period for these seats; the account's whole bill is not theirs to read."""
    client, form = client_for(acme_agent), address("request_seats", acme_agent)
    pages = {
        "form": client.get(form),
        "preview": client.get(form, {f"seats-{suite_pool.pk}": 3}, headers={"HX-Request": "true"}),
        "requests": client.get(address("requests", acme_agent)),
        "overview": client.get(address("access", acme_agent)),
    }
    # 10 × 140.00 + 5 × 49.00; with one and with three Suite seats, with two Sell seats more.
    totals = ("1,645.00", "1,785.00", "2,065.00", "1,743.00", "1,400.00", "245.00")
    for name, response in pages.items():
        page = text(response)
        assert not [total for total in totals if total in page], name
    # 3 × 140.00 for 8 of 30 days
    assert "Cost if approved today €112.00" in text(pages["preview"])
    assert "These seats from 1 December 2026, per month €420.00" in text(pages["preview"])
    assert "More per month after that €98.00" in text(pages["requests"])


def test_who_sees_the_subscription_sees_the_whole_bill(
    client_for: ClientFor, suite_pool: SeatPool, acme_admin: Membership
) -> None:
    """N1"""
    url = address("request_seats", acme_admin)
    page = text(client_for(acme_admin).get(url, {f"seats-{suite_pool.pk}": 3}))
    assert "Per month from 1 December 2026 €1,820.00" in page


def test_a_buyer_is_led_to_buying(
    client_for: ClientFor, acme_owner: Membership, sell_pool: SeatPool
) -> None:
    """D1."""
    response = client_for(acme_owner).get(address("request_seats", acme_owner))
    assert response.url == address("add_seats", acme_owner)


def test_a_request_needs_a_reason_and_a_number(
    client_for: ClientFor, acme_admin: Membership, sell_pool: SeatPool
) -> None:
    client, url = client_for(acme_admin), address("request_seats", acme_admin)
    for sent in (
        {f"seats-{sell_pool.pk}": 2, "reason": " "},
        {f"seats-{sell_pool.pk}": "", **REASON},
        {f"seats-{sell_pool.pk}": 0, **REASON},
        {f"seats-{sell_pool.pk}": 1, "reason": "x" * 1001},
        {f"seats-{sell_pool.pk}": 1, **REASON, "needed_by": "soon"},
        {f"seats-{sell_pool.pk}": 1, **REASON, "needed_by": "2020-01-01"},
    ):
        assert client.post(url, sent).status_code == 422
    assert not SeatRequest.objects.exists()


def test_the_owner_sees_what_it_costs_and_approves_once(
    client_for: ClientFor, asked: SeatRequest, acme_owner: Membership
) -> None:
    """D1, N1, R22: approving buys; a second decision is refused."""
    client = client_for(acme_owner)
    shown = client.get(address("requests", acme_owner))
    assert "Approve and buy for €26.13" in text(shown)
    assert "5 → 7" in text(shown)
    sent = {"note": "Welcome to them", "quote_fingerprint": hidden(shown, "quote_fingerprint")}
    done = client.post(address("approve_request", acme_owner, asked.pk), sent, follow=True)
    assert "2 Sell Growth seats bought: 5 → 7." in text(done)
    second = client.post(address("decline_request", acme_owner, asked.pk), sent)
    assert second.status_code == 409
    assert "This request is already closed: Approved." in text(second)
    asked.refresh_from_db()
    assert asked.is_approved
    asked.pool.refresh_from_db()
    assert asked.pool.seats == 7


def test_an_approval_against_old_numbers_is_refused(
    client_for: ClientFor, asked: SeatRequest, acme_owner: Membership
) -> None:
    """D6."""
    client = client_for(acme_owner)
    seen = hidden(client.get(address("requests", acme_owner)), "quote_fingerprint")
    confirm(client, address("add_seats", acme_owner), {f"seats-{asked.pool_id}": 1})
    refused = client.post(
        address("approve_request", acme_owner, asked.pk), {"note": "", "quote_fingerprint": seen}
    )
    assert refused.status_code == 409
    assert "6 → 8" in text(refused)
    asked.refresh_from_db()
    assert asked.is_open


def test_approving_much_is_asked_once_more_and_the_note_is_kept(
    client_for: ClientFor, acme_owner: Membership, acme_admin: Membership, suite_pool: SeatPool
) -> None:
    """2.4: naming number and sum; Back leads to the request as it was."""
    asked = moves.ask(suite_pool, 500, by=acme_admin)
    client, url = client_for(acme_owner), address("approve_request", acme_owner, asked.pk)
    seen = hidden(client.get(address("requests", acme_owner)), "quote_fingerprint")
    once_more = client.post(url, {"note": "For the season.", "quote_fingerprint": seen})
    assert once_more.status_code == 409
    page = text(once_more)
    assert "Buy 500 Support Suite Professional seats for €18,666.67?" in page
    assert "Nothing changes until you confirm." not in page
    back = client.post(url, {"note": "For the season.", "quote_fingerprint": seen, "back": "1"})
    assert back.status_code == 200
    assert "Approve and buy for €18,666.67" in text(back)
    assert "For the season." in back.content.decode()
    assert moves.numbers(suite_pool)[0] == 10
    agreed = {
        "note": "For the season.",
        "quote_fingerprint": seen,
        "confirmed": confirmation(once_more),
    }
    assert client.post(url, agreed).status_code == 302
    assert moves.numbers(suite_pool)[0] == 510


def test_declining_needs_a_note(
    client_for: ClientFor, asked: SeatRequest, acme_owner: Membership
) -> None:
    client, url = client_for(acme_owner), address("decline_request", acme_owner, asked.pk)
    refused = client.post(url, {"note": " "})
    assert refused.status_code == 422
    assert "Add a reason" in text(refused)
    sent = {"note": "Next quarter", "expected": hidden(refused, "expected")}
    assert client.post(url, {**sent, "expected": "9"}).status_code == 409
    assert client.post(url, sent).status_code == 302
    asked.refresh_from_db()
    assert (asked.is_declined, asked.note) == (True, "Next quarter")


def test_the_requester_withdraws_with_one_click(
    client_for: ClientFor, asked: SeatRequest, acme_admin: Membership, acme_agent: Membership
) -> None:
    """N4; nobody else can."""
    url = address("withdraw_request", acme_admin, asked.pk)
    assert client_for(acme_agent).post(url).status_code == 404
    requester = client_for(acme_admin)
    assert "Request withdrawn." in text(requester.post(url, follow=True))
    assert requester.post(url).status_code == 409


def test_a_request_whose_seats_arrived_another_way_closes_itself(
    client_for: ClientFor, asked: SeatRequest, acme_owner: Membership, acme_admin: Membership
) -> None:
    """N4."""
    buyer = client_for(acme_owner)
    confirm(buyer, address("add_seats", acme_owner), {f"seats-{asked.pool_id}": 2})
    page = text(client_for(acme_admin).get(address("requests", acme_admin)))
    assert "Seats added another way" in page


def test_the_representative_decides_not_the_owner_of_a_sales_managed_account(
    client_for: ClientFor,
    initech_owner: Membership,
    initech_admin: Membership,
    initech_pool: SeatPool,
    rep: User,
) -> None:
    """D1."""
    sent = {f"seats-{initech_pool.pk}": 5, **REASON, "idempotency_key": "k"}
    client_for(initech_admin).post(address("request_seats", initech_admin), sent)
    made = SeatRequest.objects.get()
    owner = client_for(initech_owner)
    page = owner.get(address("requests", initech_owner))
    assert f"{rep.name} ({rep.email}) decides" in text(page)
    assert "Approve" not in text(page)
    refused = owner.post(
        address("approve_request", initech_owner, made.pk), {"quote_fingerprint": "x"}
    )
    assert refused.status_code == 403


def test_another_accounts_request_does_not_exist(
    client_for: ClientFor, asked: SeatRequest, globex_owner: Membership, globex_pool: SeatPool
) -> None:
    """D8."""
    client = client_for(globex_owner)
    for name in ("approve_request", "decline_request", "withdraw_request"):
        assert client.post(address(name, globex_owner, asked.pk), {}).status_code == 404


def test_legacy_seats_of_a_sales_managed_account_cannot_be_requested(
    client_for: ClientFor, initech_owner: Membership, catalogue: cast.Catalogue
) -> None:
    """R23."""
    pool = cast.pool(initech_owner.account.subscription, catalogue.legacy_sell, seats=10)
    client, url = client_for(initech_owner), address("request_seats", initech_owner)
    refused = client.post(url, {f"seats-{pool.pk}": 1, **REASON})
    assert refused.status_code in (403, 422)
    assert not SeatRequest.objects.exists()


def test_once_an_account_is_sales_managed_its_buyers_no_longer_buy_by_approving(
    client_for: ClientFor, asked: SeatRequest, acme_owner: Membership, rep: User
) -> None:
    """D1: the representative decides what is still open."""
    Account.objects.filter(pk=acme_owner.account.pk).update(
        kind=AccountKind.SALES_MANAGED, representative=rep
    )
    client = client_for(acme_owner)
    assert "Approve" not in text(client.get(address("requests", acme_owner)))
    url = address("approve_request", acme_owner, asked.pk)
    assert client.post(url, {"quote_fingerprint": "x"}).status_code == 403
    asked = SeatRequest.objects.with_details().get(pk=asked.pk)
    assert may_decide(asked, rep)


def test_requests_of_the_same_moment_always_stand_in_one_order(
    client_for: ClientFor, acme_owner: Membership, asked: SeatRequest, suite_pool: SeatPool,
    ask: Ask,
) -> None:  # fmt: skip
    """A database without an order to keep gives rows as they lie on the disk: this one first."""
    last = asked.pk + 1000
    SeatRequest.objects.filter(pk=asked.pk).update(id=last)
    RequestPart.objects.filter(seat_request=asked).update(seat_request=last)
    first, last = sorted([last, ask(asked.requested_by, suite_pool, 1).pk])
    page = client_for(acme_owner).get(address("requests", acme_owner)).text
    assert page.index(f'id="request-{first}"') < page.index(f'id="request-{last}"')


def test_a_closed_request_says_why_it_was_made_and_what_it_cost(
    client_for: ClientFor, acme_owner: Membership, asked: SeatRequest, suite_pool: SeatPool,
    ask: Ask,
) -> None:  # fmt: skip
    """Reason and note keep their lines, on the open card too."""
    for told in (SeatRequest, RequestPart):
        told.objects.update(reason="Two start.\n\nOne <b>returns</b>.")
    declined = ask(asked.requested_by, suite_pool, 1)
    client, page = client_for(acme_owner), address("requests", acme_owner)
    shown = client.get(page).text
    assert "Two start.<br><br>One &lt;b&gt;returns&lt;/b&gt;." in shown
    # Each open request has its form; this one's quote stands in its own card.
    card = shown[shown.index(f'id="request-{asked.pk}"') :]
    seen = re.search(r'name="quote_fingerprint" value="([^"]+)"', card)
    assert seen
    client.post(
        address("approve_request", acme_owner, asked.pk),
        {"note": "Granted.\nFor now.", "quote_fingerprint": seen[1]},
    )
    client.post(address("decline_request", acme_owner, declined.pk), {"note": "No."})
    closed = client.get(page)
    assert "Two start.<br><br>One &lt;b&gt;returns&lt;/b&gt;." in closed.text
    assert "Granted.<br>For now." in closed.text
    # 2 × 49.00 for 8 of 30 days; what was declined cost nothing.
    assert "€26.13 Granted. For now." in text(closed)
    assert "– No." in text(closed)

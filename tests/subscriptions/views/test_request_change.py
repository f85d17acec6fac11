"""The page on which something else than more seats is asked for, and what follows: R3, R6, N4."""

import re
from datetime import date

import pytest

from accounts.models import Membership
from subscriptions.models import ChangeRequest, ChangeRequestKind, SeatPool
from tests import cast, changes
from tests.cast import Catalogue
from tests.conftest import ClientFor
from tests.factories import PlanFactory
from tests.subscriptions.views.pages import address, text

REASON = {"reason": "Season over.", "wanted_on": "2026-12-31"}


def page_of(who: Membership, kind: str) -> str:
    return f"{address('request_change', who)}?kind={kind}"


def test_subscription_leads_to_it_for_whoever_may_ask(
    client_for: ClientFor, acme_owner: Membership, acme_agent: Membership, sell_pool: SeatPool
) -> None:
    """R6."""
    url = address("request_change", acme_owner)
    shown = client_for(acme_owner).get(address("subscription", acme_owner)).content.decode()
    assert f'href="{url}"' in shown
    requests = client_for(acme_agent).get(address("requests", acme_agent)).content.decode()
    assert url not in requests
    assert client_for(acme_agent).get(url).status_code == 403


def test_only_what_makes_sense_is_offered(
    client_for: ClientFor,
    acme_owner: Membership,
    acme_admin: Membership,
    sell_pool: SeatPool,
    catalogue: Catalogue,
) -> None:
    """Who removes seats themselves is not asked whether to request it; no other plan, no choice."""
    url = address("request_change", acme_owner)
    assert "Fewer seats" not in text(client_for(acme_owner).get(url))
    shown = text(client_for(acme_admin).get(url))
    assert "Fewer seats" in shown
    assert "Another plan" not in shown
    PlanFactory.create(product=catalogue.sell.product, tier="Enterprise", cents=11900)
    assert "Another plan" in text(client_for(acme_owner).get(url))


def test_it_says_what_it_would_mean(
    client_for: ClientFor, globex_owner: Membership, globex_talk: SeatPool, catalogue: Catalogue
) -> None:
    """N1, N2: numbers, the price of a period, and people, before it is asked for."""
    [agent] = cast.fill(globex_talk, 1)
    cheap = PlanFactory.create(product=catalogue.talk.product, tier="Team", cents=1900)
    client, line = client_for(globex_owner), globex_talk.lines.get()
    had = globex_talk.seats
    fewer = text(
        client.get(page_of(globex_owner, "fewer_seats") + f"&pool={globex_talk.pk}&seats=1")
    )
    assert f"{had} → 1" in fewer
    assert agent.name not in fewer
    plan = text(client.get(page_of(globex_owner, "other_plan") + f"&plan={line.pk}-{cheap.pk}"))
    assert "$17.10 was $44.10" in plan
    ended = text(client.get(page_of(globex_owner, "cancellation")))
    assert "$0.00 was" in ended
    assert "Vendor Rep (rep@vendor.example) decides. Nothing changes until then." in ended


def test_it_is_asked_for_and_follows_whoever_asked(
    client_for: ClientFor, globex_admin: Membership, globex_talk: SeatPool
) -> None:
    """N4: sent once, listed with the seat requests, withdrawn with one click."""
    client, url = client_for(globex_admin), page_of(globex_admin, "fewer_seats")
    form = {"pool": globex_talk.pk, "seats": 1, **REASON, "idempotency_key": "once"}
    for _time in range(2):
        assert client.post(url, form).status_code == 302
    asked = ChangeRequest.objects.get()
    assert (asked.kind, asked.wanted_on) == (ChangeRequestKind.FEWER_SEATS, date(2026, 12, 31))
    shown = client.get(address("requests", globex_admin))
    assert re.search(r"Wished for [^.]*31[^.]*\.?[^.]*2026\.", text(shown))
    again = client.post(url, {**form, "idempotency_key": "again"})
    assert again.status_code == 409
    assert "already been requested" in text(again)
    assert client.post(address("withdraw_change", globex_admin, asked.pk)).status_code == 302
    assert "Withdrawn" in text(client.get(address("requests", globex_admin)))


def test_without_a_script_a_button_shows_what_it_would_mean(
    client_for: ClientFor, globex_admin: Membership, globex_talk: SeatPool
) -> None:
    form = {"pool": globex_talk.pk, "seats": 1, "reason": "", "look": "1"}
    shown = client_for(globex_admin).post(page_of(globex_admin, "fewer_seats"), form)
    assert shown.status_code == 200
    assert f"{globex_talk.seats} → 1" in text(shown)
    assert not ChangeRequest.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"seats": "99"},
        {"seats": "0"},
        {"seats": "1.5"},
        {"pool": "987654"},
        {"pool": "1 OR 1=1"},
        {"reason": ""},
        {"reason": "x" * 1001},
        {"wanted_on": "2020-01-01"},
        {"wanted_on": "soon"},
    ],
    ids=str,
)
def test_a_form_that_makes_no_sense_asks_for_nothing(
    client_for: ClientFor,
    globex_admin: Membership,
    globex_talk: SeatPool,
    wrong: dict[str, str],
) -> None:
    form = {"pool": globex_talk.pk, "seats": 1, **REASON, **wrong}
    refused = client_for(globex_admin).post(page_of(globex_admin, "fewer_seats"), form)
    assert refused.status_code == 422
    assert not ChangeRequest.objects.exists()


def test_a_buyer_approves_it_on_the_requests_page(
    client_for: ClientFor, acme_admin: Membership, acme_billing: Membership, sell_pool: SeatPool
) -> None:
    """R8: as they would remove the seats themselves."""
    asked = changes.ask(changes.fewer(sell_pool, 3), by=acme_admin)
    client, url = client_for(acme_billing), address("approve_change", acme_billing, asked.pk)
    assert "Approve from" in text(client.get(address("requests", acme_billing)))
    assert "Approve from" not in text(client_for(acme_admin).get(address("requests", acme_admin)))
    stale = client.post(url, {"quote_fingerprint": "another"}, follow=True)
    assert "Nothing has changed yet" in text(stale)
    done = client.post(url, {"quote_fingerprint": changes.shown(asked)}, follow=True)
    assert "Sell Growth has 3 seats from the renewal on" in text(done)
    assert client_for(acme_admin).post(url).status_code == 403


def test_a_buyer_declines_it_with_a_reason(
    client_for: ClientFor, acme_admin: Membership, acme_billing: Membership, sell_pool: SeatPool
) -> None:
    asked = changes.ask(changes.fewer(sell_pool, 3), by=acme_admin)
    client, url = client_for(acme_billing), address("decline_change", acme_billing, asked.pk)
    assert "Add a reason" in text(client.post(url, {"note": ""}, follow=True))
    assert "Request declined" in text(client.post(url, {"note": "We grow."}, follow=True))


def test_a_new_account_asks_for_its_first_order(
    client_for: ClientFor, bare: Membership, catalogue: Catalogue
) -> None:
    """Its pages say what is missing, and lead on."""
    client, url = client_for(bare), address("request_change", bare)
    assert f'href="{url}"' in client.get(address("subscription", bare)).content.decode()
    assert "Plan" in text(client.get(url))
    form = {"plan": catalogue.support_suite.pk, "seats": 12, "reason": "We start in May."}
    asked = client.post(url, form, follow=True)
    assert "First order: Support Suite Professional, 12 seats" in text(asked)
    assert "Withdraw request" in text(client.get(address("requests", bare)))


def test_others_requests_are_not_there(
    client_for: ClientFor, acme_owner: Membership, globex_admin: Membership, globex_talk: SeatPool
) -> None:
    """D8."""
    asked = changes.ask(changes.fewer(globex_talk, 1), by=globex_admin)
    for name in ("withdraw_change", "approve_change", "decline_change"):
        assert client_for(acme_owner).post(address(name, acme_owner, asked.pk)).status_code == 404

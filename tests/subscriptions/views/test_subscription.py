from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Membership, User
from subscriptions.models import SeatPool, SeatRequest
from tests import cast, moves
from tests.conftest import ClientFor
from tests.factories import PlanFactory, ProductFactory
from tests.subscriptions.views.pages import address, confirm, hidden, text


def test_every_line_shows_its_four_numbers_and_its_cost(
    client_for: ClientFor,
    acme_owner: Membership,
    suite_nine_of_ten: SeatPool,
    sell_two_of_five: SeatPool,
) -> None:
    """R4: every plan of the account, and the pool's numbers with the words for them."""
    page = text(client_for(acme_owner).get(address("subscription", acme_owner)))
    assert "9 assigned · 1 available · 10 purchased" in page
    assert "2 assigned · 3 available · 5 purchased" in page
    assert "Support Suite One seat covers Support, Guide, Explore, Talk." in page
    assert "Workforce Management Add-on, same number of seats as Support Suite Professional" in page
    assert "€1,150.00 10 × €115.00" in page
    assert "€250.00 10 × €25.00" in page
    assert "1 December 2026 in 8 days" in page
    assert "Cost of the next period €1,645.00" in page


def test_manage_is_drawn_for_those_who_may(
    client_for: ClientFor,
    suite_pool: SeatPool,
    acme_owner: Membership,
    acme_billing: Membership,
    acme_admin: Membership,
) -> None:
    """R5, R6."""
    manage = f'href="{address("manage_subscription", acme_owner)}"'
    for who, drawn in ((acme_owner, True), (acme_billing, True), (acme_admin, False)):
        html = client_for(who).get(address("subscription", who)).content.decode()
        assert (manage in html) is drawn


def test_an_admin_is_told_whom_to_ask(
    client_for: ClientFor, suite_pool: SeatPool, acme_owner: Membership, acme_admin: Membership
) -> None:
    """R6: no Manage button, but why and whom to ask."""
    page = text(client_for(acme_admin).get(address("subscription", acme_admin)))
    assert "the account owner and billing admins can" in page
    assert "owner@acme.example" in page
    assert "Support, support@vendor.example" in page


def test_in_a_sales_managed_account_even_the_owner_asks_the_representative(
    client_for: ClientFor, initech_pool: SeatPool, initech_owner: Membership, rep: User
) -> None:
    """R6: the account representative, by name and mail."""
    client = client_for(initech_owner)
    page = client.get(address("subscription", initech_owner))
    assert address("manage_subscription", initech_owner) not in page.content.decode()
    assert f"contact your account representative {rep.name}, {rep.email}" in text(page)
    refused = client.get(address("manage_subscription", initech_owner))
    assert refused.status_code == 403
    assert f'Contact {rep.name} (<a href="mailto:{rep.email}">{rep.email}</a>)' in refused.text


def test_the_last_seat_warns_and_leads_to_where_seats_are_bought(
    client_for: ClientFor,
    suite_nine_of_ten: SeatPool,
    acme_owner: Membership,
    acme_admin: Membership,
) -> None:
    """R20, R21, D12: who may not buy is led to the request form."""
    for who, page in ((acme_owner, "add_seats"), (acme_admin, "request_seats")):
        response = client_for(who).get(address("subscription", who))
        assert "Only 1 Support Suite Professional seat is left." in text(response)
        link = f'href="{address(page, who)}?pool={suite_nine_of_ten.pk}"'
        assert link in response.content.decode()


def test_a_full_pool_is_said_more_strongly(
    client_for: ClientFor, suite_pool: SeatPool, acme_owner: Membership
) -> None:
    """D12."""
    cast.fill(suite_pool, 10)
    page = text(client_for(acme_owner).get(address("subscription", acme_owner)))
    assert "No Support Suite Professional seats are left." in page


def test_a_scheduled_reduction_is_shown_and_undone(
    client_for: ClientFor, sell_two_of_five: SeatPool, acme_owner: Membership
) -> None:
    """D3: the number at renewal can be undone until then; a second click changes nothing."""
    client, pool = client_for(acme_owner), sell_two_of_five
    confirm(client, address("manage_subscription", acme_owner), {f"seats-{pool.pk}": 1})
    page = text(client.get(address("subscription", acme_owner)))
    assert "1 seat from 1 December 2026" in page
    assert "Will lose their seat then: Acme " in page
    for said in ("keeps its 5 seats", "No reduction is scheduled. Sell Growth has 5 seats"):
        response = client.post(
            address("cancel_scheduled_reduction", acme_owner), {"pool": pool.pk}, follow=True
        )
        assert said in text(response)
    pool.refresh_from_db()
    assert (pool.seats, pool.seats_at_renewal) == (5, 5)
    assert pool.changes.filter(kind="kept").count() == 1


@pytest.mark.parametrize("name", ["subscription", "manage_subscription", "team", "add_member"])
def test_a_page_speaks_of_todays_period_where_the_renewal_is_late(
    name: str, client_for: ClientFor, sell_two_of_five: SeatPool, acme_owner: Membership, clock: Any
) -> None:
    """D3: whoever opens a page first has it renewed; none speaks of a period that has ended."""
    moves.set_numbers({sell_two_of_five: 1}, by=acme_owner)
    client = client_for(acme_owner)
    clock.move_to(datetime(2026, 12, 1, 0, 5, tzinfo=UTC))
    assert client.get(address(name, acme_owner), follow=True).status_code == 200
    assert moves.numbers(sell_two_of_five) == (1, 1, 1)
    page = text(client.get(address("subscription", acme_owner)))
    assert "1 January 2027 in 31 days" in page
    assert "scheduled" not in page


def test_whoever_lost_the_seat_in_a_late_renewal_is_met_as_what_they_are_now(
    client_for: ClientFor, sell_two_of_five: SeatPool, acme_owner: Membership, clock: Any
) -> None:
    """D2, D4: the renewal comes before the page asks who is there."""
    moves.set_numbers({sell_two_of_five: 1}, by=acme_owner)
    displaced_member = sell_two_of_five.assignments.in_order_of_loss()[0].membership
    client = client_for(displaced_member)
    clock.move_to(datetime(2026, 12, 1, 0, 5, tzinfo=UTC))
    form = {f"seats-{sell_two_of_five.pk}": "2", "reason": "New people.", "idempotency_key": "late"}
    assert client.post(address("request_seats", displaced_member), form).status_code == 403
    assert not SeatRequest.objects.exists()


def test_a_form_opened_first_after_a_late_renewal_is_not_stale(
    client_for: ClientFor, sell_two_of_five: SeatPool, acme_owner: Membership, clock: Any
) -> None:
    """D6: it was filled against what is."""
    moves.set_numbers({sell_two_of_five: 1}, by=acme_owner)
    displaced_member = sell_two_of_five.assignments.in_order_of_loss()[0].membership
    client, url = client_for(acme_owner), address("member", acme_owner, displaced_member.pk)
    clock.move_to(datetime(2026, 12, 1, 0, 5, tzinfo=UTC))
    form = {
        "name": displaced_member.name,
        "role": "admin",
        "expected_state": hidden(client.get(url), "expected_state"),
    }
    assert client.post(url, form).status_code == 302


def test_a_renewal_that_fails_shuts_no_page(
    client_for: ClientFor, sell_two_of_five: SeatPool, acme_owner: Membership, clock: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    """Something is wrong that `check_seats` finds; until then people work on."""
    moves.set_numbers({sell_two_of_five: 1}, by=acme_owner)
    SeatPool.objects.filter(pk=sell_two_of_five.pk).update(assigned=5)
    client = client_for(acme_owner)
    clock.move_to(datetime(2026, 12, 1, 0, 5, tzinfo=UTC))
    page = client.get(address("subscription", acme_owner))
    assert "1 January 2027 in 31 days" in text(page)
    assert f"Renewing subscription {sell_two_of_five.subscription_id} failed" in caplog.text
    # Nobody may find it wrong once more at the end of the test.
    SeatPool.objects.filter(pk=sell_two_of_five.pk).update(assigned=2)


def test_an_account_that_bought_nothing_is_told_whom_to_ask(
    client_for: ClientFor, db: None
) -> None:
    owner = cast.owner(cast.account("newco"))
    owner.account.subscription.delete()
    page = client_for(owner).get(address("subscription", owner))
    assert page.status_code == 200
    assert "No subscription yet" in text(page)


@pytest.mark.parametrize(
    "name", ["subscription", "manage_subscription", "add_seats", "requests", "team"]
)
def test_pages_cost_the_same_queries_with_10_and_1000_members(
    name: str, client_for: ClientFor, acme_owner: Membership, suite_nine_of_ten: SeatPool
) -> None:
    """A page's number of queries does not grow with its rows."""
    client, url = client_for(acme_owner), address(name, acme_owner)
    counts = []
    # The first visit in an hour is written down.
    client.get(url)
    for people in (0, 990):
        cast.crowd(suite_nine_of_ten, people)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_late_renewal_does_not_show_a_day_that_has_passed(
    client_for: ClientFor, clock: Any, acme_owner: Membership, sell_two_of_five: SeatPool
) -> None:
    clock.move_to("2026-12-05 09:00:00Z")
    client, pool = client_for(acme_owner), sell_two_of_five
    page = text(client.get(address("subscription", acme_owner)))
    assert "1 January 2027 in 27 days" in page
    done = confirm(client, address("manage_subscription", acme_owner), {f"seats-{pool.pk}": 3})
    assert "Sell Growth: 3 seats from 1 January 2027." in text(client.get(done.url))


def test_a_subscription_without_lines_is_no_dead_end(client_for: ClientFor, db: None) -> None:
    """The superuser opened it and has yet to add a line."""
    owner = cast.owner(cast.account("newco"))
    page = client_for(owner).get(address("subscription", owner))
    assert "No subscription yet" in text(page)
    assert "Manage" not in text(page).replace("Manage team", "")


@pytest.mark.parametrize(("tier", "said"), [("Legacy", 1), ("Professional", 1)])
def test_a_legacy_plan_says_so_once(
    tier: str, said: int, client_for: ClientFor, acme_owner: Membership, acme: Account
) -> None:
    plan = PlanFactory.create(
        product=ProductFactory.create(name="Old Sell"), tier=tier, is_legacy=True
    )
    cast.pool(acme.subscription, plan, seats=3)
    page = text(client_for(acme_owner).get(address("subscription", acme_owner)))
    assert page.split("Old Sell", 1)[1].lower().count("legacy") == said

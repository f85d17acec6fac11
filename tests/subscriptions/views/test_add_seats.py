import re

import pytest
from django.utils.html import escape

from accounts.models import Membership
from accounts.permissions import Role
from subscriptions.models import Order, SeatPool, Subscription
from tests import cast, moves
from tests.conftest import ClientFor
from tests.factories import PlanFactory
from tests.subscriptions.views.pages import address, confirm, confirmation, hidden, send, text


def test_the_number_is_additional_and_acts_at_once(
    client_for: ClientFor, acme_owner: Membership, suite_nine_of_ten: SeatPool
) -> None:
    """R12, R14, R17: current → new before, a message after, the seats at once."""
    client, url = client_for(acme_owner), address("add_seats", acme_owner)
    shown = text(client.get(url, {f"seats-{suite_nine_of_ten.pk}": 2}))
    assert "Enter only the additional seats" in shown
    assert "10 → 12 +2" in shown
    done = confirm(client, url, {f"seats-{suite_nine_of_ten.pk}": 2})
    page = text(client.get(done.url))
    assert "2 Support Suite Professional seats bought: 10 → 12. Charged today: €74.67." in page
    suite_nine_of_ten.refresh_from_db()
    assert (suite_nine_of_ten.seats, suite_nine_of_ten.seats_at_renewal) == (12, 12)


def test_lines_that_share_the_pool_are_part_of_the_purchase(
    client_for: ClientFor, acme_owner: Membership, suite_pool: SeatPool
) -> None:
    """R15, R9: every line, included product, unit price and prorated amount, behind the arrow."""
    response = client_for(acme_owner).get(
        address("add_seats", acme_owner), {f"seats-{suite_pool.pk}": 2}
    )
    assert '<details class="disclosure" id="lines"' in response.content.decode()
    page = text(response)
    assert "Support Suite Professional +2 €61.34 Includes Support, Guide, Explore, Talk" in page
    assert "2 × €115.00 × 8 of 30 days" in page
    assert "Workforce Management +2 €13.33" in page
    assert "Charged today €74.67" in page


def test_an_admin_sees_request_in_place_of_buy(
    client_for: ClientFor, acme_owner: Membership, acme_admin: Membership, suite_pool: SeatPool
) -> None:
    """R13, R3: and their purchase is refused with who may."""
    url = address("add_seats", acme_owner)
    assert "Buy seats" in text(client_for(acme_owner).get(url))
    client = client_for(acme_admin)
    page = client.get(url)
    assert "Request agent seats" in text(page)
    assert "Buy seats" not in text(page)
    # Their form only leads on, by its address: no secret may get into that.
    cart = page.content.decode().split('<form class="split"')[1].split("</form>")[0]
    assert 'name="csrfmiddlewaretoken"' not in cart
    assert f'method="get" action="{address("request_seats", acme_admin)}"' in cart
    refused = client.post(
        url, {f"seats-{suite_pool.pk}": 1, "idempotency_key": "k", "quote_fingerprint": "x"}
    )
    assert refused.status_code == 403
    assert "owner@acme.example" in text(refused)
    assert not Order.objects.exists()


def test_a_sales_managed_account_gets_the_request_form(
    client_for: ClientFor, initech_owner: Membership, initech_pool: SeatPool
) -> None:
    """R19, R21."""
    response = client_for(initech_owner).get(
        address("add_seats", initech_owner) + f"?pool={initech_pool.pk}"
    )
    assert response.url == address("request_seats", initech_owner) + f"?pool={initech_pool.pk}"


def _subscription_with(lines: int) -> Membership:
    owner = cast.owner(cast.account(f"lines{lines}"))
    subscription: Subscription = owner.account.subscription
    catalogue = cast.catalogue()
    cast.pool(subscription, catalogue.sell, seats=5)
    cast.pool(subscription, catalogue.support, seats=5)
    for _line in range(lines - 2):
        cast.pool(subscription, PlanFactory.create(), seats=5)
    return owner


def test_seven_lines_have_the_streamlined_cart(client_for: ClientFor, db: None) -> None:
    """R16: one number, for the Support pool unless another is chosen."""
    owner = _subscription_with(7)
    client, url = client_for(owner), address("add_seats", owner)
    html = client.get(url).content.decode()
    assert html.count('name="seats-') == 1
    support = owner.account.subscription.pools.get(name="Support Professional")
    sell = owner.account.subscription.pools.get(name="Sell Growth")
    assert f'name="seats-{support.pk}"' in html
    chosen = client.get(url, {"pool": sell.pk}).content.decode()
    assert f'name="seats-{sell.pk}"' in chosen
    assert f'name="seats-{support.pk}"' not in chosen


def test_eight_lines_have_the_full_cart(client_for: ClientFor, db: None) -> None:
    """R16: every pool, bought together."""
    owner = _subscription_with(8)
    client, url = client_for(owner), address("add_seats", owner)
    html = client.get(url).content.decode()
    pools = list(owner.account.subscription.pools.all())
    assert html.count('name="seats-') == len(pools) == 8
    done = confirm(client, url, {f"seats-{pools[0].pk}": 1, f"seats-{pools[7].pk}": 2})
    assert done.status_code == 302
    assert [p.seats for p in owner.account.subscription.pools.all()] == [6, 5, 5, 5, 5, 5, 5, 7]
    assert Order.objects.count() == 1


def test_the_full_cart_starts_with_no_number_nobody_typed(client_for: ClientFor, db: None) -> None:
    """R16: none is filled in but for the pool somebody came for; nothing is wrong yet."""
    owner = _subscription_with(8)
    sell = owner.account.subscription.pools.get(name="Sell Growth")
    client, url = client_for(owner), address("add_seats", owner)
    untouched = {f"seats-{pool.pk}": "" for pool in owner.account.subscription.pools.all()}
    for shown in (client.get(url), client.get(url, untouched)):
        assert not shown.context["form"].errors
        assert shown.context["quote"].is_empty
        html = shown.content.decode()
        assert not re.search(r'name="seats-\d+" value', html)
        assert 'id="today" data-nothing' in html
        assert "Enter how many seats to add. You will see the cost here before you buy." in text(
            shown
        )
    came_for = client.get(url, {"pool": sell.pk})
    assert came_for.context["form"].numbers() == {sell.pk: 1}
    assert "data-nothing" not in came_for.content.decode()


@pytest.mark.parametrize("lines", [7, 8])
def test_an_empty_cart_is_refused_with_what_to_do(
    lines: int, client_for: ClientFor, db: None
) -> None:
    """R16: whichever cart it is."""
    owner = _subscription_with(lines)
    client, url = client_for(owner), address("add_seats", owner)
    shown = client.get(url)
    pools = [row[0].pool for row in shown.context["rows"]]
    refused = send(client, url, shown, {f"seats-{pool.id}": "" for pool in pools})
    assert refused.status_code == 422
    assert "Enter how many seats to add." in text(refused)
    assert not Order.objects.exists()


def test_more_than_a_pool_can_have_is_said_at_its_number(
    client_for: ClientFor, acme_owner: Membership, suite_pool: SeatPool
) -> None:
    """No price is shown for what is not sold."""
    client, url = client_for(acme_owner), address("add_seats", acme_owner)
    shown = client.get(url, {f"seats-{suite_pool.pk}": 99_999})
    assert "A product can have at most 100,000 seats." in text(shown)
    assert shown.context["quote"].is_empty


def test_a_big_purchase_is_asked_once_more_with_number_and_sum(
    client_for: ClientFor, acme_owner: Membership, suite_pool: SeatPool
) -> None:
    """2.4: bought once, and only after the yes; the way back keeps what was typed."""
    client = client_for(acme_owner)
    url = address("add_seats", acme_owner) + f"?pool={suite_pool.pk}&then=add_member"
    wanted = {f"seats-{suite_pool.pk}": 500}
    early = send(client, url, client.get(url), wanted)
    assert "Nothing has changed yet" in text(early)
    asked = send(client, url, early, wanted)
    assert asked.status_code == 409
    page = text(asked)
    assert "Buy 500 Support Suite Professional seats for €18,666.67?" in page
    assert "Yes, buy 500 seats for €18,666.67" in page
    assert not Order.objects.exists()
    way_back = asked.context["as_typed"]
    assert "then=add_member" in way_back
    back = client.get(way_back)
    assert (back.context["form"].numbers(), back.context["consent"]) == ({suite_pool.pk: 500}, None)
    sent = {
        **wanted,
        "idempotency_key": hidden(asked, "idempotency_key"),
        "quote_fingerprint": hidden(asked, "quote_fingerprint"),
    }
    agreed = {**sent, "confirmed": confirmation(asked)}
    assert [client.post(url, agreed).status_code for _click in range(2)] == [302, 302]
    assert moves.numbers(suite_pool) == (510, 0, 510)
    assert Order.objects.count() == 1


def test_the_purchase_leads_back_to_the_person_being_added(
    client_for: ClientFor, acme_owner: Membership, suite_pool: SeatPool
) -> None:
    """R18."""
    client = client_for(acme_owner)
    url = address("add_seats", acme_owner) + f"?pool={suite_pool.pk}&then=add_member"
    shown = client.get(url)
    sent = {
        f"seats-{suite_pool.pk}": 1,
        "idempotency_key": hidden(shown, "idempotency_key"),
        "quote_fingerprint": hidden(shown, "quote_fingerprint"),
    }
    assert client.post(url, sent).url == address("add_member", acme_owner)
    evil = client.post(url.replace("add_member", "//evil.example"), sent)
    assert evil.url == address("team", acme_owner)


def test_another_accounts_pool_is_not_found(
    client_for: ClientFor, acme_owner: Membership, suite_pool: SeatPool, globex_pool: SeatPool
) -> None:
    """D8."""
    client = client_for(acme_owner)
    for pool in (str(globex_pool.pk), "0", "x", ""):
        assert client.get(address("add_seats", acme_owner), {"pool": pool}).status_code == 404


def test_the_price_of_yesterday_is_not_charged_today(
    client_for: ClientFor, clock: object, acme_owner: Membership, suite_pool: SeatPool
) -> None:
    """D6, N1: what is charged is what was shown."""
    client, url = client_for(acme_owner), address("add_seats", acme_owner)
    shown = client.get(url, {f"seats-{suite_pool.pk}": 1})
    sent = {
        f"seats-{suite_pool.pk}": 1,
        "idempotency_key": "k",
        "quote_fingerprint": hidden(shown, "quote_fingerprint"),
    }
    clock.move_to("2026-11-24 08:00:00Z")  # type: ignore[attr-defined]
    refused = client.post(url, sent)
    assert refused.status_code == 409
    assert "Charged today €32.67" in text(refused)


def test_names_are_text_on_the_page(
    client_for: ClientFor, acme_owner: Membership, suite_pool: SeatPool
) -> None:
    nasty = '<img src=x onerror="alert(1)">'
    SeatPool.objects.filter(pk=suite_pool.pk).update(name=nasty)
    cast.member(acme_owner.account, "nasty", Role.ADMIN)
    html = client_for(acme_owner).get(address("add_seats", acme_owner)).content.decode()
    assert nasty not in html
    assert escape(nasty) in html


def test_the_buyers_cart_says_that_a_request_for_these_seats_is_open(
    client_for: ClientFor, acme_owner: Membership, acme_admin: Membership, suite_pool: SeatPool
) -> None:
    """R21: who asked, how many, and where to decide it."""
    asked = moves.ask(suite_pool, 2, acme_admin)
    response = client_for(acme_owner).get(address("add_seats", acme_owner))
    page = text(response)
    assert "2 Support Suite Professional seats have already been requested." in page
    assert "By Acme Admin on 23 November 2026." in page
    assert "Review request" in page
    decide = f'href="{address("requests", acme_owner)}#request-{asked.pk}"'
    assert decide in response.content.decode()


def test_the_cart_of_an_admin_begins_with_a_pool_that_can_still_be_requested(
    client_for: ClientFor, acme_admin: Membership, suite_pool: SeatPool, sell_pool: SeatPool
) -> None:
    """R13, R21"""
    moves.ask(suite_pool, 2, acme_admin)
    html = client_for(acme_admin).get(address("add_seats", acme_admin)).content.decode()
    assert f'name="seats-{sell_pool.pk}"' in html
    assert f'name="seats-{suite_pool.pk}"' not in html
    assert f"?pool={suite_pool.pk}" not in html


@pytest.mark.parametrize("name", ["add_seats", "request_seats", "manage_subscription"])
def test_before_anything_is_bought_a_form_that_is_sent_changes_nothing(
    name: str, client_for: ClientFor, acme_owner: Membership
) -> None:
    """It is said what is missing, and who sets it up."""
    sent = client_for(acme_owner).post(address(name, acme_owner), {"seats-1": 1})
    assert sent.status_code == 409
    assert "Support (support@vendor.example) sets up the subscription" in text(sent)


def test_an_agent_is_never_led_on_to_adding_people(
    client_for: ClientFor, acme_agent: Membership, sell_pool: SeatPool
) -> None:
    """D1: whatever the address says."""
    url = f"{address('request_seats', acme_agent)}?then=add_member"
    sent = {f"seats-{sell_pool.pk}": 1, "reason": "New people", "idempotency_key": "k"}
    assert client_for(acme_agent).post(url, sent).url == address("requests", acme_agent)

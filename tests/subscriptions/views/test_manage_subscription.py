from typing import Any

import pytest

from accounts.models import Membership, Status
from subscriptions.models import Order, SeatAssignment, SeatPool
from tests import cast, moves
from tests.conftest import ClientFor
from tests.subscriptions.views.pages import (
    address,
    confirm,
    confirm_again,
    confirmation,
    hidden,
    send,
    text,
)


def test_it_shows_cost_and_people_before_anything_is_changed(
    client_for: ClientFor,
    acme_owner: Membership,
    suite_nine_of_ten: SeatPool,
    sell_two_of_five: SeatPool,
) -> None:
    """R8, R10, N1, N2: current → new, charged today, from then on, who would lose a seat."""
    suite, sell = suite_nine_of_ten, sell_two_of_five
    last = SeatAssignment.objects.filter(pool=sell).in_order_of_loss()[0].membership
    client = client_for(acme_owner)
    shown = client.get(
        address("manage_subscription", acme_owner),
        {f"seats-{suite.pk}": 12, f"seats-{sell.pk}": 1},
    )
    page = text(shown)
    assert "10 → 12 +2" in page
    # 2 × (115.00 + 25.00) for 8 of 30 days
    assert "Charged today €74.67" in page
    assert "€1,729.00 was €1,645.00" in page
    assert "1 person will lose their Sell Growth seat." in page
    assert f"{last.name} ({last.user.email})" in page
    suite.refresh_from_db()
    assert suite.seats == 10
    assert not Order.objects.exists()


def test_self_service_updates_up_at_once_and_down_at_renewal(
    client_for: ClientFor,
    acme_owner: Membership,
    suite_nine_of_ten: SeatPool,
    sell_two_of_five: SeatPool,
) -> None:
    """R8, D3; the success message says what was bought (R17)."""
    suite, sell = suite_nine_of_ten, sell_two_of_five
    client, url = client_for(acme_owner), address("manage_subscription", acme_owner)
    assert "Update subscription" in text(client.get(url))
    done = confirm(client, url, {f"seats-{suite.pk}": 12, f"seats-{sell.pk}": 3})
    page = text(client.get(done.url))
    assert "2 Support Suite Professional seats bought: 10 → 12." in page
    assert "Sell Growth: 3 seats from 1 December 2026." in page
    assert "Charged today: €74.67." in page
    suite.refresh_from_db()
    sell.refresh_from_db()
    assert (suite.seats, suite.seats_at_renewal) == (12, 12)
    assert (sell.seats, sell.seats_at_renewal) == (5, 3)


def test_reducing_at_once_makes_the_agents_added_last_end_users(
    client_for: ClientFor, acme_owner: Membership, sell_two_of_five: SeatPool
) -> None:
    """R10, D4."""
    sell = sell_two_of_five
    first, last = [a.membership for a in sell.assignments.order_by("membership__added_at")]
    client, url = client_for(acme_owner), address("manage_subscription", acme_owner)
    confirm(client, url, {f"seats-{sell.pk}": 1}, timing="now")
    first.refresh_from_db()
    last.refresh_from_db()
    sell.refresh_from_db()
    assert (sell.seats, sell.assigned) == (1, 1)
    assert first.is_agent
    assert last.is_end_user


def test_the_buyer_can_choose_someone_else(
    client_for: ClientFor, acme_owner: Membership, sell_two_of_five: SeatPool
) -> None:
    """D4."""
    sell = sell_two_of_five
    first = sell.assignments.order_by("membership__added_at")[0]
    client, url = client_for(acme_owner), address("manage_subscription", acme_owner)
    confirm(client, url, {f"seats-{sell.pk}": 1}, timing="now", **{f"lose-{sell.pk}": first.pk})
    first.membership.refresh_from_db()
    assert first.membership.is_end_user


def test_a_form_sent_twice_buys_once(
    client_for: ClientFor, acme_owner: Membership, suite_pool: SeatPool
) -> None:
    """D6."""
    client, url = client_for(acme_owner), address("manage_subscription", acme_owner)
    numbers = {f"seats-{suite_pool.pk}": 12}
    shown = client.get(url, numbers)
    sent = {
        **numbers,
        "idempotency_key": hidden(shown, "idempotency_key"),
        "quote_fingerprint": hidden(shown, "quote_fingerprint"),
    }
    assert [client.post(url, sent).status_code for _click in range(3)] == [302, 302, 302]
    suite_pool.refresh_from_db()
    assert suite_pool.seats == 12
    assert Order.objects.count() == 1


def test_a_form_filled_against_old_numbers_is_refused_with_the_new_ones(
    client_for: ClientFor,
    acme_owner: Membership,
    acme_billing: Membership,
    suite_pool: SeatPool,
    sell_pool: SeatPool,
) -> None:
    """D6; what the buyer did not touch is not undone by their confirming again."""
    url = address("manage_subscription", acme_owner)
    slow, quick = client_for(acme_owner), client_for(acme_billing)
    wishes = {
        f"seats-{suite_pool.pk}": 12,
        f"was-{suite_pool.pk}": 10,
        f"seats-{sell_pool.pk}": 5,
        f"was-{sell_pool.pk}": 5,
    }
    shown = slow.get(url, wishes)
    confirm(quick, url, {f"seats-{suite_pool.pk}": 11, f"seats-{sell_pool.pk}": 8})
    refused = slow.post(
        url,
        {
            **wishes,
            "idempotency_key": "k1",
            "quote_fingerprint": hidden(shown, "quote_fingerprint"),
        },
    )
    assert refused.status_code == 409
    assert "Nothing has changed yet" in text(refused)
    assert "11 → 12 +1" in text(refused)
    assert hidden(refused, f"was-{sell_pool.pk}") == "8"
    suite_pool.refresh_from_db()
    assert suite_pool.seats == 11
    again = {
        f"seats-{suite_pool.pk}": 12,
        f"was-{suite_pool.pk}": 11,
        f"seats-{sell_pool.pk}": 8,
        f"was-{sell_pool.pk}": 8,
    }
    seen = {
        "idempotency_key": hidden(refused, "idempotency_key"),
        "quote_fingerprint": hidden(refused, "quote_fingerprint"),
    }
    assert slow.post(url, {**again, **seen}).status_code == 302
    sell_pool.refresh_from_db()
    assert (sell_pool.seats, sell_pool.seats_at_renewal) == (8, 8)


def test_a_reduction_that_somebody_else_made_first_is_a_stale_form(
    client_for: ClientFor,
    acme_owner: Membership,
    acme_billing: Membership,
    sell_two_of_five: SeatPool,
) -> None:
    """D6: both confirm the same; it changes nothing any more, but both saw five seats."""
    url = address("manage_subscription", acme_owner)
    wishes = {f"seats-{sell_two_of_five.pk}": 1, "timing": "now"}
    clients = [client_for(acme_owner), client_for(acme_billing)]
    asked = [send(client, url, client.get(url, wishes), wishes) for client in clients]
    done, refused = (
        confirm_again(client, url, answer, wishes)
        for client, answer in zip(clients, asked, strict=True)
    )
    assert (done.status_code, refused.status_code) == (302, 409)
    assert "The numbers or the price are different from what you saw" in text(refused)
    assert "That would not change anything" not in text(refused)
    assert Order.objects.count() == 1


def test_numbers_that_were_not_touched_change_nothing(
    client_for: ClientFor, acme_owner: Membership, sell_two_of_five: SeatPool
) -> None:
    """The form as it is shown, sent at once: no other numbers were seen."""
    refused = confirm(
        client_for(acme_owner),
        address("manage_subscription", acme_owner),
        {f"seats-{sell_two_of_five.pk}": 5},
    )
    assert refused.status_code == 422
    assert "That would not change anything" in text(refused)


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "", "100001", "ten", "1e9", "٣.٥"])
def test_numbers_that_make_no_sense_are_refused_with_a_sentence(
    number: str, client_for: ClientFor, acme_owner: Membership, suite_pool: SeatPool
) -> None:
    client, url = client_for(acme_owner), address("manage_subscription", acme_owner)
    refused = client.post(
        url, {f"seats-{suite_pool.pk}": number, "idempotency_key": "k", "quote_fingerprint": "x"}
    )
    assert refused.status_code == 422
    assert refused.context["form"].errors
    suite_pool.refresh_from_db()
    assert suite_pool.seats == 10


def test_a_pool_of_another_account_does_not_exist(
    client_for: ClientFor,
    acme_owner: Membership,
    suite_pool: SeatPool,
    globex_pool: SeatPool,
) -> None:
    """D8."""
    client, url = client_for(acme_owner), address("manage_subscription", acme_owner)
    sent: dict[str, Any] = {f"seats-{suite_pool.pk}": 10, f"seats-{globex_pool.pk}": 30}
    refused = client.post(url, {**sent, "idempotency_key": "k", "quote_fingerprint": "x"})
    assert refused.status_code == 422
    assert "These seats do not belong to this account." in text(refused)


def test_online_assisted_only_adds(
    client_for: ClientFor, globex_owner: Membership, globex_pool: SeatPool
) -> None:
    """R7: add only, and the button is Process order."""
    client, url = client_for(globex_owner), address("manage_subscription", globex_owner)
    shown = text(client.get(url))
    assert "Process order" in shown
    assert "To remove seats, contact your account representative:" in shown
    assert "rep@vendor.example" in shown
    assert confirm(client, url, {f"seats-{globex_pool.pk}": 27}).status_code == 302
    globex_pool.refresh_from_db()
    assert globex_pool.seats == 27


def test_fewer_in_an_online_assisted_account_is_refused_and_nothing_pretends_otherwise(
    client_for: ClientFor, globex_owner: Membership, globex_pool: SeatPool
) -> None:
    """R7: no price, nobody named, no button, and the field says whom to ask."""
    agent = cast.fill(globex_pool, 25)[-1]
    client, url = client_for(globex_owner), address("manage_subscription", globex_owner)
    now = text(client.get(url))
    wanted = {f"seats-{globex_pool.pk}": 20}
    shown = client.get(url, wanted)
    for answer in (shown, send(client, url, shown, wanted)):
        page = text(answer)
        assert (
            "You can only add Support Professional seats here. To remove seats, contact Vendor "
            "Rep (rep@vendor.example)."
        ) in page
        assert agent.name not in page
        assert "When to remove seats" not in page
        assert " was $" not in page
        assert price_from_then_on(page) == price_from_then_on(now)
        assert 'id="today" data-nothing' in answer.content.decode()
    assert answer.status_code == 422
    assert not answer.context["form"].non_field_errors()


def price_from_then_on(page: str) -> str:
    return page.split("Per year from")[1].split("Charged today")[0]


def test_a_legacy_plan_asked_for_too_few_shows_no_price_and_no_button(
    client_for: ClientFor, acme_owner: Membership, suite_pool: SeatPool, catalogue: cast.Catalogue
) -> None:
    """R23; with one number wrong nothing else is done either."""
    legacy = cast.pool(acme_owner.account.subscription, catalogue.legacy_sell, seats=10)
    cast.fill(legacy, 6)
    client, url = client_for(acme_owner), address("manage_subscription", acme_owner)
    shown = client.get(url, {f"seats-{legacy.pk}": 5, f"seats-{suite_pool.pk}": 12})
    page = text(shown)
    assert "Only unassigned seats (4) can be removed" in page
    assert "Correct the marked number to see the cost." in page
    assert "10 → 12" not in page
    assert "lose their" not in page
    assert 'id="today" data-nothing' in shown.content.decode()


def test_a_page_on_which_nothing_changes_has_its_button_at_rest(
    client_for: ClientFor, acme_owner: Membership, suite_pool: SeatPool
) -> None:
    client, url = client_for(acme_owner), address("manage_subscription", acme_owner)
    assert 'id="today" data-nothing' in client.get(url).content.decode()
    changed = client.get(url, {f"seats-{suite_pool.pk}": 11}).content.decode()
    assert "data-waits" in changed
    assert "data-nothing" not in changed


def test_when_seats_go_is_asked_only_where_seats_go(
    client_for: ClientFor, acme_owner: Membership, suite_pool: SeatPool, catalogue: cast.Catalogue
) -> None:
    """D3; of a legacy plan they never go at once (R23)."""
    legacy = cast.pool(acme_owner.account.subscription, catalogue.legacy_sell, seats=10)
    client, url = client_for(acme_owner), address("manage_subscription", acme_owner)
    for suite, sell, asked, at_once in (
        (10, 10, False, False),
        (12, 10, False, False),
        (8, 10, True, True),
        (10, 8, True, False),
    ):
        numbers = {f"seats-{suite_pool.pk}": suite, f"seats-{legacy.pk}": sell}
        page = text(client.get(url, numbers))
        assert ("When to remove seats" in page) is asked
        assert ("No refund for the days already paid." in page) is at_once


def test_what_is_bought_on_top_of_a_scheduled_reduction_is_told_apart(
    client_for: ClientFor, acme_owner: Membership, suite_pool: SeatPool
) -> None:
    """10 purchased, 7 at renewal, 12 needed: 2 are bought now, and 5 more stay at renewal."""
    moves.set_numbers({suite_pool: 7}, by=acme_owner)
    client, url = client_for(acme_owner), address("manage_subscription", acme_owner)
    page = text(client.get(url, {f"seats-{suite_pool.pk}": 12}))
    assert "7 → 12 at renewal +2 bought now" in page
    assert "+2 Support Suite Professional bought now €74.67" in page
    assert "Support Suite Professional at renewal 7 → 12" in page
    assert "+5" not in page


def test_removing_at_once_is_asked_once_more_with_number_and_people(
    client_for: ClientFor, acme_owner: Membership, sell_two_of_five: SeatPool
) -> None:
    """2.4: nothing is done before the yes, and Back keeps what was typed."""
    sell = sell_two_of_five
    client, url = client_for(acme_owner), address("manage_subscription", acme_owner)
    wanted = {f"seats-{sell.pk}": 1, "timing": "now"}
    asked = send(client, url, client.get(url, wanted), wanted)
    assert asked.status_code == 409
    page = text(asked)
    assert (
        "Remove 4 Sell Growth seats immediately, without a refund? 1 person will lose their seat."
        in page
    )
    assert "Yes, remove 4 seats immediately" in page
    assert "Nothing changes until you confirm." not in page
    assert moves.numbers(sell) == (5, 2, 5)
    back = client.get(asked.context["as_typed"])
    assert (back.context["form"].numbers(), back.context["consent"]) == ({sell.pk: 1}, None)
    sent = {
        **wanted,
        "idempotency_key": hidden(asked, "idempotency_key"),
        "quote_fingerprint": hidden(asked, "quote_fingerprint"),
    }
    agreed = {**sent, "confirmed": confirmation(asked)}
    assert [client.post(url, agreed).status_code for _click in range(2)] == [302, 302]
    assert moves.numbers(sell) == (1, 1, 1)
    assert Order.objects.count() == 1


def test_a_yes_is_for_the_numbers_it_was_given_to(
    client_for: ClientFor, acme_owner: Membership, sell_two_of_five: SeatPool
) -> None:
    """2.4, D6: typed anew beside the question, it is asked anew."""
    sell = sell_two_of_five
    client, url = client_for(acme_owner), address("manage_subscription", acme_owner)
    wanted = {f"seats-{sell.pk}": 3, "timing": "now"}
    asked = send(client, url, client.get(url, wanted), wanted)
    other = {f"seats-{sell.pk}": 2, "timing": "now"}
    stale = confirm_again(client, url, asked, other)
    assert "Nothing has changed yet" in text(stale)
    shown = client.get(url, other)
    again = send(client, url, shown, {**other, "confirmed": confirmation(asked)})
    assert "Remove 3 Sell Growth seats immediately" in text(again)
    assert moves.numbers(sell) == (5, 2, 5)


def test_whom_it_would_take_is_ticked_and_shown_with_their_last_visit(
    client_for: ClientFor, acme_owner: Membership, sell_two_of_five: SeatPool
) -> None:
    """D4, N2."""
    sell = sell_two_of_five
    first, last = [a.membership for a in sell.assignments.order_by("membership__added_at")]
    Membership.objects.filter(pk=first.pk).update(last_visited_at=cast.NOW)
    Membership.objects.filter(pk=last.pk).update(status=Status.SUSPENDED)
    client, url = client_for(acme_owner), address("manage_subscription", acme_owner)
    shown = client.get(url, {f"seats-{sell.pk}": 1})
    page = text(shown)
    assert ticked(shown) == [last.name]
    assert f"{last.name} Suspended" in page
    assert "last visit 23 November 2026" in page
    assert "no visits yet" in page
    assert "Select the 1 person who will lose their seat." in page


def test_ticking_another_takes_them_instead_and_the_count_stays_right(
    client_for: ClientFor, acme_owner: Membership, sell_pool: SeatPool
) -> None:
    """D4: exactly as many lose their seat as the page says, and it is they who are named."""
    one, two, three = cast.fill(sell_pool, 3)
    seat = {m.name: moves.seat_of(m, sell_pool).pk for m in (one, two, three)}
    client, url = client_for(acme_owner), address("manage_subscription", acme_owner)
    lose, default, named = (f"{what}-{sell_pool.pk}" for what in ("lose", "default", "named"))
    wanted: dict[str, Any] = {f"seats-{sell_pool.pk}": 1, "timing": "now"}
    shown = client.get(url, wanted)
    assert ticked(shown) == [three.name, two.name]
    wanted |= {default: hidden(shown, default), named: hidden(shown, named)}
    too_many = client.get(url, {**wanted, lose: [seat[m.name] for m in (three, two, one)]})
    assert ticked(too_many) == [three.name, one.name]
    too_few = client.get(url, {**wanted, lose: [seat[one.name]]})
    assert ticked(too_few) == [one.name]
    assert f"{three.name} (" in text(too_few).split("Choose someone else")[0]
    confirm(client, url, wanted, **{lose: [seat[one.name]]})
    assert [Membership.objects.get(pk=m.pk).is_end_user for m in (one, two, three)] == [
        *(True, False, True)
    ]


def test_ticks_left_as_they_were_are_no_choice(
    client_for: ClientFor, acme_owner: Membership, sell_two_of_five: SeatPool
) -> None:
    """D4: at renewal it is whoever was added last by then."""
    sell = sell_two_of_five
    client, url = client_for(acme_owner), address("manage_subscription", acme_owner)
    numbers = {f"seats-{sell.pk}": 1}
    shown = client.get(url, numbers)
    names = [f"default-{sell.pk}", f"named-{sell.pk}"]
    ticks = {name: hidden(shown, name) for name in names}
    confirm(client, url, numbers, **ticks, **{f"lose-{sell.pk}": ticks[names[0]]})
    assert not sell.assignments.filter(release_at_renewal=True).exists()


def ticked(shown: Any) -> list[str]:
    """Whose box is ticked, as the page lists them."""
    rows = [row for row in shown.context["rows"] if row[0].candidates]
    return [
        holder.name
        for change, _field, chosen in rows
        for holder in change.candidates
        if holder.assignment_id in chosen
    ]


def test_one_seat_left_at_renewal_is_said_in_the_singular(
    client_for: ClientFor, acme_owner: Membership, sell_two_of_five: SeatPool
) -> None:
    client, url = client_for(acme_owner), address("manage_subscription", acme_owner)
    done = confirm(client, url, {f"seats-{sell_two_of_five.pk}": 1})
    assert "Sell Growth: 1 seat from 1 December 2026." in text(client.get(done.url))


@pytest.mark.parametrize("name", ["manage_subscription", "add_seats"])
def test_in_a_sales_managed_account_nobody_is_sent_to_a_role_that_may_not_either(
    name: str, client_for: ClientFor, initech_agent: Membership
) -> None:
    """R6, D8: the account representative can help, and the owner cannot."""
    refused = client_for(initech_agent).get(address(name, initech_agent))
    assert refused.status_code == 403
    assert "Your account representative makes changes to" in text(refused)
    assert "rep@vendor.example" in text(refused)
    assert "Roles that can" not in text(refused)


def test_of_a_legacy_plan_only_unassigned_seats_go(
    client_for: ClientFor, acme_owner: Membership, catalogue: cast.Catalogue
) -> None:
    """R23: from the next period on, and nobody is downgraded for it."""
    pool = cast.pool(acme_owner.account.subscription, catalogue.legacy_sell, seats=10)
    cast.fill(pool, 6)
    client, url = client_for(acme_owner), address("manage_subscription", acme_owner)
    for numbers, more in (
        ({f"seats-{pool.pk}": 5}, {}),
        ({f"seats-{pool.pk}": 8}, {"timing": "now"}),
    ):
        refused = confirm(client, url, numbers, **more)
        assert refused.status_code == 422
        assert "Only unassigned seats (4) can be removed" in text(refused)
    assert confirm(client, url, {f"seats-{pool.pk}": 6}).status_code == 302
    pool.refresh_from_db()
    assert (pool.seats, pool.seats_at_renewal, pool.assigned) == (10, 6, 6)


def test_who_keeps_a_role_and_no_other_seat_is_said_to_keep_just_that(
    client_for: ClientFor, acme_owner: Membership, acme_admin: Membership, sell_pool: SeatPool
) -> None:
    """N2, D4: an admin needs no seat."""
    cast.fill(sell_pool, 1)
    cast.give_seat(sell_pool, acme_admin)
    SeatAssignment.objects.filter(membership=acme_admin).update(assigned_at=cast.NOW)
    shown = client_for(acme_owner).get(
        address("manage_subscription", acme_owner), {f"seats-{sell_pool.pk}": 1}
    )
    assert "keeps their role, without a seat" in text(shown)
    assert "other seats" not in text(shown)

"""The pages of Sales (R22): who sees what."""

from datetime import date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts.models import Account, Membership, User
from subscriptions.actions import withdraw_request
from subscriptions.actions.sales_group import ensure_read_only_group, ensure_sales_group
from subscriptions.models import SeatPool, SeatRequest
from tests import cast
from tests.conftest import ClientFor
from tests.factories import PlanFactory
from tests.subscriptions.admin.addresses import LIST, ORDERS, page
from tests.subscriptions.conftest import Ask
from tests.subscriptions.views.pages import text


def test_the_group_may_see_and_decide_and_nothing_else(db: None) -> None:
    group = Group.objects.get(name="Sales")
    requests = {"view_seatrequest", "view_changerequest", "view_serviceorder"}
    views = {"view_account", "view_order", "view_product", "view_plan", *requests}
    expected = {*views, "change_account", "change_seatrequest", "change_changerequest"}
    assert set(group.permissions.values_list("codename", flat=True)) == expected
    assert ensure_sales_group() == group
    assert group.permissions.count() == 10


def test_the_read_only_group_sees_every_account_and_changes_nothing(db: None) -> None:
    group = Group.objects.get(name="Sales (read only)")
    codes = set(group.permissions.values_list("codename", flat=True))
    assert "view_every_account" in codes
    assert all(code.startswith("view_") for code in codes)
    assert ensure_read_only_group() == group


def test_the_list_shows_a_rep_their_own_accounts_only(
    client_for: ClientFor, rep: User, five: SeatRequest, foreign: SeatRequest
) -> None:
    shown = text(client_for(rep).get(reverse(LIST)))
    assert "Initech Sales-managed Support Suite Professional +5 40 → 45" in shown
    assert "Vandelay" not in shown
    assert "1 seat request" in shown


def test_a_row_says_numbers_value_and_waiting_time(
    client_for: ClientFor, rep: User, five: SeatRequest, clock: Any
) -> None:
    clock.move_to(datetime(2026, 11, 26, 13, 0))
    shown = text(client_for(rep).get(reverse(LIST)))
    # 5 × 103.50 × 12 a year, of which 340 of 365 days are left.
    assert "+5 40 → 45 €5,784.66 today €6,210.00 per year 3 - Open Account representative" in shown


def test_the_value_in_the_list_is_the_quote_of_the_page(
    client_for: ClientFor, rep: User, five: SeatRequest
) -> None:
    client = client_for(rep)
    amount = text(client.get(reverse(LIST))).split(" today")[0].rsplit(" ", 1)[1]
    assert f"charges {amount} today" in text(client.get(page(five)))


@pytest.mark.parametrize("name", ["change", "history", "approve", "decline", "delete"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_anothers_request_is_as_if_it_did_not_exist(
    name: str, method: str, client_for: ClientFor, rep: User, foreign: SeatRequest
) -> None:
    client = client_for(rep)
    answer = getattr(client, method)(page(foreign, name), {"note": "No."})
    nowhere = page(foreign, name).replace(f"/{foreign.pk}/", "/987654/")
    there_is_none = getattr(client, method)(nowhere, {"note": "No."})
    assert answer.status_code == there_is_none.status_code
    assert answer.headers.get("Location") == there_is_none.headers.get("Location")
    assert "Vandelay" not in text(client.get("/admin/"))
    foreign.refresh_from_db()
    assert foreign.is_open


def test_search_and_filters_stay_inside_the_reps_accounts(
    client_for: ClientFor, rep: User, five: SeatRequest, foreign: SeatRequest
) -> None:
    client = client_for(rep)
    for query in ("q=Vandelay", "q=Sell", "q=owner@vandelay.example", "status=all&q=vandelay"):
        assert "No results." in text(client.get(f"{reverse(LIST)}?{query}"))
    for query in ("q=initech", "q=admin@initech.example", "status=all", "status=open"):
        assert "1 seat request" in text(client.get(f"{reverse(LIST)}?{query}"))
    kind = "pool__subscription__account__kind__exact"
    assert "1 seat request" in text(client.get(f"{reverse(LIST)}?{kind}=sales_managed"))
    assert "No results." in text(client.get(f"{reverse(LIST)}?{kind}=self_service"))


@pytest.mark.parametrize(
    ("needed_by", "found_under"),
    [
        (None, "none"),
        (date(2026, 11, 20), "late"),
        (date(2026, 11, 30), "soon"),
        (date(2026, 12, 24), "later"),
    ],
)
def test_requests_are_found_by_the_date_they_are_needed(
    needed_by: date | None,
    found_under: str,
    client_for: ClientFor,
    rep: User,
    ask: Ask,
    initech_admin: Membership,
    initech_pool: SeatPool,
) -> None:
    ask(initech_admin, initech_pool, 5)
    # A day that was still to come when it was asked.
    SeatRequest.objects.update(needed_by=needed_by)
    client = client_for(rep)
    for choice in ("late", "soon", "later", "none"):
        shown = text(client.get(reverse(LIST) + f"?needed={choice}"))
        assert ("1 seat request" in shown) == (choice == found_under)


def test_a_rep_of_nobody_sees_nobody(
    client_for: ClientFor, rep2: User, five: SeatRequest, bought_online: SeatRequest
) -> None:
    client = client_for(rep2)
    assert "No results." in text(client.get(reverse(LIST) + "?status=all"))
    assert "No results." in text(client.get(reverse(ORDERS) + "?status=all"))
    assert client.get(page(five)).status_code == 404


def test_a_superuser_sees_everyones(
    client_for: ClientFor, root: User, five: SeatRequest, foreign: SeatRequest
) -> None:
    shown = text(client_for(root).get(reverse(LIST)))
    assert "Initech" in shown
    assert "Vandelay" in shown


@pytest.mark.parametrize("address", ["accounts/user", "subscriptions/charge"])
def test_a_rep_sees_nothing_else_of_the_admin(
    address: str, client_for: ClientFor, rep: User, initech: Account
) -> None:
    client = client_for(rep)
    assert client.get(f"/admin/{address}/").status_code == 403
    assert client.get(f"/admin/{address}/add/").status_code == 403
    assert address not in client.get("/admin/").content.decode()


def test_staff_outside_of_sales_see_no_requests(
    client_for: ClientFor, rep: User, five: SeatRequest
) -> None:
    rep.groups.clear()
    client = client_for(rep)
    assert client.get(reverse(LIST)).status_code == 403
    assert client.get(page(five)).status_code == 403
    assert client.post(page(five, "approve"), {"note": ""}).status_code == 403


def test_members_are_sent_to_sign_in(
    client_for: ClientFor, initech_owner: Membership, five: SeatRequest
) -> None:
    answer = client_for(initech_owner).post(page(five, "approve"))
    assert answer.status_code == 302
    assert "/login/" in answer.url
    five.refresh_from_db()
    assert five.is_open


def test_the_list_asks_the_database_as_often_for_one_as_for_thirty(
    client_for: ClientFor,
    rep: User,
    ask: Ask,
    initech_admin: Membership,
    initech: Account,
    django_assert_max_num_queries: Any,
) -> None:
    client = client_for(rep)

    def more(number: int) -> None:
        for _ in range(number):
            pool = cast.pool(initech.subscription, PlanFactory.create(), seats=4)
            ask(initech_admin, pool, 2)

    more(1)
    with django_assert_max_num_queries(100) as first:
        assert "1 seat request" in text(client.get(reverse(LIST)))
    more(29)
    with django_assert_max_num_queries(len(first)):
        assert "30 seat requests" in text(client.get(reverse(LIST)))


def test_a_service_order_leads_to_its_request_and_is_closed_with_it(
    client_for: ClientFor, rep: User, five: SeatRequest, foreign: SeatRequest
) -> None:
    client, order = client_for(rep), five.service_order
    shown = client.get(reverse(ORDERS))
    assert page(five) in shown.content.decode()
    assert "Vandelay" not in text(shown)
    own = reverse("admin:subscriptions_serviceorder_change", args=[order.pk])
    other = reverse("admin:subscriptions_serviceorder_change", args=[foreign.service_order.pk])
    assert f"{order.number} Account: Initech" in text(client.get(own))
    assert client.get(other).status_code == 404
    assert "1 service order" in text(client.get(f"{reverse(ORDERS)}?q={order.number}"))
    assert "No results." in text(client.get(f"{reverse(ORDERS)}?q={foreign.service_order.number}"))
    client.post(page(five, "decline"), {"note": "Not now."})
    assert "Nothing is open." in text(client.get(reverse(ORDERS)))
    assert "Closed" in text(client.get(own))


def test_it_says_who_is_to_decide_and_afterwards_who_did(
    client_for: ClientFor, rep: User, five: SeatRequest, initech_admin: Membership
) -> None:
    client = client_for(rep)
    assert "Open Account representative" in text(client.get(reverse(LIST)))
    assert "To be decided by Account representative" in text(client.get(page(five)))
    withdraw_request(seat_request=five, by=initech_admin, at=cast.NOW)
    withdrawn = text(client.get(reverse(LIST) + "?status=all"))
    assert f"Withdrawn {initech_admin.user}" in withdrawn
    closed = text(client.get(page(five)))
    assert f"Withdrawn by {initech_admin.user}" in closed
    assert "ecided by" not in closed


def test_days_of_waiting_are_those_of_the_calendar(
    client_for: ClientFor, rep: User, five: SeatRequest, clock: Any
) -> None:
    """Asked on Monday noon: on Wednesday morning that is two days, as the dates say."""
    client = client_for(rep)
    assert "23 November 2026 · opened today" in text(client.get(page(five)))
    clock.move_to(datetime(2026, 11, 25, 9, 0))
    assert "2 days waiting" in text(client.get(page(five)))


def test_where_nothing_is_open_nobody_is_told_to_clear_a_search(
    client_for: ClientFor, rep: User
) -> None:
    client = client_for(rep)
    for address in (LIST, ORDERS):
        shown = text(client.get(reverse(address)))
        assert "Nothing is open. Choose another status to see what is closed." in shown
    assert "No results." in text(client.get(reverse(LIST) + "?q=nobody"))

"""The review desk of Sales (R22): who sees what, and deciding once."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core import mail
from django.urls import reverse

from accounts.models import Account, AccountKind, Membership, User
from subscriptions.actions import request_seats
from subscriptions.models import RequestStatus, SeatPool, SeatRequest, ServiceOrder
from subscriptions.sales import ensure_sales_group
from tests import cast
from tests.cast import Catalogue
from tests.conftest import ClientFor
from tests.factories import PlanFactory
from tests.subscriptions.views.pages import hidden, text

Ask = Callable[..., SeatRequest]
LIST = "admin:subscriptions_seatrequest_changelist"
ORDERS = "admin:subscriptions_serviceorder_changelist"


def page(seat_request: SeatRequest, name: str = "change") -> str:
    return reverse(f"admin:subscriptions_seatrequest_{name}", args=[seat_request.pk])


@pytest.fixture
def ask(at: datetime) -> Ask:
    def made(by: Membership, pool: SeatPool, seats: int, **more: Any) -> SeatRequest:
        form = {"reason": "New colleagues.", "needed_by": None, "at": at, **more}
        form["key"] = f"form-{pool.pk}"
        subscription = pool.subscription
        return request_seats(subscription=subscription, additions={pool.pk: seats}, by=by, **form)[
            0
        ]

    return made


@pytest.fixture
def five(ask: Ask, initech_admin: Membership, initech_pool: SeatPool) -> SeatRequest:
    """Five more seats of initech, asked of its representative."""
    return ask(initech_admin, initech_pool, 5)


@pytest.fixture
def bought_online(ask: Ask, globex_admin: Membership, globex_talk: SeatPool) -> SeatRequest:
    """Two more Talk seats of globex, asked of its owner and billing admins."""
    return ask(globex_admin, globex_talk, 2)


@pytest.fixture
def foreign(ask: Ask, rep2: User, catalogue: Catalogue) -> SeatRequest:
    """A request of an account that somebody else represents."""
    vandelay = cast.account("vandelay", AccountKind.SALES_MANAGED, representative=rep2)
    pool = cast.pool(vandelay.subscription, catalogue.sell, seats=3)
    return ask(cast.owner(vandelay), pool, 7)


# Who sees what


def test_the_group_may_see_and_decide_and_nothing_else(db: None) -> None:
    group = Group.objects.get(name="Sales")
    expected = {"change_seatrequest", "view_seatrequest", "view_serviceorder"}
    assert set(group.permissions.values_list("codename", flat=True)) == expected
    assert ensure_sales_group() == group
    assert group.permissions.count() == 3


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
    assert "+5 40 → 45 €5,784.66 today €6,210.00 a year 3 - Open Account representative" in shown


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
        assert "Nothing here." in text(client.get(f"{reverse(LIST)}?{query}"))
    for query in ("q=initech", "q=admin@initech.example", "status=all", "status=open"):
        assert "1 seat request" in text(client.get(f"{reverse(LIST)}?{query}"))
    kind = "pool__subscription__account__kind__exact"
    assert "1 seat request" in text(client.get(f"{reverse(LIST)}?{kind}=sales_managed"))
    assert "Nothing here." in text(client.get(f"{reverse(LIST)}?{kind}=self_service"))


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
    ask(initech_admin, initech_pool, 5, needed_by=needed_by)
    client = client_for(rep)
    for choice in ("late", "soon", "later", "none"):
        shown = text(client.get(reverse(LIST) + f"?needed={choice}"))
        assert ("1 seat request" in shown) == (choice == found_under)


def test_a_rep_of_nobody_sees_nobody(
    client_for: ClientFor, rep2: User, five: SeatRequest, bought_online: SeatRequest
) -> None:
    client = client_for(rep2)
    assert "Nothing here." in text(client.get(reverse(LIST) + "?status=all"))
    assert "Nothing here." in text(client.get(reverse(ORDERS) + "?status=all"))
    assert client.get(page(five)).status_code == 302


def test_a_superuser_sees_everyones(
    client_for: ClientFor, root: User, five: SeatRequest, foreign: SeatRequest
) -> None:
    shown = text(client_for(root).get(reverse(LIST)))
    assert "Initech" in shown
    assert "Vandelay" in shown


@pytest.mark.parametrize("address", ["accounts/account", "accounts/user", "subscriptions/plan"])
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


# One case


def test_the_page_shows_the_accounts_situation_and_what_approving_costs(
    client_for: ClientFor, rep: User, five: SeatRequest, initech_pool: SeatPool
) -> None:
    """N1, R22: all pools, kind, representative, renewal, cost now and then."""
    cast.fill(initech_pool, 38)
    shown = text(client_for(rep).get(page(five)))
    assert "Initech: 5 more Support Suite Professional seats" in shown
    assert "Kind Sales-managed" in shown
    assert "Account representative Vendor Rep" in shown
    assert "Renews 1 November 2027" in shown
    assert "Support Suite Professional 40 38 2 40" in shown
    assert "Purchased 40 → 45 Available 2 → 7 At renewal 40 → 45" in shown
    assert "Today's charge is for 343 of 365 days" in shown
    assert "€49,680.00 → €55,890.00" in shown


def test_approving_adds_the_seats_closes_the_service_order_and_walks_on(
    client_for: ClientFor,
    rep: User,
    five: SeatRequest,
    ask: Ask,
    initech_admin: Membership,
    initech: Account,
    initech_pool: SeatPool,
    catalogue: Catalogue,
    django_capture_on_commit_callbacks: Any,
) -> None:
    other = ask(initech_admin, cast.pool(initech.subscription, catalogue.talk, seats=4), 1)
    client = client_for(rep)
    seen = hidden(client.get(page(five)), "seen")
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(page(five, "approve"), {"seen": seen, "note": "Welcome."})
    assert (answer.status_code, answer.url) == (302, page(other))
    walked = text(client.get(answer.url))
    assert "Approved for Initech. 5 Support Suite Professional seats bought: 40 → 45." in walked
    assert "This is the next open request." in walked
    five.refresh_from_db()
    initech_pool.refresh_from_db()
    assert (five.status, five.decided_by, five.note) == ("approved", rep, "Welcome.")
    assert (initech_pool.seats, initech_pool.seats_at_renewal) == (45, 45)
    assert ServiceOrder.objects.get(request=five).closed_at == five.closed_at
    assert [message.to for message in mail.outbox].count(["admin@initech.example"]) == 1
    assert LogEntry.objects.get(object_id=str(five.pk)).user == rep


def test_a_second_decision_is_refused_and_changes_nothing(
    client_for: ClientFor, rep: User, root: User, five: SeatRequest, initech_pool: SeatPool
) -> None:
    first, second = client_for(rep), client_for(root)
    seen = hidden(second.get(page(five)), "seen")
    first.post(page(five, "approve"), {"seen": seen})
    for name in ("approve", "decline"):
        answer = second.post(page(five, name), {"seen": seen, "note": "Too many."})
        assert answer.status_code == 409
        assert "This request is closed already: Approved." in text(answer)
        assert "Purchased 40 → 45" in text(answer)
        assert 'value="Approve"' not in answer.content.decode()
    initech_pool.refresh_from_db()
    five.refresh_from_db()
    assert (initech_pool.seats, five.status, five.note) == (45, RequestStatus.APPROVED, "")


def test_declining_needs_a_note(
    client_for: ClientFor, rep: User, five: SeatRequest, initech_pool: SeatPool
) -> None:
    client = client_for(rep)
    refused = client.post(page(five, "decline"), {"note": "  "})
    assert refused.status_code == 422
    assert "Say why, so that the asker knows what to do." in text(refused)
    done = client.post(page(five, "decline"), {"note": "Your contract has room at renewal."})
    assert (done.status_code, done.url) == (302, reverse(LIST))
    walked = text(client.get(done.url))
    assert "Declined for Initech; Initech Admin is told by mail." in walked
    assert "No other request waits for your decision." in walked
    five.refresh_from_db()
    initech_pool.refresh_from_db()
    assert (five.status, initech_pool.seats) == (RequestStatus.DECLINED, 40)
    assert not ServiceOrder.objects.get(request=five).is_open
    assert "Your contract has room at renewal." in text(client.get(page(five)))


def test_a_note_that_is_too_long_is_refused_and_kept(
    client_for: ClientFor, rep: User, five: SeatRequest
) -> None:
    refused = client_for(rep).post(page(five, "decline"), {"note": "n" * 1001})
    assert refused.status_code == 422
    assert "n" * 1001 in refused.content.decode()


def test_approving_against_old_numbers_is_refused_with_the_new_ones(
    client_for: ClientFor, rep: User, five: SeatRequest, initech_pool: SeatPool
) -> None:
    """D6: what counts is the quote the rep has seen."""
    client = client_for(rep)
    seen = hidden(client.get(page(five)), "seen")
    SeatPool.objects.filter(pk=initech_pool.pk).update(seats=42, seats_at_renewal=42)
    refused = client.post(page(five, "approve"), {"seen": seen, "note": "Fine."})
    assert refused.status_code == 409
    assert "Nothing has been changed yet" in text(refused)
    assert "Purchased 42 → 47" in text(refused)
    assert "Fine." in refused.content.decode()
    again = client.post(page(five, "approve"), {"seen": hidden(refused, "seen"), "note": "Fine."})
    assert again.status_code == 302


def test_a_request_to_the_buyers_is_shown_but_not_decided_by_sales(
    client_for: ClientFor,
    rep: User,
    globex_billing: Membership,
    bought_online: SeatRequest,
) -> None:
    """D1: in an online-assisted account its owner and billing admins decide."""
    client = client_for(rep)
    shown = client.get(page(bought_online))
    assert 'value="Approve"' not in shown.content.decode()
    assert "decide this request, on their Requests page:" in text(shown)
    assert "billing@globex.example" in text(shown)
    refused = client.post(page(bought_online, "approve"), {"seen": "", "note": ""})
    assert refused.status_code == 403
    assert "decided by: Account owner and billing admins" in text(refused)
    bought_online.refresh_from_db()
    assert bought_online.is_open


def test_staff_who_may_only_read_have_no_buttons(
    client_for: ClientFor, rep: User, five: SeatRequest
) -> None:
    group = Group.objects.get(name="Sales")
    group.permissions.remove(group.permissions.get(codename="change_seatrequest"))
    client = client_for(rep)
    shown = client.get(page(five))
    assert 'value="Approve"' not in shown.content.decode()
    assert "You may read this request, but not decide it." in text(shown)
    seen = {"seen": "", "note": "No."}
    assert client.post(page(five, "decline"), seen).status_code == 403


@pytest.mark.parametrize("who", ["rep", "root"])
def test_nobody_adds_edits_or_deletes_a_request_by_hand(
    who: str, request: pytest.FixtureRequest, client_for: ClientFor, five: SeatRequest
) -> None:
    client = client_for(request.getfixturevalue(who))
    for model, pk in (("seatrequest", five.pk), ("serviceorder", five.service_order.pk)):
        base = f"/admin/subscriptions/{model}/"
        assert client.get(f"{base}add/").status_code == 403
        assert client.post(f"{base}{pk}/change/", {"seats": 50}).status_code == 403
        assert client.post(f"{base}{pk}/delete/", {"post": "yes"}).status_code == 403
        action = {"action": "delete_selected", "_selected_action": pk, "post": "yes"}
        client.post(base, action)
    five.refresh_from_db()
    assert five.seats == 5


# Service orders


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
    assert client.get(other).status_code == 302
    assert "1 service order" in text(client.get(f"{reverse(ORDERS)}?q={order.number}"))
    assert "Nothing here." in text(
        client.get(f"{reverse(ORDERS)}?q={foreign.service_order.number}")
    )
    client.post(page(five, "decline"), {"note": "Not now."})
    assert "Nothing here." in text(client.get(reverse(ORDERS)))
    assert "Closed" in text(client.get(own))

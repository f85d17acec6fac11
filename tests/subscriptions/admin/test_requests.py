"""The pages of Sales (R22): one request, decided once."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core import mail
from django.urls import reverse

from accounts.models import Account, Membership, User
from subscriptions.models import RequestStatus, SeatPool, SeatRequest, ServiceOrder
from tests import cast
from tests.cast import Catalogue
from tests.conftest import ClientFor
from tests.subscriptions.admin.addresses import LIST, page
from tests.subscriptions.conftest import Ask
from tests.subscriptions.views.pages import confirmation, hidden, text


def test_the_page_shows_the_accounts_situation_and_what_approving_costs(
    client_for: ClientFor, rep: User, five: SeatRequest, initech_pool: SeatPool
) -> None:
    """N1, R22: all pools, kind, representative, renewal, cost now and then."""
    cast.fill(initech_pool, 38)
    shown = text(client_for(rep).get(page(five)))
    assert "Initech: 5 more Support Suite Professional seats" in shown
    assert "Account type Sales-managed" in shown
    assert "Account representative Vendor Rep" in shown
    assert "Renews 1 November 2027" in shown
    assert "Support Suite Professional 40 38 2 40" in shown
    assert "Purchased 40 → 45 Available 2 → 7 At renewal 40 → 45" in shown
    assert "The charge for today covers 343 of 365 days" in shown
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
    seen = hidden(client.get(page(five)), "quote_fingerprint")
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(page(five, "approve"), {"quote_fingerprint": seen, "note": "Welcome."})
    assert (answer.status_code, answer.url) == (302, page(other))
    walked = text(client.get(answer.url))
    assert "Approved for Initech. 5 Support Suite Professional seats bought: 40 → 45." in walked
    assert "This is the next open request." in walked
    five.refresh_from_db()
    initech_pool.refresh_from_db()
    assert (five.status, five.decided_by, five.note) == ("approved", rep, "Welcome.")
    assert (initech_pool.seats, initech_pool.seats_at_renewal) == (45, 45)
    assert ServiceOrder.objects.get(seat_request=five).closed_at == five.closed_at
    assert [message.to for message in mail.outbox].count(["admin@initech.example"]) == 1
    assert LogEntry.objects.get(object_id=str(five.pk)).user == rep


def test_where_the_renewal_is_late_the_page_and_what_it_does_are_of_todays_period(
    client_for: ClientFor, rep: User, five: SeatRequest, initech_pool: SeatPool, clock: Any
) -> None:
    """D3, D6: what the page shows is what approving does, at the first click."""
    SeatPool.objects.filter(pk=initech_pool.pk).update(seats_at_renewal=30)
    clock.move_to(datetime(2027, 11, 1, 0, 5, tzinfo=UTC))
    client = client_for(rep)
    shown = client.get(page(five))
    assert "Purchased 30 → 35" in text(shown)
    assert shown.context["numbers"] == (30, 35)
    initech_pool.refresh_from_db()
    assert initech_pool.seats == 40, "to look renews nothing"
    answer = client.post(
        page(five, "approve"), {"quote_fingerprint": hidden(shown, "quote_fingerprint")}
    )
    assert answer.status_code == 302
    initech_pool.refresh_from_db()
    assert (initech_pool.seats, initech_pool.seats_at_renewal) == (35, 35)


def test_approving_much_is_asked_once_more_of_sales_too(
    client_for: ClientFor, rep: User, ask: Ask, initech_admin: Membership, initech_pool: SeatPool
) -> None:
    """2.4: the representative spends the customer's money; the note is kept."""
    many = ask(initech_admin, initech_pool, 401)
    client = client_for(rep)
    seen = hidden(client.get(page(many)), "quote_fingerprint")
    asked = client.post(page(many, "approve"), {"quote_fingerprint": seen, "note": "Welcome."})
    assert asked.status_code == 409
    assert "Buy 401 Support Suite Professional seats for €468,023.03?" in text(asked)
    back = client.post(
        page(many, "approve"), {"quote_fingerprint": seen, "note": "Welcome.", "back": "1"}
    )
    assert back.status_code == 200
    assert 'value="Approve"' in back.content.decode()
    for shown in (asked, back):
        assert "Welcome." in shown.content.decode()
    initech_pool.refresh_from_db()
    assert initech_pool.seats == 40
    agreed = {"quote_fingerprint": seen, "note": "Welcome.", "confirmed": confirmation(asked)}
    assert client.post(page(many, "approve"), agreed).status_code == 302
    initech_pool.refresh_from_db()
    assert initech_pool.seats == 441


def test_a_second_decision_is_refused_and_changes_nothing(
    client_for: ClientFor, rep: User, root: User, five: SeatRequest, initech_pool: SeatPool
) -> None:
    first, second = client_for(rep), client_for(root)
    seen = hidden(second.get(page(five)), "quote_fingerprint")
    first.post(page(five, "approve"), {"quote_fingerprint": seen})
    for name in ("approve", "decline"):
        answer = second.post(page(five, name), {"quote_fingerprint": seen, "note": "Too many."})
        assert answer.status_code == 409
        assert "This request is already closed: Approved." in text(answer)
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
    assert "Add a reason, so the requester knows what to do next." in text(refused)
    done = client.post(page(five, "decline"), {"note": "Your contract has room at renewal."})
    assert (done.status_code, done.url) == (302, reverse(LIST))
    walked = text(client.get(done.url))
    assert "Declined for Initech. Initech Admin will be notified by email." in walked
    assert "No other requests are waiting for you." in walked
    five.refresh_from_db()
    initech_pool.refresh_from_db()
    assert (five.status, initech_pool.seats) == (RequestStatus.DECLINED, 40)
    assert not ServiceOrder.objects.get(seat_request=five).is_open
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
    seen = hidden(client.get(page(five)), "quote_fingerprint")
    SeatPool.objects.filter(pk=initech_pool.pk).update(seats=42, seats_at_renewal=42)
    refused = client.post(page(five, "approve"), {"quote_fingerprint": seen, "note": "Fine."})
    assert refused.status_code == 409
    assert "Nothing has changed yet" in text(refused)
    assert "Purchased 42 → 47" in text(refused)
    assert "Fine." in refused.content.decode()
    again = client.post(
        page(five, "approve"),
        {"quote_fingerprint": hidden(refused, "quote_fingerprint"), "note": "Fine."},
    )
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
    assert "decide this request on their Requests page:" in text(shown)
    assert "billing@globex.example" in text(shown)
    refused = client.post(page(bought_online, "approve"), {"quote_fingerprint": "", "note": ""})
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
    assert "You can view this request but not decide it." in text(shown)
    seen = {"quote_fingerprint": "", "note": "No."}
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

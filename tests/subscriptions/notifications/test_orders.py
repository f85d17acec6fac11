"""The receipt by mail: for whoever bought and for the owner, once each (R17)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives

from accounts.models import Membership, User
from subscriptions.models import SeatPool
from subscriptions.rules.quotes import Timing
from tests import moves
from tests.subscriptions.notifications.test_requests import html, subjects

Committed = Callable[..., AbstractContextManager[Any]]
Outbox = list[EmailMultiAlternatives]


@pytest.fixture
def mailoutbox(db: None, mailoutbox: Outbox) -> Outbox:
    return mailoutbox


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Committed) -> AbstractContextManager[Any]:
    return django_capture_on_commit_callbacks(execute=True)


def test_a_purchase_is_receipted_to_the_buyer_and_the_owner(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    acme_billing: Membership,
    acme_admin: Membership,
    sell_pool: SeatPool,
) -> None:
    """What, who, price, period: 8 of November's 30 days are left."""
    with committed:
        moves.buy({sell_pool: 2}, by=acme_billing)
    said = ["Acme: 2 Sell Growth seats bought"]
    assert subjects(mailoutbox) == {"billing@acme.example": said, "owner@acme.example": said}
    for part in (mailoutbox[0].body, html(mailoutbox[0])):
        assert "Acme Billing bought seats." in part
        assert "5 → 7" in part
        assert "€26.13 until 1 December 2026" in part
        assert "€343.00 per month for the whole subscription" in part
    assert "Bought by: Acme Billing" in mailoutbox[0].body


def test_an_owner_who_buys_gets_one_receipt_for_all_pools(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    acme_owner: Membership,
    acme_billing: Membership,
    suite_pool: SeatPool,
    sell_pool: SeatPool,
) -> None:
    with committed:
        moves.buy({suite_pool: 1, sell_pool: 2}, by=acme_owner)
    assert subjects(mailoutbox) == {"owner@acme.example": ["Acme: 3 seats bought"]}
    assert "Support Suite Professional: 10 → 11\nSell Growth: 5 → 7\n" in mailoutbox[0].body


def test_nothing_is_receipted_where_nothing_was_bought(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    acme_owner: Membership,
    sell_pool: SeatPool,
) -> None:
    with committed:
        moves.set_numbers({sell_pool: 4}, by=acme_owner)
        moves.set_numbers({sell_pool: 3}, by=acme_owner, timing=Timing.NOW)
    assert mailoutbox == []


def test_what_the_representative_approved_is_receipted_to_the_owner(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    initech_owner: Membership,
    initech_admin: Membership,
    initech_pool: SeatPool,
    rep: User,
) -> None:
    """R22: with who asked and who approved; the requester keeps a mail of their own."""
    request = moves.ask(initech_pool, 2, by=initech_admin)
    with committed:
        moves.approve(request, by=rep)
    assert subjects(mailoutbox) == {
        "owner@initech.example": ["Initech: 2 Support Suite Professional seats bought"],
        "admin@initech.example": ["Approved: 2 Support Suite Professional seats for Initech"],
    }
    [receipt] = (mail for mail in mailoutbox if mail.to == ["owner@initech.example"])
    assert "Requested by: Initech Admin\nApproved by: Vendor Rep\n" in receipt.body
    assert f"Service order: {request.service_order.number}" in receipt.body


def test_an_owner_who_asked_gets_the_requesters_mail_and_no_second_one(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    initech_owner: Membership,
    initech_pool: SeatPool,
    rep: User,
) -> None:
    request = moves.ask(initech_pool, 2, by=initech_owner)
    with committed:
        moves.approve(request, by=rep)
    said = ["Approved: 2 Support Suite Professional seats for Initech"]
    assert subjects(mailoutbox) == {"owner@initech.example": said}


def test_a_receipt_names_who_loses_a_seat_by_the_same_order(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    acme_owner: Membership,
    suite_pool: SeatPool,
    sell_two_of_five: SeatPool,
) -> None:
    """D4, N9: bought here, reduced there; whoever loses theirs is told as well."""
    last = sell_two_of_five.assignments.in_order_of_loss()[0].membership
    with committed:
        moves.set_numbers({suite_pool: 12, sell_two_of_five: 1}, by=acme_owner)
    [receipt] = (mail for mail in mailoutbox if mail.to == ["owner@acme.example"])
    assert f"Lose their Sell Growth seat then: {last.name}\n" in receipt.body
    assert last.name in html(receipt)
    assert [mail.subject for mail in mailoutbox if mail.to == [last.user.email]] == [
        "Acme: your Sell Growth seat ends on 1 December 2026"
    ]

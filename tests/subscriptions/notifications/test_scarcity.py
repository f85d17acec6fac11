"""A pool made low or full by fewer seats is a pool of which people are told (R1, R20, D12)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives

from accounts.models import Account, Membership
from subscriptions.actions import renew
from subscriptions.models import SeatPool
from subscriptions.rules.quotes import Timing
from tests import cast, moves
from tests.subscriptions.notifications.test_requests import add_agent, subjects

Committed = Callable[..., AbstractContextManager[Any]]
Outbox = list[EmailMultiAlternatives]
DUE = datetime(2026, 12, 1, 0, 5, tzinfo=UTC)
LOW, FULL = "Acme: 1 Sell Growth seat left", "Acme: no Sell Growth seats left"


@pytest.fixture
def mailoutbox(db: None, mailoutbox: Outbox) -> Outbox:
    return mailoutbox


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Committed) -> AbstractContextManager[Any]:
    return django_capture_on_commit_callbacks(execute=True)


@pytest.mark.parametrize(
    ("taken", "to", "said"), [(2, 4, []), (2, 3, [LOW]), (2, 2, [FULL]), (4, 4, [FULL]), (5, 4, [])]
)
def test_a_reduction_at_once_that_leaves_one_seat_or_none_says_so(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    acme_owner: Membership,
    acme_billing: Membership,
    acme_admin: Membership,
    sell_pool: SeatPool,
    taken: int,
    to: int,
    said: list[str],
) -> None:
    """Once per crossing: a pool that was full and stays full is old news."""
    cast.fill(sell_pool, taken)
    with committed:
        moves.set_numbers({sell_pool: to}, by=acme_owner, timing=Timing.NOW)
    mails = subjects(mailoutbox)
    for who in ("owner", "billing", "admin"):
        told = mails.get(f"{who}@acme.example", [])
        assert [subject for subject in told if subject in (LOW, FULL)] == said


def test_a_renewal_that_leaves_one_seat_says_so(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    acme: Account,
    acme_owner: Membership,
    acme_admin: Membership,
    sell_two_of_five: SeatPool,
) -> None:
    moves.set_numbers({sell_two_of_five: 3}, by=acme_owner)
    with committed:
        renew(subscription=acme.subscription, at=DUE)
    assert subjects(mailoutbox) == {"owner@acme.example": [LOW], "admin@acme.example": [LOW]}


def test_where_more_are_requested_already_the_mail_leads_to_the_request(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    acme_owner: Membership,
    acme_admin: Membership,
    sell_pool: SeatPool,
) -> None:
    """R21: for an admin; whoever may buy still can."""
    cast.fill(sell_pool, 3)
    moves.ask(sell_pool, 2, by=acme_admin)
    with committed:
        add_agent(sell_pool, acme_owner, cast.NOW)
    told = {m.to[0]: m.body for m in mailoutbox if not m.subject.startswith("Invitation")}
    to_admin = told["admin@acme.example"]
    assert (
        "Acme Admin already requested more of these seats, and you can join that request."
        in to_admin
    )
    assert "View the request: http://testserver/a/acme/subscription/requests/" in to_admin
    assert f"/a/acme/seats/add/?pool={sell_pool.pk}" in told["owner@acme.example"]


def test_of_a_legacy_plan_in_a_sales_managed_account_the_mail_says_whom_to_ask(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    initech: Account,
    initech_owner: Membership,
    initech_admin: Membership,
    catalogue: cast.Catalogue,
) -> None:
    """R21, R23: seats can be neither bought nor requested, so there is no link to either."""
    legacy = cast.pool(initech.subscription, catalogue.legacy_sell, seats=3)
    cast.fill(legacy, 1)
    with committed:
        add_agent(legacy, initech_owner, cast.NOW)
    told = {m.to[0]: m.body for m in mailoutbox if not m.subject.startswith("Invitation")}
    assert set(told) == {"owner@initech.example", "admin@initech.example"}
    for body in told.values():
        assert "Ask Vendor Rep (rep@vendor.example) about alternatives" in body
        assert "/seats/" not in body

"""What the owner is told of what the vendor's people change (D15)."""

from datetime import UTC, datetime

import pytest

from accounts.models import Account, Membership, User
from subscriptions.actions import renew
from subscriptions.models import SeatPool, Subscription
from subscriptions.rules.changes import AgreePrice, CancelSubscription, ChangeSeats
from subscriptions.rules.quotes import Timing
from tests import moves
from tests.kept import kept
from tests.subscriptions.notifications.test_orders import Committed, Outbox
from tests.subscriptions.notifications.test_requests import html, subjects


@pytest.fixture
def mailoutbox(db: None, mailoutbox: Outbox) -> Outbox:
    return mailoutbox


@kept
def subscription(acme: Account, acme_owner: Membership, rep: User) -> Subscription:
    Account.objects.filter(pk=acme.pk).update(representative=rep)
    return Subscription.objects.get(account=acme)


def test_the_owner_reads_what_was_changed_by_whom_and_why(
    django_capture_on_commit_callbacks: Committed,
    mailoutbox: Outbox,
    subscription: Subscription,
    sell_pool: SeatPool,
    rep: User,
) -> None:
    fewer = ChangeSeats(sell_pool.pk, 3, Timing.NOW, credit=True)
    with django_capture_on_commit_callbacks(execute=True):
        order = moves.change(subscription, fewer, rep, reason="Two people left.")
    assert subjects(mailoutbox) == {
        "owner@acme.example": ["The subscription of Acme has been changed"]
    }
    assert order.charged_cents < 0
    for part in (mailoutbox[0].body, html(mailoutbox[0])):
        for said in ("rep@vendor.example", "Sell Growth", "5 → 3", "Credited today", "Two people"):
            assert said in part


def test_a_price_is_read_in_the_language_of_the_owner(
    django_capture_on_commit_callbacks: Committed,
    mailoutbox: Outbox,
    subscription: Subscription,
    sell_pool: SeatPool,
    rep: User,
) -> None:
    User.objects.filter(email="owner@acme.example").update(language="de")
    with django_capture_on_commit_callbacks(execute=True):
        moves.change(subscription, AgreePrice(sell_pool.lines.all()[0].pk, 3950), rep)
    [sent] = mailoutbox
    assert "Das Abonnement von Acme wurde geändert" in sent.subject
    assert "Preis pro Lizenz und Monat: Sell Growth: 49,00" in sent.body
    assert "39,50" in sent.body


def test_the_end_is_said_to_those_who_may_buy(
    django_capture_on_commit_callbacks: Committed,
    mailoutbox: Outbox,
    subscription: Subscription,
    acme_billing: Membership,
    rep: User,
) -> None:
    moves.change(subscription, CancelSubscription(), rep)
    with django_capture_on_commit_callbacks(execute=True):
        renew(subscription=subscription, at=datetime(2026, 12, 1, 6, tzinfo=UTC))
    said = ["The subscription of Acme has ended"]
    assert subjects(mailoutbox) == {"owner@acme.example": said, "billing@acme.example": said}

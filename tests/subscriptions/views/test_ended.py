"""An account whose subscription has ended: everything is read, nothing changed (D15)."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.models import Account, Membership, User
from accounts.permissions import Scope
from subscriptions.actions import renew
from subscriptions.models import Product, SeatPool, Subscription
from subscriptions.rules.changes import CancelSubscription, Reopen
from subscriptions.rules.entitlements import Reason
from subscriptions.selectors.entitlements import Person, customer, entitlements_of
from tests import moves
from tests.kept import kept
from tests.keys import Program, token

ENDS = datetime(2026, 12, 1, 6, tzinfo=UTC)


@kept
def ended(acme: Account, suite_pool: SeatPool, rep: User) -> Account:
    """Acme, cancelled and over."""
    Account.objects.filter(pk=acme.pk).update(representative=rep)
    subscription = Subscription.objects.get(account=acme)
    moves.change(subscription, CancelSubscription(), rep)
    renew(subscription=subscription, at=ENDS)
    return Account.objects.get(pk=acme.pk)


def test_the_owner_reads_the_subscription_and_who_reopens_it(
    client: Client, acme_owner: Membership, ended: Account
) -> None:
    client.force_login(acme_owner.user)
    page = client.get("/a/acme/subscription/").content.decode()
    assert "This subscription ended on" in page
    assert "rep@vendor.example" in page
    assert "/a/acme/subscription/manage/" not in page


@pytest.mark.parametrize("address", ["subscription/manage/", "team/", "team/add/"])
def test_what_changes_something_is_refused_with_whom_to_ask(
    client: Client, acme_owner: Membership, ended: Account, address: str
) -> None:
    client.force_login(acme_owner.user)
    answer = client.get(f"/a/acme/{address}")
    assert answer.status_code == 403
    assert "rep@vendor.example" in answer.content.decode()


def test_nobody_comes_in_any_more(acme_agent: Membership, ended: Account) -> None:
    account = customer(ENDS, pk=ended.pk)
    assert account is not None
    product = Product.objects.get(name="Support")
    [answer] = entitlements_of(account, product, [Person(member_id=acme_agent.pk)], ENDS)
    assert (answer.reason, answer.is_allowed) == (Reason.SUBSCRIPTION_ENDED, False)
    assert answer.pool_id is not None


def test_a_token_reads_and_changes_nothing(acme_owner: Membership, ended: Account) -> None:
    _token, key = token(acme_owner, Scope.READ_SUBSCRIPTION, Scope.BUY_SEATS)
    program = Program(key)
    assert program.get("subscription").status_code == 200
    refused = program.post("orders", {}, idempotency_key="one")
    assert (refused.status_code, refused.json()["code"]) == (403, "read_only")


def test_reopened_everything_is_as_it_was(
    client: Client, acme_owner: Membership, ended: Account, rep: User
) -> None:
    moves.change(ended.subscription, Reopen(), rep, ENDS)
    client.force_login(acme_owner.user)
    assert client.get("/a/acme/team/").status_code == 200

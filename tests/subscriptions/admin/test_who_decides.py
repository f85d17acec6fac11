"""Nobody at the vendor decides for themselves; read-only Sales looks and changes nothing (R22)."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.actions import accept_invitation, invite, remove
from accounts.models import Account, Membership, User
from accounts.permissions import Role
from subscriptions.actions import decline_request
from subscriptions.models import SeatPool, SeatRequest
from subscriptions.rules.requests import may_decide
from tests import cast, moves
from tests.cast import NOW, SETUP
from tests.conftest import ClientFor
from tests.kept import kept
from tests.subscriptions.admin.addresses import LIST, ORDERS, page
from tests.subscriptions.conftest import Ask
from tests.subscriptions.views.pages import hidden, text

pytestmark = pytest.mark.any_database


@kept
def looker(db: None) -> User:
    return cast.onlooker("looker")


def join_account(user: User, account: Account) -> Membership:
    member = invite(
        account=account, email=user.email, name=user.name, role=Role.ADMIN, by=SETUP, at=NOW
    )
    return accept_invitation(membership=member, at=NOW)


@pytest.mark.parametrize("who", ["rep", "root"])
def test_no_one_decides_in_an_account_they_are_a_member_of(
    who: str, client_for: ClientFor, five: SeatRequest, initech: Account, request: Any
) -> None:
    user: User = request.getfixturevalue(who)
    join_account(user, initech)
    client = client_for(user)
    shown = client.get(page(five))
    assert "A colleague decides this request." in text(shown)
    assert "Approve" not in text(shown)
    for name in ("approve", "decline"):
        refused = client.post(page(five, name), {"note": "No.", "quote_fingerprint": "x"})
        assert refused.status_code == 403
        assert "You are a member of Initech yourself." in text(refused)
    five.refresh_from_db()
    assert five.is_open


def test_no_one_decides_what_they_asked_for_before_they_left(
    ask: Ask, rep: User, initech: Account, initech_pool: SeatPool
) -> None:
    member = join_account(rep, initech)
    asked = ask(member, initech_pool, 3)
    remove(membership=member, by=SETUP, at=NOW)
    assert not may_decide(asked, rep)
    with pytest.raises(ValidationError) as refused:
        decline_request(seat_request=asked, note="No.", by=rep, at=NOW)
    assert refused.value.code == "own_request"


def test_the_walk_from_request_to_request_leaves_out_what_one_may_not_decide(
    client_for: ClientFor, ask: Ask, rep: User, rep2: User, five: SeatRequest, initech: Account
) -> None:
    """Own accounts, and what read-only Sales and other representatives decide nothing of."""
    to_decide = SeatRequest.objects.to_be_decided_by_staff
    assert [*to_decide(rep)] == [five]
    assert not to_decide(rep2)
    join_account(rep, initech)
    assert not to_decide(rep)


def test_read_only_sales_sees_the_requests_and_orders_of_all_accounts(
    client_for: ClientFor, looker: User, five: SeatRequest, foreign: SeatRequest,
    suite_pool: SeatPool, acme_owner: Membership,
) -> None:  # fmt: skip
    moves.buy({suite_pool: 2}, by=acme_owner)
    client = client_for(looker)
    listed = text(client.get(reverse(LIST)))
    assert "Initech" in listed
    assert "Vandelay" in listed
    assert "2 service orders" in text(client.get(reverse(ORDERS)))
    assert "Acme" in text(client.get(reverse("admin:subscriptions_order_changelist")))
    order = acme_owner.account.orders.get()
    page_of_order = reverse("admin:subscriptions_order_change", args=[order.pk])
    assert "Support Suite" in text(client.get(page_of_order))
    accounts = text(client.get(reverse("admin:accounts_account_changelist")))
    assert "Acme" in accounts
    assert "Initech" in accounts


def test_a_representative_sees_accounts_and_orders_of_their_own_only(
    client_for: ClientFor, rep: User, initech: Account, suite_pool: SeatPool, acme_owner: Membership
) -> None:
    moves.buy({suite_pool: 2}, by=acme_owner)
    client = client_for(rep)
    order = reverse("admin:subscriptions_order_change", args=[acme_owner.account.orders.get().pk])
    assert client.get(order).status_code == 404
    assert "Acme" not in text(client.get(reverse("admin:subscriptions_order_changelist")))
    accounts = text(client.get(reverse("admin:accounts_account_changelist")))
    assert "Initech" in accounts
    assert "Acme" not in accounts


def test_read_only_sales_changes_nothing(
    client_for: ClientFor, looker: User, five: SeatRequest, initech: Account
) -> None:
    """Not even where they are the representative by mistake."""
    Account.objects.filter(pk=initech.pk).update(representative=looker)
    client = client_for(looker)
    shown = client.get(page(five))
    assert "You can view this request but not decide it." in text(shown)
    fingerprint = hidden(client.get(page(five)), "csrfmiddlewaretoken")
    for name in ("approve", "decline", "resend"):
        sent = {"note": "No.", "quote_fingerprint": fingerprint}
        assert client.post(page(five, name), sent).status_code == 403
    five.refresh_from_db()
    assert five.is_open
    with pytest.raises(ValidationError):
        decline_request(seat_request=five, note="No.", by=looker, at=NOW)


def test_mails_of_an_own_account_are_not_sent_again_by_oneself(
    client_for: ClientFor, rep: User, five: SeatRequest, initech: Account
) -> None:
    join_account(rep, initech)
    assert client_for(rep).post(page(five, "resend")).status_code == 403

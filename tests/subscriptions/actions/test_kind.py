"""After a change of kind, open requests are decided by whoever decides in the new one (D1)."""

from typing import Any

import pytest
from django.core import mail
from django.urls import reverse

from accounts.models import Account, AccountKind, Membership, User
from subscriptions.actions import change_account_kind
from subscriptions.models import AddressedTo, SeatPool, SeatRequest, ServiceOrder
from subscriptions.rules.requests import may_decide
from tests import moves
from tests.cast import NOW
from tests.conftest import ClientFor
from tests.subscriptions.admin.addresses import page
from tests.subscriptions.conftest import Ask
from tests.subscriptions.views.pages import text


def to_kind(account: Account, kind: AccountKind, by: User) -> None:
    change_account_kind(account=account, kind=kind, reason="A new contract.", by=by, at=NOW)


@pytest.fixture
def moved(
    bought_online: SeatRequest, globex: Account, root: User, globex_owner: Membership,
    django_capture_on_commit_callbacks: Any,
) -> SeatRequest:  # fmt: skip
    """A request to globex's buyers, when it has become sales-managed."""
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        to_kind(globex, AccountKind.SALES_MANAGED, root)
    return SeatRequest.objects.with_details().get(pk=bought_online.pk)


def test_what_was_asked_of_the_buyers_is_the_representatives_with_a_service_order(
    moved: SeatRequest, rep: User, globex_owner: Membership
) -> None:
    assert moved.addressed_to == AddressedTo.REPRESENTATIVE
    assert moved.service_order.is_open
    assert may_decide(moved, rep)
    assert not may_decide(moved, globex_owner)
    assert [*SeatRequest.objects.to_be_decided_by_staff(rep)] == [moved]


def test_everyone_concerned_is_told_who_decides_now(
    moved: SeatRequest, globex_admin: Membership
) -> None:
    told = {m.to[0]: m for m in mail.outbox if "request" in m.subject}
    assert set(told) == {"rep@vendor.example", "admin@globex.example"}
    assert "From now on you decide it." in told["rep@vendor.example"].body
    assert f"/admin/subscriptions/seatrequest/{moved.pk}/change/" in told["rep@vendor.example"].body
    assert "Your account representative decides it" in told["admin@globex.example"].body


def test_the_representative_approves_it_and_its_service_order_is_closed(
    moved: SeatRequest, rep: User, globex_talk: SeatPool, client_for: ClientFor
) -> None:
    assert "Approving adds the seats" in text(client_for(rep).get(page(moved)))
    moves.approve(moved, rep)
    globex_talk.refresh_from_db()
    assert globex_talk.seats == 7
    assert not ServiceOrder.objects.get(seat_request=moved).is_open


def test_what_was_asked_of_the_representative_is_the_buyers_and_its_service_order_closed(
    five: SeatRequest, initech: Account, initech_owner: Membership, rep: User, root: User,
    client_for: ClientFor,
) -> None:  # fmt: skip
    to_kind(initech, AccountKind.ONLINE_ASSISTED, root)
    asked = SeatRequest.objects.with_details().get(pk=five.pk)
    assert asked.addressed_to == AddressedTo.BUYERS
    assert not asked.service_order.is_open
    assert not may_decide(asked, rep)
    assert may_decide(asked, Membership.objects.get(pk=initech_owner.pk))
    card = text(client_for(initech_owner).get(reverse("requests", args=["initech"])))
    assert "Approve" in card


def test_back_again_opens_the_same_service_order(
    moved: SeatRequest, globex: Account, root: User
) -> None:
    order = moved.service_order
    to_kind(globex, AccountKind.SELF_SERVICE, root)
    order.refresh_from_db()
    assert not order.is_open
    to_kind(globex, AccountKind.SALES_MANAGED, root)
    order.refresh_from_db()
    assert order.is_open
    assert ServiceOrder.objects.count() == 1


def test_between_the_kinds_that_buy_online_no_request_moves(
    bought_online: SeatRequest, globex: Account, root: User
) -> None:
    to_kind(globex, AccountKind.SELF_SERVICE, root)
    bought_online.refresh_from_db()
    assert bought_online.addressed_to == AddressedTo.BUYERS
    assert not ServiceOrder.objects.exists()


def test_an_account_that_has_bought_nothing_changes_its_kind(root: User, acme: Account) -> None:
    acme.subscription.delete()
    to_kind(Account.objects.get(pk=acme.pk), AccountKind.SALES_MANAGED, root)
    assert Account.objects.get(pk=acme.pk).is_sales_managed


def test_who_asked_before_can_still_ask_for_more_and_withdraw(
    ask: Ask, moved: SeatRequest, globex_owner: Membership, globex_admin: Membership
) -> None:
    moves.join(moved, 1, Membership.objects.get(pk=globex_owner.pk))
    moved.refresh_from_db()
    assert moved.seats == 3


def test_owner_and_billing_admins_are_told_who_buys_now(
    acme: Account, acme_owner: Membership, acme_billing: Membership, acme_admin: Membership,
    rep: User, root: User, django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    Account.objects.filter(pk=acme.pk).update(representative=rep)
    with django_capture_on_commit_callbacks(execute=True):
        to_kind(acme, AccountKind.SALES_MANAGED, root)
    assert {tuple(m.to) for m in mail.outbox} == {
        (acme_owner.user.email,),
        (acme_billing.user.email,),
    }
    said = mail.outbox[0].body
    assert "was Self-service and is now Sales-managed" in said
    assert "Vendor Rep (rep@vendor.example)" in said
    assert "Reason: A new contract." in said

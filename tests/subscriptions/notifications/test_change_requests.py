"""Who is told of a change request, in which language, and where the link leads: R3, N4."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives

from accounts.models import Membership, User
from subscriptions.actions import decline_change, withdraw_change
from subscriptions.models import SeatPool
from tests import changes
from tests.cast import NOW

Outbox = list[EmailMultiAlternatives]
Committed = Callable[..., AbstractContextManager[Any]]


@pytest.fixture
def mailoutbox(db: None, mailoutbox: Outbox) -> Outbox:
    """Django lays out a fresh one when the database is ready, so not before."""
    return mailoutbox


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Committed) -> Callable[[], Any]:
    """What happens inside is stored, and what waits for that runs."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def sent(outbox: Outbox) -> dict[str, EmailMultiAlternatives]:
    found = {mail.to[0]: mail for mail in outbox}
    assert len(found) == len(outbox)
    outbox.clear()
    return found


def test_the_representative_decides_and_the_owner_is_told(
    committed: Committed,
    mailoutbox: Outbox,
    globex_owner: Membership,
    globex_admin: Membership,
    globex_agent: Membership,
    globex_talk: SeatPool,
    rep: User,
) -> None:
    User.objects.filter(pk=globex_owner.user_id).update(language="de")
    mailoutbox.clear()
    with committed():
        asked = changes.ask(changes.fewer(globex_talk, 1), by=globex_admin)
    told = sent(mailoutbox)
    assert set(told) == {
        "rep@vendor.example", "admin@globex.example", "owner@globex.example",
    }  # fmt: skip
    assert f"/admin/subscriptions/changerequest/{asked.pk}/change/" in told[rep.email].body
    assert "Your request for Globex: Fewer seats: Talk" in told["admin@globex.example"].subject
    assert "Änderung angefragt, Weniger Lizenzen" in told["owner@globex.example"].subject
    assert "Vendor Rep (rep@vendor.example)" in told["admin@globex.example"].body
    with committed():
        decline_change(change_request=asked, note="The contract runs to May.", by=rep, at=NOW)
    told = sent(mailoutbox)
    assert set(told) == {"admin@globex.example", "owner@globex.example"}
    assert "The contract runs to May." in told["admin@globex.example"].body


def test_buyers_decide_and_whoever_asked_gets_a_copy(
    committed: Committed,
    mailoutbox: Outbox,
    acme_owner: Membership,
    acme_billing: Membership,
    acme_admin: Membership,
    sell_pool: SeatPool,
) -> None:
    mailoutbox.clear()
    with committed():
        asked = changes.ask(changes.fewer(sell_pool, 3), by=acme_admin)
    told = sent(mailoutbox)
    assert set(told) == {
        "owner@acme.example", "billing@acme.example", "admin@acme.example",
    }  # fmt: skip
    assert "/a/acme/subscription/requests/" in told["owner@acme.example"].body
    with committed():
        changes.approve(asked, by=acme_owner)
    told = sent(mailoutbox)
    assert set(told) == {"billing@acme.example", "admin@acme.example"}
    assert "Approved for Acme" in told["admin@acme.example"].subject


def test_support_is_asked_where_nobody_represents_the_account(
    committed: Committed, mailoutbox: Outbox, acme_owner: Membership, sell_pool: SeatPool
) -> None:
    mailoutbox.clear()
    with committed():
        asked = changes.ask(changes.CANCELLATION, by=acme_owner)
    assert set(sent(mailoutbox)) == {"support@vendor.example", "owner@acme.example"}
    with committed():
        withdraw_change(change_request=asked, by=acme_owner, at=NOW)
    assert set(sent(mailoutbox)) == {"support@vendor.example", "owner@acme.example"}

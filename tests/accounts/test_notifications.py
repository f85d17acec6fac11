"""Who is told by mail that something changed for them: what, by whom, whom to ask."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core.mail import EmailMessage

from accounts.actions import (
    change_role,
    reactivate,
    remove,
    suspend,
    transfer_ownership,
    withdraw_invitation,
)
from accounts.models import Account, Membership
from accounts.permissions import Role
from tests import cast
from tests.cast import NOW

Commit = Callable[..., AbstractContextManager[Any]]


@pytest.fixture
def commit(django_capture_on_commit_callbacks: Commit) -> AbstractContextManager[Any]:
    return django_capture_on_commit_callbacks(execute=True)


def only(mailoutbox: list[EmailMessage], to: str) -> EmailMessage:
    """The one mail there is, whose two halves say the same things."""
    [mail] = mailoutbox
    assert mail.to == [to]
    return mail


def says(mail: EmailMessage, *parts: str) -> None:
    html = mail.alternatives[0][0]  # type: ignore[attr-defined]
    for part in parts:
        assert part in mail.body
        assert part in html


def test_who_is_suspended_is_told_by_whom_and_whom_to_ask(
    acme_owner: Membership, acme_agent: Membership, commit: Any, mailoutbox: list[Any]
) -> None:
    with commit:
        suspend(membership=acme_agent, by=acme_owner, at=NOW)

    mail = only(mailoutbox, "agent@acme.example")
    assert mail.subject == "Your access to Acme is suspended"
    says(
        mail,
        "Acme Owner suspended your access to Acme. You cannot access Acme until you are "
        "reactivated.",
        "ask Acme Owner (owner@acme.example).",
    )
    assert "http" not in mail.body


def test_who_is_reactivated_is_told_the_role(
    acme_owner: Membership, acme_agent: Membership, commit: Any, mailoutbox: list[Any]
) -> None:
    suspend(membership=acme_agent, by=acme_owner, at=NOW)
    with commit:
        reactivate(membership=acme_agent, by=acme_owner, at=NOW)
        change_role(membership=acme_agent, role=Role.ADMIN, by=acme_owner, at=NOW)

    mail = only(mailoutbox, "agent@acme.example")
    assert mail.subject == "You have access to Acme again"
    says(mail, "Acme Owner reactivated your access to Acme. Your role: Admin.", "/a/acme/")


def test_who_is_removed_is_told(
    acme_owner: Membership, acme_admin: Membership, commit: Any, mailoutbox: list[Any]
) -> None:
    with commit:
        remove(membership=acme_admin, by=acme_owner, at=NOW)

    mail = only(mailoutbox, "admin@acme.example")
    assert mail.subject == "You were removed from Acme"
    says(mail, "Acme Owner removed you from Acme.", "ask Acme Owner (owner@acme.example).")


def test_who_never_accepted_is_told_that_the_link_works_no_more(
    acme: Account, acme_owner: Membership, commit: Any, mailoutbox: list[Any]
) -> None:
    invited = cast.member(acme, "ina", Role.ADMIN, active=False)
    with commit:
        withdraw_invitation(membership=invited, by=acme_owner, at=NOW)

    mail = only(mailoutbox, "ina@acme.example")
    assert mail.subject == "Your invitation to Acme was withdrawn"
    says(mail, "The invitation link no longer works.")


def test_both_owners_are_told_of_a_transfer(
    acme_owner: Membership, acme_admin: Membership, commit: Any, mailoutbox: list[Any]
) -> None:
    """D7"""
    with commit:
        transfer_ownership(to=acme_admin, by=acme_owner, at=NOW)

    mails = {mail.to[0]: mail for mail in mailoutbox}
    assert set(mails) == {"owner@acme.example", "admin@acme.example"}
    new, former = mails["admin@acme.example"], mails["owner@acme.example"]
    assert new.subject == "You are now the owner of Acme"
    says(new, "Acme Owner transferred ownership of Acme to you.")
    assert former.subject == "Acme: Acme Admin is now the account owner"
    says(former, "You are now a billing admin.", "If this was not you, contact Support (")


def test_a_transfer_in_a_represented_account_names_the_representative(
    initech_owner: Membership, initech_admin: Membership, commit: Any, mailoutbox: list[Any]
) -> None:
    with commit:
        transfer_ownership(to=initech_admin, by=initech_owner, at=NOW)

    [former] = [mail for mail in mailoutbox if mail.to == ["owner@initech.example"]]
    says(former, "contact Vendor Rep (rep@vendor.example) immediately.")


def test_each_is_told_in_their_language(
    acme_owner: Membership, acme_admin: Membership, commit: Any, mailoutbox: list[Any]
) -> None:
    """D11"""
    acme_admin.user.language = "de"
    acme_admin.user.save()
    with commit:
        suspend(membership=acme_admin, by=acme_owner, at=NOW)

    assert only(mailoutbox, "admin@acme.example").subject == "Ihr Zugang zu Acme ist gesperrt"

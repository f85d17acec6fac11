"""Ownership given by staff, where the owner has left: one asks, another one confirms (D7)."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from accounts.actions import (
    ask_for_ownership,
    confirm_ownership,
    invite,
    transfer_ownership,
    withdraw_ownership,
)
from accounts.models import Account, AuditKind, Membership, OwnershipProposal, User
from accounts.permissions import Role
from tests import moves
from tests.cast import NOW, SETUP
from tests.factories import UserFactory
from tests.kept import kept


@kept
def root2(db: None) -> User:
    return UserFactory.create(
        email="root2@vendor.example", name="Vendor Second", is_staff=True, is_superuser=True
    )


def ask(to: Membership, by: User) -> OwnershipProposal:
    return ask_for_ownership(
        account=to.account, to=to, reason="Olga left the company.", by=by, at=NOW
    )


@kept
def asked(initech_admin: Membership, rep: User) -> OwnershipProposal:
    return ask(initech_admin, rep)


def refusal(act: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        act()
    return str(refused.value.code)


def test_asking_changes_nothing_yet(asked: OwnershipProposal, initech_owner: Membership) -> None:
    initech_owner.refresh_from_db()
    assert initech_owner.is_owner
    assert asked.expires_at == NOW + timedelta(days=14)
    entry = asked.account.audit_entries.get(kind=AuditKind.OWNERSHIP_ASKED)
    assert (entry.by, entry.member, entry.reason) == (asked.asked_by, asked.to, asked.reason)


def test_another_superuser_confirms_and_history_names_both(
    asked: OwnershipProposal, initech_owner: Membership, initech_admin: Membership,
    initech_billing: Membership, rep: User, root: User, django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    mail.outbox.clear()
    token, _key = moves.issue(initech_owner)
    with django_capture_on_commit_callbacks(execute=True):
        confirm_ownership(proposal=asked, by=root, at=NOW)
    for member, role in ((initech_owner, "billing_admin"), (initech_admin, "owner")):
        member.refresh_from_db()
        assert member.role == role
    token.refresh_from_db()
    assert token.maker_role == "billing_admin"
    given = asked.account.audit_entries.get(kind=AuditKind.OWNERSHIP_GIVEN)
    assert (given.by, given.after["asked_by"]) == (root, "Vendor Rep")
    assert asked.account.audit_entries.filter(kind=AuditKind.ROLE_CHANGED, by=root).count() == 2
    told = {m.to[0]: m.body for m in mail.outbox}
    assert set(told) == {f"{name}@initech.example" for name in ("owner", "admin", "billing")}
    assert "You are now the owner of Initech." in told["admin@initech.example"]
    assert "You are now a billing admin." in told["owner@initech.example"]
    assert "in place of Initech Owner" in told["billing@initech.example"]
    assert all("Olga left the company." in body for body in told.values())


def test_who_asked_does_not_confirm(initech_admin: Membership, root: User, root2: User) -> None:
    proposal = ask(initech_admin, root)
    assert refusal(lambda: confirm_ownership(proposal=proposal, by=root, at=NOW)) == "same_person"
    confirm_ownership(proposal=proposal, by=root2, at=NOW)


def test_a_representative_asks_and_does_not_confirm(
    initech_admin: Membership, rep: User, rep2: User, root: User
) -> None:
    proposal = ask(initech_admin, root)
    for user in (rep, rep2):
        said = refusal(lambda by=user: confirm_ownership(proposal=proposal, by=by, at=NOW))
        assert said == "not_allowed"
    assert refusal(lambda: ask(initech_admin, rep2)) == "not_allowed"


def test_nobody_confirms_it_in_an_account_of_their_own(
    asked: OwnershipProposal, root: User, initech: Account
) -> None:
    invite(account=initech, email=root.email, name="R", role=Role.END_USER, by=SETUP, at=NOW)
    assert refusal(lambda: confirm_ownership(proposal=asked, by=root, at=NOW)) == "own_account"


def test_after_fourteen_days_it_has_expired_and_can_be_asked_again(
    asked: OwnershipProposal, initech_admin: Membership, rep: User, root: User
) -> None:
    late = NOW + timedelta(days=14)
    assert refusal(lambda: confirm_ownership(proposal=asked, by=root, at=late)) == "proposal_closed"
    assert refusal(lambda: ask(initech_admin, rep)) == "already_asked"
    ask_for_ownership(
        account=asked.account, to=initech_admin, reason="Still gone.", by=rep, at=late
    )
    asked.refresh_from_db()
    assert asked.status == "expired"


def test_what_was_withdrawn_is_not_confirmed(
    asked: OwnershipProposal, rep: User, root: User, initech_owner: Membership
) -> None:
    withdraw_ownership(proposal=asked, by=rep, at=NOW)
    assert refusal(lambda: confirm_ownership(proposal=asked, by=root, at=NOW)) == "proposal_closed"
    initech_owner.refresh_from_db()
    assert initech_owner.is_owner
    assert asked.account.audit_entries.filter(kind=AuditKind.OWNERSHIP_WITHDRAWN).exists()


def test_an_owner_who_transferred_it_meanwhile_has_decided(
    asked: OwnershipProposal, initech_owner: Membership, initech_billing: Membership, root: User
) -> None:
    transfer_ownership(to=initech_billing, by=initech_owner, at=NOW)
    assert refusal(lambda: confirm_ownership(proposal=asked, by=root, at=NOW)) == "owner_changed"


def test_only_admins_and_billing_admins_become_owner(
    initech_agent: Membership, acme_admin: Membership, initech: Account, rep: User
) -> None:
    for to in (initech_agent, acme_admin):
        said = refusal(
            lambda to=to: ask_for_ownership(account=initech, to=to, reason="Gone.", by=rep, at=NOW)
        )
        assert said == "not_an_admin"

"""Roles and access: D2, D5, D7, D9."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.actions import (
    change_role,
    reactivate,
    remove,
    rename,
    suspend,
    transfer_ownership,
)
from accounts.models import Account, AuditEntry, Membership, Status
from accounts.permissions import GRANTABLE, Role
from tests import cast
from tests.cast import NOW
from tests.refusals import refused

CHANGES: dict[str, Callable[..., Any]] = {
    "demote": lambda **who: change_role(role=Role.AGENT, at=NOW, **who),
    "suspend": lambda **who: suspend(at=NOW, **who),
    "remove": lambda **who: remove(at=NOW, **who),
    "rename": lambda **who: rename(name="Another", at=NOW, **who),
}


def fresh(member: Membership) -> Membership:
    return Membership.objects.get(pk=member.pk)


def last_entry(member: Membership) -> AuditEntry:
    return member.audit_entries.latest("pk")


@pytest.mark.parametrize("change", CHANGES)
def test_the_owner_cannot_be_changed_by_others(
    acme_owner: Membership, acme_billing: Membership, change: str
) -> None:
    """D7."""
    with refused("owner"):
        CHANGES[change](membership=acme_owner, by=acme_billing)
    assert (fresh(acme_owner).role, fresh(acme_owner).status) == (Role.OWNER, Status.ACTIVE)


@pytest.mark.parametrize("change", ["demote", "suspend", "remove"])
def test_the_last_owner_cannot_step_down(acme_owner: Membership, change: str) -> None:
    """D7."""
    with refused("owner"):
        CHANGES[change](membership=acme_owner, by=acme_owner)


@pytest.mark.parametrize("change", ["demote", "suspend", "remove"])
def test_nobody_does_this_to_themselves(acme_billing: Membership, change: str) -> None:
    with refused("own_membership"):
        CHANGES[change](membership=acme_billing, by=acme_billing)


def test_everyone_may_rename_themselves(acme_owner: Membership, acme_agent: Membership) -> None:
    for member in (acme_owner, acme_agent):
        rename(membership=member, name="New Name", by=member, at=NOW)
        assert last_entry(member).after == {"name": "New Name"}


@pytest.mark.parametrize("change", CHANGES)
def test_an_admin_does_not_change_those_above(
    acme_admin: Membership, acme_billing: Membership, change: str
) -> None:
    with refused("not_allowed"):
        CHANGES[change](membership=acme_billing, by=acme_admin)


@pytest.mark.parametrize("change", CHANGES)
def test_agents_change_nobody(
    acme_agent: Membership, acme_end_user: Membership, change: str
) -> None:
    with refused("not_allowed"):
        CHANGES[change](membership=acme_end_user, by=acme_agent)


@pytest.mark.parametrize("change", CHANGES)
def test_a_stranger_changes_nobody(
    acme_admin: Membership, stranger: Membership, change: str
) -> None:
    """D8."""
    with refused("not_allowed"):
        CHANGES[change](membership=acme_admin, by=stranger)


@pytest.mark.parametrize("change", CHANGES)
def test_who_is_suspended_changes_nobody(
    acme_owner: Membership, acme_billing: Membership, acme_admin: Membership, change: str
) -> None:
    by = suspend(membership=acme_billing, by=acme_owner, at=NOW)
    with refused("not_allowed"):
        CHANGES[change](membership=acme_admin, by=by)


@pytest.mark.parametrize("giver", Role)
@pytest.mark.parametrize("role", [role for role in Role if role != Role.OWNER])
def test_nobody_gives_a_role_above_their_own(
    acme: Account, acme_agent: Membership, giver: Role, role: Role
) -> None:
    by = Membership(account=acme, role=giver, status=Status.ACTIVE, pk=0)
    if role in GRANTABLE[giver]:
        by = cast.owner(acme) if giver == Role.OWNER else cast.member(acme, "giver", giver)
        change_role(membership=acme_agent, role=role, by=by, at=NOW)
        assert fresh(acme_agent).role == role
    else:
        with refused("not_allowed"):
            change_role(membership=acme_agent, role=role, by=by, at=NOW)


def test_there_is_no_second_owner(acme_owner: Membership, acme_billing: Membership) -> None:
    """D7: neither by a change of role nor in the database."""
    with refused("owner"):
        change_role(membership=acme_billing, role=Role.OWNER, by=acme_owner, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=acme_billing.pk).update(role=Role.OWNER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=acme_owner.pk).update(status=Status.SUSPENDED)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.BILLING_ADMIN])
def test_the_owner_hands_the_ownership_on(
    acme: Account, acme_owner: Membership, role: Role
) -> None:
    """D7, D9."""
    candidate = cast.member(acme, "candidate", role)
    transfer_ownership(to=candidate, by=acme_owner, at=NOW)
    assert (fresh(acme_owner).role, fresh(candidate).role) == (Role.BILLING_ADMIN, Role.OWNER)
    assert last_entry(acme_owner).after == {"role": "billing_admin"}
    assert (last_entry(candidate).before, last_entry(candidate).after) == (
        {"role": role},
        {"role": "owner"},
    )


def test_nobody_else_hands_the_ownership_on(
    acme_billing: Membership, acme_admin: Membership, stranger: Membership
) -> None:
    """D7."""
    for by in (acme_billing, acme_admin, stranger):
        with refused("not_allowed"):
            transfer_ownership(to=acme_admin, by=by, at=NOW)


def test_the_ownership_goes_to_an_active_admin_only(
    acme_owner: Membership, acme_agent: Membership, acme_admin: Membership, stranger: Membership
) -> None:
    """D7."""
    for to in (acme_agent, suspend(membership=acme_admin, by=acme_owner, at=NOW), acme_owner):
        with refused("not_an_admin"):
            transfer_ownership(to=to, by=acme_owner, at=NOW)
    with refused("not_allowed"):
        transfer_ownership(to=stranger, by=acme_owner, at=NOW)
    assert fresh(acme_owner).role == Role.OWNER


def test_a_suspended_member_keeps_their_seats(
    acme_owner: Membership, acme_agent: Membership
) -> None:
    """D2."""
    suspend(membership=acme_agent, by=acme_owner, at=NOW)
    assert acme_agent.seat_assignments.count() == 1
    with refused("not_active"):
        suspend(membership=acme_agent, by=acme_owner, at=NOW)
    reactivate(membership=acme_agent, by=acme_owner, at=NOW)
    with refused("not_suspended"):
        reactivate(membership=acme_agent, by=acme_owner, at=NOW)
    kinds = acme_agent.audit_entries.order_by("pk").values_list("kind", flat=True)
    assert list(kinds)[-2:] == ["suspended", "reactivated"]


def test_who_was_removed_is_kept_for_the_history_and_changed_no_more(
    acme_owner: Membership, acme_admin: Membership
) -> None:
    """D9."""
    remove(membership=acme_admin, by=acme_owner, at=NOW)
    assert fresh(acme_admin).is_removed
    for change in CHANGES.values():
        with refused("removed"):
            change(membership=acme_admin, by=acme_owner)


def test_what_changes_nothing_leaves_no_entry(
    acme_owner: Membership, acme_admin: Membership
) -> None:
    """D9: one entry for every change, and none for none."""
    entries = AuditEntry.objects.count()
    change_role(membership=acme_admin, role=Role.ADMIN, by=acme_owner, at=NOW)
    rename(membership=acme_admin, name=acme_admin.name, by=acme_owner, at=NOW)
    assert AuditEntry.objects.count() == entries

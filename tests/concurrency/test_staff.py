"""What staff do at the same moment as others: ownership, kinds of account, addresses (D7, D15)."""

from functools import partial

import pytest

from accounts.actions import (
    ask_for_ownership,
    change_name_and_address,
    confirm_ownership,
    transfer_ownership,
    withdraw_ownership,
)
from accounts.models import Account, AccountKind, AuditKind, Membership, OwnershipProposal, User
from accounts.permissions import Role
from subscriptions.actions import change_account_kind, withdraw_request
from subscriptions.models import AddressedTo, SeatPool, SeatRequest
from tests import cast, moves
from tests.cast import NOW
from tests.concurrency.crowd import DONE, tally
from tests.concurrency.test_races import Gather
from tests.factories import UserFactory


@pytest.fixture
def roots(transactional_db: None) -> list[User]:
    return [
        UserFactory.create(email=f"root{n}@vendor.example", is_staff=True, is_superuser=True)
        for n in range(3)
    ]


def ask(to: Membership, by: User) -> OwnershipProposal:
    return ask_for_ownership(account=to.account, to=to, reason="She left.", by=by, at=NOW)


def owners(account: Account) -> list[Membership]:
    return list(account.memberships.filter(role=Role.OWNER))


def test_of_two_who_confirm_at_once_one_does(
    crowd: Gather, acme: Account, acme_admin: Membership, roots: list[User]
) -> None:
    people = crowd(2)
    for _round in range(5):
        [owner] = owners(acme)
        others = acme.memberships.filter(role__in=[Role.ADMIN, Role.BILLING_ADMIN])
        proposal = ask(others.select_related("account").get(), roots[0])
        jobs = [partial(confirm_ownership, proposal=proposal, by=by, at=NOW) for by in roots[1:]]
        assert tally(people.race(jobs)) == {DONE: 1, "proposal_closed": 1}
        assert owners(acme) == [proposal.to]
        assert owner != proposal.to
    assert acme.audit_entries.filter(kind=AuditKind.OWNERSHIP_GIVEN).count() == 5


def test_confirmed_and_withdrawn_at_once_is_one_of_the_two(
    crowd: Gather, acme: Account, acme_admin: Membership, roots: list[User]
) -> None:
    proposal = ask(acme_admin, roots[0])
    results = crowd(2).race(
        [
            partial(confirm_ownership, proposal=proposal, by=roots[1], at=NOW),
            partial(withdraw_ownership, proposal=proposal, by=roots[2], at=NOW),
        ]
    )
    assert tally(results) == {DONE: 1, "proposal_closed": 1}


def test_an_owner_who_transfers_while_staff_confirm_leaves_one_owner(
    crowd: Gather, acme: Account, acme_owner: Membership, acme_admin: Membership,
    acme_billing: Membership, roots: list[User],
) -> None:  # fmt: skip
    proposal = ask(acme_admin, roots[0])
    results = crowd(2).race(
        [
            partial(confirm_ownership, proposal=proposal, by=roots[1], at=NOW),
            partial(transfer_ownership, to=acme_billing, by=acme_owner, at=NOW),
        ]
    )
    counted = tally(results)
    assert counted[DONE] == 1
    assert set(counted) <= {DONE, "owner_changed", "not_allowed"}
    assert len(owners(acme)) == 1


def test_what_is_asked_while_the_kind_changes_goes_to_who_decides_then(
    crowd: Gather, acme: Account, acme_admin: Membership, sell_pool: SeatPool, roots: list[User]
) -> None:
    people = crowd(2)
    for _round in range(6):
        now_managed = Account.objects.get(pk=acme.pk).is_sales_managed
        kind = AccountKind.SELF_SERVICE if now_managed else AccountKind.SALES_MANAGED
        member = Membership.objects.select_related("account").get(pk=acme_admin.pk)
        change = partial(
            change_account_kind, account=acme, kind=kind, reason="Again.", by=roots[0], at=NOW
        )
        assert tally(people.race([change, partial(moves.ask, sell_pool, 1, by=member)])) == {
            DONE: 2
        }
        asked = SeatRequest.objects.open().get()
        wanted = AddressedTo.BUYERS if now_managed else AddressedTo.REPRESENTATIVE
        assert asked.addressed_to == wanted
        assert hasattr(asked, "service_order") or now_managed
        withdraw_request(seat_request=asked, by=member, at=NOW)


def test_one_address_wanted_by_two_accounts_is_one_accounts(
    crowd: Gather, acme: Account, stranger: Membership, roots: list[User]
) -> None:
    jobs = [
        partial(
            change_name_and_address, account=account, name=account.name, slug="best",
            reason="Nicer.", by=roots[0], at=NOW,
        )
        for account in (acme, stranger.account)
    ]  # fmt: skip
    results = crowd(2).race(jobs)
    assert sum(isinstance(result, Account) for result in results) == 1
    assert Account.objects.filter(slug="best").count() == 1
    assert cast.owner(acme).is_owner

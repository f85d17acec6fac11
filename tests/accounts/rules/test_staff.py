"""Who of the vendor's staff serves an account, and who may look at it (D15, R22)."""

import pytest
from django.core.exceptions import ValidationError

from accounts.actions import invite, remove
from accounts.models import Account, Membership, User
from accounts.permissions import Role
from accounts.rules.staff import check_may_serve, check_superuser, may_look_at, may_serve
from tests import cast
from tests.cast import NOW, SETUP
from tests.kept import kept

pytestmark = pytest.mark.any_database


@kept
def looker(db: None) -> User:
    return cast.onlooker("looker")


def join(user: User, account: Account) -> Membership:
    return invite(
        account=account, email=user.email, name=user.name, role=Role.END_USER, by=SETUP, at=NOW
    )


def test_the_representative_and_superusers_serve_an_account(
    initech: Account, rep: User, rep2: User, root: User, looker: User
) -> None:
    serving = [who for who in (rep, rep2, root, looker) if may_serve(who, initech)]
    assert serving == [rep, root]


def test_its_representative_superusers_and_read_only_sales_look_at_it(
    initech: Account, rep: User, rep2: User, root: User, looker: User
) -> None:
    looking = [who for who in (rep, rep2, root, looker) if may_look_at(who, initech)]
    assert looking == [rep, root, looker]


def test_who_represents_an_account_in_the_read_only_group_changes_nothing(
    initech: Account, looker: User
) -> None:
    initech.representative = looker
    assert may_look_at(looker, initech)
    assert not may_serve(looker, initech)


def test_a_representative_who_left_staff_or_the_group_serves_nobody(
    initech: Account, rep: User
) -> None:
    rep.groups.clear()
    rep = User.objects.get(pk=rep.pk)
    assert not may_serve(rep, initech)
    assert not may_look_at(rep, initech)


@pytest.mark.parametrize("who", ["rep", "root"])
def test_nobody_serves_an_account_they_are_a_member_of(
    who: str, initech: Account, acme: Account, request: pytest.FixtureRequest
) -> None:
    user: User = request.getfixturevalue(who)
    member = join(user, initech)
    assert not may_serve(user, initech)
    assert may_look_at(user, initech)
    for check in (check_may_serve, check_superuser):
        with pytest.raises(ValidationError) as refused:
            check(user, initech)
        assert refused.value.code == "own_account"
    remove(membership=member, by=SETUP, at=NOW)
    assert may_serve(user, initech)


def test_who_does_not_serve_an_account_is_told_who_does(initech: Account, rep2: User) -> None:
    with pytest.raises(ValidationError) as refused:
        check_may_serve(rep2, initech)
    assert refused.value.code == "not_allowed"
    assert "account representative of Initech" in refused.value.messages[0]


def test_what_only_superusers_do_no_representative_does(initech: Account, rep: User) -> None:
    with pytest.raises(ValidationError) as refused:
        check_superuser(rep, initech)
    assert refused.value.code == "not_allowed"

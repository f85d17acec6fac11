"""The two tables: which way to seats, and which seats can go."""

import pytest

from accounts.models import AccountKind
from accounts.permissions import PERMISSIONS, Permission, Role
from subscriptions.rules.routes import POOL_RULES, ROUTES, Removal, Route, pool_rule, route_to_seats

SELF, ASSISTED, MANAGED = AccountKind
BUYERS = (Role.OWNER, Role.BILLING_ADMIN)


def test_the_tables_answer_for_everyone() -> None:
    assert set(ROUTES) == set(POOL_RULES) == set(AccountKind)
    assert all(set(row) == set(Role) for row in ROUTES.values())


@pytest.mark.parametrize("kind", [SELF, ASSISTED])
@pytest.mark.parametrize("role", Role)
def test_only_the_owner_and_billing_admins_buy(kind: AccountKind, role: Role) -> None:
    """R3, R12, D1."""
    assert route_to_seats(kind, role).can_buy == (role in BUYERS)


@pytest.mark.parametrize("kind", [SELF, ASSISTED])
@pytest.mark.parametrize("role", [Role.ADMIN, Role.AGENT])
def test_other_members_ask_the_buyers(kind: AccountKind, role: Role) -> None:
    """R3, R13, D1."""
    assert route_to_seats(kind, role) is Route.ASK_BUYERS


@pytest.mark.parametrize("role", [Role.OWNER, Role.BILLING_ADMIN, Role.ADMIN, Role.AGENT])
def test_in_a_sales_managed_account_everyone_asks_the_representative(role: Role) -> None:
    """R2, R19, D1."""
    assert route_to_seats(MANAGED, role) is Route.ASK_REPRESENTATIVE
    assert route_to_seats(MANAGED, role).asks_representative


@pytest.mark.parametrize("kind", AccountKind)
def test_end_users_have_no_way_to_seats(kind: AccountKind) -> None:
    route = route_to_seats(kind, Role.END_USER)
    assert not route.can_buy
    assert not route.can_request


@pytest.mark.parametrize("kind", AccountKind)
@pytest.mark.parametrize("role", Role)
def test_whoever_has_a_way_has_the_permission_for_its_page(kind: AccountKind, role: Role) -> None:
    route = route_to_seats(kind, role)
    if route.can_buy:
        assert Permission.CHANGE_SUBSCRIPTION in PERMISSIONS[role]
    if route.can_request:
        assert Permission.REQUEST_SEATS in PERMISSIONS[role]


@pytest.mark.parametrize(
    ("kind", "is_legacy", "can_add", "removal"),
    [
        (SELF, False, True, Removal.ANY),
        (SELF, True, True, Removal.UNASSIGNED_AT_RENEWAL),
        (ASSISTED, False, True, Removal.NONE),
        (ASSISTED, True, True, Removal.NONE),
        (MANAGED, False, True, Removal.NONE),
        (MANAGED, True, False, Removal.NONE),
    ],
)
def test_which_seats_can_be_added_and_removed(
    kind: AccountKind, is_legacy: bool, can_add: bool, removal: Removal
) -> None:
    """R7, R8, R23."""
    rule = pool_rule(kind, is_legacy=is_legacy)
    assert (rule.can_add, rule.removal) == (can_add, removal)

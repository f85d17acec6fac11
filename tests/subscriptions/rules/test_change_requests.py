"""The one table of what is asked for besides more seats, by whom and of whom (R3, R6–R8)."""

import pytest

from accounts.models import AccountKind
from accounts.permissions import PERMISSIONS, Permission, Role
from subscriptions.models import ChangeRequestKind
from subscriptions.rules.change_requests import ASKING, addressee

pytestmark = pytest.mark.any_database

# kind of change, kind of account: owner, billing admin, admin, agent, end user.
TABLE = """
fewer_seats   self_service     -      -      buyers -  -
fewer_seats   online_assisted  vendor vendor vendor -  -
fewer_seats   sales_managed    vendor vendor vendor -  -
other_plan    self_service     vendor vendor vendor -  -
other_plan    online_assisted  vendor vendor vendor -  -
other_plan    sales_managed    vendor vendor vendor -  -
other_product self_service     vendor vendor vendor -  -
other_product online_assisted  vendor vendor vendor -  -
other_product sales_managed    vendor vendor vendor -  -
cancellation  self_service     vendor vendor vendor -  -
cancellation  online_assisted  vendor vendor vendor -  -
cancellation  sales_managed    vendor vendor vendor -  -
first_order   self_service     vendor vendor vendor -  -
first_order   online_assisted  vendor vendor vendor -  -
first_order   sales_managed    vendor vendor vendor -  -
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]


def test_the_table_is_complete() -> None:
    expected = {(str(kind), str(account)) for kind in ChangeRequestKind for account in AccountKind}
    assert {(kind, account) for kind, account, *_rest in ROWS} == expected
    assert set(ASKING) == set(ChangeRequestKind)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]}")
def test_who_asks_whom(row: list[str]) -> None:
    kind, account, *cells = row
    for role, cell in zip(Role, cells, strict=True):
        assert addressee(kind, account, role) == (None if cell == "-" else cell), role


def test_whoever_may_ask_for_anything_has_the_permission() -> None:
    asking = {role for by_account in ASKING.values() for who in by_account.values() for role in who}
    assert asking == {role for role in Role if Permission.REQUEST_CHANGES in PERMISSIONS[role]}

"""Every address × everybody × GET and POST; an address without a row fails (D8)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import transaction

from tests.access.addresses import addresses, url
from tests.world import WHO, World

pytestmark = pytest.mark.any_database

STAFF = ("anonymous", "owner", "rep", "rep2", "looker", "root")


@dataclass(frozen=True)
class AccessRow:
    """An address, how it is opened, in which kind of account, and who gets what."""

    address: str
    method: str
    kind: str
    expected: dict[str, int]

    def __str__(self) -> str:
        return f"{self.method} {self.address} {self.kind}"


def rows(name: str) -> Iterator[list[str]]:
    for line in (Path(__file__).parent / name).read_text().splitlines():
        if not line.startswith("#"):
            address, *cells = line.split()
            yield ["" if address == "(start)" else address, *cells]


def page_rows() -> Iterator[AccessRow]:
    for address, method, kind, *statuses in rows("pages.txt"):
        expected = dict(zip(WHO, map(int, statuses), strict=True))
        yield AccessRow(address, method, "self" if kind == "any" else kind, expected)


def admin_rows() -> Iterator[AccessRow]:
    for address, kind, *statuses in rows("admin.txt"):
        for method, codes in (("GET", statuses[:6]), ("POST", statuses[6:])):
            expected = dict(zip(STAFF, map(int, codes), strict=True))
            yield AccessRow(f"admin/{address}", method, kind, expected)


ALL = [*page_rows(), *admin_rows()]


def test_every_address_has_its_rows() -> None:
    rows = {(row.address, row.method) for row in ALL}
    missing = {(a, m) for a in addresses() for m in ("GET", "POST")} - rows
    assert not missing, "say in tests/access/ who may open them, and what the others get"


def test_no_row_is_of_an_address_that_is_gone() -> None:
    assert {row.address for row in ALL} <= set(addresses())


@pytest.mark.parametrize("row", ALL, ids=str)
def test_everybody_gets_what_the_row_says(row: AccessRow, world: World) -> None:
    address = url(row.address, world.homes[row.kind])
    answers = {}
    for who in row.expected:
        before = transaction.savepoint()
        answer = world.client(who, row.kind).generic(row.method, address)
        answers[who] = answer.status_code
        transaction.savepoint_rollback(before)
    assert answers == row.expected

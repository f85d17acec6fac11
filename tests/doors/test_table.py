"""Every address × everybody × GET and POST; an address without a row fails (D8)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import transaction

from tests.doors.addresses import addresses, url
from tests.world import WHO, World

STAFF = ("anonymous", "owner", "rep", "rep2", "root")


@dataclass(frozen=True)
class Door:
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


def page_doors() -> Iterator[Door]:
    for address, method, kind, *statuses in rows("pages.txt"):
        expected = dict(zip(WHO, map(int, statuses), strict=True))
        yield Door(address, method, "self" if kind == "any" else kind, expected)


def admin_doors() -> Iterator[Door]:
    for address, kind, *statuses in rows("admin.txt"):
        for method, codes in (("GET", statuses[:5]), ("POST", statuses[5:])):
            expected = dict(zip(STAFF, map(int, codes), strict=True))
            yield Door(f"admin/{address}", method, kind, expected)


ALL = [*page_doors(), *admin_doors()]


def test_every_address_has_its_rows() -> None:
    rows = {(door.address, door.method) for door in ALL}
    missing = {(a, m) for a in addresses() for m in ("GET", "POST")} - rows
    assert not missing, "say in tests/doors/ who may open them, and what the others get"


def test_no_row_is_of_an_address_that_is_gone() -> None:
    assert {door.address for door in ALL} <= set(addresses())


@pytest.mark.parametrize("door", ALL, ids=str)
def test_everybody_gets_what_the_row_says(door: Door, world: World) -> None:
    address = url(door.address, world.homes[door.kind])
    answers = {}
    for who in door.expected:
        before = transaction.savepoint()
        answer = world.client(who, door.kind).generic(door.method, address)
        answers[who] = answer.status_code
        transaction.savepoint_rollback(before)
    assert answers == door.expected

"""Every operation of the API × scope × role of the token's maker × state of the key (D19).

The operations come from the addresses: one without a row in api.txt fails.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import Event, Membership
from accounts.permissions import NEEDED_FOR, PERMISSIONS, Role, Scope
from core.api.ids import public_id
from core.api.views import UnknownView
from core.credentials import SecretKey
from seatadmin.api import urlpatterns
from tests import moves
from tests.access.api_bodies import body_of
from tests.cast import NOW
from tests.keys import Program, product_key, token
from tests.programs import undone
from tests.world import Home, World

pytestmark = pytest.mark.any_database

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
NOBODYS = 987_654


@dataclass(frozen=True)
class Row:
    """An operation, what a token needs one of, and the answers to a token and a product key."""

    method: str
    address: str
    scopes: tuple[Scope, ...]
    status: int
    product_status: int

    def __str__(self) -> str:
        return f"{self.method} {self.address}"


def rows() -> Iterator[Row]:
    for line in (Path(__file__).parent / "api.txt").read_text().splitlines():
        if not line.startswith("#"):
            method, address, named, status, product_status = line.split()
            scopes = tuple(Scope(scope) for scope in named.split(","))
            yield Row(method, address, scopes, int(status), int(product_status))


def operations() -> Iterator[tuple[str, str]]:
    for pattern in urlpatterns:
        view: Any = getattr(pattern.callback, "view_class", None)
        if view and not issubclass(view, UnknownView):
            address = str(pattern.pattern).removeprefix("v1/")
            yield from ((m, address) for m in METHODS if hasattr(view, m.lower()))


ROWS = list(rows())


def filled(address: str, home: Home, foreign: bool = False) -> str:
    ids = {
        "<str:pool>": ("pool", home.pool.pk),
        "<str:seat_request>": ("req", home.request.pk),
        "<str:member>": ("mem", home.target.pk),
        "<str:event>": ("evt", Event.objects.filter(account=home.account)[0].pk),
        "<str:endpoint>": ("whe", home.webhook.pk),
        "<str:delivery>": ("whd", home.delivery.pk),
        "<str:order>": ("ord", home.account.orders.latest("pk").pk),
    }
    for placeholder, (prefix, pk) in ids.items():
        address = address.replace(placeholder, public_id(prefix, NOBODYS if foreign else pk))
    assert "<" not in address, f"say in tests/access/test_api.py what to fill into {address}"
    return address


def answer(row: Row, key: object, home: Home, *, foreign: bool = False) -> Any:
    """What it is answered; what it did is taken back, so every row finds the same world."""
    body = body_of(row.method, row.address, home) if row.method != "GET" else None
    program, address = Program(key), filled(row.address, home, foreign)
    with undone():
        return program.send(row.method, address, body, Idempotency_Key=uuid4().hex)


@pytest.fixture
def home(world: World) -> Home:
    """With an order."""
    home = world.homes["self"]
    moves.buy({home.pool: 1}, by=home.people["owner"])
    return home


@pytest.fixture
def owner(home: Home) -> Membership:
    return home.people["owner"]


def test_every_operation_has_its_row() -> None:
    assert sorted(operations()) == sorted((row.method, row.address) for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_its_scopes_open_it_and_no_other_does(row: Row, home: Home, owner: Membership) -> None:
    said = {scope: answer(row, token(owner, scope)[1], home).status_code for scope in Scope}
    assert said == {s: row.status if s in row.scopes else 403 for s in Scope}


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_token_does_no_more_than_its_maker_could(row: Row, home: Home) -> None:
    makers = {"owner": "owner", "billing": "billing_admin", "admin": "admin", "agent": "agent"}
    for name, role in makers.items():
        may = any(NEEDED_FOR[scope] in PERMISSIONS[Role(role)] for scope in row.scopes)
        # With these scopes alone: who may buy as well has nobody to ask.
        said = answer(row, token(home.people[name], *row.scopes)[1], home)
        assert said.status_code == (row.status if may else 403), name


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_only_a_key_that_is_in_force_opens_it(row: Row, home: Home, owner: Membership) -> None:
    assert answer(row, None, home).status_code == 401
    assert answer(row, SecretKey.new("sat"), home).status_code == 401
    expired = token(owner, days=0)[1]
    revoked, revoked_key = token(owner)
    revoked.revoked_at = NOW
    revoked.save()
    rotated, before = token(owner, *row.scopes)
    rotated.take(SecretKey.new("sat", rotated.prefix), NOW, overlap=timedelta(hours=1))
    rotated.save()
    assert answer(row, expired, home).json()["code"] == "key_expired"
    assert answer(row, revoked_key, home).json()["code"] == "key_revoked"
    assert answer(row, before, home).status_code == row.status
    product = home.pool.lines.all()[0].plan.product
    assert answer(row, product_key(product)[1], home).status_code == row.product_status


@pytest.mark.parametrize("row", [row for row in ROWS if "<" in row.address], ids=str)
def test_what_is_another_accounts_is_answered_like_nobodys(
    row: Row, home: Home, world: World
) -> None:
    stranger = token(world.foreign.people["owner"])[1]
    theirs = answer(row, stranger, home)
    nobodys = answer(row, stranger, home, foreign=True)
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.json() == nobodys.json()


@pytest.mark.parametrize("address", sorted({row.address for row in ROWS}))
def test_other_methods_do_not_exist(address: str, home: Home, owner: Membership) -> None:
    known = {row.method for row in ROWS if row.address == address}
    key = token(owner)[1]
    for method in {*METHODS, "OPTIONS"} - known:
        said = Program(key).send(method, filled(address, home), {})
        assert (said.status_code, said.json()["code"]) == (405, "method_not_allowed"), method
        assert set(said["Allow"].split(", ")) - {"HEAD"} == known


def test_no_answer_is_for_other_sites(home: Home, owner: Membership) -> None:
    said = Program(token(owner)[1]).get("account", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in said
    assert "Set-Cookie" not in said

"""What test_api.py sends to an operation: a body that it can read, of the account's own things."""

from collections.abc import Callable
from typing import Any

from core.api.ids import public_id
from tests import moves
from tests.world import Home


def wanted(home: Home) -> dict[str, Any]:
    return {"seats": [{"pool": public_id("pool", home.pool.pk), "add": 1}]}


def agreed(home: Home) -> dict[str, Any]:
    quote = moves.price(home.account.subscription, {home.pool: 1})
    return {**wanted(home), "fingerprint": quote.fingerprint}


def approval(home: Home) -> dict[str, Any]:
    asked = home.request
    quote = moves.price(home.account.subscription, {asked.pool: asked.seats})
    return {"fingerprint": quote.fingerprint, "confirmed": True}


BODIES: dict[tuple[str, str], Callable[[Home], dict[str, Any]]] = {
    ("POST", "members"): lambda _home: {
        "email": "new@acme.example", "name": "New Person", "role": "admin",
    },
    ("PATCH", "members/<str:member>"): lambda _home: {"name": "Another Name"},
    ("POST", "requests/<str:seat_request>/approve"): approval,
    ("POST", "requests/<str:seat_request>/join"): lambda _home: {"seats": 1, "reason": "More."},
    ("POST", "requests/<str:seat_request>/decline"): lambda _home: {"note": "Not this year."},
    ("POST", "webhook-endpoints"): lambda _home: {"url": "https://hooks.example/acme"},
    ("PATCH", "webhook-endpoints/<str:endpoint>"): lambda _home: {"enabled": False},
    ("POST", "webhook-endpoints/<str:endpoint>/rotate"): lambda _home: {"overlap_hours": 24},
    ("POST", "quotes"): wanted,
    ("POST", "orders"): agreed,
}  # fmt: skip


def body_of(method: str, address: str, home: Home) -> dict[str, Any]:
    """An empty one for an operation that takes none."""
    return BODIES.get((method, address), lambda _home: {})(home)

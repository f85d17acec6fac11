"""Seat requests that wait for somebody."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from accounts.models import AccountKind, Membership, User
from subscriptions.actions import request_seats
from subscriptions.models import SeatPool, SeatRequest
from tests import cast
from tests.cast import Catalogue
from tests.kept import kept

Ask = Callable[..., SeatRequest]


@kept
def ask(at: datetime) -> Ask:
    def made(by: Membership, pool: SeatPool, seats: int, **more: Any) -> SeatRequest:
        form = {"reason": "New colleagues.", "needed_by": None, "at": at, **more}
        form["idempotency_key"] = f"form-{pool.pk}"
        subscription = pool.subscription
        return request_seats(subscription=subscription, additions={pool.pk: seats}, by=by, **form)[
            0
        ]

    return made


@kept
def five(ask: Ask, initech_admin: Membership, initech_pool: SeatPool) -> SeatRequest:
    """Five more seats of initech, asked of its representative."""
    return ask(initech_admin, initech_pool, 5)


@kept
def bought_online(ask: Ask, globex_admin: Membership, globex_talk: SeatPool) -> SeatRequest:
    """Two more Talk seats of globex, asked of its owner and billing admins."""
    return ask(globex_admin, globex_talk, 2)


@kept
def foreign(ask: Ask, rep2: User, catalogue: Catalogue) -> SeatRequest:
    """A request of an account that somebody else represents."""
    vandelay = cast.account("vandelay", AccountKind.SALES_MANAGED, representative=rep2)
    pool = cast.pool(vandelay.subscription, catalogue.sell, seats=3)
    return ask(cast.owner(vandelay), pool, 7)

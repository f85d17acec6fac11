"""`manage.py expire_invitations`: what has expired gives its seats back, once (D14)."""

from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Account, Membership
from accounts.permissions import Role
from subscriptions.actions import expire_invitation
from subscriptions.management.commands import expire_invitations
from subscriptions.models import SeatPool
from tests import cast, moves
from tests.kept import kept

LATER = cast.NOW + timedelta(days=15)


def run(command: str = "expire_invitations") -> str:
    out = StringIO()
    call_command(command, stdout=out, stderr=out)
    return out.getvalue()


@kept
def invited(acme: Account, sell_pool: SeatPool) -> list[Membership]:
    return [
        cast.member(acme, name, Role.AGENT, sell_pool, at=cast.NOW, active=False)
        for name in ("ina", "ivo")
    ]


def test_before_it_expires_nothing_is_given_back(
    invited: list[Membership], sell_pool: SeatPool, clock: Any
) -> None:
    assert run() == "No expired invitation holds a seat.\n"
    assert moves.numbers(sell_pool)[1] == 2


def test_what_has_expired_gives_its_seats_back_once(
    invited: list[Membership], sell_pool: SeatPool, clock: Any
) -> None:
    clock.move_to(LATER)
    assert run() == "acme: ina@acme.example: Sell Growth\nacme: ivo@acme.example: Sell Growth\n"
    assert moves.numbers(sell_pool)[1] == 0
    assert run() == "No expired invitation holds a seat.\n"
    assert "accounted for" in run("check_seats")


def test_one_that_fails_stops_no_other(
    invited: list[Membership],
    sell_pool: SeatPool,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The exit code says so, for whoever watches the timer."""

    def fail_for_ina(*, membership: Membership, at: datetime) -> Any:
        if membership == invited[0]:
            raise RuntimeError("the disk is full")
        return expire_invitation(membership=membership, at=at)

    monkeypatch.setattr(expire_invitations, "expire_invitation", fail_for_ina)
    clock.move_to(LATER)
    with pytest.raises(CommandError, match="1 of 2 invitations could not be expired"):
        run()
    assert moves.numbers(sell_pool)[1] == 1
    assert f"Expiring the invitation of member {invited[0].pk} failed" in caplog.text

"""What `check_seats` says of history that programs were not told of (D19)."""

from typing import Any

import pytest

from accounts.models import AuditEntry, Event, Membership
from core.models import reference
from subscriptions.actions import decline_request
from subscriptions.models import SeatChange, SeatPool, SeatRequest
from tests import moves
from tests.cast import NOW
from tests.kept import kept
from tests.subscriptions.selectors.test_integrity import check, complaint


@kept
def declined(acme_admin: Membership, acme_owner: Membership, suite_pool: SeatPool) -> SeatRequest:
    asked = moves.ask(suite_pool, 2, by=acme_admin)
    return decline_request(seat_request=asked, note="No.", by=acme_owner, at=NOW)


def without(**named: Any) -> str:
    """What is said once an event is gone."""
    assert Event.objects.filter(**named).delete()[0] == 1
    return complaint()


def test_every_step_of_every_history_is_told(declined: SeatRequest) -> None:
    assert "accounted for" in check()


@pytest.mark.parametrize("history", [AuditEntry, SeatChange])
def test_a_row_of_history_without_its_event_is_named(
    declined: SeatRequest, acme_agent: Membership, history: Any
) -> None:
    row = history.objects.latest("pk")
    kind = Event.objects.get(source=reference(row)).type
    said = without(source=reference(row))
    assert f"acme · {reference(row)}: has no event {kind}" in said


@pytest.mark.parametrize("step", ["opened", "declined"])
def test_a_step_of_a_request_without_its_event_is_named(declined: SeatRequest, step: str) -> None:
    said = without(type=f"seat_request.{step}")
    assert f"acme · {reference(declined)}: has no event seat_request.{step}" in said
    # Nothing makes up an event: it would stand behind what came after it.
    assert "History is never rewritten" in complaint("--repair")

"""D19: transactions commit in another order than that of their ids, and readers miss nothing."""

from collections.abc import Callable
from functools import partial
from threading import Event as Signal
from threading import Thread

import pytest
from django.db import connection, transaction

from accounts.actions import number_events, rename
from accounts.models import Event, Membership
from tests import cast
from tests.concurrency.crowd import Crowd
from tests.soundness.state import check_events

Gather = Callable[[int], Crowd]


def rename_themselves(member: Membership, name: str) -> int:
    """The id of the event."""
    rename(membership=member, name=name, by=member, at=cast.NOW)
    return Event.objects.latest("pk").pk


class Slow(Thread):
    """Somebody whose transaction writes its event early and commits late."""

    def __init__(self, member: Membership) -> None:
        super().__init__()
        self.member, self.written, self.may_commit = member, Signal(), Signal()
        self.event_id = 0

    def run(self) -> None:
        try:
            with transaction.atomic():
                self.event_id = rename_themselves(self.member, "Early")
                self.written.set()
                assert self.may_commit.wait(60)
        finally:
            connection.close()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="on SQLite one writes at a time")
def test_an_early_id_that_commits_late_is_not_skipped(
    transactional_db: None, acme_admin: Membership, acme_agent: Membership
) -> None:
    feed = Event.objects.of_account(acme_admin.account)
    number_events()
    slow = Slow(acme_agent)
    slow.start()
    assert slow.written.wait(60)
    late_id = rename_themselves(acme_admin, "Late")
    [late] = number_events()
    seen = feed.latest("position")
    slow.may_commit.set()
    slow.join()
    number_events()
    # Who remembered the id would never see it.
    assert slow.event_id < late_id == late.pk == seen.pk
    assert [event.pk for event in feed.filter(position__gt=seen.position)] == [slow.event_id]


def test_of_many_who_number_at_once_each_event_is_numbered_by_one(
    crowd: Gather, acme_admin: Membership, acme_agent: Membership
) -> None:
    number_events()
    people = crowd(6)
    numbered: list[Event] = []
    for turn in range(5):
        write = [partial(rename_themselves, m, f"{turn}") for m in (acme_admin, acme_agent)]
        results = people.race([*write, *[number_events] * 4])
        numbered += [event for found in results[2:] for event in found]
    numbered += number_events()
    assert len({event.pk for event in numbered}) == len(numbered) == 10
    # One after the other, without a gap.
    positions = sorted(event.position or 0 for event in numbered)
    assert positions == list(range(positions[0], positions[0] + 10))
    check_events()

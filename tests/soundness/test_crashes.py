"""Whoever is killed in the middle has done a thing wholly or not at all: D5, D9."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Count, Q, QuerySet

from accounts.models import Account, IdempotencyRecord, Membership, User
from accounts.permissions import Role
from core.models import OutboxEntry
from subscriptions.models import (
    Order,
    RequestStatus,
    SeatChangeKind,
    SeatPool,
    SeatRequest,
    Subscription,
)
from tests.conftest import RecordProperty
from tests.soundness.forks import Doomed, doomed

KILLS, KILLS_OF_A_SOAK = 12, 150
MAX_LIFE = 1000  # milliseconds after the first action began: one cold action, a dozen warm ones


@pytest.fixture
def workers(transactional_db: None) -> Iterator[Doomed]:
    with doomed("tests.soundness.doomed") as workers:
        yield workers


def assert_whole(account: Account) -> None:
    """Of everything that consists of parts, all parts are there."""
    call_command("check_seats", stdout=StringIO())
    assert not IdempotencyRecord.objects.filter(results=[]).exists()
    # A worker's purchase has a dash in its key, and is of both pools.
    bought = ordered(key__contains="-").annotate(rows=Count("changes"))
    assert not bought.exclude(rows=2).exists()
    approved = SeatRequest.objects.filter(status=RequestStatus.APPROVED)
    assert not approved.annotate(rows=Count("changes")).exclude(rows=1).exists()
    new = account.memberships.filter(user__email__endswith="@people.example")
    assigned, invited = Q(seat_changes__kind="assigned"), Q(audit_entries__kind="invited")
    with_seats = new.annotate(seats=Count("seat_changes", filter=assigned, distinct=True))
    assert not with_seats.exclude(seats=2).exists()
    entered = new.annotate(entries=Count("audit_entries", filter=invited, distinct=True))
    assert not entered.exclude(entries=1).exists()
    assert_mails_stored(new.count())
    assert_changed_wholly()
    assert_renewed_wholly(Subscription.objects.get())


def assert_mails_stored(invited: int) -> None:
    """What was bought and who was invited are told: stored with the change, or neither (D17)."""
    bought = Order.objects.filter(changes__kind=SeatChangeKind.BOUGHT).distinct()
    told = Counter(OutboxEntry.objects.values_list("summary", flat=True))
    assert told["subscriptions.notifications.orders.seats_bought"] == bought.count()
    # The cast was invited, too.
    cast = Membership.objects.exclude(user__email__endswith="@people.example").count()
    assert invited <= told["accounts.notifications.members.send_invitation"] <= invited + cast


def assert_changed_wholly() -> None:
    """A line added or ended by the vendor: with its pool's numbers, a charge, a term and a mail."""
    changed = Order.objects.exclude(form_key="")
    parts = changed.annotate(
        moved=Count("changes", filter=Q(changes__member=None), distinct=True),
        charged=Count("charges", distinct=True),
        agreed=Count("terms", distinct=True),
    )
    assert not parts.exclude(moved=1, charged=1, agreed=1).exists()
    told = OutboxEntry.objects.filter(summary__endswith=".changed_by_vendor")
    assert told.count() == changed.count()


def ordered(**form: str) -> QuerySet[Order]:
    """The orders that came from such forms."""
    records = IdempotencyRecord.objects.filter(action="order", **form)
    return Order.objects.filter(pk__in=[pk for record in records for pk in record.results])


def assert_renewed_wholly(subscription: Subscription) -> None:
    """A period has moved exactly if what was scheduled for its end has happened."""
    for pool in subscription.pools.all():
        changes = pool.changes.order_by("-pk")
        renewed = changes.filter(kind=SeatChangeKind.RENEWED).first()
        assert not renewed or renewed.at.date() < subscription.period_end
        if pool.seats_at_renewal < pool.seats:
            scheduled = changes.filter(kind=SeatChangeKind.SCHEDULED)[0]
            assert scheduled.at.date() >= subscription.period_start


def summary(told: list[str]) -> list[str]:
    """What was finished, and in what the worker was killed."""
    *_, last = told
    killed_in = last.removeprefix("begun ") if last.startswith("begun ") else "nothing"
    finished = [line.partition(" ")[0] for line in told if not line.startswith("begun ")]
    return [*finished, "killed", f"killed in {killed_in}"]


def unseen(told: Counter[str]) -> list[str]:
    """What no worker has finished yet, and in what none was killed."""
    finished = ("order", "member", "request", "renewal", "change")
    begun = (f"killed in {action}" for action in ("buy", "invite", "approve", "renew", "change"))
    return [what for what in (*finished, *begun) if not told[what]]


def assert_kept(told: list[str]) -> None:
    """What was told to be done is stored."""
    for kind, _, what in (line.partition(" ") for line in told):
        if kind == "order":
            assert ordered(key=what).exists()
        elif kind == "member":
            assert Membership.objects.filter(user__email=what).exists()
        elif kind == "request":
            assert SeatRequest.objects.get(pk=what).is_approved
        elif kind == "change":
            assert Order.objects.filter(form_key=what).exists()
        elif kind == "renewal":
            assert Subscription.objects.get().period_start >= date.fromisoformat(what)


def test_killed_at_any_moment_everything_is_wholly_done_or_not_at_all(
    workers: Doomed,
    acme: Account,
    acme_owner: Membership,
    acme_admin: Membership,
    suite_pool: SeatPool,
    sell_pool: SeatPool,
    rep: User,
    soak: float,
    record_property: RecordProperty,
) -> None:
    acme.representative = rep
    acme.save()
    chance = random.Random()
    told: Counter[str] = Counter()
    kills, life = KILLS_OF_A_SOAK if soak else KILLS, MAX_LIFE
    for number in range(2 * kills):
        if number >= kills:
            # On a busy machine, nothing may be finished in the time meant for a dozen actions.
            if not soak or not unseen(told):
                break
            life += MAX_LIFE
        said = workers.kill_one(number, chance.randint(0, life))
        told.update(summary(said))
        assert_kept(said)
        assert_whole(acme)
    record_property("workers", dict(told))
    assert Membership.objects.filter(role=Role.OWNER).count() == 1
    if soak:
        assert not unseen(told)

"""`manage.py renew_subscriptions`: what is due, once, and each account for itself."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.core.management import CommandError, call_command

from accounts.models import Membership
from accounts.permissions import Role
from subscriptions.actions import assign_seat, cancel_scheduled_reduction, renew, set_seats
from subscriptions.management.commands import renew_subscriptions
from subscriptions.models import (
    AssignmentSource,
    SeatChange,
    SeatChangeKind,
    SeatPool,
    Subscription,
)
from subscriptions.rules.quotes import Timing
from subscriptions.selectors.quotes import quote_targets
from subscriptions.selectors.seats import pools_of
from tests import cast

NEXT_PERIOD = datetime(2026, 12, 1, 0, 10, tzinfo=UTC)
LATER_IN_IT = datetime(2026, 12, 5, 9, 0, tzinfo=UTC)


def run() -> str:
    out = StringIO()
    call_command("renew_subscriptions", stdout=out, stderr=out)
    return out.getvalue()


def schedule(pool: SeatPool, to: int, by: Membership, at: datetime, *chosen: int) -> None:
    """Set the seats needed, from the next renewal on."""
    subscription = Subscription.objects.get(pk=pool.subscription_id)
    quote = quote_targets(subscription, {pool.pk: to}, at.date(), Timing.AT_RENEWAL, chosen)
    set_seats(
        subscription=subscription,
        targets={pool.pk: to},
        timing=Timing.AT_RENEWAL,
        chosen=chosen,
        quote_fingerprint=quote.fingerprint,
        idempotency_key=f"{pool.pk}-{to}-{at}",
        by=by,
        at=at,
    )


def numbers(pool: SeatPool) -> tuple[int, int, int]:
    """Purchased, at renewal, assigned."""
    pool.refresh_from_db()
    return pool.seats, pool.seats_at_renewal, pool.assigned


def test_nothing_is_due_before_the_period_ends(acme: Any, clock: Any) -> None:
    assert run() == "Nothing is due.\n"


def test_a_period_that_ended_gives_way_to_the_next(
    acme_subscription: Subscription, clock: Any
) -> None:
    """D3."""
    clock.move_to(NEXT_PERIOD)
    assert run() == "acme: renewed until 2027-01-01\n"
    acme_subscription.refresh_from_db()
    assert acme_subscription.period_start == date(2026, 12, 1)


def test_running_again_changes_nothing(
    acme_owner: Membership, suite_nine_of_ten: SeatPool, at: datetime, clock: Any
) -> None:
    schedule(suite_nine_of_ten, 8, acme_owner, at)
    clock.move_to(NEXT_PERIOD)
    run()
    rows = SeatChange.objects.count()
    assert run() == "Nothing is due.\n"
    assert numbers(suite_nine_of_ten) == (8, 8, 8)
    assert SeatChange.objects.count() == rows


def test_a_scheduled_reduction_and_its_downgrade_happen(
    acme_owner: Membership,
    suite_nine_of_ten: SeatPool,
    at: datetime,
    clock: Any,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[Any]],
    mailoutbox: list[EmailMultiAlternatives],
) -> None:
    """D3, D4: the agent added last becomes an end user, by mail and in history."""
    last = suite_nine_of_ten.assignments.in_order_of_loss()[0].membership
    schedule(suite_nine_of_ten, 8, acme_owner, at)
    clock.move_to(NEXT_PERIOD)
    with django_capture_on_commit_callbacks(execute=True):
        said = run()
    assert "acme: Support Suite Professional reduced from 10 to 8 seats\n" in said
    last.refresh_from_db()
    assert last.role == Role.END_USER
    change = SeatChange.objects.get(kind=SeatChangeKind.RENEWED)
    assert (change.seats_before, change.seats_after, change.by) == (10, 8, None)


def test_whom_the_buyer_chose_loses_the_seat(
    acme_owner: Membership, suite_nine_of_ten: SeatPool, at: datetime, clock: Any
) -> None:
    """D4."""
    first = suite_nine_of_ten.assignments.order_by("pk")[0]
    schedule(suite_nine_of_ten, 8, acme_owner, at, first.pk)
    clock.move_to(NEXT_PERIOD)
    run()
    first.membership.refresh_from_db()
    assert first.membership.role == Role.END_USER
    assert numbers(suite_nine_of_ten) == (8, 8, 8)


def test_the_owner_never_loses_a_seat(
    acme_owner: Membership, suite_nine_of_ten: SeatPool, at: datetime, clock: Any
) -> None:
    """D4: not even as the one added last, down to a single seat."""
    assign_seat(
        pool=suite_nine_of_ten,
        membership=acme_owner,
        source=AssignmentSource.GIVEN,
        by=cast.SETUP,
        at=at,
    )
    schedule(suite_nine_of_ten, 1, acme_owner, at)
    clock.move_to(NEXT_PERIOD)
    run()
    assert [a.membership for a in suite_nine_of_ten.assignments.all()] == [acme_owner]


def test_an_undone_reduction_does_not_happen(
    acme_owner: Membership, suite_nine_of_ten: SeatPool, at: datetime, clock: Any
) -> None:
    """D3."""
    schedule(suite_nine_of_ten, 8, acme_owner, at)
    [pool] = pools_of(suite_nine_of_ten.subscription)
    cancel_scheduled_reduction(pool=pool, by=acme_owner, at=at)
    clock.move_to(NEXT_PERIOD)
    run()
    assert numbers(suite_nine_of_ten) == (10, 10, 9)


def test_nobody_is_downgraded_for_a_legacy_plan(
    acme_owner: Membership,
    acme_subscription: Subscription,
    catalogue: Any,
    at: datetime,
    clock: Any,
) -> None:
    """R23: seats taken since the reduction was scheduled stay."""
    legacy = cast.pool(acme_subscription, catalogue.legacy_sell, seats=10)
    cast.fill(legacy, 6)
    schedule(legacy, 6, acme_owner, at)
    cast.fill(legacy, 8)
    clock.move_to(NEXT_PERIOD)
    run()
    assert numbers(legacy) == (8, 8, 8)


def test_a_subscription_long_overdue_arrives_in_todays_period(
    acme_owner: Membership, suite_nine_of_ten: SeatPool, at: datetime, clock: Any
) -> None:
    """Counted from its start, however many renewals were missed; the reduction comes once."""
    schedule(suite_nine_of_ten, 8, acme_owner, at)
    clock.move_to(datetime(2027, 3, 15, 9, 0, tzinfo=UTC))
    assert run().startswith("acme: renewed until 2027-04-01\n")
    assert numbers(suite_nine_of_ten) == (8, 8, 8)


def test_what_is_scheduled_after_the_period_began_waits_for_its_end(
    acme_owner: Membership, suite_nine_of_ten: SeatPool, clock: Any
) -> None:
    """D3: a renewal that runs late takes no seat that is paid for."""
    clock.move_to(LATER_IN_IT)
    schedule(suite_nine_of_ten, 8, acme_owner, LATER_IN_IT)
    run()
    assert numbers(suite_nine_of_ten) == (10, 8, 9)
    clock.move_to(datetime(2027, 1, 1, 0, 10, tzinfo=UTC))
    run()
    assert numbers(suite_nine_of_ten) == (8, 8, 8)


def test_one_failing_account_stops_no_other(
    acme_subscription: Subscription,
    stranger: Membership,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The exit code says so, for whoever watches the timer."""

    def fail_for_acme(*, subscription: Subscription, at: datetime) -> bool:
        if subscription == acme_subscription:
            raise RuntimeError("the disk is full")
        return renew(subscription=subscription, at=at)

    monkeypatch.setattr(renew_subscriptions, "renew", fail_for_acme)
    clock.move_to(NEXT_PERIOD)
    with pytest.raises(CommandError, match="1 of 2 subscriptions could not be renewed"):
        run()
    assert stranger.account.subscription.period_start == date(2026, 12, 1)
    assert "Renewing acme failed" in caplog.text

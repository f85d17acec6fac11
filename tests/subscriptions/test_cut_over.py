"""D16: a database from before charges were recorded gets a row per line, and nothing made up."""

from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.models import Membership
from subscriptions.actions import renew
from subscriptions.models import Charge, ChargeKind, Line, SeatPool, Subscription
from tests import moves


@pytest.mark.django_db(transaction=True)
def test_what_there_is_is_paid_for_and_from_then_on_every_cent_is_charged(
    acme_owner: Membership, suite_pool: SeatPool, sell_pool: SeatPool
) -> None:
    moves.buy({suite_pool: 2}, by=acme_owner)
    call_command("migrate", "subscriptions", "0011", verbosity=0)
    call_command("migrate", "subscriptions", verbosity=0)
    rows = list(Charge.objects.select_related("line__pool"))
    assert {row.line for row in rows} == set(Line.objects.all())
    assert {(row.kind, row.cents, row.days) for row in rows} == {(ChargeKind.CUT_OVER, 0, 0)}
    assert {(row.period_from, row.period_to) for row in rows} == {
        (date(2026, 11, 1), date(2026, 12, 1))
    }
    assert all(row.seats == row.line.pool.seats for row in rows)
    assert all(
        line.prices.get().unit_cents == line.unit_cents
        for line in Line.objects.prefetch_related("prices")
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Charge.objects.update(cents=1)
    call_command("check_seats", verbosity=0)
    renew(subscription=Subscription.objects.get(), at=datetime(2026, 12, 2, tzinfo=UTC))
    moves.buy({sell_pool: 1}, by=acme_owner, at=datetime(2026, 12, 3, tzinfo=UTC))
    call_command("check_seats", verbosity=0)
    assert Charge.objects.filter(kind=ChargeKind.RENEWAL).count() == len(rows)

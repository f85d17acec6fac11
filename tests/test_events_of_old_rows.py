"""D19: what happened before there were events is told, too, in the order in which it happened."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import call_command

from accounts.actions import number_events, revoke_token, suspend
from accounts.models import Event, Membership
from subscriptions.actions import withdraw_request
from subscriptions.models import SeatPool
from tests import cast, keys, moves
from tests.soundness.state import check_events

Told = Counter[tuple[str, str, int, str]]


def told() -> Told:
    return Counter(Event.objects.values_list("type", "object", "object_id", "source"))


@pytest.mark.django_db(transaction=True)
def test_old_rows_get_the_events_that_new_ones_have(
    acme_owner: Membership, acme_admin: Membership, acme_agent: Membership, sell_pool: SeatPool
) -> None:
    revoke_token(token=keys.token(acme_owner)[0], by=acme_owner, at=cast.NOW)
    withdraw_request(
        seat_request=moves.ask(sell_pool, 1, by=acme_admin),
        by=acme_admin,
        at=cast.NOW + timedelta(days=2),
    )
    moves.ask(sell_pool, 1, by=acme_admin)
    suspend(membership=acme_agent, by=acme_owner, at=cast.NOW + timedelta(days=1))
    before = told()
    assert {kind for _type, kind, _id, _source in before} == {
        "api_token", "member", "pool", "seat_request",
    }  # fmt: skip
    call_command("migrate", "subscriptions", "0015", verbosity=0)
    call_command("migrate", "accounts", "0011", verbosity=0)
    call_command("migrate", verbosity=0)
    assert told() == before
    check_events()
    feed = list(Event.objects.of_account(acme_owner.account))
    assert len(feed) == Event.objects.filter(account=acme_owner.account).count()
    assert [event.at for event in feed] == sorted(event.at for event in feed)
    assert number_events() == []


@pytest.mark.django_db(transaction=True)
def test_what_is_told_already_keeps_its_position(
    acme_owner: Membership, sell_pool: SeatPool
) -> None:
    number_events()
    before = list(Event.objects.values_list("pk", "position"))
    call_command("migrate", "subscriptions", "0015", verbosity=0)
    call_command("migrate", verbosity=0)
    assert list(Event.objects.values_list("pk", "position")) == before

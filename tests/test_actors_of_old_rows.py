"""D18: rows from before history said through what become what they were."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, models, transaction

from accounts.actors import Actor
from accounts.models import Account, AuditEntry, IdempotencyRecord, Membership, User
from accounts.permissions import Role
from subscriptions.actions import decline_request, renew, withdraw_request
from subscriptions.models import Order, SeatAssignment, SeatChange, SeatPool, SeatRequest
from subscriptions.rules.changes import AgreePrice
from subscriptions.rules.commands import SystemCommand
from tests import cast, keys, moves
from tests.actors import ROWS, everything_names_its_actor, through

HISTORY: list[type[models.Model]] = [AuditEntry, SeatChange, Order]
DUE = cast.NOW + timedelta(days=10)
# Of these, nothing was left that tells them apart from what they become.
ALIKE = {"set_up": "load_demo", "renew_on_sight": "renew_subscriptions"}

Told = list[tuple[int, str, str]]


def told(model: type[models.Model]) -> Told:
    """Through what each row says it was made; what was not to be told apart is one."""
    rows = model._default_manager.order_by("pk").values_list("pk", "channel", "command")
    return [(pk, channel, ALIKE.get(command, command)) for pk, channel, command in rows]


def requests() -> list[tuple[str, str, str]]:
    rows = SeatRequest.objects.order_by("pk")
    return list(rows.values_list("status", "requested_through", "closed_through"))


@pytest.fixture
def past(
    acme: Account, acme_owner: Membership, suite_pool: SeatPool, sell_pool: SeatPool
) -> Account:
    """A purchase, a renewal that takes seats, an expired invitation and a repaired count."""
    cast.fill(suite_pool, 3)
    moves.buy({suite_pool: 1}, by=acme_owner)
    moves.set_numbers({suite_pool: 1}, by=acme_owner)
    cast.member(acme, "late", Role.AGENT, sell_pool, at=cast.NOW, active=False)
    cast.give_seat(sell_pool, acme_owner)
    renew(subscription=acme.subscription, at=DUE)
    stray = cast.member(acme, "stray", Role.AGENT, sell_pool, at=DUE)
    SeatAssignment.objects.filter(membership=stray).delete()
    with time_machine.travel(DUE + timedelta(days=9)):
        call_command("expire_invitations", verbosity=0)
        call_command("check_seats", "--repair", verbosity=0)
    return acme


@pytest.fixture
def asked(
    initech_pool: SeatPool,
    initech_admin: Membership,
    suite_pool: SeatPool,
    acme_admin: Membership,
    acme_owner: Membership,
    rep: User,
) -> None:
    """Requests that ended in every way, and one that is open."""
    moves.approve(moves.ask(initech_pool, 2, by=initech_admin), by=rep)
    decline_request(
        seat_request=moves.ask(initech_pool, 2, by=initech_admin), note="No.", by=rep, at=cast.NOW
    )
    withdraw_request(
        seat_request=moves.ask(initech_pool, 2, by=initech_admin), by=initech_admin, at=cast.NOW
    )
    moves.ask(initech_pool, 2, by=initech_admin)
    moves.approve(moves.ask(suite_pool, 2, by=acme_admin), by=acme_owner)
    moves.ask(suite_pool, 1, by=acme_admin)
    moves.buy({suite_pool: 1}, by=acme_owner)


@pytest.mark.django_db(transaction=True)
def test_from_before_programs_acted_each_stays_and_has_no_token(
    asked: None, past: Account, suite_pool: SeatPool
) -> None:
    """D19: and from then on a program's rows name its token, and stay as they are."""
    owner, later = cast.owner(past), DUE + timedelta(days=10)
    moves.buy({suite_pool: 1}, by=owner, at=later, idempotency_key="a-form")
    before = {model: told(model) for model in ROWS}
    asked_before = requests()
    call_command("migrate", "subscriptions", "0014", verbosity=0)
    call_command("migrate", "accounts", "0010", verbosity=0)
    call_command("migrate", verbosity=0)
    for model in ROWS:
        assert told(model) == before[model]
        assert not model._default_manager.exclude(token=None).exists()
    assert requests() == asked_before
    assert IdempotencyRecord.objects.get(key="a-form").token is None
    program = Actor.through_token(keys.token(owner)[0])
    moves.buy({suite_pool: 1}, by=program, at=later)
    line = suite_pool.lines.all()[0]
    keys.product_key(line.plan.product)
    root = User.objects.create_superuser("root@vendor.example")
    moves.change(past.subscription, AgreePrice(line.pk, 9900), root, later)
    everything_names_its_actor()
    for model in ROWS:
        if model is not Order:
            with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
                model._default_manager.update(token=program.token)


@pytest.mark.django_db(transaction=True)
def test_where_the_upgrade_was_taken_back_what_programs_did_is_their_makers(
    acme_owner: Membership, suite_pool: SeatPool
) -> None:
    moves.buy({suite_pool: 1}, by=Actor.through_token(keys.token(acme_owner)[0]))
    call_command("migrate", "subscriptions", "0014", verbosity=0)
    call_command("migrate", "accounts", "0010", verbosity=0)
    call_command("migrate", verbosity=0)
    order = Order.objects.get()
    assert (order.placed_by, order.token, *through(order)) == (acme_owner.user, None, "page", "")
    assert not IdempotencyRecord.objects.filter(action="order").exists()
    everything_names_its_actor()


@pytest.mark.django_db(transaction=True)
def test_migrated_back_and_forward_each_says_what_it_was_and_cannot_be_changed(
    asked: None, past: Account
) -> None:
    before = {model: told(model) for model in HISTORY}
    assert {command for _pk, _channel, command in before[SeatChange]} == {
        "", "load_demo", SystemCommand.RENEW, SystemCommand.EXPIRE, SystemCommand.CHECK,
    }  # fmt: skip
    assert {command for _pk, _channel, command in before[AuditEntry]} == {
        "", "load_demo", SystemCommand.RENEW, SystemCommand.CHECK,
    }  # fmt: skip
    asked_before = requests()
    assert set(asked_before) == {
        ("approved", "page", "admin"), ("declined", "page", "admin"), ("open", "page", ""),
        ("withdrawn", "page", "page"), ("approved", "page", "page"), ("fulfilled", "page", "page"),
    }  # fmt: skip
    call_command("migrate", "accounts", "0006", verbosity=0)
    call_command("migrate", verbosity=0)
    assert {model: told(model) for model in HISTORY} == before
    assert requests() == asked_before
    for model in (AuditEntry, SeatChange):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            model._default_manager.update(command="x")
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            model._default_manager.all()._raw_delete("default")

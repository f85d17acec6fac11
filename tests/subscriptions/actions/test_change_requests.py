"""Asking for something else than more seats, and how it ends: R3, R6, R8, D6, N4."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.actors import Actor
from accounts.models import Account, AccountKind, Event, Membership, User
from accounts.permissions import Role, Scope
from subscriptions.actions import add_line, decline_change, open_subscription, withdraw_change
from subscriptions.models import (
    Addressee,
    ChangeRequest,
    ChangeRequestStatus,
    Currency,
    Cycle,
    Plan,
    Price,
    SeatPool,
)
from subscriptions.rules.change_requests import Wish
from tests import cast, changes, moves
from tests.cast import NOW, Catalogue
from tests.factories import PlanFactory
from tests.kept import kept
from tests.refusals import refused

Status = ChangeRequestStatus


def fresh(asked: ChangeRequest) -> ChangeRequest:
    return ChangeRequest.objects.get(pk=asked.pk)


@kept
def better(catalogue: Catalogue) -> Plan:
    """Sell at a higher tier."""
    return PlanFactory.create(product=catalogue.sell.product, tier="Enterprise", cents=11900)


def test_an_admin_of_a_self_service_account_asks_its_buyers_for_fewer_seats(
    acme_admin: Membership, sell_pool: SeatPool
) -> None:
    asked = changes.ask(changes.fewer(sell_pool, 3), by=acme_admin)
    assert (asked.addressed_to, asked.seats_before, asked.seats) == (Addressee.BUYERS, 5, 3)
    assert moves.numbers(sell_pool)[::2] == (5, 5)


def test_who_removes_seats_themselves_has_nobody_to_ask(
    acme_owner: Membership, sell_pool: SeatPool
) -> None:
    with refused("not_allowed"):
        changes.ask(changes.fewer(sell_pool, 3), by=acme_owner)


@pytest.mark.parametrize("wish", ["fewer", "plan", "product", "end"])
def test_the_owner_of_an_online_assisted_account_asks_the_representative(
    globex_owner: Membership, globex_talk: SeatPool, catalogue: Catalogue, wish: str
) -> None:
    """R7: it cannot do it alone."""
    growth = PlanFactory.create(product=catalogue.talk.product, tier="Growth", cents=2900)
    wishes = {
        "fewer": changes.fewer(globex_talk, 1),
        "plan": changes.other_plan(globex_talk.lines.get(), growth),
        "product": changes.other_product(catalogue.sell, 4),
        "end": changes.CANCELLATION,
    }
    asked = changes.ask(wishes[wish], by=globex_owner)
    assert asked.is_for_vendor
    with refused("open_request"):
        changes.ask(wishes[wish], by=globex_owner)
    with transaction.atomic(), pytest.raises(IntegrityError):
        ChangeRequest.objects.create(
            **{
                field.attname: getattr(asked, field.attname)
                for field in ChangeRequest._meta.concrete_fields
                if not field.primary_key
            }
        )


def test_an_agent_asks_for_nothing(acme_agent: Membership, sell_pool: SeatPool) -> None:
    for wish in (changes.fewer(sell_pool, 3), changes.CANCELLATION):
        with refused("not_allowed"):
            changes.ask(wish, by=acme_agent)


def test_nobody_asks_for_an_account_of_others(
    acme_owner: Membership, globex_owner: Membership, globex_talk: SeatPool
) -> None:
    with refused("unknown_pool"):
        moves_of_others = changes.fewer(globex_talk, 1)
        cast.pool(acme_owner.account.subscription, PlanFactory.create(), seats=2)
        admin = cast.member(acme_owner.account, "other", Role.ADMIN)
        changes.ask(moves_of_others, by=admin)


def test_no_program_asks(acme_owner: Membership, sell_pool: SeatPool) -> None:
    token, _key = moves.issue(acme_owner, Scope.REQUEST_SEATS)
    with refused("not_allowed"):
        changes.ask(changes.CANCELLATION, by=Actor.through_token(token))


@pytest.mark.parametrize(("seats", "code"), [(5, "not_fewer"), (9, "not_fewer"), (0, "bad_number")])
def test_fewer_is_fewer_than_there_are(
    acme_admin: Membership, sell_pool: SeatPool, seats: int, code: str
) -> None:
    with refused(code):
        changes.ask(changes.fewer(sell_pool, seats), by=acme_admin)


def test_only_what_is_sold_on_its_terms_is_asked_for(
    acme_owner: Membership, sell_pool: SeatPool, catalogue: Catalogue, better: Plan
) -> None:
    line = sell_pool.lines.get()
    wishes = [
        changes.other_plan(line, catalogue.sell),
        changes.other_plan(line, catalogue.legacy_sell),
        changes.other_plan(line, catalogue.talk),
        changes.other_product(catalogue.sell, 2),
        changes.other_product(better, 2),
        Wish(changes.CANCELLATION.kind.OTHER_PLAN),
    ]
    for wish in wishes:
        with refused("not_on_offer"):
            changes.ask(wish, by=acme_owner)
    Price.objects.filter(plan=better, currency=Currency.EUR).delete()
    with refused("not_on_offer"):
        changes.ask(changes.other_plan(line, better), by=acme_owner)


def test_the_same_form_twice_asks_once_and_a_day_gone_by_is_no_wish(
    acme_owner: Membership, sell_pool: SeatPool
) -> None:
    """D6."""
    first = changes.ask(changes.CANCELLATION, by=acme_owner, idempotency_key="form")
    again = changes.ask(changes.CANCELLATION, by=acme_owner, idempotency_key="form")
    assert again == first
    withdraw_change(change_request=first, by=acme_owner, at=NOW)
    with refused("past_day"):
        changes.ask(changes.CANCELLATION, by=acme_owner, wanted_on=NOW.date() - timedelta(days=1))


def test_every_step_is_told_with_it(
    acme_owner: Membership, acme_admin: Membership, sell_pool: SeatPool, root: User
) -> None:
    """D19."""
    Event.objects.all().delete()
    asked = changes.ask(changes.CANCELLATION, by=acme_admin)
    withdraw_change(change_request=asked, by=acme_admin, at=NOW)
    asked = changes.ask(changes.CANCELLATION, by=acme_admin)
    decline_change(change_request=asked, note="Not before May.", by=root, at=NOW)
    steps = [event.type for event in Event.objects.filter(object="change_request")]
    assert steps == [
        f"change_request.{step}" for step in ("opened", "withdrawn", "opened", "declined")
    ]


def test_only_whoever_asked_withdraws(
    acme_owner: Membership, acme_admin: Membership, sell_pool: SeatPool
) -> None:
    """N4."""
    asked = changes.ask(changes.CANCELLATION, by=acme_admin)
    with refused("not_allowed"):
        withdraw_change(change_request=asked, by=acme_owner, at=NOW)
    withdraw_change(change_request=asked, by=acme_admin, at=NOW)
    assert fresh(asked).is_withdrawn
    with refused("already_decided"):
        withdraw_change(change_request=asked, by=acme_admin, at=NOW)


def test_a_buyer_approves_fewer_seats_which_go_at_renewal(
    acme_admin: Membership, acme_billing: Membership, sell_pool: SeatPool
) -> None:
    """R8, D3."""
    asked = changes.ask(changes.fewer(sell_pool, 3), by=acme_admin)
    with refused("not_allowed"):
        changes.approve(asked, by=acme_admin)
    approved = changes.approve(asked, by=acme_billing)
    assert approved.is_approved
    assert approved.order
    assert moves.numbers(sell_pool)[::2] == (5, 3)
    with refused("already_decided"):
        changes.approve(asked, by=acme_billing)


def test_what_was_shown_is_what_is_approved(
    acme_admin: Membership, acme_billing: Membership, sell_pool: SeatPool
) -> None:
    """D6."""
    asked = changes.ask(changes.fewer(sell_pool, 3), by=acme_admin)
    shown = changes.shown(asked)
    moves.buy({sell_pool: 1}, by=acme_billing)
    with refused("stale"):
        changes.approve(asked, by=acme_billing, fingerprint=shown)
    assert fresh(asked).is_open


def test_a_request_for_what_is_there_meanwhile_is_closed_by_itself(
    acme_admin: Membership, acme_owner: Membership, sell_pool: SeatPool, catalogue: Catalogue
) -> None:
    """N4."""
    fewer = changes.ask(changes.fewer(sell_pool, 3), by=acme_admin)
    product = changes.ask(changes.other_product(catalogue.talk, 2), by=acme_admin)
    moves.set_numbers({sell_pool: 4}, by=acme_owner)
    assert fresh(fewer).is_open
    moves.set_numbers({sell_pool: 2}, by=acme_owner)
    assert fresh(fewer).status == Status.FULFILLED
    assert fresh(product).is_open
    add_line(
        subscription=acme_owner.account.subscription, plan=catalogue.talk, pool=None, seats=2,
        by=cast.SETUP, at=NOW,
    )  # fmt: skip
    assert fresh(product).status == Status.FULFILLED


def test_the_representative_declines_and_says_why(
    globex_owner: Membership, globex_talk: SeatPool, rep: User, rep2: User, root: User
) -> None:
    asked = changes.ask(changes.fewer(globex_talk, 1), by=globex_owner)
    for by in (rep2, globex_owner):
        with refused("not_allowed"):
            decline_change(change_request=asked, note="No.", by=by, at=NOW)
    with refused("note_missing"):
        decline_change(change_request=asked, note=" ", by=rep, at=NOW)
    decline_change(change_request=asked, note="The contract runs to May.", by=rep, at=NOW)
    assert fresh(asked).is_declined


def test_nobody_at_the_vendor_decides_for_an_account_of_their_own(
    globex: Account, globex_owner: Membership, globex_talk: SeatPool, rep: User, root: User
) -> None:
    asked = changes.ask(changes.fewer(globex_talk, 1), by=globex_owner)
    globex.memberships.filter(pk=globex_owner.pk).update(user=rep)
    with refused("own_account"):
        decline_change(change_request=asked, note="No.", by=rep, at=NOW)
    decline_change(change_request=asked, note="No.", by=root, at=NOW)


def test_nobody_at_the_vendor_decides_what_they_asked_for_before_they_left(
    globex: Account, globex_admin: Membership, globex_talk: SeatPool, rep: User
) -> None:
    asked = changes.ask(changes.fewer(globex_talk, 1), by=globex_admin)
    globex.memberships.filter(pk=globex_admin.pk).update(user=rep, status="removed")
    with refused("own_request"):
        decline_change(change_request=asked, note="No.", by=rep, at=NOW)


def test_what_the_buyers_may_not_do_any_more_the_representative_decides(
    acme: Account, acme_admin: Membership, acme_owner: Membership, sell_pool: SeatPool, rep: User
) -> None:
    """The account was moved to Sales meanwhile."""
    asked = changes.ask(changes.fewer(sell_pool, 3), by=acme_admin)
    with refused("not_allowed"):
        decline_change(change_request=asked, note="No.", by=rep, at=NOW)
    acme.kind, acme.representative = AccountKind.ONLINE_ASSISTED, rep
    acme.save()
    acme_owner.refresh_from_db()
    with refused("not_allowed"):
        decline_change(change_request=asked, note="No.", by=acme_owner, at=NOW)
    decline_change(change_request=asked, note="No.", by=rep, at=NOW)


def test_an_account_that_has_bought_nothing_asks_for_its_first_order(
    bare: Membership, catalogue: Catalogue
) -> None:
    wish = changes.first_order(catalogue.support_suite, 12)
    with refused("nothing_bought"):
        changes.ask(changes.CANCELLATION, by=bare)
    with refused("not_on_offer"):
        changes.ask(changes.first_order(catalogue.legacy_sell, 1), by=bare)
    asked = changes.ask(wish, by=bare)
    assert asked.is_for_vendor
    with refused("open_request"):
        changes.ask(wish, by=bare)
    subscription = open_subscription(
        account=bare.account, currency=Currency.EUR, cycle=Cycle.MONTHLY,
        started_on=cast.STARTED, at=NOW,
    )  # fmt: skip
    cast.pool(subscription, catalogue.support_suite, seats=12)
    assert fresh(asked).status == Status.FULFILLED
    with refused("not_allowed"):
        changes.ask(changes.first_order(catalogue.talk, 1), by=bare)

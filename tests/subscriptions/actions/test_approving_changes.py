"""Approving at the desk does what was asked for, once, as it was shown: R3, R22, D6, D15."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AccountKind, Membership, User
from subscriptions.actions import approve_change, open_subscription
from subscriptions.models import (
    ChangeRequest,
    ChangeRequestStatus,
    Currency,
    Cycle,
    Line,
    OrderKind,
    Plan,
    SeatPool,
    Subscription,
)
from subscriptions.rules.change_requests import Terms, change_of
from subscriptions.rules.quotes import Timing
from tests import cast, changes, moves
from tests.cast import NOW, Catalogue
from tests.factories import PlanFactory
from tests.kept import kept
from tests.refusals import refused
from tests.subscriptions.selectors.test_integrity import check


def fresh(asked: ChangeRequest) -> ChangeRequest:
    return ChangeRequest.objects.get(pk=asked.pk)


@kept
def dearer(catalogue: Catalogue) -> Plan:
    return PlanFactory.create(product=catalogue.talk.product, tier="Enterprise", cents=8900)


@kept
def cheaper(catalogue: Catalogue) -> Plan:
    return PlanFactory.create(product=catalogue.talk.product, tier="Team", cents=1900)


def test_fewer_seats_go_at_renewal(
    globex_owner: Membership, globex_talk: SeatPool, rep: User
) -> None:
    """R7: what the account cannot do alone."""
    asked = changes.ask(changes.fewer(globex_talk, 1), by=globex_owner)
    approved = changes.approve_at_desk(asked, by=rep, note="As we agreed on the phone.")
    assert approved.is_approved
    assert approved.order
    assert (approved.order.kind, approved.order.reason) == (
        OrderKind.SEATS, "As we agreed on the phone.",
    )  # fmt: skip
    had = globex_talk.seats
    assert moves.numbers(globex_talk)[::2] == (had, 1)
    assert "accounted for" in check()


def test_or_at_once_with_a_credit(
    globex_owner: Membership, globex_talk: SeatPool, rep: User
) -> None:
    asked = changes.ask(changes.fewer(globex_talk, 1), by=globex_owner)
    terms = Terms(timing=Timing.NOW, credit=True)
    approved = changes.approve_at_desk(asked, by=rep, terms=terms)
    assert approved.order
    assert approved.order.charged_cents < 0
    # Without a note, what whoever asked said is why.
    assert approved.order.reason == "Season over."
    assert moves.numbers(globex_talk)[::2] == (1, 1)


def test_a_dearer_plan_at_once_and_a_cheaper_one_at_renewal(
    globex_owner: Membership, globex_talk: SeatPool, rep: User, dearer: Plan, cheaper: Plan
) -> None:
    line = globex_talk.lines.get()
    asked = changes.ask(changes.other_plan(line, cheaper), by=globex_owner)
    with refused("downgrade_at_renewal"):
        changes.approve_at_desk(asked, by=rep, terms=Terms(timing=Timing.NOW))
    changes.approve_at_desk(asked, by=rep, terms=Terms(timing=Timing.AT_RENEWAL))
    line.refresh_from_db()
    assert line.plan_at_renewal == cheaper
    assert fresh(asked).plan_before == globex_talk.lines.get().plan


def test_another_plan_is_another_line(
    globex_owner: Membership, globex_talk: SeatPool, rep: User, dearer: Plan
) -> None:
    asked = changes.ask(changes.other_plan(globex_talk.lines.get(), dearer), by=globex_owner)
    approved = changes.approve_at_desk(asked, by=rep)
    assert approved.order
    assert approved.order.charged_cents > 0
    assert Line.objects.standing().get(pool=globex_talk).plan == dearer
    # What was asked for stays readable.
    assert str(fresh(asked)) == "Another plan: Talk Professional → Talk Enterprise"


def test_another_product_has_seats_of_its_own_or_shares_them(
    globex_owner: Membership, globex_talk: SeatPool, catalogue: Catalogue, rep: User
) -> None:
    """R9."""
    own = changes.ask(changes.other_product(catalogue.sell, 4), by=globex_owner)
    changes.approve_at_desk(own, by=rep)
    assert SeatPool.objects.get(name="Sell Growth").seats == 4
    shared = changes.ask(changes.other_product(catalogue.workforce, 99), by=globex_owner)
    changes.approve_at_desk(shared, by=rep, terms=Terms(shares=globex_talk.pk))
    line = Line.objects.get(plan=catalogue.workforce)
    assert line.pool == globex_talk


def test_cancellation_ends_it_with_the_paid_period(
    globex_owner: Membership, globex_admin: Membership, globex_talk: SeatPool, rep: User
) -> None:
    asked = changes.ask(changes.CANCELLATION, by=globex_admin)
    changes.approve_at_desk(asked, by=rep)
    assert Subscription.objects.get(account=globex_owner.account).ends_at_renewal
    with refused("scheduled_already"):
        changes.ask(changes.CANCELLATION, by=globex_owner)


def test_the_first_order_needs_a_subscription_first(
    bare: Membership, catalogue: Catalogue, root: User
) -> None:
    asked = changes.ask(changes.first_order(catalogue.support_suite, 12), by=bare)
    with refused("nothing_bought"):
        changes.approve_at_desk(asked, by=root)
    open_subscription(
        account=bare.account, currency=Currency.EUR, cycle=Cycle.MONTHLY,
        started_on=cast.STARTED, at=NOW,
    )  # fmt: skip
    approved = changes.approve_at_desk(asked, by=root)
    assert approved.order
    assert SeatPool.objects.get(subscription__account=bare.account).seats == 12


def test_what_is_not_what_was_shown_changes_nothing(
    globex_owner: Membership, globex_talk: SeatPool, rep: User
) -> None:
    """D6."""
    asked = changes.ask(changes.fewer(globex_talk, 1), by=globex_owner)
    with refused("stale"):
        approve_change(
            change_request=asked, terms=Terms(), note="", quote_fingerprint="seen before",
            by=rep, at=NOW,
        )  # fmt: skip
    assert fresh(asked).is_open


def test_nobody_else_approves(
    globex_owner: Membership, globex_talk: SeatPool, rep: User, rep2: User
) -> None:
    asked = changes.ask(changes.fewer(globex_talk, 1), by=globex_owner)
    looker = cast.onlooker("looker")
    for by in (rep2, looker, globex_owner):
        with pytest.raises(ValidationError):
            changes.approve_at_desk(asked, by=by)  # type: ignore[arg-type]
    changes.approve_at_desk(asked, by=rep)
    with refused("already_decided"):
        changes.approve_at_desk(fresh(asked), by=rep)


def test_what_the_vendor_does_anyway_closes_what_asked_for_it(
    globex_owner: Membership,
    globex_admin: Membership,
    globex_talk: SeatPool,
    rep: User,
    dearer: Plan,
) -> None:
    """N4."""
    plan = changes.ask(changes.other_plan(globex_talk.lines.get(), dearer), by=globex_owner)
    end = changes.ask(changes.CANCELLATION, by=globex_admin)
    subscription = globex_owner.account.subscription
    moves.change(subscription, change_of(plan, Terms()), by=rep)
    assert fresh(plan).status == ChangeRequestStatus.FULFILLED
    moves.change(subscription, change_of(end, Terms()), by=rep)
    assert fresh(end).status == ChangeRequestStatus.FULFILLED


def test_in_a_self_service_account_a_superuser_is_the_vendor(
    acme_owner: Membership, sell_pool: SeatPool, catalogue: Catalogue, root: User, rep: User
) -> None:
    asked = changes.ask(changes.other_product(catalogue.talk, 2), by=acme_owner)
    assert acme_owner.account.kind == AccountKind.SELF_SERVICE
    with refused("not_allowed"):
        changes.approve_at_desk(asked, by=rep)
    assert changes.approve_at_desk(asked, by=root).is_approved

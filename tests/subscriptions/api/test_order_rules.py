"""What a kind of account or a legacy plan does not allow, programs are told in the words of the
actions, and receipts say which program bought (R6, R7, R8, R17, R23, D10, D18)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives

from accounts.models import Membership
from accounts.permissions import Scope
from core.api.ids import public_id
from subscriptions.models import Order, SeatPool
from subscriptions.rules.quotes import Timing
from tests import cast, moves
from tests.cast import Catalogue
from tests.kept import kept
from tests.keys import Program, token
from tests.subscriptions.api.test_orders import as_quoted, more, needed, order, refusal
from tests.subscriptions.notifications.test_requests import html

pytestmark = pytest.mark.usefixtures("clock")


def buyer(member: Membership) -> Program:
    return Program(token(member, Scope.BUY_SEATS)[1])


def refused_as(program: Program, wanted: dict[str, Any], act: Callable[[], Any]) -> tuple[int, str]:
    """How quote and order are refused: alike, and in the sentence of the action."""
    with pytest.raises(ValidationError) as refused:
        act()
    answers = [program.post("quotes", wanted), order(program, wanted, fingerprint="x")]
    assert {said.json()["detail"] for said in answers} == set(refused.value.messages)
    [each] = {refusal(said) for said in answers}
    assert not Order.objects.exists()
    return each


@kept
def legacy(acme_owner: Membership, catalogue: Catalogue) -> SeatPool:
    """A legacy plan of a self-service account: three of five seats are assigned."""
    pool = cast.pool(acme_owner.account.subscription, catalogue.legacy_sell, seats=5)
    cast.fill(pool, 3)
    return pool


def test_legacy_seats_are_added_in_a_self_service_account(
    acme_owner: Membership, legacy: SeatPool
) -> None:
    assert as_quoted(buyer(acme_owner), more(legacy, 1)).status_code == 201
    assert moves.numbers(legacy)[0] == 6


@pytest.mark.parametrize(("total", "timing"), [(2, Timing.AT_RENEWAL), (4, Timing.NOW)])
def test_of_a_legacy_plan_only_unassigned_seats_go_and_only_at_renewal(
    acme_owner: Membership, legacy: SeatPool, total: int, timing: Timing
) -> None:
    program = buyer(acme_owner)
    said = refused_as(
        program,
        needed(legacy, total, timing=timing.value),
        lambda: moves.set_numbers({legacy: total}, by=acme_owner, timing=timing),
    )
    assert said == (422, "unassigned_only")
    assert as_quoted(program, needed(legacy, 3)).status_code == 201
    assert moves.numbers(legacy) == (5, 3, 3)


def test_an_online_assisted_account_adds_legacy_seats_and_removes_none(
    globex_owner: Membership, globex_talk: SeatPool, catalogue: Catalogue
) -> None:
    program = buyer(globex_owner)
    for timing in Timing:
        said = refused_as(
            program,
            needed(globex_talk, 4, timing=timing.value),
            partial(moves.set_numbers, {globex_talk: 4}, by=globex_owner, timing=timing),
        )
        assert said == (422, "not_removable")
    legacy = cast.pool(globex_owner.account.subscription, catalogue.legacy_sell, seats=5)
    assert as_quoted(program, more(legacy, 1)).status_code == 201
    assert moves.numbers(legacy)[0] == 6


def test_nobody_takes_a_reduction_back_in_a_sales_managed_account(
    initech_owner: Membership, initech_pool: SeatPool
) -> None:
    address = f"pools/{public_id('pool', initech_pool.pk)}/scheduled-reduction"
    assert refusal(buyer(initech_owner).send("DELETE", address)) == (403, "not_allowed")


def test_another_accounts_reduction_is_not_found(
    acme_owner: Membership, suite_pool: SeatPool, globex_pool: SeatPool
) -> None:
    address = f"pools/{public_id('pool', globex_pool.pk)}/scheduled-reduction"
    assert refusal(buyer(acme_owner).send("DELETE", address)) == (404, "not_found")


def test_the_receipt_says_which_program_bought(
    acme_billing: Membership,
    sell_pool: SeatPool,
    mailoutbox: list[EmailMultiAlternatives],
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[Any]],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert as_quoted(buyer(acme_billing), more(sell_pool, 2)).status_code == 201
    receipts = {to: mail for mail in mailoutbox for to in mail.to}
    assert set(receipts) == {"billing@acme.example", "owner@acme.example"}
    for mail in receipts.values():
        assert "Acme Billing (API token “HR sync”) bought seats." in mail.body
        assert "Acme Billing (API token “HR sync”) bought seats." in html(mail)

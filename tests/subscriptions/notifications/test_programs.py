"""D18, D19: mails name the program and who made its token, and skip neither as if they knew."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives

from accounts.actions import change_role, invite, remove, suspend
from accounts.actors import Actor
from accounts.models import Account, Membership
from accounts.permissions import Role, Scope
from subscriptions.actions import decline_request, withdraw_request
from subscriptions.models import SeatPool
from subscriptions.rules.quotes import Timing
from tests import cast, keys, moves
from tests.cast import NOW
from tests.kept import kept
from tests.subscriptions.notifications.test_requests import html, subjects

Committed = Callable[[], AbstractContextManager[Any]]
Outbox = list[EmailMultiAlternatives]
PROGRAM = "Acme Billing (API token “HR sync”)"


@pytest.fixture
def mailoutbox(db: None, mailoutbox: Outbox) -> Outbox:
    return mailoutbox


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Callable[..., Any]) -> Committed:
    return lambda: django_capture_on_commit_callbacks(execute=True)


@kept
def by(acme_billing: Membership) -> Actor:
    return Actor.through_token(keys.token(acme_billing)[0])


def mail_to(mailoutbox: Outbox, who: str) -> EmailMultiAlternatives:
    [mail] = [mail for mail in mailoutbox if mail.to == [f"{who}@acme.example"]]
    return mail


def says(mail: EmailMultiAlternatives, text: str) -> None:
    assert text in mail.body
    assert text in html(mail)


def test_who_is_suspended_by_a_program_asks_its_maker(
    by: Actor, acme_agent: Membership, committed: Committed, mailoutbox: Outbox
) -> None:
    with committed():
        suspend(membership=acme_agent, by=by, at=NOW)
    says(mail_to(mailoutbox, "agent"), f"{PROGRAM} suspended your access to Acme.")
    says(mail_to(mailoutbox, "agent"), "ask Acme Billing (billing@acme.example).")


@pytest.mark.parametrize("who", ["agent", "billing"])
def test_where_the_maker_cannot_help_the_owner_can(
    by: Actor, acme_owner: Membership, acme_agent: Membership, who: str,
    committed: Committed, mailoutbox: Outbox,
) -> None:  # fmt: skip
    """Who left, or is the one put out."""
    maker = by.acting_member
    change_role(membership=maker, role=Role.ADMIN, by=acme_owner, at=NOW)
    if who == "agent":
        remove(membership=maker, by=acme_owner, at=NOW)
    put_out = Membership.objects.get(user__email=f"{who}@acme.example")
    with committed():
        suspend(membership=put_out, by=by, at=NOW)
    says(mail_to(mailoutbox, who), f"{PROGRAM} suspended your access to Acme.")
    says(mail_to(mailoutbox, who), "ask Acme Owner (owner@acme.example).")


def test_an_invitation_names_the_program(
    by: Actor, acme: Account, committed: Committed, mailoutbox: Outbox
) -> None:
    with committed():
        invite(account=acme, email="new@acme.example", name="New", role=Role.ADMIN, by=by, at=NOW)
    mail = mail_to(mailoutbox, "new")
    assert "(API token “HR sync”) (billing@acme.example) has invited you to Acme." in mail.body


def test_what_a_program_declined_its_maker_is_told_like_the_other_buyers(
    by: Actor, acme_owner: Membership, acme_admin: Membership, sell_pool: SeatPool,
    committed: Committed, mailoutbox: Outbox,
) -> None:  # fmt: skip
    request = moves.ask(sell_pool, 1, by=acme_admin)
    with committed():
        decline_request(seat_request=request, note="No.", by=by, at=NOW)
    for who in ("billing", "owner"):
        says(mail_to(mailoutbox, who), f"{PROGRAM} declined the request.")
    says(mail_to(mailoutbox, "admin"), f"{PROGRAM} declined your request.")


def test_who_declined_on_a_page_is_not_told(
    acme_billing: Membership, acme_admin: Membership, sell_pool: SeatPool,
    committed: Committed, mailoutbox: Outbox,
) -> None:  # fmt: skip
    request = moves.ask(sell_pool, 1, by=acme_admin)
    with committed():
        decline_request(seat_request=request, note="No.", by=acme_billing, at=NOW)
    assert subjects(mailoutbox).keys() == {"owner@acme.example", "admin@acme.example"}


def test_what_a_program_asks_for_its_maker_decides_and_hears_the_end_of_once(
    acme_owner: Membership, acme_billing: Membership, sell_pool: SeatPool,
    committed: Committed, mailoutbox: Outbox,
) -> None:  # fmt: skip
    by = Actor.through_token(keys.token(acme_billing, Scope.REQUEST_SEATS)[0])
    with committed():
        request = moves.ask(sell_pool, 1, by=by)
    said = [f"Acme: {PROGRAM} requests 1 Sell Growth seat"]
    assert subjects(mailoutbox) == {"billing@acme.example": said, "owner@acme.example": said}
    mailoutbox.clear()
    with committed():
        moves.approve(request, by=acme_owner)
    says(mail_to(mailoutbox, "billing"), "Acme Owner approved your request.")
    says(mail_to(mailoutbox, "owner"), f"Acme Owner approved the request from {PROGRAM}.")
    mailoutbox.clear()
    request = moves.ask(sell_pool, 1, by=by)
    with committed():
        withdraw_request(seat_request=request, by=by, at=NOW)
    for who in ("billing", "owner"):
        says(mail_to(mailoutbox, who), f"{PROGRAM} withdrew the request.")


@pytest.mark.parametrize("is_still_buyer", [True, False])
def test_the_receipt_goes_to_the_maker_while_they_may_see_prices(
    by: Actor, acme_owner: Membership, sell_pool: SeatPool, is_still_buyer: bool,
    committed: Committed, mailoutbox: Outbox,
) -> None:  # fmt: skip
    if not is_still_buyer:
        change_role(membership=by.acting_member, role=Role.END_USER, by=acme_owner, at=NOW)
    with committed():
        moves.buy({sell_pool: 2}, by=by)
    told = {"owner@acme.example", *(["billing@acme.example"] if is_still_buyer else [])}
    assert subjects(mailoutbox).keys() == told
    says(mail_to(mailoutbox, "owner"), f"{PROGRAM} bought seats.")
    assert f"Bought by: {PROGRAM}" in mail_to(mailoutbox, "owner").body


@pytest.mark.parametrize("timing", Timing)
def test_who_loses_a_seat_to_a_program_reads_which(
    by: Actor, sell_pool: SeatPool, timing: Timing, committed: Committed, mailoutbox: Outbox
) -> None:
    cast.fill(sell_pool, 2)
    with committed():
        moves.set_numbers({sell_pool: 1}, by=by, timing=timing)
    says(mail_to(mailoutbox, f"{sell_pool.pk}-seat2"), f"{PROGRAM} reduced the Sell Growth seats")


def test_in_german(
    by: Actor, acme_agent: Membership, committed: Committed, mailoutbox: Outbox
) -> None:
    acme_agent.user.language = "de"
    acme_agent.user.save()
    with committed():
        suspend(membership=acme_agent, by=by, at=NOW)
    assert "Acme Billing (API-Token „HR sync“)" in mail_to(mailoutbox, "agent").body

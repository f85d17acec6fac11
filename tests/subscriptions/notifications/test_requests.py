"""Who gets which mail about seats and requests, what it says, and who never does."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction

from accounts.actions import suspend
from accounts.models import Account, Membership, User
from accounts.permissions import Role
from core.models import OutboxEntry
from subscriptions.actions import (
    approve_request,
    buy_seats,
    decline_request,
    request_seats,
    set_seats,
    withdraw_request,
)
from subscriptions.models import SeatPool, SeatRequest
from subscriptions.rules.quotes import Timing
from subscriptions.selectors.quotes import quote_addition, quote_targets
from team.actions import add_member, remove_member
from tests import cast

Committed = Callable[..., AbstractContextManager[Any]]
Outbox = list[EmailMultiAlternatives]


@pytest.fixture
def mailoutbox(db: None, mailoutbox: Outbox) -> Outbox:
    """Django lays out a fresh one when the database is ready, so not before."""
    return mailoutbox


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Committed) -> AbstractContextManager[Any]:
    """What happens inside is stored, and what waits for that runs."""
    return django_capture_on_commit_callbacks(execute=True)


def ask(pool: SeatPool, by: Membership, at: datetime, seats: int = 1) -> SeatRequest:
    [request] = request_seats(
        subscription=pool.subscription,
        additions={pool.pk: seats},
        reason="A new colleague starts.",
        needed_by=None,
        idempotency_key=f"ask-{at:%H%M}",
        by=by,
        at=at,
    )
    return request


def approve(request: SeatRequest, by: Membership | User, at: datetime) -> None:
    quote = quote_addition(request.pool.subscription, {request.pool_id: request.seats}, at.date())
    approve_request(
        seat_request=request, note="Welcome!", quote_fingerprint=quote.fingerprint, by=by, at=at
    )


def reduce_now(pool: SeatPool, to: int, by: Membership, at: datetime) -> None:
    quote = quote_targets(pool.subscription, {pool.pk: to}, at.date(), Timing.NOW)
    set_seats(
        subscription=pool.subscription,
        targets={pool.pk: to},
        timing=Timing.NOW,
        chosen=(),
        quote_fingerprint=quote.fingerprint,
        idempotency_key="reduce",
        by=by,
        at=at,
        confirmed=True,
    )


def add_agent(pool: SeatPool, by: Membership, at: datetime, name: str = "Nora New") -> Membership:
    return add_member(
        email=f"{name.split()[0].lower()}@{by.account.slug}.example",
        name=name,
        role=Role.AGENT,
        pool_ids=[pool.pk],
        by=by,
        at=at,
    )


def subjects(outbox: Outbox) -> dict[str, list[str]]:
    """The subjects each receiver got, in order; invitations are not what is tested here."""
    found: dict[str, list[str]] = {}
    for mail in outbox:
        if not str(mail.subject).startswith("Invitation"):
            found.setdefault(mail.to[0], []).append(str(mail.subject))
    return found


def html(mail: EmailMultiAlternatives) -> str:
    return str(mail.alternatives[0][0])


# Requests


def test_a_request_reaches_every_buyer_and_is_confirmed_to_the_asker(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    acme_billing: Membership,
    acme_admin: Membership,
    sell_pool: SeatPool,
    at: datetime,
) -> None:
    """D1, N4."""
    with committed:
        ask(sell_pool, acme_admin, at)
    assert subjects(mailoutbox) == {
        "billing@acme.example": ["Acme: Acme Admin requests 1 Sell Growth seat"],
        "owner@acme.example": ["Acme: Acme Admin requests 1 Sell Growth seat"],
        "admin@acme.example": ["Your request: 1 Sell Growth seat for Acme"],
    }


def test_a_request_says_who_how_many_and_what_it_costs(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    acme_admin: Membership,
    sell_pool: SeatPool,
    at: datetime,
) -> None:
    """N1: 8 of November's 30 days are left, so two seats cost 8/30 of 2 × 49.00."""
    with committed:
        ask(sell_pool, acme_admin, at, seats=2)
    mail = mailoutbox[0]
    for part in (mail.body, html(mail)):
        assert "5 → 7" in part
        assert "€26.13 until 1 December 2026" in part
        assert "€98.00 more per month" in part
        assert "A new colleague starts." in part
        assert "http://testserver/a/acme/subscription/requests/" in part
    assert "Requested by: Acme Admin (admin@acme.example)" in mail.body
    # Facts stand line by line, without holes.
    assert "Additional seats: 2\nPurchased: 5 → 7\n" in mail.body


def test_a_sales_managed_request_goes_to_the_representative_alone(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    initech_billing: Membership,
    initech_admin: Membership,
    initech_pool: SeatPool,
    at: datetime,
) -> None:
    """R19: and it names the service order."""
    with committed:
        request = ask(initech_pool, initech_admin, at, seats=5)
    assert set(subjects(mailoutbox)) == {"rep@vendor.example", "admin@initech.example"}
    to_rep, to_requester = mailoutbox
    assert f"http://testserver/admin/subscriptions/seatrequest/{request.pk}/change/" in to_rep.body
    assert request.service_order.number in to_rep.body
    assert "Vendor Rep (rep@vendor.example)" in to_requester.body


@pytest.mark.parametrize("representative", ["none", "left"])
def test_without_a_representative_support_is_asked(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    initech: Account,
    initech_admin: Membership,
    initech_pool: SeatPool,
    rep: User,
    at: datetime,
    representative: str,
) -> None:
    """R6: nobody to name, or someone who works there no longer."""
    if representative == "none":
        Account.objects.filter(pk=initech.pk).update(representative=None)
    else:
        User.objects.filter(pk=rep.pk).update(is_active=False)
    with committed:
        ask(initech_pool, initech_admin, at)
    to_support, to_requester = mailoutbox
    assert to_support.to == ["support@vendor.example"]
    assert (
        "Your request has been sent to our support team (support@vendor.example)."
        in to_requester.body
    )


def test_an_approval_reaches_the_requester_and_as_a_receipt_buyer_and_owner(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    acme_billing: Membership,
    acme_admin: Membership,
    sell_pool: SeatPool,
    at: datetime,
) -> None:
    """N4, R17: the owner learns that money was spent."""
    request = ask(sell_pool, acme_admin, at)
    with committed:
        approve(request, acme_billing, at)
    assert subjects(mailoutbox) == {
        "billing@acme.example": ["Acme: 1 Sell Growth seat bought"],
        "owner@acme.example": ["Acme: 1 Sell Growth seat bought"],
        "admin@acme.example": ["Approved: 1 Sell Growth seat for Acme"],
    }
    [to_requester] = (mail for mail in mailoutbox if mail.to == ["admin@acme.example"])
    assert "Acme Billing approved your request." in to_requester.body
    assert "Purchased: 5 → 6" in to_requester.body
    assert "€13.07 until 1 December 2026" in to_requester.body
    assert "Note: Welcome!" in to_requester.body


def test_a_refusal_tells_the_requester_why(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    initech_admin: Membership,
    initech_pool: SeatPool,
    rep: User,
    at: datetime,
) -> None:
    """R22."""
    request = ask(initech_pool, initech_admin, at, seats=5)
    with committed:
        decline_request(seat_request=request, note="Not this quarter.", by=rep, at=at)
    [mail] = mailoutbox
    assert (mail.to, mail.subject) == (
        ["admin@initech.example"],
        "Declined: 5 Support Suite Professional seats for Initech",
    )
    assert "Vendor Rep declined your request. Nothing was bought." in mail.body
    assert "Note: Not this quarter." in mail.body
    assert "→" not in mail.body


def test_a_withdrawn_request_leaves_those_who_would_have_decided_nothing_to_do(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    initech_admin: Membership,
    initech_pool: SeatPool,
    at: datetime,
) -> None:
    """N4."""
    request = ask(initech_pool, initech_admin, at)
    with committed:
        withdraw_request(seat_request=request, by=initech_admin, at=at)
    assert set(subjects(mailoutbox)) == {"rep@vendor.example", "admin@initech.example"}
    assert "Initech Admin withdrew the request" in mailoutbox[0].body


def test_a_request_whose_seats_arrived_another_way_says_so(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    acme_owner: Membership,
    acme_admin: Membership,
    sell_pool: SeatPool,
    at: datetime,
) -> None:
    """N4."""
    ask(sell_pool, acme_admin, at)
    quote = quote_addition(sell_pool.subscription, {sell_pool.pk: 3}, at.date())
    with committed:
        buy_seats(
            subscription=sell_pool.subscription,
            additions={sell_pool.pk: 3},
            quote_fingerprint=quote.fingerprint,
            idempotency_key="buy",
            by=acme_owner,
            at=at,
        )
    assert subjects(mailoutbox) == {
        "admin@acme.example": [
            "Closed: 1 requested Sell Growth seat for Acme was added another way"
        ],
        "owner@acme.example": ["Acme: 3 Sell Growth seats bought"],
    }
    to_requester, receipt = mailoutbox
    assert "Purchased: 8" in to_requester.body
    assert "Request fulfilled: Acme Admin, 1 Sell Growth seat" in receipt.body


@pytest.mark.parametrize("gone", [suspend, remove_member])
def test_who_left_the_account_learns_nothing_more_of_it(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    acme_owner: Membership,
    acme_admin: Membership,
    sell_pool: SeatPool,
    at: datetime,
    gone: Callable[..., Membership],
) -> None:
    request = ask(sell_pool, acme_admin, at)
    gone(membership=acme_admin, by=acme_owner, at=at)
    with committed:
        decline_request(seat_request=request, note="No.", by=acme_owner, at=at)
    assert mailoutbox == []


# Seats running out


def test_buyers_and_admins_are_told_of_the_last_seat_and_of_none_once_each(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    acme_owner: Membership,
    acme_admin: Membership,
    sell_pool: SeatPool,
    at: datetime,
) -> None:
    """R1, D12: from two seats to none, for everyone who buys or adds people."""
    cast.fill(sell_pool, 3)
    with committed:
        add_agent(sell_pool, acme_admin, at, "Nora New")
        add_agent(sell_pool, acme_admin, at, "Otis Other")
    both = ["Acme: 1 Sell Growth seat left", "Acme: no Sell Growth seats left"]
    assert subjects(mailoutbox) == {"owner@acme.example": both, "admin@acme.example": both}


def test_no_mail_while_two_seats_are_left(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    acme_admin: Membership,
    sell_pool: SeatPool,
    at: datetime,
) -> None:
    """D12."""
    cast.fill(sell_pool, 2)
    with committed:
        add_agent(sell_pool, acme_admin, at)
    assert subjects(mailoutbox) == {}


def test_the_way_to_more_seats_is_the_receivers_own(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    acme_admin: Membership,
    sell_pool: SeatPool,
    initech_admin: Membership,
    initech_pool: SeatPool,
    at: datetime,
) -> None:
    """R2: the owner of a sales-managed account cannot buy and is not sent to a cart."""
    cast.fill(sell_pool, 4)
    cast.fill(initech_pool, 39)
    with committed:
        add_agent(sell_pool, acme_admin, at)
        add_agent(initech_pool, initech_admin, at)
    told = {m.to[0]: m.body for m in mailoutbox if not m.subject.startswith("Invitation")}
    assert f"http://testserver/a/acme/seats/add/?pool={sell_pool.pk}" in told["owner@acme.example"]
    assert "Cost of one more seat: €49.00 per month" in told["owner@acme.example"]
    requesting = f"Request agent seats: http://testserver/a/acme/seats/request/?pool={sell_pool.pk}"
    assert requesting in told["admin@acme.example"]
    assert "from the account owner and billing admins" in told["admin@acme.example"]
    for who in ("owner", "admin"):
        to_initech = told[f"{who}@initech.example"]
        assert f"http://testserver/a/initech/seats/request/?pool={initech_pool.pk}" in to_initech
        assert "from your account representative" in to_initech
        assert "per year" in to_initech


# Seats lost


def test_who_loses_a_seat_is_told_and_the_admins_once_for_all(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    acme_owner: Membership,
    acme_admin: Membership,
    suite_nine_of_ten: SeatPool,
    at: datetime,
) -> None:
    """D4: two lose theirs; owner and admin get one mail each, with both names."""
    with committed:
        reduce_now(suite_nine_of_ten, 7, acme_owner, at)
    lost = "Acme: you no longer have a Support Suite Professional seat"
    told = "Acme: 2 members lost a Support Suite Professional seat"
    full = "Acme: no Support Suite Professional seats left"
    eighth, ninth = (f"{suite_nine_of_ten.pk}-seat{n}@acme.example" for n in (8, 9))
    assert subjects(mailoutbox) == {
        ninth: [lost],
        eighth: [lost],
        "admin@acme.example": [told, full],
        "owner@acme.example": [told, full],
    }
    assert "from 10 to 7" in mailoutbox[0].body
    assert "you are now an end user of Acme" in mailoutbox[0].body
    assert "ask Acme Owner (owner@acme.example)" in mailoutbox[0].body
    for address in (eighth, ninth):
        assert f"({address}), now an end user" in mailoutbox[2].body
        assert address in html(mailoutbox[2])


def test_who_has_not_accepted_yet_is_told_that_the_invitation_still_holds(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    acme: Account,
    acme_owner: Membership,
    sell_pool: SeatPool,
) -> None:
    """D2, R10: as what they would join now, and no link that asks for a password."""
    cast.fill(sell_pool, 1)
    ina = cast.member(acme, "ina", Role.AGENT, sell_pool, at=cast.NOW, active=False)
    with committed:
        reduce_now(sell_pool, 1, acme_owner, cast.NOW)
    [mail] = [mail for mail in mailoutbox if mail.to == [ina.user.email]]
    for said in (mail.body, html(mail)):
        assert "Your invitation to Acme is still valid, until 7 December 2026." in said
        assert "Your role is now: End user." in said
        assert "/a/acme/" not in said
        assert "now an end user" not in said
        assert "ask Acme Owner (owner@acme.example)" in said


# Every mail


def test_each_mail_is_in_its_receivers_language(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    acme_billing: Membership,
    acme_admin: Membership,
    sell_pool: SeatPool,
    at: datetime,
) -> None:
    """D11: the amount and the date show it, whatever the texts' translation has reached."""
    User.objects.filter(pk=acme_billing.user_id).update(language="de")
    with committed:
        ask(sell_pool, acme_admin, at)
    by_receiver = {mail.to[0]: mail.body for mail in mailoutbox}
    assert "13,07\xa0€" in by_receiver["billing@acme.example"]
    assert "1. Dezember 2026" in by_receiver["billing@acme.example"]
    assert "€13.07" in by_receiver["owner@acme.example"]


def test_nothing_is_sent_for_what_was_rolled_back(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    acme_admin: Membership,
    sell_pool: SeatPool,
    at: datetime,
) -> None:
    with committed, transaction.atomic():
        ask(sell_pool, acme_admin, at)
        transaction.set_rollback(True)
    assert not SeatRequest.objects.exists()
    assert mailoutbox == []


def test_a_mail_the_server_refuses_keeps_no_other_from_its_receiver(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    monkeypatch: pytest.MonkeyPatch,
    acme_billing: Membership,
    acme_admin: Membership,
    sell_pool: SeatPool,
    at: datetime,
) -> None:
    send = EmailBackend.send_messages

    def refuse_billing(server: EmailBackend, mails: Sequence[EmailMultiAlternatives]) -> int:
        if mails[0].to == ["billing@acme.example"]:
            raise ConnectionRefusedError
        return send(server, mails)

    monkeypatch.setattr(EmailBackend, "send_messages", refuse_billing)
    with committed:
        ask(sell_pool, acme_admin, at)
    assert set(subjects(mailoutbox)) == {"owner@acme.example", "admin@acme.example"}
    [refused] = OutboxEntry.objects.filter(channel="mail", status="waiting", tries=1)
    assert refused.receiver == "billing@acme.example"


def test_a_line_break_in_a_name_becomes_no_header(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    acme: Account,
    acme_admin: Membership,
    sell_pool: SeatPool,
    at: datetime,
) -> None:
    acme.name = "Acme\r\nBcc: everyone@evil.example"
    acme.save(update_fields=["name"])
    with committed:
        ask(sell_pool, acme_admin, at)
    assert len(mailoutbox) == 2
    for mail in mailoutbox:
        message = mail.message()
        assert message["Bcc"] is None
        assert mail.recipients() == mail.to


def test_what_people_typed_is_text_in_the_html_too(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    acme_admin: Membership,
    sell_pool: SeatPool,
    at: datetime,
) -> None:
    acme_admin.name = "<b>Ann & Co</b>"
    acme_admin.save(update_fields=["name"])
    with committed:
        ask(sell_pool, acme_admin, at)
    assert "<b>Ann & Co</b> (admin@acme.example)" in mailoutbox[0].body
    assert "&lt;b&gt;Ann &amp; Co&lt;/b&gt;" in html(mailoutbox[0])
    assert "<b>Ann" not in html(mailoutbox[0])


def test_mails_stay_within_their_account(
    committed: AbstractContextManager[Any],
    mailoutbox: Outbox,
    acme_owner: Membership,
    acme_admin: Membership,
    suite_nine_of_ten: SeatPool,
    sell_pool: SeatPool,
    globex: Account,
    globex_owner: Membership,
    globex_billing: Membership,
    at: datetime,
) -> None:
    """Somebody who is in both accounts is called by each what that account calls them."""
    add_member(
        email="admin@acme.example",
        name="Globex' name for her",
        role=Role.BILLING_ADMIN,
        pool_ids=(),
        by=globex_owner,
        at=at,
    )
    with committed:
        approve(ask(sell_pool, acme_admin, at), acme_owner, at)
        add_agent(suite_nine_of_ten, acme_owner, at)
        reduce_now(SeatPool.objects.get(pk=suite_nine_of_ten.pk), 5, acme_owner, at)
    assert mailoutbox
    for mail in mailoutbox:
        assert mail.to[0].endswith("@acme.example")
        assert "globex" not in (mail.body + html(mail)).lower()

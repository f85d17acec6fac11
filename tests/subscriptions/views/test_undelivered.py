"""A mail about a request that could not be delivered, on the Requests page and at the desk: D17."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Membership, User
from core import outbox
from core.models import OutboxEntry, Status
from subscriptions.models import SeatPool, SeatRequest
from tests import cast, moves
from tests.conftest import ClientFor
from tests.mail_server import LATER, REFUSES, TAKES, MailServer, mail_server
from tests.subscriptions.views.pages import address, text

REFUSED = "about this request could not be delivered to"


@pytest.fixture
def server(settings: Any) -> Any:
    settings.OUTBOX = "worker"
    with mail_server(settings, REFUSES) as server:
        yield server


@pytest.fixture
def refused(server: MailServer, acme_admin: Membership, suite_pool: SeatPool) -> SeatRequest:
    """A request whose mails nobody took."""
    OutboxEntry.objects.all().delete()
    asked = moves.ask(suite_pool, 1, by=acme_admin)
    outbox.deliver_due()
    return asked


def test_who_decides_sees_it_and_sends_it_again(
    client_for: ClientFor, acme_owner: Membership, refused: SeatRequest, server: MailServer
) -> None:
    client, page = client_for(acme_owner), address("requests", acme_owner)
    shown = text(client.get(page))
    assert f"2 emails {REFUSED} {acme_owner.user.email}, admin@acme.example." in shown
    server.mood = TAKES
    client.post(address("resend_request_mails", acme_owner, refused.pk))
    shown = text(client.get(page))
    assert "The emails will be sent again." in shown
    assert REFUSED not in shown
    outbox.deliver_due()
    assert sorted(server.receivers) == ["admin@acme.example", acme_owner.user.email]


def test_who_only_reads_the_request_does_not_see_it(
    client_for: ClientFor, acme_agent: Membership, refused: SeatRequest
) -> None:
    assert REFUSED not in text(client_for(acme_agent).get(address("requests", acme_agent)))
    again = address("resend_request_mails", acme_agent, refused.pk)
    assert client_for(acme_agent).post(again).status_code == 404
    assert OutboxEntry.objects.filter(channel="mail", status=Status.GIVEN_UP).count() == 2


def test_once_it_is_decided_what_asked_for_it_is_discarded(
    client_for: ClientFor, acme_owner: Membership, refused: SeatRequest, server: MailServer
) -> None:
    """And the mail that says how it ended is the one to be sent again."""
    moves.approve(refused, acme_owner)
    outbox.deliver_due()
    page = client_for(acme_owner).get(address("requests", acme_owner))
    assert f"1 email {REFUSED} admin@acme.example." in text(page)
    server.mood = TAKES
    client_for(acme_owner).post(address("resend_request_mails", acme_owner, refused.pk))
    outbox.deliver_due()
    assert server.receivers == ["admin@acme.example"]
    assert server.subjects[0].startswith("Approved: ")


@pytest.mark.parametrize("made", [True, False])
def test_what_asks_for_a_decision_does_not_arrive_after_it(
    acme_owner: Membership,
    acme_admin: Membership,
    suite_pool: SeatPool,
    server: MailServer,
    made: bool,
) -> None:
    """Whether its mails wait for the server to be back, or have not been made yet."""
    OutboxEntry.objects.all().delete()
    asked = moves.ask(suite_pool, 1, by=acme_admin)
    server.mood = LATER
    if made:
        outbox.deliver_due()
        assert OutboxEntry.objects.filter(channel="mail", status=Status.WAITING).count() == 2
    moves.approve(asked, acme_owner)
    server.mood = TAKES
    OutboxEntry.objects.filter(status=Status.WAITING).update(due_at=cast.NOW)
    outbox.deliver_due()
    closing = [subject for subject in server.subjects if subject.startswith("Approved: ")]
    assert len(closing) == 1
    # Beside it the receipts of the order, and nothing that asks for a decision.
    assert not [subject for subject in server.subjects if "equest" in subject]


def test_the_desk_shows_it_and_sends_it_again(
    client_for: ClientFor,
    rep: User,
    initech_admin: Membership,
    initech_pool: SeatPool,
    server: MailServer,
) -> None:
    asked = moves.ask(initech_pool, 1, by=initech_admin)
    outbox.deliver_due()
    page = reverse("admin:subscriptions_seatrequest_change", args=[asked.pk])
    client = client_for(rep)
    assert f"2 emails {REFUSED} {rep.email}, {initech_admin.user.email}." in text(client.get(page))
    server.mood = TAKES
    again = reverse("admin:subscriptions_seatrequest_resend", args=[asked.pk])
    assert "The emails will be sent again." in text(client.post(again, follow=True))
    outbox.deliver_due()
    assert {rep.email, initech_admin.user.email} <= set(server.receivers)
    assert REFUSED not in text(client.get(page))

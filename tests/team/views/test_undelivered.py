"""An invitation that could not be delivered, on the member's page: D17."""

from typing import Any

import pytest

from accounts.models import Membership
from accounts.permissions import Role
from core import outbox
from core.models import OutboxEntry, Status
from subscriptions.models import SeatPool
from team.actions import add_member
from tests.cast import NOW
from tests.conftest import ClientFor
from tests.mail_server import REFUSES, TAKES, MailServer, mail_server
from tests.subscriptions.views.pages import address, text

REFUSED = "The invitation email could not be delivered."


@pytest.fixture
def server(settings: Any) -> Any:
    settings.OUTBOX = "worker"
    with mail_server(settings, REFUSES) as server:
        yield server


@pytest.fixture
def unreached(server: MailServer, acme_owner: Membership, suite_pool: SeatPool) -> Membership:
    """Invited at an address that no mail server takes."""
    OutboxEntry.objects.all().delete()
    found = add_member(
        email="nora@acme.example", name="Nora New", role=Role.AGENT,
        pool_ids=[suite_pool.pk], by=acme_owner, at=NOW,
    )  # fmt: skip
    outbox.deliver_due()
    return found


def test_it_is_shown_until_a_new_one_is_on_its_way(
    client_for: ClientFor, acme_owner: Membership, unreached: Membership, server: MailServer
) -> None:
    """The link that did not arrive no longer works, so only the new one is sent."""
    client, page = client_for(acme_owner), address("member", acme_owner, unreached.pk)
    resend = address("member_action", acme_owner, unreached.pk, "resend")
    shown = client.get(page)
    assert REFUSED in text(shown)
    assert shown.content.decode().count(f'href="{resend}"') == 1
    server.mood = TAKES
    client.post(resend)
    assert REFUSED not in text(client.get(page))
    outbox.deliver_due()
    assert server.receivers == ["nora@acme.example"]
    assert not OutboxEntry.objects.filter(status=Status.GIVEN_UP).exists()


def test_a_wrong_address_is_mended_by_inviting_anew(
    client_for: ClientFor, acme_owner: Membership, unreached: Membership
) -> None:
    """An address cannot be edited, so the sentence leads to what helps."""
    shown = client_for(acme_owner).get(address("member", acme_owner, unreached.pk))
    assert "withdraw the invitation and invite the person again" in text(shown)
    withdraw = address("member_action", acme_owner, unreached.pk, "withdraw")
    assert f'class="banner__link" href="{withdraw}"' in shown.content.decode()


def test_the_list_marks_who_was_not_reached(
    client_for: ClientFor, acme_owner: Membership, acme_agent: Membership, unreached: Membership
) -> None:
    client, url = client_for(acme_owner), address("team", acme_owner)
    assert "Invited Not delivered" in text(client.get(url, {"status": "invited"}))
    assert text(client.get(url)).count("Not delivered") == 1


def test_whoever_is_withdrawn_gets_no_link_any_more(
    client_for: ClientFor, acme_owner: Membership, unreached: Membership, server: MailServer
) -> None:
    client_for(acme_owner).post(address("member_action", acme_owner, unreached.pk, "withdraw"))
    server.mood = TAKES
    outbox.deliver_due()
    assert len(server.mails) == 1
    assert "/invitation/" not in server.mails[0].as_string()
    assert REFUSED not in text(
        client_for(acme_owner).get(address("member", acme_owner, unreached.pk))
    )

"""A webhook of acme, and the program it tells."""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import Membership
from events.actions import fan_out
from events.models import WebhookEndpoint
from tests.events import hooks
from tests.receiver import Receiver, receiver


@pytest.fixture
def one(settings: Any) -> Iterator[Receiver]:
    """A program on this machine, as in the demo."""
    settings.POSTS_TO_THIS_MACHINE = True
    with receiver() as found:
        yield found


@pytest.fixture
def webhook(acme_owner: Membership, acme_agent: Membership, one: Receiver) -> WebhookEndpoint:
    """Told everything that happens in acme from now on."""
    endpoint = hooks.add(acme_owner, one.url)
    # What happened so far is no news to it.
    while fan_out():
        pass
    hooks.nothing_waits()
    return endpoint

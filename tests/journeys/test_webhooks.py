"""Trying out a webhook: the page that waits shows the answer by itself (D17)."""

from typing import Any

from playwright.sync_api import expect

from accounts.models import Membership
from tests.events import hooks
from tests.journeys.browser import People
from tests.receiver import receiver


def test_the_answer_of_a_test_appears_without_reloading(
    people: People, acme_owner: Membership, language: str, settings: Any
) -> None:
    settings.POSTS_TO_THIS_MACHINE = True
    with receiver() as one:
        one.answers = [500, 204]
        webhook = hooks.add(acme_owner, one.url)
        owner = people(acme_owner, language)
        t, main = owner.t, owner.page.get_by_role("main")
        owner.opens(f"/a/acme/webhooks/{webhook.pk}/")
        owner.presses(t("Send a test"))
        expect(main.get_by_text(t("The answer appears here by itself."))).to_be_visible()
        hooks.deliver_once()
        expect(main.locator("#delivery").get_by_text("500", exact=True)).to_be_visible()
        hooks.due_now()
        hooks.deliver_once()
        expect(main.locator("#delivery").get_by_text("204", exact=True)).to_be_visible()
        expect(main.get_by_role("button", name=t("Send again"))).to_be_visible()
        expect(main.get_by_text(t("The answer appears here by itself."))).to_have_count(0)
    assert len(one.received) == 2

"""The desk's list and page of change requests: R3, R22, D6, D15."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Account, Membership, User
from subscriptions.models import ChangeRequest, SeatPool
from tests import cast, changes
from tests.cast import Catalogue
from tests.conftest import ClientFor
from tests.factories import PlanFactory
from tests.kept import kept
from tests.subscriptions.views.pages import hidden, text

LIST = "/admin/subscriptions/changerequest/"


def page(asked: ChangeRequest, step: str = "change") -> str:
    return reverse(f"admin:subscriptions_changerequest_{step}", args=[asked.pk])


@kept
def fewer(globex_owner: Membership, globex_talk: SeatPool) -> ChangeRequest:
    return changes.ask(changes.fewer(globex_talk, 1), by=globex_owner)


def approve(client: Any, asked: ChangeRequest, query: str = "", **more: Any) -> Any:
    """Look at what it would do, chosen like this, and send the page as it is shown."""
    shown = client.get(page(asked) + query)
    names = [n for n in ("quote_fingerprint", "timing") if f'name="{n}" value' in text_of(shown)]
    sent = {name: hidden(shown, name) for name in names}
    for name in ("credit", "shares"):
        if f'type="hidden" name="{name}"' in text_of(shown):
            sent[name] = hidden(shown, name)
    return client.post(page(asked, "approve"), {**sent, **more}, follow=True)


def text_of(answer: Any) -> str:
    found: str = answer.content.decode()
    return found


def test_a_representative_sees_the_requests_of_their_accounts(
    client_for: ClientFor, fewer: ChangeRequest, acme_owner: Membership, sell_pool: SeatPool,
    rep: User, rep2: User, root: User,
) -> None:  # fmt: skip
    """R22: and a superuser those of all; who only looks decides nothing."""
    other = changes.ask(changes.CANCELLATION, by=acme_owner)
    assert "Talk Professional, 5 → 1" in text(client_for(rep).get(LIST))
    assert (
        "Cancellation"
        not in text(client_for(rep).get(LIST))
        .partition("Filter")[2]
        .partition("Account representative or support")[2]
    )
    assert client_for(rep).get(page(other)).status_code == 404
    assert client_for(rep2).get(page(fewer)).status_code == 404
    assert client_for(root).get(page(other)).status_code == 200
    looking = client_for(cast.onlooker("looker"))
    assert looking.get(page(fewer)).status_code == 200
    assert looking.post(page(fewer, "approve")).status_code == 403


def test_the_page_says_who_asks_why_and_what_approving_would_do(
    client_for: ClientFor, fewer: ChangeRequest, globex_talk: SeatPool, rep: User
) -> None:
    cast.fill(globex_talk, 2)
    shown = text(client_for(rep).get(page(fewer)))
    assert "Globex Owner" in shown
    assert "Season over." in shown
    assert "At renewal 5 → 1" in shown
    assert "1 person will lose their Talk Professional seat" in shown
    assert "Nothing is charged or credited today." in shown


def test_the_representative_chooses_when_and_with_a_credit(
    client_for: ClientFor, fewer: ChangeRequest, globex_talk: SeatPool, rep: User
) -> None:
    client, query = client_for(rep), "?timing=now&credit=on"
    assert 'value="Approve and credit $' in text_of(client.get(page(fewer) + query))
    done = approve(client, fewer, query, note="As agreed.")
    assert "Approved for Globex: Fewer seats" in text(done)
    assert "No other requests are waiting for you." in text(done)
    fewer.refresh_from_db()
    assert fewer.order
    assert fewer.order.charged_cents < 0
    assert "Approved" in text(client.get(page(fewer)))


def test_the_next_one_follows(
    client_for: ClientFor, fewer: ChangeRequest, globex_admin: Membership, rep: User
) -> None:
    following = changes.ask(changes.CANCELLATION, by=globex_admin)
    done = approve(client_for(rep), fewer)
    assert done.redirect_chain[-1][0] == page(following)


def test_numbers_that_moved_are_shown_again(
    client_for: ClientFor, fewer: ChangeRequest, rep: User
) -> None:
    """D6."""
    refused = client_for(rep).post(page(fewer, "approve"), {"quote_fingerprint": "seen before"})
    assert refused.status_code == 409
    assert "Nothing has changed yet" in text(refused)
    assert client_for(rep).get(page(fewer, "approve")).status_code == 302


def test_a_plan_and_a_product_are_approved_as_they_are_usually_done(
    client_for: ClientFor, globex_owner: Membership, globex_talk: SeatPool, catalogue: Catalogue,
    rep: User,
) -> None:  # fmt: skip
    dearer = PlanFactory.create(product=catalogue.talk.product, tier="Enterprise", cents=8900)
    plan = changes.ask(changes.other_plan(globex_talk.lines.get(), dearer), by=globex_owner)
    assert 'value="Approve and charge $' in text_of(client_for(rep).get(page(plan)))
    assert "Talk Enterprise" in text(approve(client_for(rep), plan))
    product = changes.ask(changes.other_product(catalogue.workforce, 7), by=globex_owner)
    approve(client_for(rep), product, f"?shares={globex_talk.pk}")
    product.refresh_from_db()
    assert product.is_approved
    assert globex_talk.lines.filter(plan=catalogue.workforce).exists()


def test_declining_says_why(client_for: ClientFor, fewer: ChangeRequest, rep: User) -> None:
    client = client_for(rep)
    assert client.post(page(fewer, "decline"), {"note": ""}).status_code == 422
    said = text(client.post(page(fewer, "decline"), {"note": "Not before May."}, follow=True))
    assert "Declined for Globex. Globex Owner will be notified by email." in said


def test_a_first_order_leads_to_the_subscription(
    client_for: ClientFor, bare: Membership, catalogue: Catalogue, root: User
) -> None:
    asked = changes.ask(changes.first_order(catalogue.support_suite, 12), by=bare)
    client = client_for(root)
    shown = client.get(page(asked))
    assert "Open it first, then approve the request." in text(shown)
    assert f"/admin/subscriptions/subscription/add/?account={bare.account_id}" in text_of(shown)
    form = {
        "account": bare.account_id, "currency": "EUR", "cycle": "monthly",
        "started_on": "2026-11-01",
    }  # fmt: skip
    client.post("/admin/subscriptions/subscription/add/", form)
    assert "Approved for Bare: First order" in text(approve(client, asked))
    assert SeatPool.objects.get(subscription__account=bare.account).seats == 12


def test_nobody_decides_for_an_account_of_their_own(
    client_for: ClientFor, fewer: ChangeRequest, globex: Account, rep: User
) -> None:
    globex.memberships.filter(pk=fewer.requested_by_id).update(user=rep)
    client = client_for(rep)
    assert "A colleague decides." in text(client.get(page(fewer)))
    assert client.post(page(fewer, "approve")).status_code == 403


@pytest.mark.parametrize(
    "query", ["?timing=never", "?shares=x", "?shares=99999999999999999999", "?credit=%00&shares=-1"]
)
def test_an_address_that_makes_no_sense_is_the_usual(
    client_for: ClientFor, fewer: ChangeRequest, rep: User, query: str
) -> None:
    assert client_for(rep).get(page(fewer) + query).status_code in (200, 400)

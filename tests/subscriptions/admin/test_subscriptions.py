"""What superusers keep in the admin: the catalogue, subscriptions; and what nobody edits."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.urls import reverse

from accounts.actions import open_account
from accounts.models import Account, AccountKind, Membership, User
from subscriptions.models import (
    Charge,
    Line,
    Plan,
    Price,
    SeatChange,
    SeatChangeKind,
    SeatPool,
    Subscription,
)
from tests import cast
from tests.cast import NOW, Catalogue
from tests.conftest import ClientFor
from tests.factories import PlanFactory
from tests.kept import kept
from tests.subscriptions.views.pages import text


def formset(prefix: str, *rows: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """The rows of an inline, as the admin's form sends them."""
    data = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    return data | {f"{prefix}-{i}-{k}": v for i, row in enumerate(rows) for k, v in row.items()}


# Subscriptions


@kept
def unopened(db: None) -> Account:
    """An account without a subscription."""
    owner = open_account(
        name="Wayne", slug="wayne", kind=AccountKind.SELF_SERVICE, representative=None,
        owner_email="owner@wayne.example", owner_name="Wayne Owner", by=cast.SETUP, at=NOW,
    )  # fmt: skip
    return owner.account


def test_a_superuser_opens_a_subscription_and_adds_its_lines(
    client_for: ClientFor, root: User, unopened: Account, catalogue: Catalogue
) -> None:
    """R9: a line has seats of its own, or is counted together with another."""
    client = client_for(root)
    opened = client.post(
        reverse("admin:subscriptions_subscription_add"),
        {"account": unopened.pk, "currency": "EUR", "cycle": "annual", "started_on": "2026-11-01"},
    )
    subscription = Subscription.objects.get(account=unopened)
    line_page = reverse("admin:subscriptions_subscription_add_line", args=[subscription.pk])
    desk = reverse("admin:accounts_account_desk", args=[unopened.pk])
    assert (opened.status_code, opened.url) == (302, desk)
    assert subscription.period_end == date(2027, 11, 1)

    done = client.post(line_page, {"plan": catalogue.support_suite.pk, "pool": "", "seats": 12})
    pool = subscription.pools.get()
    assert (pool.name, pool.seats, pool.seats_at_renewal) == ("Support Suite Professional", 12, 12)
    client.post(line_page, {"plan": catalogue.workforce.pk, "pool": pool.pk, "seats": ""})
    assert subscription.pools.get().lines.count() == 2
    opening = SeatChange.objects.get(pool=pool)
    assert (opening.kind, opening.by) == (SeatChangeKind.OPENED, root)
    shown = text(client.get(done.url))
    assert done.url == desk
    assert "Workforce Management €22.50" in shown


def test_what_an_action_refuses_stands_on_the_form(
    client_for: ClientFor,
    root: User,
    sell_pool: SeatPool,
    acme_subscription: Subscription,
    catalogue: Catalogue,
    globex_talk: SeatPool,
) -> None:
    """D10: the same sentences, from the same place."""
    client = client_for(root)
    url = reverse("admin:subscriptions_subscription_add_line", args=[acme_subscription.pk])
    free = PlanFactory.create()
    Price.objects.filter(plan=free).delete()
    twin = PlanFactory.create(product=catalogue.sell.product, tier="Growth", is_legacy=True)
    cases = [
        ({"plan": catalogue.sell.pk, "seats": 3}, "The subscription already includes Sell Growth."),
        ({"plan": twin.pk, "seats": 3}, "The subscription already has seats named Sell Growth."),
        ({"plan": free.pk, "seats": 3}, "has no price for this currency"),
        ({"plan": catalogue.talk.pk}, "Enter a whole number from 1 to 100,000."),
        ({"plan": catalogue.talk.pk, "seats": 200_000}, "Enter a whole number from 1 to 100,000."),
        ({"plan": catalogue.talk.pk, "pool": globex_talk.pk}, "Select a valid choice."),
        (
            {"plan": catalogue.talk.pk, "pool": sell_pool.pk, "seats": 3},
            "Leave this empty. The line always has as many seats as Sell Growth.",
        ),
    ]
    for data, sentence in cases:
        refused = client.post(url + "?retired=1", data)
        assert refused.status_code == 422
        assert sentence in text(refused)
    assert Line.objects.filter(pool__subscription=acme_subscription).count() == 1


def test_where_the_renewal_is_late_a_line_is_added_to_the_seats_of_todays_period(
    client_for: ClientFor, root: User, sell_pool: SeatPool, clock: Any
) -> None:
    """D3: the page names the number that the line will have; only adding it renews."""
    SeatPool.objects.filter(pk=sell_pool.pk).update(seats_at_renewal=3)
    clock.move_to(datetime(2026, 12, 1, 0, 5, tzinfo=UTC))
    subscription = sell_pool.subscription
    url = reverse("admin:subscriptions_subscription_add_line", args=[subscription.pk])
    client = client_for(root)
    assert "Sell Growth (3 purchased)" in text(client.get(url))
    subscription.refresh_from_db()
    assert subscription.period_start == date(2026, 11, 1)
    talk = Plan.objects.get(product__name="Talk")
    assert client.post(url, {"plan": talk.pk, "pool": sell_pool.pk}).status_code == 302
    subscription.refresh_from_db()
    assert subscription.period_start == date(2026, 12, 1)
    assert Charge.objects.get(line__plan=talk).seats == 3


def test_an_account_has_one_subscription(
    client_for: ClientFor, root: User, acme: Account, unopened: Account
) -> None:
    client, url = client_for(root), reverse("admin:subscriptions_subscription_add")
    page = client.get(url)
    assert "Wayne" in text(page)
    assert "Acme" not in text(page)
    chosen = client.get(url, {"account": unopened.pk}).text
    assert f'<option value="{unopened.pk}" selected>' in chosen
    data = {"account": acme.pk, "currency": "EUR", "cycle": "annual", "started_on": "2026-11-01"}
    assert client.post(url, data).status_code == 422


def test_a_subscription_has_begun_when_it_is_opened(
    client_for: ClientFor, root: User, unopened: Account
) -> None:
    """N1: no price is for a part of a period that has not begun, or that no calendar has."""
    client, url = client_for(root), reverse("admin:subscriptions_subscription_add")
    data = {"account": unopened.pk, "currency": "EUR", "cycle": "annual"}
    for day in ("2026-11-24", "9999-12-31"):
        refused = client.post(url, {**data, "started_on": day})
        assert refused.status_code == 422
        assert "Choose today or an earlier date." in text(refused)
    assert client.post(url, {**data, "started_on": "2026-11-23"}).status_code == 302


# What nobody edits


@pytest.mark.parametrize("model", ["order", "seatchange", "seatassignment", "seatpool"])
def test_the_books_are_read_only_for_superusers(
    model: str,
    client_for: ClientFor,
    root: User,
    acme_agent: Membership,
    suite_pool: SeatPool,
) -> None:
    """D9."""
    client, base = client_for(root), f"/admin/subscriptions/{model}/"
    assert client.get(base).status_code == 200
    assert client.get(f"{base}add/").status_code == 403
    pk = {
        "order": 1,
        "seatchange": suite_pool.changes.all()[0].pk,
        "seatassignment": suite_pool.assignments.get().pk,
        "seatpool": suite_pool.pk,
    }[model]
    if model != "order":
        assert client.get(f"{base}{pk}/change/").status_code == 200
    assert client.post(f"{base}{pk}/change/", {"seats": 99}).status_code == 403
    assert client.post(f"{base}{pk}/delete/", {"post": "yes"}).status_code == 403
    assert 'name="action"' not in client.get(base).content.decode()


def test_a_subscription_is_not_edited_by_hand(
    client_for: ClientFor, root: User, acme_subscription: Subscription, suite_pool: SeatPool
) -> None:
    client = client_for(root)
    url = reverse("admin:subscriptions_subscription_change", args=[acme_subscription.pk])
    assert "Support Suite Professional 10 0 10" in text(client.get(url))
    assert client.post(url, {"cycle": "annual"}).status_code == 403
    delete = reverse("admin:subscriptions_subscription_delete", args=[acme_subscription.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403


def test_a_representative_opens_a_subscription_for_their_own_accounts_only(
    rep: User, rep2: User, client_for: ClientFor
) -> None:
    """D15; the accounts of others are not even offered."""
    for name, owner in (("mine", rep), ("theirs", rep2)):
        Account.objects.create(name=name, slug=name, kind="sales_managed", representative=owner)
    page = reverse("admin:subscriptions_subscription_add")
    shown = client_for(rep).get(page).content.decode()
    assert ">mine<" in shown
    assert ">theirs<" not in shown
    form = {"currency": "EUR", "cycle": "annual", "started_on": "2026-11-01"}
    theirs = {**form, "account": Account.objects.get(slug="theirs").pk}
    assert client_for(rep).post(page, theirs).status_code == 422
    mine = {**form, "account": Account.objects.get(slug="mine").pk}
    assert client_for(rep).post(page, mine).status_code == 302
    assert [found.account.slug for found in Subscription.objects.filter(account__slug="mine")]

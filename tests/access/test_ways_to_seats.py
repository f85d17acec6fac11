"""No link into nothing: every way to seats leads to seats of that pool (R20, R21).

Each state a pool can be in × kind of account × who looks: every page this person may see is
opened, every link to seats on it is followed, and the answer speaks of that pool.
"""

import re
from itertools import product
from typing import Any

import pytest

from subscriptions.models import SeatPool
from tests import cast, moves
from tests.subscriptions.views.pages import text
from tests.world import Home, World

pytestmark = pytest.mark.any_database

KINDS = ("self", "online", "sales")
ROLES = ("owner", "billing", "admin", "agent")
LEFT = {"plenty": 5, "last seat": 1, "full": 0}
PAGES = (
    "", "subscription/", "subscription/requests/", "team/", "team/add/?seat=none", "seats/add/",
    "seats/request/",
)  # fmt: skip
# What leads to more seats, beside the navigation.
LABELS = ("Manage seats", "Request agent seats", "Add more seats", "View the request")
GENERAL = ("Request agent seats", "Add more seats")


def second_pool(home: Home, plan: Any, left: int, *, requested: bool) -> SeatPool:
    """A pool beside the home's own, in the state that is tried."""
    pool = cast.pool(home.account.subscription, plan, seats=3 + left)
    cast.fill(pool, 3)
    if requested:
        moves.ask(pool, 2, home.people["admin"])
    return pool


def make_legacy(pool: SeatPool) -> None:
    for line in pool.lines.select_related("plan"):
        line.plan.is_legacy = True
        line.plan.save()


def links(html: str) -> list[tuple[str, str]]:
    """Label and address of each link to seats in the page itself."""
    html = html[html.find("<main") :]
    found = re.findall(r'(?s)<a\b[^>]*href="([^"]*)"[^>]*>(.*?)</a>', html)
    told = [(" ".join(re.sub(r"<[^>]+>", " ", label).split()), url) for url, label in found]
    return [(label, url.replace("&amp;", "&")) for label, url in told if label.startswith(LABELS)]


def ways_from(html: str, pool: SeatPool, others: list[SeatPool]) -> list[tuple[str, str]]:
    """Those that promise seats of this pool, or of no certain one."""
    return [
        (label, url)
        for label, url in links(html)
        if not any(other.name in label or url.endswith(_leads_to(other)) for other in others)
    ]


def _leads_to(pool: SeatPool) -> tuple[str, ...]:
    opened = pool.requests.open().values_list("pk", flat=True)
    return (f"pool={pool.pk}", *(f"#request-{pk}" for pk in opened))


STATES = list(product(LEFT, (False, True), (False, True)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("left", "is_legacy", "is_requested"), STATES)
def test_every_way_to_seats_leads_to_them(
    left: str, is_legacy: bool, is_requested: bool, kind: str, world: World
) -> None:
    """R21: a link to that pool, to the request that is open for it, or a sentence."""
    home = world.homes[kind]
    # The home's own pool stays as it is: plenty left, with or without a request of its own.
    pool = second_pool(
        home, world.foreign.pool.lines.get().plan, LEFT[left], requested=is_requested
    )
    if is_legacy:
        make_legacy(pool)
    for who in ROLES:
        client = world.client(who, kind)
        for path in PAGES:
            page = client.get(f"/a/{kind}/{path}", follow=True)
            assert page.status_code in (200, 403), (who, path)
            if page.status_code == 403:
                continue
            for label, url in ways_from(page.content.decode(), pool, [home.pool]):
                answer = client.get(url, follow=True)
                assert answer.status_code == 200, (who, path, label, url)
                if label not in GENERAL:
                    assert pool.name in text(answer), (who, path, label, url)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_requested", [False, True])
@pytest.mark.parametrize("who", ["owner", "billing", "admin"])
def test_a_pool_that_runs_out_is_named_with_its_way_or_with_whom_to_ask(
    who: str, is_requested: bool, kind: str, world: World
) -> None:
    """R20, R21: on Overview, Subscription and Team members; once."""
    home = world.homes[kind]
    moves.withdraw_all_requests()
    pool = second_pool(home, world.foreign.pool.lines.get().plan, 0, requested=is_requested)
    for path in ("", "subscription/", "team/"):
        html = world.client(who, kind).get(f"/a/{kind}/{path}").content.decode()
        assert html.count("Manage seats") == 1, path
        [url] = [url for label, url in links(html) if label == "Manage seats"]
        answer = world.client(who, kind).get(url, follow=True)
        assert pool.name in text(answer)
        buys = kind != "sales" and who != "admin"
        if is_requested and not buys:
            assert url.endswith(f"/subscription/requests/#request-{pool.requests.get().pk}")
        else:
            assert f"pool={pool.pk}" in url


@pytest.mark.parametrize("who", ["owner", "billing", "admin"])
def test_legacy_seats_of_a_sales_managed_account_have_a_sentence_instead(
    who: str, world: World
) -> None:
    """R21, R23: they can neither be bought nor requested."""
    home = world.homes["sales"]
    pool = second_pool(home, world.foreign.pool.lines.get().plan, 1, requested=False)
    make_legacy(pool)
    client = world.client(who, "sales")
    for path in ("", "subscription/", "team/", "team/add/"):
        page = client.get(f"/a/sales/{path}")
        assert "Manage seats" not in text(page)
        assert "Only 1 Sell Growth seat is left." in text(page)
        assert "These seats cannot be added online. Ask Vendor Rep (rep@vendor.example)." in text(
            page
        )
    refused = client.get(f"/a/sales/seats/request/?pool={pool.pk}")
    assert refused.status_code == 403
    assert "Sell Growth seats cannot be added online. Ask Vendor Rep" in text(refused)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("who", ["owner", "billing", "admin"])
def test_before_anything_is_bought_no_page_is_missing_and_nothing_is_offered(
    who: str, kind: str, world: World
) -> None:
    """A new account says what is missing and who sets it up."""
    account = world.homes[kind].account
    # The seats are somebody else's: the account is as on its first day.
    SeatPool.objects.filter(subscription__account=account).update(
        subscription=world.foreign.account.subscription
    )
    whom = "support@vendor.example" if kind == "self" else "rep@vendor.example"
    client = world.client(who, kind)
    for path in (*PAGES, "subscription/manage/", "seats/add/?pool=1"):
        page = client.get(f"/a/{kind}/{path}", follow=True)
        assert page.status_code in (200, 403), path
        if page.status_code == 200:
            assert "No subscription yet" in text(page), path
            assert whom in text(page), path
        assert not links(page.content.decode()), path

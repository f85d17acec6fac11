"""The lists of the admin on a phone and on a wide screen: nothing beyond the edge, and a file."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.models import Membership, User
from core.admin import HeadedByRows
from subscriptions.admin.sales_base import SalesPage
from subscriptions.models import SeatPool
from tests import moves
from tests.journeys.browser import People, Person
from tests.journeys.states import furnish

WIDTHS = (360, 768, 1280, 1920)
BEYOND = """() => {
  const wide = document.documentElement.scrollWidth;
  return wide > innerWidth ? `${wide} pixels wide on ${innerWidth}` : "";
}"""


@pytest.fixture
def bought(
    acme_owner: Membership, acme_admin: Membership, suite_pool: SeatPool, sell_pool: SeatPool,
    initech_admin: Membership, initech_agent: Membership,
) -> None:  # fmt: skip
    furnish(suite_pool, sell_pool, acme_admin, initech_admin)
    moves.buy({sell_pool: 2}, acme_owner)
    moves.issue(acme_owner)


def test_every_list_has_all_its_columns_in_sight(people: People, root: User, bought: None) -> None:
    """In German, whose words are the longer ones; each filter open in turn."""
    person = people(root, "de")
    found = []
    for model_admin in admin.site._registry.values():
        if isinstance(model_admin, HeadedByRows):
            found += [f"{model_admin.opts.label}: {it}" for it in _beyond(person, model_admin)]
    assert not found, "\n".join(found)


def _beyond(person: Person, model_admin: HeadedByRows) -> list[str]:
    every = "?status=all" if isinstance(model_admin, SalesPage) else ""
    meta = model_admin.opts
    page = person.opens(reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist") + every)
    found: list[Any] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found.append(page.evaluate(BEYOND))
        for chip in page.locator(".list-filter > summary").all():
            chip.click()
            found.append(page.evaluate(BEYOND))
            chip.click()
    return [trouble for trouble in found if trouble]


def test_what_is_filtered_is_downloaded(
    people: People, rep: User, bought: None, language: str, tmp_path: Path
) -> None:
    person = people(rep, language)
    page = person.opens("/admin/subscriptions/seatrequest/")
    with page.expect_download() as download:
        page.locator(".list-csv").click()
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    assert saved.suffix == ".csv"
    title, row = saved.read_text(encoding="utf-8-sig").splitlines()
    assert ("Konto" if language == "de" else "Account") in title.split(",")
    assert "Initech" in row.split(",")

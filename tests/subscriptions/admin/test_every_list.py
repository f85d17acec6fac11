"""What holds for every list of the admin: a file of it, and a label at every cell of a card."""

import csv
from io import StringIO
from typing import Any

import pytest
from django.contrib import admin
from django.urls import reverse

from core.admin import HeadedByRows
from subscriptions.admin.sales_base import SalesPage
from tests import moves
from tests.world import World

LISTS = [
    (model, model_admin)
    for model, model_admin in admin.site._registry.items()
    if isinstance(model_admin, HeadedByRows)
]


@pytest.fixture(autouse=True)
def an_order(world: World) -> None:
    """The one thing the world has none of."""
    home = world.homes["self"]
    moves.buy({home.pool: 2}, home.people["owner"])


def test_no_list_of_ours_is_without_them() -> None:
    apps = ("core", "accounts", "subscriptions", "events")
    ours = {model for model in admin.site._registry if model._meta.app_label in apps}
    assert ours == {model for model, _model_admin in LISTS}


def opened(world: World, model_admin: HeadedByRows, what: str) -> Any:
    """The list or its file, of everything and not only of what is open."""
    meta = model_admin.opts
    every = "?status=all" if isinstance(model_admin, SalesPage) else ""
    page = reverse(f"admin:{meta.app_label}_{meta.model_name}_{what}")
    return world.client("root").get(page + every)


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_list_has_a_file_with_titles_of_its_own(language: str, world: World) -> None:
    root = world.users["root"]
    root.language = language
    root.save()
    for model, model_admin in LISTS:
        name = model._meta.label
        written = b"".join(opened(world, model_admin, "csv")).decode("utf-8-sig")
        titles, *rows = csv.reader(StringIO(written, newline=""))
        assert rows, name
        assert len(set(titles)) == len(titles), name
        assert {len(row) for row in rows} == {len(titles)}
        assert "<" not in written


def test_every_cell_of_a_card_has_its_label(world: World) -> None:
    for model, model_admin in LISTS:
        name = model._meta.label
        page = opened(world, model_admin, "changelist").text
        assert '<td data-label="' in page, name
        assert '<td class="field-' not in page, name
        assert f"/admin/{name.lower().replace('.', '/')}/csv/" in page, name

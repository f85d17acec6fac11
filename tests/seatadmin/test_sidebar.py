"""The sidebar: where the article says a page is found, and what waits for whom."""

import re
from typing import Any

import pytest
from django.utils import translation

from tests.world import World

pytestmark = pytest.mark.any_database


def sidebar(answer: Any) -> str:
    """Headings and entries as they are nested, a line each."""
    html = answer.content.decode()
    nav = html[html.index('<nav class="nav"') :]
    nav = nav[: nav.index("</nav>")]
    found = re.findall(r"(?s)<(h2|h3|a)\b[^>]*>(.*?)</\1>", nav)
    depth = {"h2": 0, "h3": 1, "a": 2}
    told = [(tag, " ".join(re.sub(r"<[^>]+>", " ", label).split())) for tag, label in found]
    return "\n".join("  " * depth[tag] + label for tag, label in told)


def test_the_sidebar_is_nested_as_the_article_says(world: World) -> None:
    """R5, R11"""
    answer = world.client("admin").get("/a/self/subscription/")
    assert sidebar(answer) == (
        "Account\n    Overview\n  Billing\n    Subscription\n    Requests\n"
        "People\n  Team\n    Team members"
    )


def test_in_german_with_the_labels_of_the_article(world: World) -> None:
    """R5, R11, D11"""
    with translation.override("de"):
        answer = world.client("admin", headers={"Accept-Language": "de"}).get("/a/self/team/")
    assert sidebar(answer) == (
        "Konto\n    Übersicht\n  Abrechnung\n    Abonnement\n    Anfragen\n"
        "Personen\n  Team\n    Teammitglieder"
    )


@pytest.mark.parametrize(
    ("who", "kind", "count"),
    [
        ("owner", "self", " 2"), ("billing", "online", " 1"),
        ("admin", "self", ""), ("agent", "online", ""),
        ("owner", "sales", ""), ("billing", "sales", ""),
    ],
)  # fmt: skip
def test_only_what_one_can_decide_is_counted(who: str, kind: str, count: str, world: World) -> None:
    """D1: in a sales-managed account the representative decides."""
    answer = world.client(who, kind).get(f"/a/{kind}/")
    assert f"    Requests{count}" in sidebar(answer).split("\n")

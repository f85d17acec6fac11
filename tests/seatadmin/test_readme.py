"""What the README and docs/ say of settings, permissions and commands is what the code says."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from accounts.models import AccountKind
from accounts.permissions import NEEDED_FOR, PERMISSIONS, Permission, Role, Scope
from subscriptions.models import Addressee, ChangeRequestKind
from subscriptions.rules.change_requests import ASKING, Asking
from subscriptions.rules.routes import POOL_RULES, ROUTES, Removal, Route
from tools import screenshots

pytestmark = pytest.mark.any_database

ROOT = Path(settings.BASE_DIR)
README = (ROOT / "README.md").read_text(encoding="utf-8")
PERMISSIONS_PAGE = (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "seatadmin" / "settings.py").read_text(encoding="utf-8")

WAYS = {
    Route.BUY: "buys",
    Route.ASK_BUYERS: "asks the buyers",
    Route.ASK_REPRESENTATIVE: "asks the representative",
    Route.NONE: "–",
}
REMOVALS = {
    Removal.ANY: "yes",
    Removal.UNASSIGNED_AT_RENEWAL: "unassigned ones, at renewal",
    Removal.NONE: "no",
}


def row(*cells: object) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def table(page: str, head: str) -> list[str]:
    """The rows of the table whose head this is, without head and rule."""
    lines = page.partition(f"{head}\n")[2].splitlines()[1:]
    end = next(i for i, line in enumerate(lines) if not line.startswith("|"))
    return lines[:end]


def test_its_permissions_are_the_tables() -> None:
    head = row("", *(role.label for role in Role)).replace("|  |", "| |")
    assert table(PERMISSIONS_PAGE, head) == [
        row(p.label, *("✓" if p in PERMISSIONS[role] else "–" for role in Role)) for p in Permission
    ]


def test_its_scopes_are_the_tables() -> None:
    assert table(PERMISSIONS_PAGE, row("scope", "permission of the maker")) == [
        row(scope.label, NEEDED_FOR[scope].label) for scope in Scope
    ]


def test_its_change_requests_are_the_table() -> None:
    """Fewer seats first; all other kinds are the same."""
    head = row("change requested in an account that is", *(role.label for role in Role))
    expected, fewer = [], ASKING[ChangeRequestKind.FEWER_SEATS]
    for kind, others in ASKING[ChangeRequestKind.OTHER_PLAN].items():
        name = str(kind.label)
        if fewer[kind] != others:
            expected.append(_asking(f"{name}, fewer seats", fewer[kind], "removes them"))
            name = f"{name}, anything else"
        expected.append(_asking(name, others, "–"))
    assert table(PERMISSIONS_PAGE, head) == expected
    rest = set(ChangeRequestKind) - {ChangeRequestKind.FEWER_SEATS}
    assert all(ASKING[kind] == ASKING[ChangeRequestKind.OTHER_PLAN] for kind in rest)


def _asking(name: str, asking: Asking, buyer: str) -> str:
    words = {Addressee.BUYERS: "asks the buyers", Addressee.VENDOR: "asks the vendor"}
    return row(
        name,
        *(
            words[asking[role]]
            if role in asking
            else buyer
            if Permission.CHANGE_SUBSCRIPTION in PERMISSIONS[role]
            else "–"
            for role in Role
        ),
    )


def test_its_ways_to_seats_are_the_routes() -> None:
    head = row("more seats in an account that is", *(role.label for role in Role))
    assert table(PERMISSIONS_PAGE, head) == [
        row(kind.label, *(WAYS[ROUTES[kind][role]] for role in Role)) for kind in AccountKind
    ]


def test_its_rules_for_pools_are_the_routes() -> None:
    expected = []
    for kind in AccountKind:
        for suffix, rule in zip(("", ", legacy plan"), POOL_RULES[kind], strict=True):
            added = "yes" if rule.can_add else "no"
            expected.append(row(f"{kind.label}{suffix}", added, REMOVALS[rule.removal]))
    head = row("seats of", "can be added", "can be removed")
    assert table(PERMISSIONS_PAGE, head) == expected


def test_it_names_every_setting_and_its_default() -> None:
    read = re.findall(
        r'env\.\w+\(\s*"([A-Z_]+)"(?:, default=(?:"([^"]+)"|(\d+|False))\))?', SETTINGS
    )
    lines = "\n".join(table(OPERATIONS, row("variable", "default", "what it is")))
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", lines, re.MULTILINE))
    assert set(rows) == {name for name, *_defaults in read}
    for name, text, number in read:
        assert f"{text or number}" in rows[name]


def test_every_screenshot_it_shows_is_taken() -> None:
    shown = re.findall(r"docs/screenshots/([a-z-]+)-light\.png", README)
    assert sorted(shown) == sorted(shot.name for shot in screenshots.SHOTS_TO_TAKE)

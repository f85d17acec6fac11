"""The floors of the house: what is below imports, names and mentions nothing of what is above."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

pytestmark = pytest.mark.any_database

ROOT = Path(settings.BASE_DIR)

# Words of the floors above; foreign keys and related names are made of them, too.
WORDS = {
    "core": r"accounts?\.|account_|member|seat|subscription|pool\b|licen[sc]e",
    "accounts": r"seat|subscription|pool\b|licen[sc]e|\bteam\.",
}
ABOVE = {
    "core": ("accounts", "subscriptions", "events", "team", "seatadmin"),
    "accounts": ("subscriptions", "events", "team"),
}
TEMPLATES = {
    "core": ("admin/action_form.html", "admin/shown_once.html"),
    "accounts": ("account", "accounts", "admin/accounts"),
}

ALLOWED = {
    # The one table of what each role may do, whatever floor does it; and its sentences.
    "accounts/permissions.py": WORDS["accounts"],
    # The scope that reading the account needs.
    "accounts/api/accounts.py": "READ_SUBSCRIPTION",
    # Staff read where people are added who are no staff, and what the Sales group opens.
    "accounts/admin/users.py": "They see the seat ",
}


def sources(floor: str) -> Iterator[Path]:
    """Python files and templates of a floor, with the emails it sends; no migrations."""
    for path in sorted((ROOT / floor).rglob("*.py")):
        if "migrations" not in path.parts:
            yield path
            for email in re.findall(r'"(emails/\w+)"', path.read_text(encoding="utf-8")):
                yield from (ROOT / "templates").glob(f"{email}.*")
    for name in TEMPLATES[floor]:
        place = ROOT / "templates" / name
        yield from [place] if place.is_file() else sorted(place.rglob("*.*"))


def urls(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, str]]:
    """Every named address, and the app whose view it leads to."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            below = f"{entry.namespace}:" if entry.namespace else ""
            yield from urls(entry, namespace + below)
        elif isinstance(entry, URLPattern) and entry.name:
            app = entry.callback.__module__.partition(".")[0]
            # The admin's views are Django's own; their names begin with the app.
            model = entry.name.partition("_")[0] if namespace == "admin:" else app
            yield namespace + entry.name, model


def test_imports_go_down_and_never_up() -> None:
    assert lint_imports(no_cache=True) == EXIT_STATUS_SUCCESS


@pytest.mark.parametrize("floor", WORDS)
def test_no_word_of_a_floor_above_is_spoken_below(floor: str) -> None:
    """1.1: not in code, comments, texts, templates or emails."""
    spoken = []
    for path in sources(floor):
        name = str(path.relative_to(ROOT))
        allowed = ALLOWED.get(name)
        for line in path.read_text(encoding="utf-8").splitlines():
            text = re.sub(allowed, "", line, flags=re.IGNORECASE) if allowed else line
            if re.search(WORDS[floor], text, re.IGNORECASE):
                spoken.append(f"{name}: {line.strip()}")
    assert spoken == []


@pytest.mark.parametrize("floor", WORDS)
def test_no_page_of_a_floor_above_is_linked_below(floor: str) -> None:
    """1.1: where an account starts is a setting, and the rest is linked by who is above."""
    above = {name for name, app in urls(get_resolver()) if app in ABOVE[floor]}
    assert (floor != "accounts") or {"access", "team", "add_seats"} <= above
    call = r'(?:reverse|reverse_lazy|redirect)\(\s*"([\w:]+)"|{% url "([\w:]+)"'
    for path in sources(floor):
        linked = {a or b for a, b in re.findall(call, path.read_text(encoding="utf-8"))}
        assert not linked & above, f"{path.relative_to(ROOT)} links {linked & above}"


def test_every_exception_is_still_needed() -> None:
    """An exception nobody needs any more hides the next mistake."""
    for name, allowed in ALLOWED.items():
        source = (ROOT / name).read_text(encoding="utf-8")
        assert re.search(allowed, source, re.IGNORECASE), name

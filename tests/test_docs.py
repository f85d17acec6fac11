"""What the documents name exists: files, links, commands and settings."""

import re
from pathlib import Path
from types import ModuleType

import pytest
from django.core.management import get_commands
from django.db import models
from django.utils import translation

import accounts.models
import accounts.permissions
import core.models
import events.models
import subscriptions.models
import subscriptions.rules.quotes

pytestmark = pytest.mark.any_database

ROOT = Path(__file__).resolve().parent.parent
# Decisions are dated: the files they name are those of their day.
DATED = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGES = [page for page in PAGES if page.exists()]
OTHERS = [*DATED, ROOT / "docs" / "decisions" / "README.md", ROOT / "CHANGELOG.md"]
OTHERS = [page for page in OTHERS if page.exists()]

SETTINGS = (ROOT / "seatadmin" / "settings.py").read_text(encoding="utf-8")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")

PATH = re.compile(r"`([\w.-]+(?:/[\w.*{},-]+)*/?)`")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
SUFFIXES = (".py", ".md", ".html", ".txt", ".toml", ".yaml", ".css", ".js", ".po", ".mo", ".svg")
# What a page may name although it is not in the repository: it is made when things run.
MADE = ("var/", ".venv/", ".env")


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def is_path(text: str) -> bool:
    if text.startswith(MADE) and text != ".env.example":
        return False
    return text.endswith(SUFFIXES) or ("/" in text and (ROOT / text.split("/")[0]).is_dir())


def exists(text: str) -> bool:
    """Whether a path is there; of `{a,b}`, whether all are. A bare name may be anywhere."""
    braces = re.search(r"\{([^}]+)\}", text)
    if braces:
        return all(
            exists(text[: braces.start()] + part + text[braces.end() :])
            for part in braces[1].split(",")
        )
    return any(ROOT.glob(text.rstrip("/"))) or ("/" not in text and any(ROOT.glob(f"*/{text}")))


def test_paths_are_told_from_other_words() -> None:
    assert is_path("core/errors.py")
    assert is_path("templates/emails/")
    assert not is_path("var/mails")
    assert not is_path("owner/billing")
    assert exists("seatadmin/{settings,urls}.py")
    assert not exists("seatadmin/{settings,nowhere}.py")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_path_named_exists(page: Path) -> None:
    named = PATH.findall(page.read_text(encoding="utf-8"))
    assert not [path for path in named if is_path(path) and not exists(path)]


@pytest.mark.parametrize("page", [*PAGES, *OTHERS], ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    here = [link for link in links if "://" not in link]
    assert not [link for link in here if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_command_named_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    # In prose "make" is a word; as a command it stands in backticks or begins a line.
    for target in re.findall(r"(?:`|^)make ([a-z][a-z-]+)", text, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for command in re.findall(r"manage\.py ([a-z_]+)", text):
        assert command in get_commands(), command


def test_the_example_names_every_setting_and_no_other() -> None:
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', SETTINGS))
    assert set(re.findall(r"^#([A-Z_]+)=", EXAMPLE, re.MULTILINE)) == read


def test_the_example_gives_the_defaults_and_sets_nothing() -> None:
    literal = re.findall(
        r'env\.\w+\(\s*"([A-Z_]+)", default=(?:"([^"]+)"|(\d+|False))\s*\)', SETTINGS
    )
    given = dict(re.findall(r"^#([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))
    assert len(literal) > 5
    assert {n: text or number for n, text, number in literal} == {
        n: given[n] for n, *_default in literal
    }
    assert all(line.startswith("#") for line in EXAMPLE.splitlines() if line)


def test_a_commit_is_checked_as_make_lint_checks() -> None:
    """And by what is installed here: no hook is fetched from anywhere."""
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert re.findall(r"repo: (.*)", hooks) == ["local"]
    assert re.findall(r"entry: (.*)", hooks) == ["make lint"]
    assert re.findall(r"language: (.*)", hooks) == ["system"]


GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
PLACES: tuple[ModuleType, ...] = (
    accounts.models,
    accounts.permissions,
    core.models,
    events.models,
    subscriptions.models,
    subscriptions.rules.quotes,
)
TERMS = re.findall(r"^\| ([^|]+) \| ([^|]+) \| `([\w.]+)` \|$", GLOSSARY, re.MULTILINE)


def words_of(code: str) -> tuple[str, str]:
    """What a class, a field or a choice is called, in English and in German."""
    name, _dot, rest = code.partition(".")
    found = next(getattr(place, name) for place in PLACES if hasattr(place, name))
    if issubclass(found, models.Choices):
        words = found[rest].label
    elif rest:
        words = found._meta.get_field(rest).verbose_name
    else:
        words = found._meta.verbose_name
    with translation.override("de"):
        german = str(words)
    return str(words), german


@pytest.mark.parametrize(("english", "german", "code"), TERMS)
def test_a_word_is_what_code_and_german_texts_call_it(english: str, german: str, code: str) -> None:
    assert words_of(code) == (english, german)


def test_every_name_in_the_glossary_is_in_the_code() -> None:
    assert len(TERMS) > 50
    apps = ("core", "accounts", "subscriptions", "events", "team")
    sources = [
        path.read_text(encoding="utf-8") for app in apps for path in (ROOT / app).rglob("*.py")
    ]
    words = set(re.findall(r"\w+", " ".join(sources)))
    named = re.findall(r"`([A-Za-z_][\w.]*)(?:\(\))?`", GLOSSARY)
    assert not {part for name in named for part in name.split(".")} - words

"""Every refusal stands in its app's errors.py, once: code, status and sentence (D10)."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.utils.translation import override

from core.errors import Refusal

pytestmark = pytest.mark.any_database

ROOT = Path(__file__).resolve().parent.parent
APPS = ("core", "accounts", "subscriptions", "events", "team")
# Where decisions are made; forms may say of their own input what is wrong with it.
DECIDING = ("actions", "actions.py", "rules", "selectors", "sign_in")
CODES_IN_DOCSTRING = re.compile(r"(?:Raises|ValidationError)\b(.*)", re.DOTALL)
IN_BACKTICKS = re.compile(r"`(\w+)`")


def refusals_of(app: str) -> dict[str, Refusal]:
    found = vars(import_module(f"{app}.errors"))
    return {name: value for name, value in found.items() if isinstance(value, Refusal)}


REFUSALS = {f"{app}.{name}": r for app in APPS for name, r in refusals_of(app).items()}
CODES = {refusal.code for refusal in REFUSALS.values()}


def sources(*places: str) -> Iterator[tuple[Path, ast.Module]]:
    for place in places:
        path = ROOT / place
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path] * path.exists():
            if "migrations" not in file.parts:
                yield file, ast.parse(file.read_text(encoding="utf-8"))


def deciding(app: str) -> Iterator[tuple[Path, ast.Module]]:
    return sources(*(f"{app}/{place}" for place in DECIDING))


@pytest.mark.parametrize("app", APPS)
def test_no_decision_makes_an_error_of_its_own(app: str) -> None:
    made = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in deciding(app)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).rpartition(".")[2]
        in ("ValidationError", "RefusalError", "validation_error", "Refusal")
    ]
    assert made == []


@pytest.mark.parametrize("app", APPS)
def test_every_refusal_is_somewhere_made(app: str) -> None:
    """An app's own code makes each of its refusals, or one above it does."""
    floors = (*APPS[APPS.index(app) :], "seatadmin")
    above = [path for other in floors for path in sources(other)]
    used = {
        name
        for path, tree in above
        if path.name != "errors.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "error"
        for name in [ast.unparse(node.value).rpartition(".")[2]]
    }
    assert refusals_of(app).keys() - used == set()


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_has_a_readable_code_a_4xx_and_a_german_sentence(name: str) -> None:
    refusal = REFUSALS[name]
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", refusal.code)
    assert 400 <= refusal.status < 500
    assert str(refusal.sentence).endswith(".")
    with override("de"):
        german = str(refusal.sentence)
    with override("en"):
        assert german != str(refusal.sentence)
        facts = re.compile(r"%\((\w+)\)[sd]")
        assert sorted(facts.findall(german)) == sorted(facts.findall(str(refusal.sentence)))


def test_one_code_has_one_status_and_no_sentence_twice() -> None:
    """Several sentences may share a code, also on different floors: what to do is the same."""
    assert len({(r.code, r.status) for r in REFUSALS.values()}) == len(CODES)
    assert len({(r.code, str(r.sentence)) for r in REFUSALS.values()}) == len(REFUSALS)


def actions_of(app: str) -> Iterator[ast.FunctionDef]:
    for _path, tree in deciding(app):
        yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def said_to_raise(function: ast.FunctionDef) -> set[str]:
    found = CODES_IN_DOCSTRING.search(ast.get_docstring(function) or "")
    return set(IN_BACKTICKS.findall(found[1])) if found else set()


@pytest.mark.parametrize("app", APPS[1:])
def test_docstrings_name_codes_that_exist(app: str) -> None:
    """Beside them, an action whose refusals it passes on."""
    functions = {function.name for other in APPS for function in actions_of(other)}
    named = {code for function in actions_of(app) for code in said_to_raise(function)}
    assert named & CODES
    assert named - CODES - functions == set()


@pytest.mark.parametrize("app", APPS)
def test_no_floor_knows_a_refusal_of_a_floor_above(app: str) -> None:
    """By name or by code: who shows one of them stands above who makes it."""
    above = {r.code for other in APPS[APPS.index(app) + 1 :] for r in refusals_of(other).values()}
    own = {r.code for other in APPS[: APPS.index(app) + 1] for r in refusals_of(other).values()}
    known = {
        f"{path.relative_to(ROOT)}: {node.value}"
        for path, tree in sources(app)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in above - own
    }
    assert known == set()


def test_no_code_is_typed_where_it_has_a_name() -> None:
    """Pages ask with `errors.NO_SEAT.code`, so a code cannot be misspelt."""
    compared = {
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for app in (*APPS, "seatadmin")
        for path, tree in sources(app)
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        and any(ast.unparse(side).endswith(".code") for side in (node.left, *node.comparators))
        and any(isinstance(side, ast.Constant) for side in (node.left, *node.comparators))
    }
    assert compared == set()

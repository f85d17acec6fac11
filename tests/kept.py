"""The cast, kept from one test to the next as long as the next asks for the same people.

A fixture marked `@kept` is played once for the tests of a module that follow each other and
need it in the same order: it stands in a savepoint of its own, below what the test itself
does, which is undone as ever. What another test asks for differently is undone back to where
they part. Each test gets copies, so what it does to an object does not reach the next.

Only a fixture that does nothing but write to the database may be kept, and it may need only
others that are: no clock, no settings, no clean-up. In a transactional test, or once another
fixture has written something, it is played as if it were not kept.
"""

import copy
import functools
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

import pytest
import time_machine
from django.db import connection, transaction

from tests import cast

P = ParamSpec("P")
T = TypeVar("T")
Play = Callable[..., Any]


@dataclass
class _Level:
    play: Play | None
    # What the plays up to here have returned; nobody else has these objects.
    found: dict[Play, Any]
    savepoint: transaction.Atomic


_levels: list[_Level] = []
# The same for the running test, which may do with it as it likes.
_handed_out: dict[Play, Any] = {}


def kept(play: Callable[P, T]) -> Callable[P, T]:
    """A fixture, played once for many tests."""

    @functools.wraps(play)
    def fixture(*args: P.args, **kwargs: P.kwargs) -> T:
        if fixture in _handed_out:
            found: T = _handed_out[fixture]
            return found
        return play(*args, **kwargs)

    fixture.is_kept = True  # type: ignore[attr-defined]
    return pytest.fixture(fixture)


def prepare(request: pytest.FixtureRequest) -> None:
    """Before the test's own transaction begins: play what it needs and is not there yet."""
    _handed_out.clear()
    if _is_transactional(request):
        forget(request.getfixturevalue("django_db_blocker"))
    elif "db" in request.fixturenames:
        request.getfixturevalue("django_db_setup")
        # pytest has no public way to ask which fixture a name stands for.
        wanted = _plays(request.node._fixtureinfo.name2fixturedefs, request.node.fixturenames)
        with request.getfixturevalue("django_db_blocker").unblock():
            _stand(wanted)
        if _levels:
            _handed_out.update(copy.deepcopy(_levels[-1].found))


def in_order(items: list[pytest.Item]) -> None:
    """Within a module, those that need the same people follow each other."""

    def people(item: Any) -> list[str]:
        fixtures = getattr(item, "_fixtureinfo", None)
        plays = _plays(fixtures.name2fixturedefs, item.fixturenames) if fixtures else []
        return [play.__name__ for play, _needs in plays]

    items[:] = [
        item
        for _module, of_module in itertools.groupby(items, key=lambda item: item.path)
        for item in sorted(of_module, key=people)
    ]


def forget(blocker: Any) -> None:
    """Undo all that is kept."""
    with blocker.unblock():
        while _levels:
            _undo()


@contextmanager
def lasting(blocker: Any) -> Iterator[None]:
    """A transaction around many tests, undone at the end; for fixtures of a module."""
    forget(blocker)
    with blocker.unblock(), transaction.atomic():
        yield
        forget(blocker)
        transaction.set_rollback(True)


def _is_transactional(request: pytest.FixtureRequest) -> bool:
    return (
        request.node.get_closest_marker("django_db") is not None
        or "transactional_db" in request.fixturenames
        or "live_server" in request.fixturenames
    )


def _plays(fixtures: Any, names: list[str]) -> list[tuple[Play, tuple[str, ...]]]:
    """Those that are kept, in the order in which pytest asks for them, until another writes."""
    seen: set[str] = set()
    plays: list[tuple[Play, tuple[str, ...]]] = []

    def is_quiet(name: str) -> bool:
        if name in seen or name not in fixtures or name == "db":
            return True
        seen.add(name)
        fixture = fixtures[name][-1]
        if not all(is_quiet(needed) for needed in fixture.argnames):
            return False
        if getattr(fixture.func, "is_kept", False):
            plays.append((fixture.func, fixture.argnames))
            return True
        return fixture.scope != "function" or not _writes(fixtures, name)

    all(is_quiet(name) for name in names)
    return plays


def _writes(fixtures: Any, name: str) -> bool:
    """Whether this fixture, or one that it needs, has the database."""
    if name == "db":
        return True
    return name in fixtures and any(
        needed != name and _writes(fixtures, needed) for needed in fixtures[name][-1].argnames
    )


def _stand(wanted: list[tuple[Play, tuple[str, ...]]]) -> None:
    shared = 0
    for level, (play, _needs) in zip(_levels[1:], wanted, strict=False):
        if level.play is not play:
            break
        shared += 1
    while len(_levels) > 1 + shared:
        _undo()
    if wanted and not _levels:
        _levels.append(_Level(None, {}, _enter()))
    for play, needs in wanted[shared:]:
        _play(play, needs)


def _play(play: Play, needs: tuple[str, ...]) -> None:
    found = copy.deepcopy(_levels[-1].found)
    by_name = {each.__name__: value for each, value in found.items()}
    savepoint = _enter()
    try:
        with time_machine.travel(cast.NOW, tick=False):
            found[play] = play(**{name: by_name.get(name) for name in needs})
    except BaseException:
        _leave(savepoint)
        raise
    _levels.append(_Level(play, found, savepoint))


def _enter() -> transaction.Atomic:
    savepoint: transaction.Atomic = transaction.atomic()
    savepoint.__enter__()
    return savepoint


def _undo() -> None:
    _leave(_levels.pop().savepoint)


def _leave(savepoint: transaction.Atomic) -> None:
    connection.needs_rollback = True
    savepoint.__exit__(None, None, None)

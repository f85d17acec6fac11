"""A real Chromium against a live server; each test has its own people in it."""

import os
from collections.abc import Iterator
from typing import Any
from zlib import crc32

import pytest
import time_machine
from django.db import connections
from playwright.sync_api import Browser, sync_playwright

from tests import cast
from tests.journeys.browser import ARGS, CHROMIUM, HOW_TO_GET_IT, People, Watch

_IN_BOTH = ("tests.journeys.test_vendor", "tests.journeys.test_sales")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/journeys/" in item.path.as_posix():
            item.add_marker("browser")
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason=HOW_TO_GET_IT))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a worker.

    Playwright keeps a loop running in this thread. Django takes that for being inside
    the loop: it has to be told not to mind, and takes another connection from here on.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    connections.close_all()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGS))
        yield chromium
        chromium.close()
        connections.close_all()


@pytest.fixture
def today() -> Iterator[Any]:
    """The cast's Monday, in the pages as well; time goes on from noon."""
    with time_machine.travel(cast.NOW, tick=True) as traveller:
        yield traveller


@pytest.fixture
def people(today: Any, browser: Browser, live_server: Any) -> Iterator[People]:
    """`people(acme_owner, "de")` signs someone in; at the end nothing may have gone wrong."""
    watch = Watch(home=live_server.url)
    present = People(browser, live_server.url, watch)
    yield present
    present.leave()
    assert not watch.troubles, "\n".join(watch.troubles)


@pytest.fixture
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The vendor's walk in both languages, every other journey in one of the two, in turns.

    That every text is German is held by `tests/german`; a soak walks all in both.
    """
    if "language" in metafunc.fixturenames:
        both = metafunc.config.getoption("--soak") or metafunc.module.__name__ in _IN_BOTH
        one = ("en", "de")[crc32(metafunc.function.__name__.encode()) % 2]
        metafunc.parametrize("language", ["en", "de"] if both else [one], indirect=True)

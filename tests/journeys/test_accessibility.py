"""No barrier on any page, in any state, light or dark; nothing to scroll sideways."""

from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest

from accounts.models import Membership
from subscriptions.models import SeatPool
from tests.journeys.browser import People, Person
from tests.journeys.states import SALES, SIGNED_OUT, STATES, State, furnish

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OURS = [*WCAG, "best-practice"]
# 320 pixels are 1280 at 400 %; 640 are 1280 at 200 %.
WIDTHS = (320, 640)


@pytest.fixture
def furnished(
    acme_owner: Membership, acme_admin: Membership, acme_agent: Membership,
    acme_end_user: Membership, suite_pool: SeatPool, sell_pool: SeatPool, initech_admin: Membership,
    initech_agent: Membership, globex_agent: Membership, stranger: Membership,
) -> None:  # fmt: skip
    furnish(suite_pool, sell_pool, acme_admin, initech_admin)


@pytest.mark.usefixtures("furnished")
@pytest.mark.parametrize("group", STATES)
def test_no_barrier_and_nothing_beyond_the_edge(
    people: People, request: pytest.FixtureRequest, group: str
) -> None:
    """WCAG 2.2 AA, in German, whose words are the longer ones."""
    _look_at_all(people, request, STATES[group], OURS)


def test_no_barrier_before_signing_in(
    people: People, request: pytest.FixtureRequest, settings: Any
) -> None:
    """And none among the components, which are shown to developers."""
    settings.DEBUG = True
    _look_at_all(people, request, SIGNED_OUT, OURS)


@pytest.mark.usefixtures("furnished")
def test_no_barrier_on_the_pages_of_sales(people: People, request: pytest.FixtureRequest) -> None:
    """Django's own pages, as far as they are ours."""
    _look_at_all(people, request, SALES, WCAG)


def _look_at_all(
    people: People, request: pytest.FixtureRequest, states: list[State], tags: list[str]
) -> None:
    """Each person comes once, and goes from state to state."""
    present: dict[str | None, Person] = {}
    found = []
    for state in states:
        if state.who not in present:
            who = request.getfixturevalue(state.who) if state.who else None
            present[state.who] = people(who, "de")
        found += [f"{state}: {trouble}" for trouble in _look(present[state.who], state, tags)]
    assert not found, "\n".join(found)


def _look(person: Person, state: State, tags: list[str]) -> list[str]:
    person.page.emulate_media(color_scheme="light")
    person.opens(state.path)
    state.then(person)
    person.waits()
    found = [*_barriers(person, {"type": "tag", "values": tags})]
    found += _beyond_the_edge(person)
    person.page.emulate_media(color_scheme="dark")
    # Colours that fade from one theme to the other are looked at when they have arrived.
    person.page.evaluate("document.getAnimations().forEach((fading) => fading.finish())")
    found += _barriers(person, {"type": "rule", "values": ["color-contrast"]})
    return found


def _barriers(person: Person, only: dict[str, Any]) -> list[str]:
    if not person.page.evaluate("'axe' in window"):
        person.page.evaluate(AXE)
    result = person.page.evaluate(
        # Preloading would try out the page's styles in a place its policy forbids.
        "(only) => axe.run({runOnly: only, resultTypes: ['violations'], preload: false})",
        only,
    )
    return [
        f"{violation['id']} at {node['target']}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]


def _beyond_the_edge(person: Person) -> list[str]:
    found = []
    for width in WIDTHS:
        person.page.set_viewport_size({"width": width, "height": 800})
        wide = person.page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{wide} pixels wide on {width}")
    person.page.set_viewport_size({"width": 1280, "height": 800})
    return found

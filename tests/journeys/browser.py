"""People at a browser: what they open, and what must never happen while they do."""

import re
import shutil
from dataclasses import dataclass, field
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import translation
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Request,
    Response,
    expect,
)

from accounts.models import Membership, User
from core.money import format_money

# The shell is the same browser without windows: half the time for the same pages.
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser"))),
    None,
)
HOW_TO_GET_IT = "needs Chromium on the PATH: apt-get install chromium-headless-shell, or chromium"
ARGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
}
# Refusals are pages with a 4xx status, which Chromium logs to the console.
_REFUSAL = tuple(f"responded with a status of {status}" for status in (403, 404, 409, 410, 422))
# Typing on aborts the previous request, which htmx logs to the console.
_TAKEN_BACK = ("htmx:sendAbort", "htmx:afterRequest")
# Milliseconds; generous, because the machine may be busy.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)
_LOCALES = {"en": "en-GB", "de": "de-DE"}
# Scripts run by the test are not bound by the page's policy; what the page does is.
_REPORT_VIOLATIONS = """
    document.addEventListener("securitypolicyviolation", (event) =>
        console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
"""


@dataclass
class Watch:
    """What went on behind the pages of one test."""

    home: str
    troubles: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.add_init_script(_REPORT_VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.troubles.append(f"script: {error.error}"))
        context.on("request", self._request)
        context.on("response", lambda response: self.responses.append(response))

    def _console(self, message: Any) -> None:
        if message.type != "error" or message.text.startswith(_TAKEN_BACK):
            return
        asset = "/static/" in message.location.get("url", "")
        if asset or not any(text in message.text for text in _REFUSAL):
            self.troubles.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        self.requests.append(request)
        if not request.url.startswith((f"{self.home}/", "data:", "about:")):
            self.troubles.append(f"another host: {request.url}")

    def htmx_requests(self) -> list[Request]:
        """The requests that htmx made, oldest first."""
        return [request for request in self.requests if "hx-request" in request.headers]


@dataclass
class Words:
    """What the pages say in one language, from the catalogue they are translated with."""

    language: str

    def __call__(self, text: str, **values: Any) -> str:
        with translation.override(self.language):
            said = translation.gettext(text)
        return said % values if values else said

    def many(self, one: str, more: str, number: int, **values: Any) -> str:
        with translation.override(self.language):
            return translation.ngettext(one, more, number) % {"number": number, **values}

    def meant(self, context: str, text: str) -> str:
        """A text that is translated by its context."""
        with translation.override(self.language):
            return translation.pgettext(context, text)

    def label(self, choice: Any) -> str:
        """The name of a role, a status or a kind."""
        with translation.override(self.language):
            return str(choice.label)

    def money(self, cents: int, currency: str = "EUR") -> str:
        with translation.override(self.language):
            return format_money(cents, currency)


@dataclass
class Person:
    """Someone in front of a page, who finds things by what they are called."""

    page: Page
    home: str
    t: Words

    def opens(self, path: str) -> Page:
        self.page.goto(f"{self.home}{path}")
        return self.page

    @property
    def path(self) -> str:
        """Where this person is, without the host."""
        return self.page.url.removeprefix(self.home)

    def is_on(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1, name=heading, exact=True)).to_be_visible()
        self.waits()

    def waits(self) -> None:
        """For the whole page and its scripts; a click waits for the first bytes only."""
        self.page.wait_for_load_state()

    def follows(self, link: str) -> None:
        self.page.get_by_role("main").get_by_role("link", name=link, exact=True).click()
        self.waits()

    def goes_to(self, entry: str) -> None:
        """By the navigation at the side."""
        name = self.t.meant("navigation", "Main")
        self.page.get_by_role("navigation", name=name).get_by_role("link", name=entry).click()
        self.waits()

    def presses(self, button: str) -> None:
        self.button(button).click()
        self.waits()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("main").get_by_role("button", name=name, exact=True)

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("main").get_by_role("link", name=name, exact=True)

    def field(self, label: str) -> Locator:
        """By its label; the number beside a pool adds what it counts: "Sell Growth: Seats"."""
        said = re.compile(rf"^\s*{re.escape(label)}(: .*)?\s*$")
        return self.page.get_by_role("main").get_by_label(said)

    def sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.get_by_role("main")).to_contain_text(text)

    def sees_no(self, text: str) -> None:
        expect(self.page.get_by_role("main")).not_to_contain_text(text)

    def hears(self, text: str) -> None:
        """In a region that a screen reader speaks by itself."""
        spoken = self.page.get_by_role("status").or_(self.page.get_by_role("alert"))
        expect(spoken.filter(has_text=text).first).to_be_visible()


@dataclass
class People:
    """Opens browsers for people; each has cookies of their own."""

    browser: Browser
    home: str
    watch: Watch
    contexts: list[BrowserContext] = field(default_factory=list)

    def __call__(
        self, who: Membership | User | None, language: str = "en", **options: Any
    ) -> Person:
        """A browser in which `who` is signed in; nobody, with None."""
        options.setdefault("viewport", {"width": 1280, "height": 800})
        context = self.browser.new_context(
            locale=_LOCALES[language], timezone_id="UTC", reduced_motion="reduce", **options
        )
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        self.watch.over(context)
        if who is not None:
            context.add_cookies([{"name": "sessionid", "value": _session(who), "url": self.home}])
        return Person(context.new_page(), self.home, Words(language))

    def leave(self) -> None:
        for context in self.contexts:
            context.close()


def _session(who: Membership | User) -> str:
    client = Client()
    client.force_login(
        who.user if isinstance(who, Membership) else who,
        backend="django.contrib.auth.backends.ModelBackend",
    )
    session = client.session
    assert isinstance(session, SessionStore)
    return str(session.session_key)

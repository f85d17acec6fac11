"""The doors to the actions, pages, admin and API, and what somebody refused is told at each."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from accounts.api.ids import MEMBER
from accounts.models import Membership, User
from core.api.ids import public_id
from core.errors import Refusal
from subscriptions.api.ids import POOL
from tests import keys
from tests.subscriptions.views.pages import text
from tests.world import Home, World

_FACT = re.compile(r"%\(\w+\)[sd]")


@dataclass(frozen=True)
class Answer:
    """An answer: what a person reads, and for a program the code."""

    status: int
    text: str
    code: str = ""

    def sentence_of(self, refusal: Refusal) -> str:
        """The refusal's sentence in it, with its facts, in the current language; "" without."""
        first, *others = [re.escape(piece) for piece in _FACT.split(str(refusal.sentence))]
        # Of a fact that begins the sentence, the last word: the page has words before it.
        pattern = ".+?".join([first or r"(?<!\S)\S+" + others.pop(0), *others])
        # From every place where it may begin, the nearest end.
        return min(re.findall(f"(?=({pattern}))", self.text), key=len, default="")


@dataclass(frozen=True)
class Doors:
    """Everyone of one account, who speaks one language, at any door."""

    world: World
    home: Home
    language: str

    def page(self, who: str, address: str, /, *args: Any, **fields: Any) -> Answer:
        """Send the form of a page of the account."""
        url = reverse(address, args=[self.home.account.slug, *args])
        return self._answer_to(self._browser(who), url, fields)

    def person(self, who: str, action: str, whom: str, /, **fields: Any) -> Answer:
        """Press a button on a person's page."""
        return self.page(who, "member_action", self.member(whom).pk, action, **fields)

    def admin(self, who: str, address: str, /, *args: Any, **fields: Any) -> Answer:
        """Send a form of Django admin."""
        return self._answer_to(self._browser(who), reverse(f"admin:{address}", args=args), fields)

    def api(self, who: str, method: str, address: str, body: Any = None, **headers: str) -> Answer:
        """Ask with a token that this person made, with every scope."""
        _row, key = keys.token(self.member(who))
        program = keys.Program(key, language=self.language)
        once = {"Idempotency_Key": uuid4().hex, **headers}
        answer = program.send(method, address, body, **once)
        said = answer.json()
        by_field = [f"{each['code']} {each['detail']}" for each in said.get("errors", [])]
        return Answer(answer.status_code, " ".join([said["detail"], *by_field]), said["code"])

    def program(self, who: str, action: str, whom: str, body: Any = None) -> Answer:
        """Do something to a person through the API."""
        return self.api(who, "POST", f"members/{self.id_of(whom)}/{action}", body)

    def user(self, who: str) -> User:
        """A member of the account, or one of the vendor's people."""
        known = self.world.users.get(who) or self.member(who).user
        return User.objects.get(pk=known.pk)

    def member(self, who: str) -> Membership:
        return self.home.target if who == "target" else self.home.people[who]

    def id_of(self, who: str) -> str:
        return public_id(MEMBER, self.member(who).pk)

    @property
    def pool_id(self) -> str:
        return public_id(POOL, self.home.pool.pk)

    def _browser(self, who: str) -> Client:
        """Signed in now: what is tried may change a password."""
        client, user = Client(headers={"Accept-Language": self.language}), self.user(who)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    def _answer_to(self, browser: Client, url: str, fields: dict[str, Any]) -> Answer:
        answer = browser.post(url, fields)
        if answer.status_code == 302:
            # A button without a form of its own: the next page says it.
            return Answer(0, text(browser.get(answer["Location"])))
        return Answer(answer.status_code, text(answer))


Try = Callable[[Doors], Answer]

"""docs/api.md as a new user would try it: every example, in a shell, against a fresh demo."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.receiver import Receiver, receiver
from tools.demo_server import served_demo

pytestmark = pytest.mark.any_database

WALK = Path(__file__).resolve().parent.parent / "docs" / "api.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What is different every time.
CHANGING = (
    (re.compile(r"\d{4}-\d\d-\d\d(T[\d:.]+Z)?"), "<day>"),
    (re.compile(r"http://127\.0\.0\.1:\d+"), "<host>"),
    (re.compile(r'^ETag: ".*"$', re.MULTILINE), 'ETag: "…"'),
    (re.compile(r"r=\d+;t=\d+"), "r=…;t=…"),
    # What a day's price is made from.
    (re.compile(r'"(charged_cents|cents|days_left|of_days)":\s*\d+'), r'"\1":0'),
    (re.compile(r'"fingerprint":\s*"\w+"'), '"fingerprint":"…"'),
    # How much has happened in the demo depends on the day.
    (re.compile(r'"(event|message_id)":\s*"evt_\w+"'), r'"\1":"…"'),
    (re.compile(r'"secret":\s*"whsec_[^"]+"'), '"secret":"…"'),
)
# The keys that the reader makes on the pages.
KEYS = """
from accounts.models import Membership
from subscriptions.models import Product
from tests.keys import FOR_GOOD, product_key, token
print(token(Membership.objects.get(user__email="owner@acme.example"), days=FOR_GOOD)[1])
print(product_key(Product.objects.get(name="Support"))[1])
"""
# Where the reader's own program listens.
HOOK = "http://127.0.0.1:9000"
END = "--end of the example--"


@dataclass(frozen=True)
class Example:
    """Lines for the shell, and what the document says that they print."""

    command: str
    language: str
    answer: str


def examples() -> Iterator[Example]:
    blocks = BLOCK.findall(WALK.read_text(encoding="utf-8"))
    for (language, command), (answers, answer) in pairwise(blocks):
        if language == "sh" and "curl" in command:
            yield Example(command, answers, answer)


EXAMPLES = list(examples())


def same(text: str) -> str:
    for changing, instead in CHANGING:
        text = changing.sub(instead, text)
    return text


@pytest.fixture(scope="module")
def told() -> Iterator[Receiver]:
    """The reader's own program, which a webhook of the walk tells what happens."""
    with receiver() as found:
        yield found


@pytest.fixture(scope="module")
def said(told: Receiver) -> list[str]:
    """What each example printed, one after the other in one shell."""
    if shutil.which("curl") is None:
        pytest.skip("needs curl on the PATH, for example: apt-get install curl")
    with served_demo(outbox="embedded") as demo:
        token, product_key = demo.manage("shell", "--verbosity", "0", "-c", KEYS).split()
        names = {"SEATS": demo.address, "TOKEN": token, "PRODUCT_KEY": product_key}
        script = f"\necho; echo '{END}'\n".join(example.command for example in EXAMPLES)
        script = script.replace(HOOK, told.url.removesuffix("/hook"))
        done = subprocess.run(
            ["/bin/sh", "-eu", "-c", script], env={**demo.env, **names},
            capture_output=True, text=True, check=True, timeout=300,
        )  # fmt: skip
    return done.stdout.split(END)


def test_it_has_an_answer_to_every_example() -> None:
    assert len(EXAMPLES) > 8
    assert {example.language for example in EXAMPLES} == {"json", "http"}
    commands = [text for kind, text in BLOCK.findall(WALK.read_text()) if kind == "sh"]
    assert len([text for text in commands if "curl" in text]) == len(EXAMPLES)


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_answers_as_the_document_says(number: int, said: list[str]) -> None:
    example, printed = EXAMPLES[number], same(said[number].replace("\r", ""))
    if example.language == "json":
        assert json.loads(printed) == json.loads(same(example.answer))
    else:
        head: Any = printed.strip().partition("\n\n")[0].splitlines()
        status, *headers = same(example.answer).splitlines()
        assert head[0] == status
        assert set(headers) <= set(head)


def test_the_webhook_says_what_the_document_says_and_is_checked_as_it_says(
    said: list[str], told: Receiver
) -> None:
    blocks = BLOCK.findall(WALK.read_text(encoding="utf-8"))
    [(_sh, before), *_rest] = [b for b in blocks if "Anton Weiss-Berger" in b[1]]
    [check] = [text for kind, text in blocks if kind == "python"]
    arrives = blocks[blocks.index(("sh", before)) + 2]
    names: dict[str, Any] = {}
    exec(check, names)
    made = json.loads(said[[e.command for e in EXAMPLES].index(_adding())])
    [received] = told.received
    read = names["read"](made["secret"], received.headers, received.body)
    assert json.loads(same(json.dumps(read))) == json.loads(same(arrives[1]))


def _adding() -> str:
    [command] = [each.command for each in EXAMPLES if HOOK in each.command]
    return command

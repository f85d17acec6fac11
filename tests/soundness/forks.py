"""Processes that are killed at a moment of the test's choice.

A module that works until it is killed runs as a program of its own, `serve(work)`: for each
line "<seed> <milliseconds>" a fork of it works and is killed so many milliseconds after it
first told something. Forked instead of restarted, because Django takes a second to load.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.concurrency.served import database_url

Tell = Callable[[str], object]


class Doomed:
    """A program of forks, as the test sees it."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def kill_one(self, seed: int, milliseconds: int) -> list[str]:
        """Let one work, kill it, and return what it had told by then."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{seed} {milliseconds}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the worker could not work"
        return answer.strip().split(";")


@contextmanager
def doomed(module: str, **environment: str) -> Iterator[Doomed]:
    """A running program on this test's database."""
    settings = {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "seatadmin.settings"}
    process = subprocess.Popen(
        [sys.executable, "-m", module],
        env={**os.environ, **settings, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield Doomed(process)
        assert process.stdin
        process.stdin.close()


def serve(work: Callable[[int, Tell], None]) -> None:
    """The program: kill one fork for each line of the standard input."""
    for line in sys.stdin:
        seed, milliseconds = line.split()
        sys.stdout.write(";".join(_kill_one(work, int(seed), int(milliseconds))) + "\n")
        sys.stdout.flush()


def _kill_one(work: Callable[[int, Tell], None], seed: int, milliseconds: int) -> list[str]:
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        work(seed, lambda said: os.write(writing, f"{said}\n".encode()))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        first = told.readline()
        time.sleep(milliseconds / 1000)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            raise RuntimeError("The worker died by itself, see above.")
        return (first + told.read()).splitlines()

"""A worker that delivers the outbox until it is killed: see tests/soundness/forks.py."""

import django

if __name__ == "__main__":
    django.setup()

from core.worker import Worker
from tests.soundness.forks import Tell, serve


def work(_seed: int, tell: Tell) -> None:
    worker = Worker()
    tell("begun")
    worker.start()
    worker.wait()


if __name__ == "__main__":
    serve(work)

"""The worker: threads for each channel, so that a hanging mail server holds up nothing else."""

import atexit
import logging
import threading
from collections.abc import Callable
from typing import Any

from django.db import connections
from django.utils import timezone

from core import outbox, purges

logger = logging.getLogger(__name__)

POLL, MAX_PAUSE, HOUR = 1.0, 60.0, 3600.0  # seconds


class Worker:
    def __init__(self, poll: float = POLL) -> None:
        self._poll = poll
        self._stop = threading.Event()
        self._threads = [self._thread(self._purge)]
        self._threads += [self._thread(self._fill, fill) for fill in outbox.fillers()]
        for channel in outbox.channels():
            self._threads += [self._thread(self._deliver, channel) for _ in range(channel.threads)]

    def _thread(self, work: Callable[..., None], *args: Any) -> threading.Thread:
        names = [getattr(each, "name", "") or each.__name__ for each in args]
        name = "-".join(["outbox", *names])
        return threading.Thread(target=work, args=args, name=name, daemon=True)

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def ask_to_stop(self, *_signal: object) -> None:
        self._stop.set()

    def wait(self, seconds: float | None = None) -> None:
        """Until what was being delivered when it was asked to stop is done."""
        for thread in self._threads:
            thread.join(seconds)

    def _deliver(self, channel: outbox.OutboxChannel) -> None:
        pause = self._poll
        while not self._stop.is_set():
            try:
                if outbox.deliver_one(channel):
                    pause = self._poll
                    continue
                pause = self._poll
                channel.rest()
            except outbox.UnreachableError:
                pause = min(pause * 2, MAX_PAUSE)
            except Exception:
                self._cannot_read()
                pause = min(pause * 2, MAX_PAUSE)
            self._stop.wait(pause)
        channel.rest()
        connections.close_all()

    def _fill(self, fill: Callable[[], int]) -> None:
        pause = self._poll
        while not self._stop.is_set():
            try:
                if fill():
                    continue
                pause = self._poll
            except Exception:
                self._cannot_read()
                pause = min(pause * 2, MAX_PAUSE)
            self._stop.wait(pause)
        connections.close_all()

    def _purge(self) -> None:
        while not self._stop.is_set():
            try:
                purges.purge(at=timezone.now())
            except Exception:
                self._cannot_read()
            # Not for an hour would anyone need this connection.
            connections.close_all()
            self._stop.wait(HOUR)

    def _cannot_read(self) -> None:
        # The database is away, or is being migrated: a worker outlives that.
        logger.exception("The outbox cannot be read")
        connections.close_all()


def embed(*, seconds_to_end: float) -> Worker:
    """Deliver from inside the serving process, where no worker is started beside it."""
    worker = Worker()
    worker.start()

    def end() -> None:
        worker.ask_to_stop()
        worker.wait(seconds_to_end)

    atexit.register(end)
    return worker

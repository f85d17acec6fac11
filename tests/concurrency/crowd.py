"""Many people at once, each on a connection of their own."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import TracebackType
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import connections

Job = Callable[[], Any]
DONE = "done"


class Crowd:
    """People who wait for each other and then all act at the same moment.

    Threads and their connections are kept from round to round.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._start = Barrier(size)
        self._threads = ThreadPoolExecutor(size)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # One per thread: each waits at the barrier, so no thread gets two.
        self.race([connections.close_all] * self.size)
        self._threads.shutdown()

    def race(self, jobs: Sequence[Job]) -> list[Any]:
        """The result or refusal of each job; any other exception is raised."""
        assert len(jobs) <= self.size
        idle: list[Job] = [lambda: None] * (self.size - len(jobs))
        futures = [self._threads.submit(self._one, job) for job in [*jobs, *idle]]
        return [future.result() for future in futures][: len(jobs)]

    def _one(self, job: Job) -> Any:
        self._start.wait(60)
        try:
            return job()
        except ValidationError as refusal:
            return refusal


def tally(results: Iterable[Any]) -> Counter[str]:
    """How many succeeded, and how many were refused, by code."""
    return Counter(
        str(result.code) if isinstance(result, ValidationError) else DONE for result in results
    )

"""What was measured one way in one round, and the table that compares the ways."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass
class Measured:
    """Milliseconds of each thing done one way in one round, and how long the round took."""

    latencies: Sequence[float]
    seconds: float

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, of_a_hundred: int) -> float:
        return statistics.quantiles(self.latencies, n=100)[of_a_hundred - 1]


def table(heading: str, things: str, base: str, found: Mapping[str, Sequence[Measured]]) -> str:
    """Medians over the rounds; the ratios are to the first way in the same round."""
    lines = [
        f"| {heading} | {things}/s | of {base} | median ms | p99 ms | p99 of {base} |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    first = next(iter(found.values()))
    return "\n".join([*lines, *(_line(name, way, first) for name, way in found.items())])


def _line(name: str, way: Sequence[Measured], first: Sequence[Measured]) -> str:
    per_second, middle, slowest = (
        statistics.median(values)
        for values in (
            [one.per_second for one in way],
            [one.percentile(50) for one in way],
            [one.percentile(99) for one in way],
        )
    )
    rounds = list(zip(way, first, strict=True))
    share = statistics.median(one.per_second / base.per_second for one, base in rounds)
    times = statistics.median(one.percentile(99) / base.percentile(99) for one, base in rounds)
    taken = f"{middle:.2f} | {slowest:.2f} | × {times:.2f}"
    return f"| {name} | {per_second:,.0f} | {share:.0%} | {taken} |"

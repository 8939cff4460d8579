"""Comparisons: several subjects do the same, by turns, in one run.

A time by itself says more about the machine than about the subject. So each round samples every
subject, and what is told is how many times as long the first takes as each of the others. What one
leaves behind, a process that ends or caches that it has emptied, the next has to bear: they take
turns in who comes after whom.
"""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

WARM_UP = 3
"""Rounds that come first and do not count."""


def nothing() -> None:
    """Done before and after what is timed, where there is nothing to do."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One of those that are compared.

    :param run: what is timed.
    :param before: makes ready for it; not timed.
    :param after: waits for what is left of it; not timed.
    """

    name: str
    run: Callable[[], object]
    before: Callable[[], object] = nothing
    after: Callable[[], object] = nothing


@dataclass(frozen=True, slots=True)
class Table:
    """What was measured of each subject, in `unit`; the first is compared with the others."""

    title: str
    unit: str
    samples: Mapping[str, Sequence[float]]

    def lines(self) -> list[str]:
        """As it is shown; `ratio` and `more` are the first one's median against the line's."""
        own = statistics.median(next(iter(self.samples.values())))
        head = f"{self.title} [{self.unit}]"
        lines = [f"{head:54}{'least':>10}{'median':>10}{'p95':>10}{'ratio':>10}{'more':>10}"]
        for number, (name, samples) in enumerate(self.samples.items()):
            median = statistics.median(samples)
            told = (min(samples), median, percentile(samples, 95))
            line = f"  {name:52}" + "".join(f"{_number(each):>10}" for each in told)
            if number:
                ratio = own / median if median else float("inf")
                line += f"{_number(ratio):>9}x{_number(own - median, sign='+'):>10}"
            lines.append(line)
        return lines


@dataclass(slots=True)
class Comparison:
    """Runs a comparison with pytest-benchmark, and keeps the tables for the end of the run.

    :param benchmark: pytest-benchmark's fixture, which times the first subject.
    """

    benchmark: Any
    tables: list[Table]
    _samples: dict[str, list[float]] = field(default_factory=dict[str, list[float]])

    def run(
        self, title: str, first: Subject, *others: Subject, rounds: int, per_sample: int = 1
    ) -> None:
        """Time all of them, `rounds` times by turns.

        :param per_sample: how many of what is compared one sample holds; what is told is one's.
        """
        self._samples = {each.name: [] for each in (first, *others)}
        line = deque(others)

        def those_before() -> None:
            line.rotate()
            for other in line:
                other.before()
                self._timed(other)
                other.after()
            first.before()

        self.benchmark.pedantic(
            lambda: self._timed(first),
            setup=those_before,
            teardown=first.after,
            rounds=rounds,
            warmup_rounds=WARM_UP,
        )
        self.benchmark.group = title
        self.tell(
            title,
            "ms",
            {
                name: [1000 * sample / per_sample for sample in samples[WARM_UP:]]
                for name, samples in self._samples.items()
            },
        )

    def tell(self, title: str, unit: str, samples: Mapping[str, Sequence[float]]) -> None:
        """Show something else that was measured, the first subject's first."""
        table = Table(title, unit, samples)
        self.tables.append(table)
        self.benchmark.extra_info[f"{title} [{unit}]"] = {
            name: {"median": statistics.median(each), "p95": percentile(each, 95)}
            for name, each in samples.items()
        }

    def _timed(self, subject: Subject) -> None:
        started = time.perf_counter()
        subject.run()
        self._samples[subject.name].append(time.perf_counter() - started)


def percentile(samples: Sequence[float], percent: int) -> float:
    """The sample that so many percent do not exceed."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def _number(value: float, *, sign: str = "") -> str:
    digits = 1 if abs(value) >= 100 else 2 if abs(value) >= 1 else 4
    return f"{value:{sign}.{digits}f}"

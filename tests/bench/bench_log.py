"""A log of 50 MB with a traceback in it, read for failures: compared with reading its lines once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.comparing import Comparison, Subject
from claude_sidecar.debugging.failures import read_symptom

SIZE = 50 * 1024 * 1024
_SAMPLES = Path(__file__).parent.parent / "unit" / "debugging" / "samples"
_LINE = (
    "2026-05-04 10:11:12,131 INFO shop.cart: added line {} of cart 4711 at /srv/shop/cart.py:12\n"
)
_TRACEBACK = (_SAMPLES / "python_chained.txt").read_text(encoding="utf-8")


def _quiet() -> str:
    """A log with nothing in it but one traceback, in the middle."""
    lines = "".join(_LINE.format(number) for number in range(10_000))
    half = lines * (SIZE // 2 // len(lines) + 1)
    return f"{half}{_TRACEBACK}\n{half}"


def _busy() -> str:
    """A log of a service that fails all the time: mostly tracebacks of several languages."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(_SAMPLES.glob("*.txt"))]
    part = "\n".join(f"{text}\n{_LINE.format(0) * 20}" for text in texts)
    return part * (SIZE // 4 // len(part) + 1) + _TRACEBACK


@pytest.mark.parametrize(("name", "make"), [("one traceback", _quiet), ("many", _busy)])
def test_log(comparison: Comparison, name: str, make: Callable[[], str]) -> None:
    text = make()
    any_frame = re.compile(r'File "|    at |\tat |goroutine |panicked at ')

    def read() -> None:
        assert read_symptom(text).main is not None

    def scan() -> None:
        assert sum(1 for line in text.splitlines() if any_frame.search(line)) > 0

    comparison.run(
        f"log of {len(text) / 1024 / 1024:.0f} MB, {name}",
        Subject("read for failures", read),
        Subject("each line, one pattern", scan),
        rounds=3,
    )

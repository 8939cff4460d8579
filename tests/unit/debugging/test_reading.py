"""No input makes a parser raise, or take more than linear time."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claude_sidecar.debugging.failures import read_symptom
from claude_sidecar.debugging.formats import FORMATS
from claude_sidecar.debugging.lines import LINE_LIMIT, Reader
from claude_sidecar.debugging.reading import read_all

TEXTS = {
    path.stem: path.read_text(encoding="utf-8")
    for path in sorted(Path(__file__).with_name("samples").glob("*.txt"))
}
LINES = sorted({line for text in TEXTS.values() for line in text.splitlines()})
PIECES = st.one_of(st.sampled_from(LINES), st.text(max_size=60), st.just(""))


@given(st.text())
def test_any_text(text: str) -> None:
    read_symptom(text)


@given(st.lists(PIECES, max_size=40).map("\n".join))
def test_lines_of_tracebacks_in_any_order(text: str) -> None:
    symptom = read_symptom(text)
    for failure in symptom.failures:
        assert 0 <= failure.start <= failure.end <= len(symptom.text)


@given(st.sampled_from(sorted(TEXTS)), st.data())
def test_a_traceback_that_is_cut_and_spoiled(name: str, data: st.DataObject) -> None:
    text = TEXTS[name]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    spoiled = text[:start] + data.draw(st.text(max_size=20)) + text[end:]
    read_symptom(spoiled)


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.read.__module__.rpartition(".")[2])
@given(st.lists(PIECES, min_size=1, max_size=20).map("\n".join), st.integers(0, 400))
def test_each_parser_reads_from_any_line(form: object, text: str, at: int) -> None:
    form.read(Reader(text, min(at, len(text))))  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_the_work_grows_as_the_text_does(name: str) -> None:
    part = TEXTS[name] + "\n"
    less = _calls(lambda: read_all(part * 8, FORMATS))
    more = _calls(lambda: read_all(part * 16, FORMATS))
    assert more <= 2.2 * less + 2000


@pytest.mark.parametrize("word", sorted({word for form in FORMATS for word in form.words}))
def test_no_line_takes_long(word: str) -> None:
    """Patterns that try again and again would take seconds, or years, on one of these lines."""
    for unit in (
        "a",
        "a.",
        " ",
        "a b ",
        ":1",
        ":1:1 ",
        "(",
        "'",
        "at ",
        "a:",
        "\\",
        "in ",
        "=",
        "[",
    ):
        for end in ("", ":", ")", "!"):
            line = f"{word.strip(chr(10))}{unit * LINE_LIMIT}"[:LINE_LIMIT] + end
            started = time.process_time()
            read_symptom(f"\n{line}\n{word}{line}\n")
            assert time.process_time() - started < 1.0, (unit, end)


def _calls(run: Callable[[], object]) -> int:
    """How many functions are called; time would depend on what else the machine does."""
    count = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(before)
    return count

"""Every sample is read as the file beside it says.

Samples are real output of real programs, as it was printed. What is expected of one is the failure
that the text is about: its kind and title, the first of its frames that do not say of themselves that
they are a library's, and what it is related to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from claude_sidecar.debugging.failures import read_symptom
from claude_sidecar.debugging.model import Failure

SAMPLES = Path(__file__).with_name("samples")
NAMES = sorted(path.stem for path in SAMPLES.glob("*.txt"))


def _relations(failure: Failure) -> Iterator[str]:
    for each in failure.related:
        yield f"{each.relation}: {each.failure.title or each.failure.thread}"
        yield from _relations(each.failure)


def test_every_expectation_has_a_sample() -> None:
    assert len(NAMES) > 60
    assert sorted(path.stem for path in SAMPLES.glob("*.json")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_sample(name: str) -> None:
    text = (SAMPLES / f"{name}.txt").read_text(encoding="utf-8")
    failure = read_symptom(text).main
    assert failure is not None
    frames = [
        f"{frame.function or '-'} {frame.file}:{frame.line}"
        for frame in failure.frames
        if not frame.library
    ]
    expected = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    assert expected == {
        "kind": failure.kind,
        "title": failure.title,
        "frames": frames[:3],
        "related": list(_relations(failure)),
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_read_within_other_output_too(name: str) -> None:
    text = (SAMPLES / f"{name}.txt").read_text(encoding="utf-8")
    around = "2026-05-04 10:11:12,131 INFO shop: a line of a log\n" * 50
    alone, inside = read_symptom(text).main, read_symptom(f"{around}{text}\n{around}").main
    assert alone is not None
    assert inside is not None
    assert (inside.title, inside.frames) == (alone.title, alone.frames)


def test_windows_line_ends_change_nothing() -> None:
    text = (SAMPLES / "python_chained.txt").read_text(encoding="utf-8")
    assert read_symptom(text.replace("\n", "\r\n")) == read_symptom(text)


def test_arguments_and_locals_are_taken_along() -> None:
    long = read_symptom((SAMPLES / "pytest_long.txt").read_text(encoding="utf-8")).main
    full = read_symptom((SAMPLES / "gdb_full.txt").read_text(encoding="utf-8")).main
    assert long is not None
    assert full is not None
    assert [(each.name, each.value) for each in long.frames[0].variables] == [("values", "[]")]
    assert [each.name for each in full.frames[1].variables] == ["lines", "count", "i", "sum"]


def test_the_same_failure_is_counted_and_the_last_place_kept() -> None:
    once = (SAMPLES / "python_plain.txt").read_text(encoding="utf-8")
    symptom = read_symptom(f"{once}\n" * 30)
    (failure,) = symptom.failures
    assert failure.times == 30
    assert symptom.text.count("\n", failure.start) <= once.count("\n") + 1


def test_no_failure_is_seen_where_there_is_none() -> None:
    plain = (
        "12 passed in 0.1s\nLook at this: see File 3 at noon (a:1)\n#0 is the first\npanic: not\n"
    )
    assert read_symptom(plain).failures == ()
    assert read_symptom("").main is None

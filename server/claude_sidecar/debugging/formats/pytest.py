"""pytest: what a failed test left behind, in the forms long, short, native and line.

A report has one entry for each failed test, between rulers that name it. In the long form a frame's
place stands below its code, and its arguments above; in the short form the place stands above.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from claude_sidecar.debugging.formats import python
from claude_sidecar.debugging.lines import Reader
from claude_sidecar.debugging.model import Failure, Frame, Related, Relation, Variable
from claude_sidecar.debugging.reading import limited, message_of

NAME: Final = "pytest"
WORDS: Final = ("= FAILURES =", "= ERRORS =", "\nE   ", "\nFAILED ", "\nERROR ")

_ENTRY = re.compile(r"_+ (?!_)(\S.*?) _+$")
_CAPTURED = re.compile(r"-{3,} (?:Captured|generated xml|live log)")
_BETWEEN = re.compile(r"(?:_ ){8,}_?$")
_PLACE = re.compile(r"(\S(?:.*\S)?):(\d{1,9}): ?(.*)$")
_DEFINED = re.compile(r"\s*(?:async )?def ([^\W\d]\w*)")
_VARIABLE = re.compile(r"([^\W\d]\w*)\s+= (.*)$")
_ANOTHER = re.compile(r", (?=[^\W\d]\w{0,80} = )")
_SUMMARY = re.compile(r"(?:FAILED|ERROR) ([^\s:]\S*?\.py)(?:::(\S+))?(?: - (.*))?$")
_CHAINS: dict[str, Relation] = {
    "The above exception was the direct cause of the following exception:": "caused by",
    "During handling of the above exception, another exception occurred:": "while handling",
}
_LINES = 20_000
"""Of one report; a report is read once, so this bounds memory, not time."""


def read(reader: Reader) -> Sequence[Failure]:
    """The failed tests of a report, or of the part of one that was pasted."""
    line = reader.line or ""
    if "= FAILURES =" in line or "= ERRORS =" in line:
        reader.advance()
        return list(_entries(reader))
    if line.startswith("E "):
        return list(_pasted(reader))
    return list(_summary(reader))


def _entries(reader: Reader) -> Iterator[Failure]:
    """From behind the section's head to the head of another."""
    entry = _Entry(reader.position)
    for _ in range(_LINES):
        line = reader.line
        if line is None or line.startswith("====="):
            break
        if ruler := _ENTRY.match(line):
            yield from entry.failures(reader.position)
            entry = _Entry(reader.position, ruler[1].removeprefix("ERROR collecting "))
            reader.advance()
        else:
            entry.take(reader)
    yield from entry.failures(reader.position)
    # The list of names below tells the same once more.
    while (line := reader.line) is not None and (
        line.startswith(("====", "FAILED ", "ERROR "))
        and "= ERRORS =" not in line
        and "= FAILURES =" not in line
    ):
        reader.advance()


def _pasted(reader: Reader) -> Iterator[Failure]:
    """From the nearest ruler above, or from what else is likely to be the entry's beginning."""
    name = None
    begin = reader.start
    for position, line in reader.above():
        if ruler := _ENTRY.match(line):
            name = ruler[1]
            break
        if line.startswith("====="):
            break
        begin = position
    reader.rewind(begin)
    entry = _Entry(begin, name)
    for _ in range(_LINES):
        line = reader.line
        if line is None or line.startswith("=====") or _ENTRY.match(line):
            break
        entry.take(reader)
    yield from entry.failures(reader.position)


def _summary(reader: Reader) -> Iterator[Failure]:
    """`FAILED test_a.py::test_b - AssertionError: ...`, where that is all there is."""
    while matched := _SUMMARY.match(reader.line or ""):
        start = reader.position
        reader.advance()
        type_, message = python.exception_of(matched[3] or "") or (None, matched[3] or "")
        frame = Frame((matched[2] or "").rpartition("::")[2] or None, matched[1])
        yield Failure(
            python.NAME, "test", type_, message, (frame,), test=matched[2] or matched[1],
            start=start, end=reader.position,
        )  # fmt: skip


@dataclass(slots=True)
class _Piece:
    """One exception of an entry; frames are gathered the outermost first."""

    frames: list[Frame] = field(default_factory=list[Frame])
    said: list[str] = field(default_factory=list[str])
    type: str | None = None


def _variables(line: str) -> Iterator[Variable]:
    """`name = value`, or several with commas between."""
    for part in _ANOTHER.split(line):
        if matched := _VARIABLE.match(part):
            yield Variable(matched[1], matched[2].strip())


class _Entry:
    """One failed test, line by line."""

    def __init__(self, start: int, test: str | None = None) -> None:
        self._start = start
        self._test = test
        self._piece = _Piece()
        self._chain: list[tuple[_Piece, Relation]] = []
        self._native: list[Failure] = []
        self._lines: list[tuple[Frame, str]] = []
        self._captured = False
        self._new_frame()

    def take(self, reader: Reader) -> None:
        """Take the line, or more where a whole traceback stands there."""
        line = reader.line or ""
        if "Traceback (most recent call last):" in line and not self._captured:
            native = python.read(reader)
            self._native.extend(native)
            if native:
                return
        reader.advance()
        if _CAPTURED.match(line):
            self._captured = True
        if not self._captured:
            self._sort(line)

    def _sort(self, line: str) -> None:
        if line.startswith("E") and line[1:2] in (" ", ""):
            self._error(line[1:])
        elif relation := _CHAINS.get(line.strip()):
            self._chain.append((self._piece, relation))
            self._piece = _Piece()
            self._new_frame()
        elif _BETWEEN.match(line):
            self._new_frame()
        elif line.startswith(">"):
            self._code = line[1:].strip()
        elif line[:1] in (" ", "\t"):
            self._indented(line)
        elif placed := _PLACE.match(line):
            self._place(placed[1], int(placed[2]), placed[3].strip())
        elif _VARIABLE.match(line):
            self._variables.extend(_variables(line))

    def _indented(self, line: str) -> None:
        frames = self._piece.frames
        if defined := _DEFINED.match(line):
            self._function = self._function or defined[1]
        elif self._short and frames and frames[-1].code is None:
            frames[-1] = replace(frames[-1], code=line.strip())

    def _error(self, told: str) -> None:
        said = told.strip()
        frame = re.match(r'File "([^"]+)", line (\d{1,9})$', said)
        if frame is not None:  # a SyntaxError's own place
            self._piece.frames.append(Frame(None, frame[1], int(frame[2])))
        self._piece.said.append(told[3:] if told.startswith("   ") else said)

    def _place(self, file: str, line: int, rest: str) -> None:
        if rest.startswith("in "):
            self._short = True
            self._piece.frames.append(Frame(rest[3:], file, line))
            return
        if ": " in rest or (rest and not self._piece.said):  # the form `line`
            self._lines.append((Frame(None, file, line), rest))
            self._piece, self._chain = _Piece(), []
            return
        self._piece.frames.append(
            Frame(self._function, file, line, None, self._code, tuple(self._variables))
        )
        self._piece.type = rest or None
        self._new_frame()

    def _new_frame(self) -> None:
        self._function: str | None = None
        self._code: str | None = None
        self._variables: list[Variable] = []
        self._short = False

    def failures(self, end: int) -> Iterator[Failure]:
        """What the entry came to."""
        failure: Failure | None = None
        before: Relation = "while handling"
        pieces: list[tuple[_Piece, Relation]] = [*self._chain, (self._piece, "while handling")]
        for piece, relation in pieces:
            if piece.frames or piece.said:
                one = self._failure(piece)
                if failure is not None:
                    one = replace(one, related=(Related(before, failure),))
                failure = one
            before = relation
        if failure is not None:
            yield replace(failure, end=end)
        for native in self._native if failure is None else ():
            yield replace(native, kind="test", test=self._test, start=self._start, end=end)
        for frame, rest in self._lines:
            type_, message = python.exception_of(rest) or (None, rest)
            yield Failure(python.NAME, "test", type_, message, (frame,), start=self._start, end=end)

    def _failure(self, piece: _Piece) -> Failure:
        first = piece.said[0].strip() if piece.said else ""
        told = next((line for line in piece.said if python.exception_of(line.strip())), first)
        type_, message = python.exception_of(told.strip()) or (piece.type, first)
        if type_ == "assert":
            type_, message = None, first
        rest = piece.said[piece.said.index(told) + 1 :] if told in piece.said else []
        kept, omitted = limited(piece.frames[::-1])
        return Failure(
            python.NAME, "test", type_ or piece.type, message_of([message, *rest]), kept,
            omitted=omitted, test=self._test, start=self._start,
        )  # fmt: skip

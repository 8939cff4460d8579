"""JavaScript: errors of V8 (Node, Chrome, Deno, Bun) and of Firefox and Safari.

Test runners (Jest, Mocha, Vitest, `node --test`) show the same frames below a head of their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from claude_sidecar.debugging.lines import Lines, Reader
from claude_sidecar.debugging.model import Failure, Frame, Related
from claude_sidecar.debugging.reading import limited, message_of

NAME: Final = "JavaScript"
_ARROW: Final = "\u276f "  # how Vitest points at a frame
WORDS: Final = (
    "    at ",
    "\n\u276f ",
    " \u276f ",
    "@http://",
    "@https://",
    "@file://",
    "@webpack",
    "stack: |-",
)

_PLACE = re.compile(r"(.+?):(\d{1,9})(?::(\d{1,9}))?$")
_ERROR = re.compile(
    r"(?:Uncaught )?(?:\(in promise\) )?(?<![\w$.])((?:[\w$]+\.)*[A-Z][\w$]*(?:Error|Exception|Warning|Rejection))"
    r"(?: \[[\w.]+\])?(?:: (.*)|$)"
)
_TEST = re.compile(r"\s*(?:● |✖ |✕ |\u00d7 |FAIL\s+|not ok \d+ - |\d+\) )(.+)$")
_SOURCE_PLACE = re.compile(r"((?:file://|/|[A-Za-z]:[\\/]|\.)?\S.*?):(\d{1,9})$")
_NESTED = re.compile(r"\s*(?:\[cause\]:|\[errors\]: \[|Caused by:) ?(.*)$")
_HOLDER = re.compile(r"\[?([A-Z][\w$]*Error)(?:: (.*?))?\]? \{$")
_NAMES_NO_CODE = ("native", "<anonymous>", "unknown location", "index 0")
_RELATED_KEPT = 16


def read(reader: Reader) -> Sequence[Failure]:
    """An error with its frames, or nothing."""
    if "stack: |-" in (reader.line or ""):
        return _from_tap(reader)
    if frame_of(reader.line or "") is None:
        return ()
    type_, message, test = _head(reader)
    failure = _stack(reader, type_, message)
    if type_ is None and test is None and not any(_names_file(each) for each in failure.frames):
        return ()  # "at 10:30:45" is a time
    place = _source_place(reader) if type_ == "SyntaxError" else None
    if place is not None:
        failure = replace(failure, frames=(place, *failure.frames))
    if test is not None:
        failure = replace(failure, kind="test", test=test)
    whole = _aggregate(reader)
    if whole is not None:
        members = (Related("in group", failure), *_nested(reader, in_group=True))
        return (replace(whole, related=members),)
    return (replace(failure, related=tuple(_nested(reader))),)


def _names_file(frame: Frame) -> bool:
    return frame.file is not None and any(mark in frame.file for mark in "./\\:")


def _aggregate(reader: Reader) -> Failure | None:
    """An error without frames of its own, which holds the one that was found."""
    nearest = [line.strip() for _, line in Reader(reader.text, reader.start).above(2)]
    matched = _HOLDER.match(nearest[1]) if nearest[:1] == ["[errors]: ["] and nearest[1:] else None
    if matched is None:
        return None
    return Failure(NAME, "exception", matched[1], matched[2] or "")


def _from_tap(reader: Reader) -> Sequence[Failure]:
    """What `node --test` writes where nobody watches: a stack in YAML, without its `at`."""
    told = {"name": "Error", "error": ""}
    test = None
    for position, line in reader.above(14):
        if matched := _TEST.match(line):
            test = matched[1].strip()
            reader.begin_at(position)
            break
        key, mark, value = line.strip().partition(": ")
        if mark and key in told:
            told[key] = value.strip("\"'")
    frames: list[Frame] = []
    while (line := reader.advance()) is not None:
        frame = _v8(line.strip())
        if frame is None:
            break
        frames.append(frame)
    kept, omitted = limited(frames)
    if test is None or not kept:
        return ()
    return (Failure(NAME, "test", told["name"], told["error"], kept, omitted=omitted, test=test),)


def frame_of(line: str) -> Frame | None:
    """The frame that a line tells: `at f (file:1:2)`, `f@file:1:2`, or with an arrow of Vitest's."""
    told = line.strip()
    if told.startswith("at "):
        return _v8(told[3:])
    if told.startswith(_ARROW):
        name, _, place = told[len(_ARROW) :].strip().rpartition(" ")
        return _at(name or None, place)
    name, mark, place = told.partition("@")
    if mark and ("://" in place or place.startswith("/")):
        return _at(name or None, place)
    return None


def _v8(told: str) -> Frame | None:
    told = told.removesuffix(" {").removesuffix(",")
    if told.endswith(")") and " (" in told:
        name, _, place = told[:-1].rpartition(" (")
        if "eval at " in told:
            name, _, place = told.partition(" (eval at ")
            place = place.rpartition(" (")[2].partition(")")[0]
        if place in _NAMES_NO_CODE:
            return Frame(_function(name), library=True)
        return _at(name, place)
    place = told.removeprefix("async ")
    if " " in place and not place.startswith(("/", "file://")) and place[1:3] not in (":\\", ":/"):
        return None
    return _at(None, place)


def _at(name: str | None, place: str) -> Frame | None:
    matched = _PLACE.match(place)
    if matched is None:
        return None
    file = matched[1]
    column = None if matched[3] is None else int(matched[3])
    own = _function(name)
    inner = file.startswith(("node:", "internal/", "deno:", "ext:", "chrome-extension:"))
    return Frame(own, file, int(matched[2]), column, library=inner)


def _function(name: str | None) -> str | None:
    if not name or name in ("<anonymous>", "Object.<anonymous>"):
        return None
    return name.removeprefix("async ").strip() or None


def _head(reader: Reader) -> tuple[str | None, str, str | None]:
    """The error's name, its message and the test it is of, from above the first frame."""
    below: list[str] = []
    found: tuple[str, str] | None = None
    for position, line in reader.above():
        told = line.strip()
        if frame_of(line) is not None:
            break
        if found is None:
            error = _error_in(told)
            if error is not None:
                found = error[0], message_of([error[1], *reversed(below)])
                reader.begin_at(position)
                below.clear()
            else:
                below.append(told)
        if test := _TEST.match(line):
            reader.begin_at(position)
            if found is not None:
                return found[0], found[1], test[1].strip()
            return None, message_of(below[-2::-1]), test[1].strip()
        if found is not None and len(below) > 12:
            break
    if found is not None:
        return found[0], found[1], None
    nearest = next((line for line in below if line), "")
    return None, message_of([nearest]), None


def _error_in(told: str) -> tuple[str, str] | None:
    matched = _ERROR.match(told)
    if matched is None and "Error" in told:
        # A log's own words can stand before it.
        matched = _ERROR.search(told)
    return None if matched is None else (matched[1], matched[2] or "")


def _source_place(reader: Reader) -> Frame | None:
    """Node names the place of a syntax error above the error, with the line and a caret."""
    above = Reader(reader.text, reader.start)
    for position, line in above.above(8):
        matched = _SOURCE_PLACE.match(line)
        if matched is not None:
            reader.begin_at(position)
            return Frame(None, matched[1], int(matched[2]))
    return None


def _stack(lines: Lines, type_: str | None, message: str) -> Failure:
    frames: list[Frame] = []
    while (line := lines.line) is not None:
        frame = frame_of(line)
        if frame is None:
            if not line.strip().startswith("at "):
                break
        else:
            frames.append(frame)
        lines.advance()
        if line.endswith(" {"):
            break
    kept, omitted = limited(frames)
    return Failure(NAME, "exception", type_, message, kept, omitted=omitted)


def _nested(lines: Lines, *, in_group: bool = False) -> list[Related]:
    """What Node shows of an error's properties: causes, and the errors of an aggregate."""
    related: list[Related] = []
    relation = "in group" if in_group else "caused by"
    for _ in range(200):
        line = lines.line
        if line is None or len(related) >= _RELATED_KEPT:
            break
        matched = _NESTED.match(line)
        told = matched[1] if matched else line.strip()
        if matched and "[errors]" in line:
            relation = "in group"
        error = _error_in(told)
        following = lines.peek()
        if error is not None and following is not None and frame_of(following) is not None:
            lines.advance()
            related.append(
                Related("in group" if relation == "in group" else "caused by",
                        _stack(lines, error[0], error[1]))
            )  # fmt: skip
            continue
        if not matched and line[:1] not in (" ", "}", "]"):
            break
        lines.advance()
    return related

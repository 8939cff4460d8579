"""Go: panics and fatal errors with their goroutines, data races, failed tests."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from claude_sidecar.debugging.lines import Lines, Reader
from claude_sidecar.debugging.model import Failure, Frame, Related
from claude_sidecar.debugging.reading import limited, message_of

NAME: Final = "Go"
WORDS: Final = ("panic: ", "fatal error: ", "\ngoroutine ", "WARNING: DATA RACE", "--- FAIL: ")

_GOROUTINE = re.compile(r"goroutine (\d+)(?: gp=\S+ m=\S+(?: mp=\S+)?)? \[([^\]]*)\]:$")
_PLACE = re.compile(r"\s+(\S.*):(\d{1,9})(?: \+0x[0-9a-f]+)?(?: fp=.*)?$")
_CREATED = re.compile(r"created by (.+?)(?: in goroutine \d+)?$")
_RACE_PART = re.compile(
    r"(?:Previous )?(?:[Rr]ead|[Ww]rite) at |Goroutine \d+ |Previous |Read at|Write at"
)
_TEST = re.compile(r"\s*--- FAIL: (\S+)")
_TEST_PLACE = re.compile(r"\s+(\S+?\.go):(\d{1,9}): ?(.*)$")
_GOROUTINES_KEPT = 32
_LIBRARY = ("runtime.", "runtime/", "testing.", "reflect.", "syscall.", "sync.", "internal/")


def read(reader: Reader) -> Sequence[Failure]:
    """A panic, a race, or a failed test."""
    line = reader.line or ""
    if "WARNING: DATA RACE" in line:
        return _race(reader)
    if "--- FAIL: " in line:
        return _test(reader)
    if line.startswith("goroutine "):
        return _stacks(reader, None, "")
    return _panic(reader)


def _panic(reader: Reader) -> Sequence[Failure]:
    line = reader.line or ""
    word = "panic: " if "panic: " in line else "fatal error: "
    before, _, told = line.partition(word)
    if before.strip() and not before.rstrip().endswith((":", "]", "|")):
        return ()
    message = [told.strip()]
    reader.advance()
    while (line := reader.line) is not None and len(message) < 20 and not _GOROUTINE.match(line):
        if line.strip() and not line.startswith(("\t", "[", "panic: ", " ")):
            break
        if line.strip():
            message.append(line.strip())
        reader.advance()
    if _GOROUTINE.match(reader.line or "") is None:
        return ()
    test = next((found[1] for _, above in reader.above(2) if (found := _TEST.match(above))), None)
    failures = _stacks(reader, word.strip(": "), message_of(message))
    if test is None:
        return failures
    return [replace(each, kind="test", test=test) for each in failures]


def _stacks(reader: Lines, type_: str | None, message: str) -> Sequence[Failure]:
    """The goroutine that failed, and the others."""
    first: Failure | None = None
    others: list[Related] = []
    while matched := _GOROUTINE.match(reader.line or ""):
        reader.advance()
        kept, omitted = limited(_frames(reader))
        thread = f"goroutine {matched[1]} [{matched[2]}]"
        one = Failure(NAME, "exception", type_, message, kept, omitted=omitted, thread=thread)
        if first is None:
            first = one
        elif len(others) < _GOROUTINES_KEPT:
            others.append(Related("another thread", replace(one, type=None, message="")))
        while reader.line is not None and not reader.line.strip() and reader.peek() is not None:
            if not _GOROUTINE.match(reader.peek() or ""):
                break
            reader.advance()
    if first is None or not first.frames:
        return ()
    return (replace(first, related=tuple(others)),)


def _frames(lines: Lines) -> list[Frame]:
    frames: list[Frame] = []
    while (line := lines.line) is not None and line.strip():
        placed = _PLACE.match(lines.peek() or "")
        if placed is None:
            if line.startswith(("...", "\t")) or "elided" in line:
                lines.advance()
                continue
            break
        created = _CREATED.match(line.strip())
        name = created[1] if created else _name(line.strip())
        library = name.startswith(_LIBRARY) or name == "panic"
        frames.append(Frame(name, placed[1], int(placed[2]), library=library))
        lines.advance()
        lines.advance()
    return frames


def _name(told: str) -> str:
    """`main.(*T).f(0x1, 0x2)` without its arguments, which are but words of memory."""
    if not told.endswith(")"):
        return told
    depth = 0
    for at in range(len(told) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(told[at], 0)
        if depth == 0:
            return told[:at] or told
    return told


def _race(reader: Reader) -> Sequence[Failure]:
    reader.advance()
    parts: list[Failure] = []
    title = ""
    for _ in range(400):
        line = reader.line
        if line is None or line.startswith("====="):
            break
        if _RACE_PART.match(line):
            title = line.strip().rstrip(":")
            reader.advance()
            kept, omitted = limited(_frames(reader))
            parts.append(Failure(NAME, "exception", "data race", title, kept, omitted=omitted))
        else:
            reader.advance()
    if not parts:
        return ()
    others = tuple(Related("another thread", each) for each in parts[1:])
    return (replace(parts[0], related=others),)


def _test(reader: Reader) -> Sequence[Failure]:
    """`--- FAIL: TestX`, with what the test said and where, below it."""
    matched = _TEST.match(reader.line or "")
    if matched is None:
        return ()
    indent = len(reader.line or "") - len((reader.line or "").lstrip())
    reader.advance()
    frames: list[Frame] = []
    message: list[str] = []
    while (line := reader.line) is not None and len(message) < 100:
        inner = len(line) - len(line.lstrip())
        if inner <= indent or _TEST.match(line):
            break
        if placed := _TEST_PLACE.match(line):
            frames.append(Frame(matched[1], placed[1], int(placed[2])))
            message.append(placed[3])
        else:
            message.append(line.strip())
        reader.advance()
    if not frames:
        return ()
    kept, omitted = limited(frames)
    told = message_of(message)
    return (Failure(NAME, "test", None, told, kept, omitted=omitted, test=matched[1]),)

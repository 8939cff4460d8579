"""C and C++ (and Rust, Swift) under sanitizers, and Valgrind: what they report, and where."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from claude_sidecar.debugging.lines import Lines, Reader
from claude_sidecar.debugging.model import Failure, Frame, Related, Relation
from claude_sidecar.debugging.reading import limited, message_of

NAME: Final = "C/C++"
WORDS: Final = (
    "Sanitizer: ", "runtime error: ", "==    at 0x",
)  # fmt: skip

_HEAD = re.compile(r".*?(?:ERROR|WARNING): (\w+Sanitizer): (.*)$")
_FRAME = re.compile(r"\s*#(\d{1,6}) (?:0x[0-9a-fA-F]+ )?(?:in )?(.*)$")
_PLACE = re.compile(r"(.*?) (\S.*?):(\d{1,9})(?::(\d{1,9}))?(?: \(.*\))?$")
_MODULE = re.compile(r"(.*?) ?\((.*)\+0x[0-9a-fA-F]+\)(?: \(.*\))?$")
_UBSAN = re.compile(r"(\S.*?):(\d{1,9}):(\d{1,9}): runtime error: (.*)$")
_VALGRIND = re.compile(
    r"==\d+==\s+(?:at|by) 0x[0-9A-Fa-f]+: (.*?)(?: \((?:(\S+?):(\d{1,9})|in (.*))\))?$"
)
_VALGRIND_SAID = re.compile(r"==\d+== +(\S.*)?$")
_LIBRARY_FUNCTIONS = (
    "__interceptor",
    "__asan",
    "__tsan",
    "__libc",
    "_start",
    "operator new",
    "__sanitizer",
)
_LINES = 600


def read(reader: Reader) -> Sequence[Failure]:
    """One report."""
    line = reader.line or ""
    if matched := _HEAD.match(line):
        return _report(reader, matched[1], matched[2])
    if matched := _UBSAN.match(line.strip()):
        return _undefined(reader, matched)
    if "==    at 0x" in line and line.startswith("=="):
        return _valgrind(reader)
    return ()


def _report(reader: Reader, tool: str, told: str) -> Sequence[Failure]:
    """The access that was wrong, then where the memory came from, and other accesses."""
    kind, _, rest = told.partition(" on ")
    message = [rest and f"on {rest}"]
    reader.advance()
    stacks: list[tuple[str, tuple[Frame, ...], int]] = []
    title = ""
    for _ in range(_LINES):
        line = reader.line
        if line is None or line.startswith(("SUMMARY:", "Shadow bytes")) or _HEAD.match(line):
            break
        if _FRAME.match(line):
            kept, omitted = limited(_frames(reader))
            stacks.append((title, kept, omitted))
            title = ""
            continue
        if line.strip() and not line.startswith("====="):
            title = line.strip()
            if not stacks:
                message.append(title)
        reader.advance()
    if (reader.line or "").startswith("SUMMARY:"):
        reader.advance()
    if not stacks:
        return ()
    said = message_of([part for part in message if part])
    first = Failure(NAME, "exception", f"{tool}: {kind}", said, stacks[0][1], omitted=stacks[0][2])
    related = tuple(
        Related(_relation(title), Failure(NAME, "exception", None, title, frames, omitted=omitted))
        for title, frames, omitted in stacks[1:]
    )
    return (replace(first, related=related),)


def _relation(title: str) -> Relation:
    if "freed by" in title:
        return "freed"
    return "allocated" if "allocated" in title or "leak of" in title else "another thread"


def _frames(lines: Lines) -> list[Frame]:
    frames: list[Frame] = []
    while matched := _FRAME.match(lines.line or ""):
        if frames and matched[1] == "0":
            break
        frames.append(_frame(matched[2].strip()))
        lines.advance()
    return frames


def _frame(told: str) -> Frame:
    module = _MODULE.match(told)
    placed = _PLACE.match(told)
    if placed is not None and not (module and not placed[2].startswith(("/", "."))):
        column = None if placed[4] is None else int(placed[4])
        library = placed[1].startswith(_LIBRARY_FUNCTIONS)
        return Frame(placed[1], placed[2], int(placed[3]), column, library=library)
    if module is not None:
        return Frame(module[1] or None, module[2], library=True)
    if placed is not None:
        return Frame(placed[1], placed[2], int(placed[3]))
    return Frame(told or None, library=True)


def _undefined(reader: Reader, matched: re.Match[str]) -> Sequence[Failure]:
    reader.advance()
    frame = Frame(None, matched[1], int(matched[2]), int(matched[3]))
    frames = _frames(reader)
    if frames and frames[0].line == frame.line:
        frames[0] = replace(frames[0], column=frame.column)
    else:
        frames.insert(0, frame)
    kept, omitted = limited(frames)
    said = message_of([matched[4]])
    return (Failure(NAME, "exception", "UndefinedBehaviorSanitizer", said, kept, omitted=omitted),)


def _valgrind(reader: Reader) -> Sequence[Failure]:
    message = ""
    for position, line in reader.above(3):
        said = _VALGRIND_SAID.match(line)
        if said is None or not said[1]:
            break
        message = said[1]
        reader.begin_at(position)
    frames = _valgrind_frames(reader)
    if not frames:
        return ()
    related: list[Related] = []
    for _ in range(4):  # where the memory came from, and went to
        said = _VALGRIND_SAID.match(reader.line or "")
        if said is None or not said[1] or not _VALGRIND.match(reader.peek() or ""):
            break
        reader.advance()
        kept, omitted = limited(_valgrind_frames(reader))
        title = said[1].strip()
        relation: Relation = "freed" if "free'd" in title else "allocated"
        origin = Failure(NAME, "exception", None, title, kept, omitted=omitted)
        related.append(Related(relation, origin))
    kept, omitted = limited(frames)
    failure = Failure(NAME, "exception", "Valgrind", message, kept, omitted=omitted)
    return (replace(failure, related=tuple(related)),)


def _valgrind_frames(reader: Reader) -> list[Frame]:
    frames: list[Frame] = []
    while matched := _VALGRIND.match(reader.line or ""):
        if matched[2] is None:
            frames.append(Frame(matched[1], matched[4], library=True))
        else:
            frames.append(Frame(matched[1], matched[2], int(matched[3])))
        reader.advance()
    return frames

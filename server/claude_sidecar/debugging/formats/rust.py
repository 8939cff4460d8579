"""Rust: panics with and without a backtrace, errors with their causes, the compiler."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from claude_sidecar.debugging.lines import Lines, Reader
from claude_sidecar.debugging.model import Failure, Frame, Related
from claude_sidecar.debugging.reading import limited, message_of

NAME: Final = "Rust"
WORDS: Final = ("panicked at ", "tack backtrace:", "\nerror[E", "\nerror: ")

_NEW = re.compile(r".*?thread '(.*?)'(?: \(\d+\))? panicked at ([^'\s].*?):(\d{1,9}):(\d{1,9}):?$")
_OLD = re.compile(r".*?thread '(.*?)' panicked at '?(.*?)'?, (\S.*?):(\d{1,9}):(\d{1,9})$")
_OLD_OPEN = re.compile(r".*?thread '(.*?)' panicked at '(.*)$")
_OLD_END = re.compile(r"(.*)', (\S.*?):(\d{1,9}):(\d{1,9})$")
_NUMBERED = re.compile(r"\s*(\d{1,6}): +(?:0x[0-9a-f]+ - )?(.+)$")
_HASH = re.compile(r"::h[0-9a-f]{16}$|\[[0-9a-f]{16}\]")
_AT = re.compile(r"\s+at (.+?):(\d{1,9})(?::(\d{1,9}))?$")
_CAUSE = re.compile(r"\s+(?:\d+: )?(\S.*)$")
_ARROW = re.compile(r"\s*--> (.+?):(\d{1,9}):(\d{1,9})$")
_ERROR = re.compile(r"error(?:\[(E\d+)\])?: (.*)$")
_LIBRARY = (
    "std::", "core::", "alloc::", "test::", "rust_begin_unwind", "__rust", "_start", "__libc",
    "__rustc", "<alloc::", "<core::", "<std::", "<&dyn core", "<<std", "<usize as core", "<fn(", "main ", "tokio::", "clone", "start_thread",
)  # fmt: skip
_BEHIND = ("note: ", "stack backtrace:", "Stack backtrace:", "failures:", "----", "thread '")


def read(reader: Reader) -> Sequence[Failure]:
    """A panic, an error that was told with its stack, or one of the compiler."""
    line = reader.line or ""
    if "panicked at " in line:
        return _panic(reader)
    if "tack backtrace:" in line:
        return _told(reader)
    return _compiler(reader)


def _panic(reader: Reader) -> Sequence[Failure]:
    line = reader.line or ""
    test = _test_above(reader)
    if new := _NEW.match(line):
        reader.advance()
        thread, place, message = new[1], (new[2], new[3], new[4]), _message(reader)
    elif old := _OLD.match(line):
        reader.advance()
        thread, message, place = old[1], old[2], (old[3], old[4], old[5])
    elif opened := _OLD_OPEN.match(line):
        reader.advance()
        thread, said = opened[1], [opened[2]]
        ended = None
        while ended is None and reader.line is not None and len(said) < 40:
            ended = _OLD_END.match(reader.line)
            said.append(ended[1] if ended else reader.line)
            reader.advance()
        if ended is None:
            return ()
        message, place = message_of(said), (ended[2], ended[3], ended[4])
    else:
        return ()
    frames = _after(reader)
    where = Frame(None, place[0], int(place[1]), int(place[2]))
    if not any(_is_at(each, where) for each in frames):
        first_own = next((at for at, each in enumerate(frames) if not each.library), 0)
        frames.insert(first_own, where)
    kept, omitted = limited(frames)
    kind = "exception" if test is None else "test"
    return (Failure(NAME, kind, "panic", message, kept, omitted=omitted, thread=thread, test=test),)


def _is_at(frame: Frame, where: Frame) -> bool:
    return frame.line == where.line and (frame.file or "").endswith((where.file or "").lstrip("./"))


def _test_above(reader: Reader) -> str | None:
    for position, line in reader.above(3):
        if line.startswith("---- ") and line.endswith(" stdout ----"):
            reader.begin_at(position)
            return line[5 : -len(" stdout ----")]
    return None


def _message(lines: Lines) -> str:
    said: list[str] = []
    while (line := lines.line) is not None and len(said) < 40:
        if line.startswith(_BEHIND) or (said and not line.strip()):
            break
        said.append(line)
        lines.advance()
    return message_of(said)


def _after(lines: Lines) -> list[Frame]:
    """The backtrace, where one follows."""
    for ahead in range(3):
        line = lines.peek(ahead)
        if line is not None and line.strip().lower() == "stack backtrace:":
            for _ in range(ahead + 1):
                lines.advance()
            return _frames(lines)
    return []


def _frames(lines: Lines) -> list[Frame]:
    frames: list[Frame] = []
    while (line := lines.line) is not None:
        at = _AT.match(line)
        if at is not None and frames:
            column = None if at[3] is None else int(at[3])
            frames[-1] = replace(frames[-1], file=at[1], line=int(at[2]), column=column)
        elif numbered := _NUMBERED.match(line):
            name = _HASH.sub("", numbered[2].strip())
            frames.append(Frame(name, library=name.startswith(_LIBRARY) or name == "main"))
        else:
            break
        lines.advance()
    return frames


def _told(reader: Reader) -> Sequence[Failure]:
    """`Error: top`, `Caused by:` and its list, `Stack backtrace:` as `anyhow` writes them."""
    causes: list[str] = []
    top: str | None = None
    for position, line in reader.above(30):
        if line.startswith("Error: "):
            top = line[len("Error: ") :]
            reader.begin_at(position)
            break
        if line.strip() and line.strip() != "Caused by:":
            cause = _CAUSE.match(line)
            if cause is None:
                break
            causes.append(cause[1])
    reader.advance()
    kept, omitted = limited(_frames(reader))
    if top is None and not kept:
        return ()
    related = tuple(
        Related("caused by", Failure(NAME, "exception", None, cause)) for cause in reversed(causes)
    )
    failure = Failure(NAME, "exception", "Error", top or "", kept, omitted=omitted, related=related)
    return (failure,)


def _compiler(reader: Reader) -> Sequence[Failure]:
    matched = _ERROR.match(reader.line or "")
    arrow = _ARROW.match(reader.peek() or "")
    if matched is None or arrow is None:
        return ()
    reader.advance()
    reader.advance()
    notes: list[str] = []
    while (line := reader.line) is not None and line.strip() and len(notes) < 40:
        notes.append(line)
        reader.advance()
    frame = Frame(None, arrow[1], int(arrow[2]), int(arrow[3]))
    told = tuple(line.strip()[2:] for line in notes if line.strip().startswith("= "))
    return (Failure(NAME, "compiler", matched[1], message_of([matched[2]]), (frame,), notes=told),)

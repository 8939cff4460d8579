"""One transcript's file: what is new in it, whether it is sound, and how it is put back.

Claude Code itself reads over what it cannot read, and goes on with less than was said: a file that
was cut in mid-line resumes without a word. So it is looked at here, line by line.
"""

from __future__ import annotations

import itertools
import os
import shutil
import time
import uuid
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claude_sidecar.agent.entries import entry_of, is_message, is_prompt
from claude_sidecar.sessions.ports import Mark, TranscriptLine

_TAIL_BYTES = 256


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a file up to which it is known, without reading it again.

    :param tail: what stands before that place.
    """

    mark: Mark
    inode: int
    tail: bytes


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds.

    :param continues: whether it still begins as it was marked; `lines` are then those that follow,
        else all of them.
    :param lines: those that are intact.
    :param prompts: the uuids of those with which a person said something.
    :param messages: whether there are words of a person or of Claude in them.
    :param damage: what is wrong with the rest, or None.
    :param cursor: the end of the last whole line.
    """

    continues: bool
    lines: tuple[TranscriptLine, ...]
    prompts: frozenset[str]
    messages: bool
    damage: str | None
    cursor: Cursor


def read(path: Path, known: Cursor | Mark) -> Reading | None:
    """Read a file from a place on that is known; None if there is no file.

    :raises OSError: if it cannot be read.
    """
    try:
        with path.open("rb") as file:
            inode = os.fstat(file.fileno()).st_ino
            if isinstance(known, Cursor):
                if known.inode == inode:
                    file.seek(known.mark.size - len(known.tail))
                    data = file.read()
                    if data.startswith(known.tail) and known.tail:
                        return _reading(data[len(known.tail) :], known.mark, inode, known.tail)
                file.seek(0)
                known = known.mark
            data = file.read()
    except FileNotFoundError:
        return None
    beginning = data[: known.size]
    if len(beginning) == known.size and zlib.crc32(beginning) == known.checksum:
        return _reading(data[known.size :], known, inode, beginning[-_TAIL_BYTES:])
    return _reading(data, Mark(), inode, b"", continues=False)


def _reading(
    data: bytes, start: Mark, inode: int, tail: bytes, *, continues: bool = True
) -> Reading:
    end = data.rfind(b"\n") + 1
    lines: list[TranscriptLine] = []
    prompts: set[str] = set()
    messages = broken = False
    for line in data[:end].split(b"\n"):
        if not line:
            continue
        entry = entry_of(line)
        if entry is None:
            broken = True
            continue
        own: Any = entry.get("uuid")
        lines.append(TranscriptLine(line, own if isinstance(own, str) else None))
        messages = messages or is_message(entry)
        if isinstance(own, str) and is_prompt(entry):
            prompts.add(own)
    damage = "has damaged lines" if broken else "was cut in mid-line" if end < len(data) else None
    whole = data[:end]
    mark = Mark(start.size + end, zlib.crc32(whole, start.checksum))
    cursor = Cursor(mark, inode, (tail + whole)[-_TAIL_BYTES:])
    return Reading(continues, tuple(lines), frozenset(prompts), messages, damage, cursor)


def put_back(path: Path, lines: Sequence[TranscriptLine]) -> Cursor:
    """Write a file anew, whole or not at all. One that is there is kept beside it.

    :raises OSError: if it cannot be written; what was there still is.
    """
    data = b"".join(line.data + b"\n" for line in lines)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            inode = os.fstat(file.fileno()).st_ino
        if path.exists():
            _set_aside(path)
        new.replace(path)
    except OSError:
        with suppress(OSError):
            new.unlink()
        raise
    return Cursor(Mark(len(data), zlib.crc32(data)), inode, data[-_TAIL_BYTES:])


def _set_aside(path: Path) -> None:
    """Keep what is there under another name, without a moment in which it is not there."""
    name = f"{path.name}.damaged-{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}"
    names = (f"{name}-{number}" if number else name for number in itertools.count())
    aside = next(each for each in map(path.with_name, names) if not each.exists())
    try:
        os.link(path, aside)
    except OSError:  # not every file system has links
        shutil.copy2(path, aside)

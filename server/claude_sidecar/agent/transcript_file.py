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
from collections.abc import Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claude_sidecar.agent.entries import entry_of, is_message, is_prompt
from claude_sidecar.sessions.ports import Mark, TranscriptLine

CUT = "was cut in mid-line"
BROKEN = "had damaged lines"
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

    def went_on_without(self, lost: Set[str], known: Set[str]) -> bool:
        """Whether Claude Code itself gave up the lost entries: as it runs it takes one back at times.
        Then it has written since what is not known, and nothing that follows them.
        """
        entries = (entry_of(line.data) or {} for line in self.lines)
        parents = {str(entry.get("parentUuid")) for entry in entries}
        new = any(line.uuid and line.uuid not in known for line in self.lines)
        return new and not lost & parents


def what_is_wrong(file: Reading | None, copy: Sequence[TranscriptLine]) -> str | None:
    """In words, what a file lacks of its copy; None if it has all of it."""
    if file is None:
        return "was missing"
    if file.damage is not None:
        return file.damage
    there = {line.uuid for line in file.lines}
    lost = sum(line.uuid is not None and line.uuid not in there for line in copy)
    return f"had lost {lost} of its entries" if lost else None


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
    damage = BROKEN if broken else CUT if end < len(data) else None
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

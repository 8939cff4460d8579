"""The source around frames, as the developer has it now, the nearest frame first.

A traceback is of the text that ran. Where the buffer has moved on, the line that was printed with
the frame is looked for near by, and it is said that it has moved, or is no longer there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from claude_sidecar.debugging.model import Frame
from claude_sidecar.debugging.placing import PlacedFrame
from claude_sidecar.errors import UnusableDocument
from claude_sidecar.sessions.documents.reading import Documents
from claude_sidecar.sessions.ports import Document
from claude_sidecar.sessions.symptoms.evidence import Source
from claude_sidecar.text import LineIndex

NEAREST_ABOVE: Final = 30
NEAREST_BELOW: Final = 15
ABOVE: Final = 12
BELOW: Final = 6
"""Lines around the innermost frame, and around the others."""
SEARCHED: Final = 200
"""Lines up and down in which a line is looked for that is not where it was."""
LINE_LIMIT: Final = 400
"""Characters of a line; of longer ones (minified code) what is around the column is shown."""
WHOLE_LIMIT: Final = 16 * 1024
"""Characters of the file where it failed that are shown whole rather than in parts."""


@dataclass(slots=True)
class _Window:
    """Lines of one file that are shown, and what is remarked on them."""

    document: Document
    index: LineIndex
    first: int
    last: int
    remarks: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True)
class Excerpts:
    """What is shown, and what there was no room for."""

    sources: tuple[Source, ...]
    left_out: tuple[str, ...]
    used: int
    whole: str | None = None
    """The path of a file that is shown whole."""
    places: tuple[tuple[str, int], ...] = ()
    """Path and line (from 0) of each frame that is shown, the nearest first."""


def excerpts(
    frames: Iterable[PlacedFrame],
    documents: Documents,
    named: Callable[[str], str],
    room: int,
) -> Excerpts:
    """The source around the user's own frames.

    :param named: what a file is called, by its path.
    :param room: characters there may be.
    """
    windows: list[_Window] = []
    left_out: list[str] = []
    places: list[tuple[str, int]] = []
    read: dict[str, Document | None] = {}
    used = 0
    seen: set[tuple[str, int]] = set()
    for placed in frames:
        path, line = placed.path, placed.frame.line
        if path is None or line is None or (path, line) in seen:
            continue
        seen.add((path, line))
        if path not in read:
            read[path] = _read(documents, path)
        document = read[path]
        if document is None:
            left_out.append(f"{named(path)} cannot be read")
            continue
        index = LineIndex(document.text)
        at, remark = _now(index, placed.frame)
        window = _around(document, index, at, nearest=not windows)
        cost = _added(windows, window)
        if used + cost > room and windows:
            left_out.append(f"the code at {named(path)}:{line}")
            continue
        used += cost
        window.remarks.append(remark)
        places.append((path, at))
        _add(windows, window)
    whole = _grown(windows, room - used)
    sources = tuple(_source(window, named) for window in windows)
    return Excerpts(sources, tuple(left_out), used, whole, tuple(places))


def _read(documents: Documents, path: str) -> Document | None:
    try:
        return documents.read(path)
    except UnusableDocument:
        return None


def _now(index: LineIndex, frame: Frame) -> tuple[int, str]:
    """The line of a frame in the text as it is, from 0, and what there is to say of it."""
    printed = (frame.line or 1) - 1
    where = f"in {frame.function}" if frame.function else "there"
    last = len(index) - 1
    told = _plain(frame.code)
    if not told or (printed <= last and _plain(index.line(printed)) == told):
        at = min(printed, last)
        beyond = "" if printed <= last else f"; the file now ends at line {last + 1}"
        return at, f"line {at + 1}: {where}{beyond}"
    for distance in range(1, SEARCHED):
        for at in (printed - distance, printed + distance):
            if 0 <= at <= last and _plain(index.line(at)) == told:
                return at, f"line {at + 1}: {where} (it was line {printed + 1} when it failed)"
    at = min(printed, last)
    return (
        at,
        f"line {at + 1}: {where}, but that line has changed since; it was: {told[:LINE_LIMIT]}",
    )


def _plain(line: str | None) -> str:
    return " ".join((line or "").split())


def _around(document: Document, index: LineIndex, at: int, *, nearest: bool) -> _Window:
    above, below = (NEAREST_ABOVE, NEAREST_BELOW) if nearest else (ABOVE, BELOW)
    return _Window(document, index, max(0, at - above), min(len(index) - 1, at + below))


def _cost(window: _Window, first: int, last: int) -> int:
    return sum(
        min(len(window.index.line(number)), LINE_LIMIT) + 6 for number in range(first, last + 1)
    )


def _added(windows: Sequence[_Window], window: _Window) -> int:
    """The characters that a window adds to those that are there."""
    shown = {
        number
        for each in windows
        if each.document.path == window.document.path
        for number in range(each.first, each.last + 1)
    }
    return sum(
        _cost(window, number, number)
        for number in range(window.first, window.last + 1)
        if number not in shown
    )


def _add(windows: list[_Window], window: _Window) -> None:
    """Add a window, as one with those of its file that it touches."""
    for each in windows:
        if (
            each.document.path == window.document.path
            and window.first <= each.last + 3
            and each.first <= window.last + 3
        ):
            each.first = min(each.first, window.first)
            each.last = max(each.last, window.last)
            each.remarks.extend(window.remarks)
            return
    windows.append(window)


def _grown(windows: list[_Window], room: int) -> str | None:
    """Where it failed, the whole file is shown if it is short: the conversation goes on about it."""
    if not windows:
        return None
    first = windows[0]
    path = first.document.path
    if len(first.document.text) > min(WHOLE_LIMIT, max(room, 0)):
        return None
    for each in [each for each in windows[1:] if each.document.path == path]:
        first.remarks.extend(each.remarks)
        windows.remove(each)
    first.first, first.last = 0, len(first.index) - 1
    return path


def _source(window: _Window, named: Callable[[str], str]) -> Source:
    document = window.document
    lines = [_short(window.index.line(number)) for number in range(window.first, window.last + 1)]
    return Source(
        named(document.path),
        window.first,
        tuple(lines),
        tuple(dict.fromkeys(window.remarks)),
        document.language,
        document.dirty,
    )


def _short(line: str) -> str:
    return line if len(line) <= LINE_LIMIT else f"{line[:LINE_LIMIT]}… ({len(line)} characters)"

"""Source text behind a finding: the lines it is about, what marks them, what would replace them.

The file on the disk is shown where it still has the finding's quote in its place; else the quote
itself, which is what the finding was about.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from rich.cells import cell_len

from claude_sidecar.findings.model import Finding
from claude_sidecar.sessions.model import JsonObject
from claude_sidecar.text import LineIndex, Range, column_to_units
from claude_sidecar.visible import visible

SHOWN_LINES = 8
TAB = "    "


@dataclass(frozen=True, slots=True)
class ExcerptLine:
    """A line to show; `mark` is where to underline it, in terminal cells: first, and how many."""

    number: int
    text: str
    mark: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of a suggestion: `sign` is `+`, `-` or a blank."""

    sign: str
    text: str


class Sources:
    """The files that findings are in, each read once."""

    def __init__(self) -> None:
        self._read: dict[str, LineIndex | None] = {}

    def index(self, path: str) -> LineIndex | None:
        """A file's lines; None if it cannot be read as UTF-8."""
        if path not in self._read:
            try:
                text = Path(path).read_bytes().decode("utf-8-sig")
            except (OSError, UnicodeDecodeError):
                self._read[path] = None
            else:
                self._read[path] = LineIndex(text)
        return self._read[path]

    def holding(self, finding: Finding) -> LineIndex | None:
        """The lines of a finding's file; None where it has not the quote in the finding's place."""
        index = self.index(finding.file)
        if index is None:
            return None
        same = index.slice(finding.range).splitlines() == finding.quote.splitlines()
        return index if same else None

    def utf16_range(self, path: str, range_: Range) -> JsonObject:
        """A range as LSP counts where nothing else was agreed on: in UTF-16 code units."""
        index = self.index(path)

        def shape(line: int, column: int) -> JsonObject:
            text = index.line(line) if index else ""
            return {"line": line, "character": column_to_units(text, column, "utf-16")}

        # Without the text a column can only be taken as it is.
        if index is None:
            return {
                "start": {"line": range_.start.line, "character": range_.start.character},
                "end": {"line": range_.end.line, "character": range_.end.character},
            }
        return {
            "start": shape(range_.start.line, range_.start.character),
            "end": shape(range_.end.line, range_.end.character),
        }


def excerpt(finding: Finding, sources: Sources) -> list[ExcerptLine]:
    """The lines of a finding; of a long one the first, with the rest left out."""
    index, range_ = _text_of(finding, sources)
    first = finding.range.start.line
    lines = [
        ExcerptLine(first + offset, *_shown(index, range_, range_.start.line + offset))
        for offset in range(min(range_.end.line - range_.start.line + 1, SHOWN_LINES))
    ]
    return [line for line in lines if line.text.strip()] or lines[:1]


def suggestion_diff(finding: Finding, sources: Sources) -> list[DiffLine]:
    """What the suggestion takes away and puts in, whole lines; empty without a suggestion."""
    if finding.suggestion is None:
        return []
    index, range_ = _text_of(finding, sources)
    first, last = range_.start.line, range_.end.line
    head = index.line(first)[: range_.start.character]
    tail = index.line(last)[range_.end.character :]
    old = [index.line(number) for number in range(first, last + 1)]
    replaced = LineIndex(head + finding.suggestion + tail)
    new = [replaced.line(number) for number in range(len(replaced))]
    while new and not new[-1] and old[-1]:
        new.pop()
    return [
        DiffLine(line[0], _plain(line[2:]))
        for line in difflib.ndiff(old, new)
        if not line.startswith("?")
    ]


def _text_of(finding: Finding, sources: Sources) -> tuple[LineIndex, Range]:
    index = sources.holding(finding)
    if index is not None:
        return index, finding.range
    quote = LineIndex(finding.quote)
    return quote, quote.range_between(0, len(finding.quote.rstrip()))


def _shown(index: LineIndex, range_: Range, number: int) -> tuple[str, tuple[int, int]]:
    line = index.line(number)
    first = range_.start.character if number == range_.start.line else 0
    last = range_.end.character if number == range_.end.line else len(line)
    first = max(first, len(line) - len(line.lstrip()))
    marked = line[first:last].rstrip()
    return _plain(line), (cell_len(_plain(line[:first])), max(1, cell_len(_plain(marked))))


def _plain(line: str) -> str:
    return visible(line.replace("\t", TAB))

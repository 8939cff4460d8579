r"""The text of one open document, kept in step with the editor's.

A list of lines, so that a keystroke costs what its line costs and not what the document costs.
Lines end as LSP says (`\n`, `\r\n`, `\r`), and columns count the negotiated encoding's units.
"""

from __future__ import annotations

import re

from lsprotocol import types

from claude_sidecar.findings.tracker import Edit
from claude_sidecar.sessions.documents.reading import stamp_of
from claude_sidecar.text import (
    LineIndex,
    Position,
    PositionEncoding,
    Range,
    column_to_units,
    minimal_edit,
    units_to_column,
)

_LINES = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")


class Buffer:
    """One open document, by its canonical path.

    :ivar dirty: whether it was changed since it was opened, saved, or loaded anew from the disk.
    :ivar stamp: what its file's was then.
    """

    def __init__(self, path: str, item: types.TextDocumentItem, encoding: PositionEncoding) -> None:
        self.path = path
        self.language = str(item.language_id)
        self.version = item.version
        self.dirty = False
        self.stamp = stamp_of(path)
        self._encoding: PositionEncoding = encoding
        self._lines = _split(item.text)
        self._text: str | None = item.text

    def saved(self) -> None:
        """It is what its file is now."""
        self.dirty = False
        self.stamp = stamp_of(self.path)

    @property
    def text(self) -> str:
        """All of it."""
        if self._text is None:
            self._text = "".join(self._lines)
        return self._text

    def line(self, number: int) -> str:
        """Line `number` without its end; empty when there is no such line."""
        if not 0 <= number < len(self._lines):
            return ""
        return self._lines[number].rstrip("\r\n")

    @property
    def line_count(self) -> int:
        """The number of lines; a text that ends with a line end has an empty last line."""
        return len(self._lines)

    def text_in(self, range_: Range) -> str:
        """The text inside a range; empty where there is no such place."""
        if range_.end.line >= len(self._lines):
            return ""
        return self._between(range_.start, range_.end)

    def change(self, change: types.TextDocumentContentChangeEvent) -> Edit:
        """Take an edit, partial or whole: what it did to the text, in code points."""
        self.dirty = True
        if isinstance(change, types.TextDocumentContentChangeWholeDocument):
            edit = self._whole_line_ends(_difference(self.text, change.text))
            self._lines, self._text = _split(change.text), change.text
            return edit
        start, end = sorted((self._bounded(change.range.start), self._bounded(change.range.end)))
        edit = self._whole_line_ends(
            Edit(Range(start, end), self._between(start, end), change.text)
        )
        start, end = edit.range.start, edit.range.end
        head = self._lines[start.line][: start.character]
        tail = self._lines[end.line][end.character :]
        lines = _split(head + edit.new_text + tail)
        if end.line + 1 < len(self._lines) and lines[-1] == "":
            lines.pop()
        self._lines[start.line : end.line + 1] = lines
        self._text = None
        return edit

    def _between(self, start: Position, end: Position) -> str:
        if start.line == end.line:
            return self._lines[start.line][start.character : end.character]
        first, last = self._lines[start.line], self._lines[end.line]
        middle = self._lines[start.line + 1 : end.line]
        return "".join((first[start.character :], *middle, last[: end.character]))

    def _whole_line_ends(self, edit: Edit) -> Edit:
        r"""The same edit, widened where it makes a `\r` meet its `\n`, so that it takes in both."""
        start, end, old, new = edit.range.start, edit.range.end, edit.old_text, edit.new_text
        follows = self._lines[end.line][end.character : end.character + 1]
        above = self._lines[start.line - 1] if start.line and not start.character else ""
        if above.endswith("\r") and (new or follows).startswith("\n"):
            start = Position(start.line - 1, len(above) - 1)
            old, new = "\r" + old, "\r" + new
        if follows == "\n" and new.endswith("\r"):
            end, old, new = Position(end.line + 1, 0), old + "\n", new + "\n"
        return Edit(Range(start, end), old, new)

    def _bounded(self, position: types.Position) -> Position:
        if position.line >= len(self._lines):
            return Position(len(self._lines) - 1, len(self._lines[-1]))
        line = self.line(position.line)
        return Position(position.line, units_to_column(line, position.character, self._encoding))


def to_units(line: str, position: Position, encoding: PositionEncoding) -> types.Position:
    """A position in code points as the client counts it."""
    return types.Position(position.line, column_to_units(line, position.character, encoding))


def _difference(old: str, new: str) -> Edit:
    """The smallest edit that makes one text of another."""
    index = LineIndex(old)
    edit = minimal_edit(index, index.range_between(0, len(old)), new)
    return Edit(edit.range, index.slice(edit.range), edit.new_text)


def _split(text: str) -> list[str]:
    """Lines with their ends; at least one, and the last without an end."""
    lines: list[str] = _LINES.findall(text)
    if len(lines) > 1 and not lines[-2].endswith(("\n", "\r")):
        lines.pop()
    return lines

r"""The text of one open document, kept in step with the editor's.

A list of lines, so that a keystroke costs what its line costs and not what the document costs.
Lines end as LSP says (`\n`, `\r\n`, `\r`), and columns count the negotiated encoding's units.
"""

from __future__ import annotations

import re

from lsprotocol import types

from claude_sidecar.text import Position, PositionEncoding, column_to_units, units_to_column

_LINES = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")


class Buffer:
    """One open document, by its canonical path."""

    def __init__(self, path: str, item: types.TextDocumentItem, encoding: PositionEncoding) -> None:
        self.path = path
        self.language = str(item.language_id)
        self.version = item.version
        self.dirty = False
        self._encoding: PositionEncoding = encoding
        self._lines = _split(item.text)
        self._text: str | None = item.text

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

    def change(self, change: types.TextDocumentContentChangeEvent) -> None:
        """Take an edit, partial or whole."""
        self.dirty = True
        self._text = None
        if isinstance(change, types.TextDocumentContentChangeWholeDocument):
            self._lines = _split(change.text)
            return
        start, end = sorted(
            (self._bounded(change.range.start), self._bounded(change.range.end)),
        )
        first, last = self._lines[start.line], self._lines[end.line]
        merged = first[: start.character] + change.text + last[end.character :]
        following = end.line + 1
        if merged.endswith("\r") and following < len(self._lines):
            merged += self._lines[following]  # a "\r" may have met its "\n"
            following += 1
        before = start.line
        if before and merged.startswith("\n") and self._lines[before - 1].endswith("\r"):
            before -= 1
            merged = self._lines[before] + merged
        lines = _split(merged)
        if following < len(self._lines) and lines[-1] == "":
            lines.pop()
        self._lines[before:following] = lines

    def _bounded(self, position: types.Position) -> Position:
        if position.line >= len(self._lines):
            return Position(len(self._lines) - 1, len(self._lines[-1]))
        line = self.line(position.line)
        return Position(position.line, units_to_column(line, position.character, self._encoding))


def to_units(line: str, position: Position, encoding: PositionEncoding) -> types.Position:
    """A position in code points as the client counts it."""
    return types.Position(position.line, column_to_units(line, position.character, encoding))


def _split(text: str) -> list[str]:
    """Lines with their ends; at least one, and the last without an end."""
    lines: list[str] = _LINES.findall(text)
    if len(lines) > 1 and not lines[-2].endswith(("\n", "\r")):
        lines.pop()
    return lines

"""Between the wire and the domain: ranges in the client's units, URIs, times.

Columns can only be converted with the line they are in: it is taken from the open document, else
from the file as it is on the disk.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

import anyio.to_thread
from lsprotocol import types

from claude_sidecar.errors import InvalidRequest, UnusableDocument
from claude_sidecar.findings.model import Finding, Severity
from claude_sidecar.lsp.buffers import to_units
from claude_sidecar.lsp.documents import OpenDocuments
from claude_sidecar.sessions.documents.reading import read_from_disk
from claude_sidecar.sessions.model import JsonObject
from claude_sidecar.text import LineIndex, Position, Range, units_to_column

_KEPT_TEXTS = 32

SEVERITIES: Mapping[Severity, types.DiagnosticSeverity] = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "information": types.DiagnosticSeverity.Information,
    "hint": types.DiagnosticSeverity.Hint,
}
_SEVERITY_NAMES: Mapping[int, Severity] = {int(value): name for name, value in SEVERITIES.items()}


class Ranges:
    """Converts ranges of files, open or not."""

    def __init__(self, documents: OpenDocuments) -> None:
        self._documents = documents
        self._texts: OrderedDict[str, tuple[tuple[int, int], LineIndex]] = OrderedDict()

    def to_client(self, path: str, range_: Range) -> types.Range:
        """Code points to the client's units."""
        encoding = self._documents.encoding
        return types.Range(
            to_units(self._line(path, range_.start.line), range_.start, encoding),
            to_units(self._line(path, range_.end.line), range_.end, encoding),
        )

    def from_client(self, path: str, range_: types.Range) -> Range:
        """The client's units to code points; what lies past a line's end means its end."""
        return Range(self._position(path, range_.start), self._position(path, range_.end))

    def shape(self, path: str, range_: Range) -> JsonObject:
        """Like `to_client`, as plain JSON."""
        converted = self.to_client(path, range_)
        return {
            "start": {"line": converted.start.line, "character": converted.start.character},
            "end": {"line": converted.end.line, "character": converted.end.character},
        }

    async def prepare(self, findings: Iterable[Finding]) -> None:
        """Read the files of findings that are not open off the event loop, ahead of `shape`."""
        wanted = {each.file for each in findings} - self._texts.keys()
        wanted = {path for path in wanted if self._documents.at(path) is None}
        if wanted and self._documents.encoding != "utf-32":
            for path in wanted:
                await anyio.to_thread.run_sync(self._line, path, 0)

    def _position(self, path: str, position: types.Position) -> Position:
        line = self._line(path, position.line)
        column = units_to_column(line, position.character, self._documents.encoding)
        return Position(position.line, column)

    def _line(self, path: str, number: int) -> str:
        """One line; empty where the file is not to be had. A file on the disk is kept in mind."""
        buffer = self._documents.at(path)
        if buffer is not None:
            return buffer.line(number)
        try:
            stat = Path(path).stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            known = self._texts.get(path)
            if known is None or known[0] != stamp:
                known = stamp, LineIndex(read_from_disk(path).text)
                self._texts[path] = known
                while len(self._texts) > _KEPT_TEXTS:
                    self._texts.popitem(last=False)
        except (OSError, UnusableDocument):
            return ""
        return known[1].line(number)


def severity_name(severity: int | None) -> Severity:
    """An LSP diagnostic's severity in words; one that is not given counts as an error."""
    return _SEVERITY_NAMES.get(severity or 1, "error")


def seconds_from_time(text: str, *, field: str) -> float:
    """An ISO 8601 date or time as seconds since the epoch; local time where it names no zone.

    :raises InvalidRequest: if it is none.
    """
    try:
        return datetime.fromisoformat(text.strip().replace("Z", "+00:00")).timestamp()
    except (ValueError, OverflowError, OSError):
        raise InvalidRequest(
            f"`{field}` is {text!r} but must be a date or time in ISO 8601, like "
            "2025-01-31 or 2025-01-31T12:00:00Z.",
            field=field,
        ) from None

"""The answers to `claudeSidecar/editorContext`: checked, cut to size, in the domain's words.

A client may be anybody's plugin, and its language servers anybody's. What has not the shape that
the protocol says is refused by name; what is too much is left out and said to be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from lsprotocol import types

from claude_sidecar.debugging.debugger import parse_debug_state
from claude_sidecar.errors import InvalidRequest, NoContext
from claude_sidecar.lsp import names
from claude_sidecar.lsp.convert import Ranges, severity_name
from claude_sidecar.sessions.keys import path_from_uri
from claude_sidecar.sessions.ports import (
    ContextQuery,
    EditorContext,
    EditorDiagnostic,
    FileDiagnostics,
    FilePlace,
    Selection,
    Symbol,
)
from claude_sidecar.text import Range

ITEMS: Final = 200
"""Places, diagnostics and editors of one answer."""
SYMBOLS: Final = 500
TEXT: Final = 10_000
"""Characters of a hover or a selection."""
_LINE: Final = 1_000
_DEPTH: Final = 20


class ContextReader:
    """Reads one answer."""

    def __init__(self, ranges: Ranges, query: ContextQuery) -> None:
        self._ranges = ranges
        self._query = query
        self._left_out: list[str] = []

    def read(self, raw: object) -> EditorContext:
        """The answer as a whole.

        :raises NoContext: naming what is wrong.
        """
        answer = _object(raw, "the answer")
        asked = {kind: answer.get(kind) for kind in self._query.kinds}
        given = {kind: value for kind, value in asked.items() if value is not None}
        context: dict[str, Any] = {}
        if "diagnostics" in given:
            context["diagnostics"] = tuple(self._diagnostics(given["diagnostics"]))
        if "selection" in given:
            context["selection"] = self._selection(given["selection"])
        if "visibleEditors" in given:
            context["visible"] = tuple(self._places(given["visibleEditors"], "visibleEditors"))
        if "debugState" in given:
            context["debug_state"] = _debug_state(given["debugState"])
        if "definition" in given:
            context["definitions"] = tuple(self._places(given["definition"], "definition"))
        if "references" in given:
            context["references"] = tuple(self._places(given["references"], "references"))
        if "hover" in given:
            context["hover"] = self._cut(_hover(given["hover"]), "hover")
        if "symbols" in given:
            context["symbols"] = tuple(self._symbols(given["symbols"], "symbols", 0))[:SYMBOLS]
        return EditorContext(**context, left_out=tuple(self._left_out))

    def _diagnostics(self, raw: object) -> Iterator[FileDiagnostics]:
        room = ITEMS
        for each, at in self._items(raw, "diagnostics", ITEMS):
            path = _path(each, at)
            all_ = self._items(each.get("diagnostics"), f"{at}.diagnostics", None)
            own = [
                self._diagnostic(path, one, where)
                for one, where in all_[:room]
                if one.get("source") != names.DIAGNOSTIC_SOURCE
            ]
            if len(all_) > room:
                self._left_out.append(f"{len(all_) - room} more diagnostics are left out")
            room -= len(own)
            yield FileDiagnostics(path, tuple(own))

    def _diagnostic(self, path: str, raw: Mapping[str, Any], at: str) -> EditorDiagnostic:
        severity, code, source = raw.get("severity"), raw.get("code"), raw.get("source")
        return EditorDiagnostic(
            self._range(path, raw.get("range"), f"{at}.range"),
            severity_name(severity if severity in {1, 2, 3, 4} else None),
            _text(raw.get("message"), f"{at}.message")[:_LINE],
            source if isinstance(source, str) else None,
            str(code) if isinstance(code, str | int) else None,
        )

    def _selection(self, raw: object) -> Selection:
        given = _object(raw, "selection")
        text = given.get("text")
        told = "" if text is None else _text(text, "selection.text")
        return Selection(self._place(given, "selection"), self._cut(told, "selection"))

    def _places(self, raw: object, at: str) -> Iterator[FilePlace]:
        items: object = cast("object", raw) if isinstance(raw, list) else [raw]
        for each, where in self._items(items, at, ITEMS):
            yield self._place(each, where)

    def _place(self, raw: Mapping[str, Any], at: str) -> FilePlace:
        """A `Location`, a `LocationLink`, or a place without a range."""
        if "targetUri" in raw:
            raw = {"uri": raw["targetUri"], "range": raw.get("targetSelectionRange")}
        path = _path(raw, at)
        if raw.get("range") is None:
            return FilePlace(path, self._ranges.from_client(path, _START))
        return FilePlace(path, self._range(path, raw["range"], f"{at}.range"))

    def _symbols(self, raw: object, at: str, depth: int) -> Iterator[Symbol]:
        """`DocumentSymbol`s with their children, or `SymbolInformation`s."""
        for each, where in self._items(raw, at, SYMBOLS):
            location = each.get("location")
            if location is not None:
                place = self._place(_object(location, f"{where}.location"), f"{where}.location")
            elif self._query.path is not None:
                shown = each.get("selectionRange") or each.get("range")
                range_ = self._range(self._query.path, shown, f"{where}.range")
                place = FilePlace(self._query.path, range_)
            else:
                raise _wrong(f"{where}.location", "is missing")
            name = _text(each.get("name"), f"{where}.name")[:_LINE]
            yield Symbol(name, _symbol_kind(each.get("kind")), place, depth)
            if each.get("children") and depth < _DEPTH:
                yield from self._symbols(each["children"], f"{where}.children", depth + 1)

    def _range(self, path: str, raw: object, at: str) -> Range:
        given = _object(raw, at)
        wire = types.Range(
            _position(given.get("start"), f"{at}.start"), _position(given.get("end"), f"{at}.end")
        )
        return self._ranges.from_client(path, wire)

    def _items(
        self, raw: object, at: str, limit: int | None
    ) -> list[tuple[Mapping[str, Any], str]]:
        if not isinstance(raw, list):
            raise _wrong(at, "must be a list")
        items = cast("list[object]", raw)
        if limit is not None and len(items) > limit:
            self._left_out.append(f"{len(items) - limit} more {at} are left out")
        return [
            (_object(each, f"{at}[{number}]"), f"{at}[{number}]")
            for number, each in enumerate(items[:limit])
        ]

    def _cut(self, text: str, what: str) -> str:
        if len(text) <= TEXT:
            return text
        self._left_out.append(f"the {what} has {len(text)} characters; the rest is left out")
        return text[:TEXT]


_START: Final = types.Range(types.Position(0, 0), types.Position(0, 0))


def _debug_state(raw: object) -> Any:
    try:
        return parse_debug_state(raw)
    except InvalidRequest as error:
        raise NoContext(f"The editor's answer cannot be used: {error}") from error


def _hover(raw: object) -> str:
    """A string, `MarkupContent`, `MarkedString`s, or a `Hover` with one of them."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, list):
        return "\n\n".join(_hover(each) for each in cast("list[object]", raw)[:ITEMS])
    given = _object(raw, "hover")
    if "contents" in given:
        return _hover(given["contents"])
    return _text(given.get("value"), "hover.value")


def _symbol_kind(raw: object) -> str:
    try:
        return types.SymbolKind(cast("int", raw)).name.lower()
    except ValueError:
        return "symbol"


def _path(raw: Mapping[str, Any], at: str) -> str:
    uri = _text(raw.get("uri"), f"{at}.uri")
    try:
        return path_from_uri(uri)
    except InvalidRequest:
        return uri[:_LINE]  # of an archive, or of a document that was never saved


def _position(raw: object, at: str) -> types.Position:
    given = _object(raw, at)
    numbers = [given.get("line"), given.get("character")]
    if not all(isinstance(n, int) and not isinstance(n, bool) and n >= 0 for n in numbers):
        raise _wrong(at, "must have a `line` and a `character`, whole numbers from 0")
    return types.Position(cast("int", numbers[0]), cast("int", numbers[1]))


def _object(raw: object, at: str) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        raise _wrong(at, "must be an object")
    return cast("Mapping[str, Any]", raw)


def _text(raw: object, at: str) -> str:
    if not isinstance(raw, str):
        raise _wrong(at, "must be a string")
    return raw


def _wrong(at: str, what: str) -> NoContext:
    return NoContext(f"The editor's answer cannot be used: `{at}` {what}.")

"""The tools that the editor answers: what its language servers and its debugger know.

They are offered only where the editor has declared that it can answer. What it says is data, and
put into a fence like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from claude_sidecar.debugging.debugger import described
from claude_sidecar.errors import InvalidRequest, UnusableDocument
from claude_sidecar.sessions.documents.reading import Documents
from claude_sidecar.sessions.model import JsonObject
from claude_sidecar.sessions.policy.secrets import is_secret
from claude_sidecar.sessions.ports import (
    ContextKind,
    ContextQuery,
    EditorContext,
    FilePlace,
    ToolReply,
    ToolSpec,
)
from claude_sidecar.sessions.prompts.fences import fence
from claude_sidecar.sessions.prompts.material import diagnostic_line
from claude_sidecar.sessions.prompts.tools import FILE, check
from claude_sidecar.sessions.tools.buffer_tools import BufferTools
from claude_sidecar.text import LineIndex, Position

_AT: Mapping[str, Any] = {
    "line": {"type": "integer", "minimum": 1, "description": "The line it is on, from 1."},
    "symbol": {"type": "string", "description": "The name, as it stands there."},
}


def _spec(name: str, description: str, *fields: str, required: Sequence[str] = ()) -> ToolSpec:
    known: Mapping[str, Any] = {"file": FILE, **_AT}
    return ToolSpec(
        name=name,
        description=description,
        schema={
            "type": "object",
            "properties": {each: known[each] for each in fields},
            "required": list(required),
            "additionalProperties": False,
        },
        read_only=True,
    )


_HERE: Final = ("file", "line", "symbol")
_SERVERS: Final = "by the developer's editor, whose language servers know the project"
GET_DIAGNOSTICS = _spec(
    "get_diagnostics",
    "What other language servers and linters say of a file, or of all files that they look at, as "
    "the developer's editor shows it.",
    "file",
)
FIND_DEFINITION = _spec(
    "find_definition", f"Where a name is defined, {_SERVERS}.", *_HERE, required=["file"]
)
FIND_REFERENCES = _spec(
    "find_references", f"Where a name is used, {_SERVERS}.", *_HERE, required=["file"]
)
GET_HOVER = _spec(
    "get_hover", f"The type and documentation of a name, {_SERVERS}.", *_HERE, required=["file"]
)
GET_SYMBOLS = _spec(
    "get_symbols",
    "The names that a file defines, with their lines; with `symbol`, those that contain it.",
    *_HERE,
    required=["file"],
)
GET_SELECTION = _spec(
    "get_selection", "What the developer has selected, and which files are in view."
)
GET_DEBUG_STATE = _spec(
    "get_debug_state", "Where the developer's debugger has stopped: the stack, and its variables."
)

_KINDS: Final[Mapping[str, tuple[ContextKind, ...]]] = {
    GET_DIAGNOSTICS.name: ("diagnostics",),
    GET_SELECTION.name: ("selection", "visibleEditors"),
    GET_DEBUG_STATE.name: ("debugState",),
    FIND_DEFINITION.name: ("definition",),
    FIND_REFERENCES.name: ("references",),
    GET_HOVER.name: ("hover",),
    GET_SYMBOLS.name: ("symbols",),
}
_SPECS: Final = {
    each.name: each
    for each in (
        GET_DIAGNOSTICS,
        GET_SELECTION,
        GET_DEBUG_STATE,
        FIND_DEFINITION,
        FIND_REFERENCES,
        GET_HOVER,
        GET_SYMBOLS,
    )
}
CONTEXT_SPECS: Final = tuple(_SPECS.values())
CONTEXT_TOOLS: Final = frozenset(_SPECS)


def offered(kinds: Iterable[ContextKind]) -> tuple[str, ...]:
    """The tools of this module that an editor can answer which knows of these kinds."""
    known = frozenset(kinds)
    return tuple(name for name, asked in _KINDS.items() if known.intersection(asked))


@dataclass(frozen=True, slots=True)
class ContextTools:
    """The tools as one turn has them."""

    buffers: BufferTools
    documents: Documents

    async def call(self, name: str, arguments: JsonObject) -> ToolReply:
        """Carry out a call of one of them.

        :raises NoContext: if the editor gives no answer that can be used.
        :raises InvalidRequest: if the call names no place.
        """
        editor = self.documents.editor
        kinds: tuple[ContextKind, ...] = tuple(
            kind for kind in _KINDS[name] if kind in editor.context_kinds
        )
        if not kinds:
            return ToolReply(f"The developer's editor does not offer {name}.", is_error=True)
        check(_SPECS[name], arguments)
        query = self._query(name, kinds, arguments)
        answer = await editor.context(query)
        told = self._told(name, answer, arguments.get("symbol"))
        left_out = "".join(f"\n({each})" for each in answer.left_out)
        return ToolReply(f"{told}{left_out}")

    def _query(
        self, name: str, kinds: tuple[ContextKind, ...], arguments: JsonObject
    ) -> ContextQuery:
        if "file" not in arguments:
            return ContextQuery(kinds)
        path = self.buffers.resolved(arguments["file"])
        symbol: str | None = arguments.get("symbol")
        if name in {GET_DIAGNOSTICS.name, GET_SYMBOLS.name}:
            return ContextQuery(kinds, path, symbol=symbol)
        index = LineIndex(self.documents.read(path).text)
        return ContextQuery(kinds, path, _position(index, arguments.get("line"), symbol), symbol)

    def _told(self, name: str, answer: EditorContext, symbol: str | None) -> str:
        match name:
            case "get_diagnostics":
                return self._diagnostics(answer)
            case "get_selection":
                return self._selection(answer)
            case "get_debug_state":
                state = answer.debug_state
                return fence(
                    "debugger", "Nothing is being debugged." if state is None else described(state)
                )
            case "get_hover":
                return fence("hover", answer.hover) if answer.hover else "Nothing is known of it."
            case "get_symbols":
                return self._symbols(answer, symbol)
            case "find_definition":
                return self._places(answer.definitions, "No definition was found.")
            case _:
                return self._places(answer.references, "No reference was found.")

    def _diagnostics(self, answer: EditorContext) -> str:
        lines = [
            f"{self._name(each.path)}:{diagnostic_line(one)}"
            for each in answer.diagnostics or ()
            for one in each.diagnostics
        ]
        return fence("diagnostics", "\n".join(lines)) if lines else "There are no diagnostics."

    def _selection(self, answer: EditorContext) -> str:
        parts: list[str] = []
        selection = answer.selection
        if selection is not None:
            where = self._where(selection.place)
            if not selection.text:
                parts.append(f"The cursor is at {where}; nothing is selected.")
            elif is_secret(selection.place.path):
                parts.append(f"Something is selected at {where}, in a file that may hold secrets.")
            else:
                parts.append(f"Selected at {where}:\n{fence('selection', selection.text)}")
        if answer.visible:
            shown = "\n".join(self._name(each.path) for each in answer.visible)
            parts.append(f"In view:\n{fence('files', shown)}")
        return "\n".join(parts) or "No editor is in use."

    def _symbols(self, answer: EditorContext, symbol: str | None) -> str:
        wanted = (symbol or "").casefold()
        lines = [
            f"{'  ' * each.depth}{each.place.range.start.line + 1}\t{each.kind} {each.name}"
            for each in answer.symbols or ()
            if wanted in each.name.casefold()
        ]
        return fence("symbols", "\n".join(lines)) if lines else "No symbol was found."

    def _places(self, places: Sequence[FilePlace] | None, none: str) -> str:
        if not places:
            return none
        indexes: dict[str, LineIndex | None] = {}
        lines: list[str] = []
        for each in places:
            if each.path not in indexes:
                indexes[each.path] = self._index(each.path)
            index = indexes[each.path]
            text = "" if index is None else index.line(each.range.start.line).strip()[:200]
            lines.append(f"{self._where(each)}\t{text}".rstrip())
        return fence("places", "\n".join(lines))

    def _index(self, path: str) -> LineIndex | None:
        """The text of a file of the workspace; what lies outside, or may hold secrets, is named and
        not shown.
        """
        if not self.buffers.author.holds(path) or is_secret(path):
            return None
        try:
            return LineIndex(self.documents.read(path).text)
        except UnusableDocument:
            return None

    def _where(self, place: FilePlace) -> str:
        return f"{self._name(place.path)}:{place.range.start.line + 1}"

    def _name(self, path: str) -> str:
        return self.buffers.author.name(path)


def _position(index: LineIndex, line: int | None, symbol: str | None) -> Position:
    """Where a name stands: on the line given, else where it stands first."""
    if line is not None and line > len(index):
        raise InvalidRequest(f"The file has {len(index)} lines.")
    if symbol is None:
        if line is None:
            raise InvalidRequest("Say what is meant: a `symbol`, and its `line` where you know it.")
        text = index.line(line - 1)
        return Position(line - 1, len(text) - len(text.lstrip()))
    name = symbol.rpartition(".")[2] or symbol
    pattern = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    lines = range(len(index)) if line is None else [line - 1]
    for number in lines:
        found = pattern.search(index.line(number))
        if found is not None:
            return Position(number, found.start())
    where = "in the file" if line is None else f"on line {line}"
    raise InvalidRequest(f"`{symbol}` is not {where}.")

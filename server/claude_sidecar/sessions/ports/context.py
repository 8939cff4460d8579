"""What an editor knows of code beside its text: its language servers' answers, its debugger's."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias, get_args

from claude_sidecar.debugging.debugger import DebugState
from claude_sidecar.findings.model import Severity
from claude_sidecar.text import Position, Range

ContextKind: TypeAlias = Literal[
    "diagnostics",
    "selection",
    "visibleEditors",
    "debugState",
    "definition",
    "references",
    "hover",
    "symbols",
]
CONTEXT_KINDS: tuple[ContextKind, ...] = get_args(ContextKind)


@dataclass(frozen=True, slots=True)
class ContextQuery:
    """A question to the editor.

    :param path: the file it is about, by its canonical path.
    :param position: a place in that file.
    :param symbol: the name at that place, or what symbols are looked for by.
    """

    kinds: tuple[ContextKind, ...]
    path: str | None = None
    position: Position | None = None
    symbol: str | None = None


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A range of a file. `path` is a URI where it is no file on the disk."""

    path: str
    range: Range


@dataclass(frozen=True, slots=True)
class EditorDiagnostic:
    """What a language server or linter says of a file."""

    range: Range
    severity: Severity
    message: str
    source: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class FileDiagnostics:
    """What other language servers say of one file."""

    path: str
    diagnostics: tuple[EditorDiagnostic, ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """Where the user's cursor is, and the text that is selected; empty where there is none."""

    place: FilePlace
    text: str


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name that a file defines.

    :param kind: as LSP's `SymbolKind` calls it, in small letters.
    :param depth: how many others it lies in.
    """

    name: str
    kind: str
    place: FilePlace
    depth: int = 0


@dataclass(frozen=True, slots=True)
class EditorContext:
    """What the editor could answer; None where it gave nothing of the kind.

    :param left_out: what was too much, in words.
    """

    diagnostics: tuple[FileDiagnostics, ...] | None = None
    selection: Selection | None = None
    visible: tuple[FilePlace, ...] | None = None
    debug_state: DebugState | None = None
    definitions: tuple[FilePlace, ...] | None = None
    references: tuple[FilePlace, ...] | None = None
    hover: str | None = None
    symbols: tuple[Symbol, ...] | None = None
    left_out: tuple[str, ...] = ()


class ContextSource(Protocol):
    """Who answers such questions."""

    @property
    def context_kinds(self) -> AbstractSet[ContextKind]:
        """What it can be asked for; it stays the same."""
        ...

    async def context(self, query: ContextQuery) -> EditorContext:
        """Ask for kinds out of `context_kinds`.

        :raises NoContext: if it does not answer in time, or not in the shape it should.
        """
        ...

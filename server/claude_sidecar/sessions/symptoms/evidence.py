"""What is gathered for a debugging turn: records, and how much of each there may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from claude_sidecar.debugging.debugger import DebugState
from claude_sidecar.debugging.model import Failure
from claude_sidecar.debugging.placing import PlacedFrame
from claude_sidecar.sessions.model import Key
from claude_sidecar.sessions.ports import EditorDiagnostic
from claude_sidecar.sessions.ports.history import LineChange

BUDGET_TOKENS: Final = 16_000
"""What all of it may take of the context window."""
CHARACTERS_PER_TOKEN: Final = 4
"""Of code and English, about; what is exact only the model's tokenizer knows."""
REPORT_SHARE: Final = 0.3
STACK_SHARE: Final = 0.2
HISTORY_SHARE: Final = 0.15


@dataclass(frozen=True, slots=True)
class Source:
    """Lines of a file as the developer has them, around one or several frames.

    :param path: relative to its workspace, or absolute where it is of another.
    :param first: the first line, from 0.
    :param remarks: about the frames in it: which line, and where that line is now.
    """

    path: str
    first: int
    lines: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    language: str | None = None
    unsaved: bool = False


@dataclass(frozen=True, slots=True)
class Lineage:
    """How the lines around a frame came to be.

    :param pending: a patch of what is not committed.
    """

    path: str
    first: int
    last: int
    commits: tuple[LineChange, ...] = ()
    pending: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of a failure.

    :param key: where it failed: the file of the innermost frame of the user's own code.
    :param report: the symptom's text, as much of it as is shown.
    :param frames: of the failure and what is related to it, placed.
    :param left_out: what there was no room for, in words.
    """

    key: Key
    report: str = ""
    failure: Failure | None = None
    frames: tuple[PlacedFrame, ...] = ()
    sources: tuple[Source, ...] = ()
    lineages: tuple[Lineage, ...] = ()
    diagnostics: tuple[tuple[str, EditorDiagnostic], ...] = ()
    state: DebugState | None = None
    more_failures: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    maps: tuple[str, ...] = ()
    document_shown: bool = False


@dataclass(frozen=True, slots=True)
class Reported:
    """What the developer has: any of a text, a stopped program, diagnostics.

    :param key: the file or workspace that the developer is at.
    :param chosen: the developer named it; else the place of the failure goes before it.
    """

    key: Key
    text: str = ""
    state: DebugState | None = None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class TestWish:
    """A command that shows a failure.

    :param reported: what else the developer has told.
    :param permitted: the developer has agreed to it already.
    """

    __test__ = False  # it is no test of ours

    command: str
    reported: Reported
    permitted: bool = False

"""Gathers what is known of a failure, within a budget of tokens, the nearest to the cause first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import anyio
import anyio.to_thread

from claude_sidecar.debugging.debugger import DebugState, as_failure
from claude_sidecar.debugging.failures import Symptom, read_symptom
from claude_sidecar.debugging.model import Failure
from claude_sidecar.debugging.placing import Locator, PlacedFrame, innermost, placed_frames
from claude_sidecar.debugging.report import report_of
from claude_sidecar.debugging.secrets import redacted
from claude_sidecar.errors import NoContext, UnusableDocument
from claude_sidecar.sessions.documents.reading import Documents
from claude_sidecar.sessions.keys import Workspaces, is_inside
from claude_sidecar.sessions.model import Key
from claude_sidecar.sessions.ports import ContextQuery, ContextSource, EditorDiagnostic
from claude_sidecar.sessions.ports.history import LineHistory
from claude_sidecar.sessions.symptoms.evidence import (
    BUDGET_TOKENS,
    CHARACTERS_PER_TOKEN,
    HISTORY_SHARE,
    REPORT_SHARE,
    STACK_SHARE,
    Evidence,
    Reported,
)
from claude_sidecar.sessions.symptoms.excerpts import excerpts
from claude_sidecar.sessions.symptoms.lineage import read_lineages
from claude_sidecar.settings import Settings

_MORE_FAILURES: Final = 20
_DIAGNOSED_FILES: Final = 6
_DIAGNOSTICS_KEPT: Final = 20


@dataclass(frozen=True, slots=True)
class Gatherer:
    """Reads symptoms.

    :param editor: who is asked what other servers say, where it can tell.
    :param settings: those of a workspace, by its path.
    """

    documents: Documents
    workspaces: Workspaces
    history: LineHistory
    settings: Callable[[str], Settings]
    editor: ContextSource
    budget_tokens: int = field(default=BUDGET_TOKENS)

    async def gather(self, reported: Reported) -> Evidence:
        """All that is known of a failure. Takes a thread for what takes time."""
        symptom = await anyio.to_thread.run_sync(read_symptom, reported.text)
        failure, others = _main(symptom, reported.state)
        folders = self._folders(reported.key)
        placed = await anyio.to_thread.run_sync(_placed, failure, folders)
        nearest = innermost(placed)
        key = reported.key
        if not reported.chosen and nearest is not None and nearest.path is not None:
            key = self._readable(self.workspaces.key_of_file(nearest.path), key)
        room = self.budget_tokens * CHARACTERS_PER_TOKEN
        report = report_of(symptom, int(room * REPORT_SHARE))
        evidence = Evidence(
            key,
            report,
            failure,
            tuple(placed),
            state=reported.state,
            more_failures=tuple(others),
        )
        return await self._with_code(evidence, room - len(report) - int(room * STACK_SHARE))

    def _readable(self, key: Key, otherwise: Key) -> Key:
        """The file where it failed, unless it is none that can be worked on."""
        try:
            self.documents.read(key.path)
        except UnusableDocument:
            return otherwise
        return key

    def _folders(self, key: Key) -> tuple[str, ...]:
        return tuple(dict.fromkeys((key.workspace, *self.workspaces.folders)))

    async def _with_code(self, evidence: Evidence, room: int) -> Evidence:
        """The source, its history and its diagnostics are added."""
        key = evidence.key

        def named(path: str) -> str:
            inside = is_inside(path, key.workspace)
            return path[len(key.workspace.rstrip("/")) + 1 :] if inside else path

        history_room = int(room * HISTORY_SHARE)
        found = await anyio.to_thread.run_sync(
            excerpts, evidence.frames, self.documents, named, room - history_room
        )
        lineages = ()
        if self.settings(key.workspace).trusted:
            lineages = await read_lineages(
                found.places, self.documents, self.history, self.workspaces, history_room
            )
        return replace(
            evidence,
            sources=found.sources,
            left_out=found.left_out,
            lineages=lineages,
            document_shown=found.whole == key.path,
            diagnostics=await self._diagnostics(found.places, named),
            maps=await anyio.to_thread.run_sync(_source_maps, evidence.frames, named),
        )

    async def _diagnostics(
        self, places: Sequence[tuple[str, int]], named: Callable[[str], str]
    ) -> tuple[tuple[str, EditorDiagnostic], ...]:
        """What is said of the files of the frames, what is nearest to a frame first."""
        told: list[tuple[str, EditorDiagnostic]] = []
        for path in list(dict.fromkeys(path for path, _ in places))[:_DIAGNOSED_FILES]:
            lines = [line for where, line in places if where == path]
            found = await diagnostics_of(self.editor, path) or ()
            near = sorted(
                found,
                key=lambda each: min(abs(each.range.start.line - line) for line in lines),
            )
            told += [(named(path), each) for each in near]
        return tuple(told[:_DIAGNOSTICS_KEPT])


async def diagnostics_of(editor: ContextSource, path: str) -> tuple[EditorDiagnostic, ...] | None:
    """What other servers say of a file as it is now; None where the editor does not tell."""
    if "diagnostics" not in editor.context_kinds:
        return None
    try:
        answer = await editor.context(ContextQuery(("diagnostics",), path))
    except NoContext:
        return None
    if answer.diagnostics is None:
        return None
    return tuple(
        each for file in answer.diagnostics if file.path == path for each in file.diagnostics
    )


def _main(symptom: Symptom, state: DebugState | None) -> tuple[Failure | None, list[str]]:
    """The failure it is about, and the titles of the others."""
    main = symptom.main
    if main is None and state is not None:
        main = as_failure(state)
    titles = [
        f"{each.title}{f' ({each.test})' if each.test else ''}"
        for each in symptom.failures
        if each is not symptom.main and each.kind != "warning"
    ]
    more = len(titles) - _MORE_FAILURES
    told = [*titles[:_MORE_FAILURES], *([f"and {more} more"] if more > 0 else [])]
    return None if main is None else redacted(main), told


def _placed(failure: Failure | None, folders: Sequence[str]) -> list[PlacedFrame]:
    return [] if failure is None else placed_frames(failure, Locator(folders))


def _source_maps(frames: Sequence[PlacedFrame], named: Callable[[str], str]) -> tuple[str, ...]:
    """Source maps beside scripts that were made from other files; they are named, not read."""
    scripts = {
        each.path
        for each in frames
        if each.path is not None and each.path.endswith((".js", ".mjs", ".cjs"))
    }
    return tuple(sorted(f"{named(path)}.map" for path in scripts if Path(f"{path}.map").is_file()))

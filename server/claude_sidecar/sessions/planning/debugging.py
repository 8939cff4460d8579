"""Debugging as it is asked for: a symptom is read, and the turn goes where it failed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from claude_sidecar.debugging.debugger import DebugState
from claude_sidecar.errors import InvalidRequest, NoContext
from claude_sidecar.sessions.model import Key
from claude_sidecar.sessions.planning.requests import DebugRequest, FixRequest
from claude_sidecar.sessions.ports import ContextQuery, EditorDiagnostic
from claude_sidecar.sessions.symptoms.evidence import Reported, TestWish
from claude_sidecar.sessions.symptoms.gathering import Gatherer, diagnostics_of
from claude_sidecar.text import Range


@dataclass(frozen=True, slots=True)
class DebugWish:
    """What a developer wants to have debugged.

    :param key: the file or workspace that they are at.
    :param chosen: they named it; else the file where it failed goes before it.
    :param error: a message, a traceback, or the output of a test; of any length.
    :param state: where a debugger has stopped.
    :param test: a command that shows the bug; `permitted` if it may be run unasked.
    """

    key: Key
    chosen: bool = False
    range: Range | None = None
    error: str | None = None
    diagnostics: tuple[EditorDiagnostic, ...] = ()
    state: DebugState | None = None
    fresh: bool = False
    test: str | None = None
    permitted: bool = False


@dataclass(frozen=True, slots=True)
class DebugService:
    """Makes requests for turns out of symptoms."""

    gatherer: Gatherer

    async def request(self, wish: DebugWish) -> DebugRequest:
        """Read the symptom, and gather what belongs to it."""
        if not (wish.error or wish.state or wish.diagnostics or wish.range or wish.test):
            wish = replace(wish, state=await self._stopped())
            if wish.state is None:
                wish = replace(wish, diagnostics=await self._said_of(wish.key))
        if not wish.error and wish.state is None and wish.test is None:
            return DebugRequest(wish.key, wish.range, None, wish.diagnostics, wish.fresh)
        chosen = wish.chosen or wish.range is not None or bool(wish.diagnostics)
        reported = Reported(wish.key, wish.error or "", wish.state, chosen=chosen)
        if wish.test is not None:
            test = TestWish(wish.test, reported, permitted=wish.permitted)
            return DebugRequest(wish.key, wish.range, None, wish.diagnostics, wish.fresh, test=test)
        evidence = await self.gatherer.gather(reported)
        return DebugRequest(evidence.key, wish.range, None, wish.diagnostics, wish.fresh, evidence)

    async def fix(self, request: FixRequest) -> FixRequest:
        """A request that says what is to be fixed: where it names but a file, all that the editor's
        other servers say of it.

        :raises InvalidRequest: if they say nothing, or the editor does not tell.
        """
        if request.finding is not None or request.diagnostics or request.range is not None:
            return request
        said = await self._said_of(request.key)
        if not said:
            raise InvalidRequest(
                "Say what is to be fixed: a finding, diagnostics, or a range. The editor tells of no "
                "diagnostics for this file.",
                field="findingId",
            )
        return replace(request, diagnostics=said)

    async def _said_of(self, key: Key) -> tuple[EditorDiagnostic, ...]:
        """What the editor's other servers say of a file."""
        if key.file is None:
            return ()
        return await diagnostics_of(self.gatherer.editor, key.path) or ()

    async def _stopped(self) -> DebugState | None:
        """Where the editor's debugger has stopped, if it has and the editor tells."""
        editor = self.gatherer.editor
        if "debugState" not in editor.context_kinds:
            return None
        try:
            state = (await editor.context(ContextQuery(("debugState",)))).debug_state
        except NoContext:
            return None
        return state if state is not None and state.frames else None

"""Commands that ask for turns: `review`, `debug`, `ask`, `runSteps`; and `cancel`."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import TypeVar

import anyio
from lsprotocol import types

from claude_sidecar.errors import UnknownId
from claude_sidecar.findings.model import Finding
from claude_sidecar.lsp import names, wire
from claude_sidecar.lsp.commands.call import Call, Command
from claude_sidecar.lsp.convert import Ranges, severity_name
from claude_sidecar.lsp.host import SidecarHost
from claude_sidecar.lsp.places import Places
from claude_sidecar.lsp.progress import TurnProgress
from claude_sidecar.lsp.reply import Replies
from claude_sidecar.sessions.model import FindingQuery, JsonObject, Key, TurnResult
from claude_sidecar.sessions.requests import (
    AskRequest,
    DebugRequest,
    EditorDiagnostic,
    ReviewRequest,
    StepsRequest,
    TurnRequest,
)
from claude_sidecar.sessions.shapes import result_shape
from claude_sidecar.sessions.tickets import RunningTurn
from claude_sidecar.text import Range

T = TypeVar("T")

_INTERRUPT_SECONDS = 2.0


class TurnCommands:
    """Asks for turns, shows them, and waits for them."""

    def __init__(
        self,
        places: Places,
        ranges: Ranges,
        progress: TurnProgress,
        replies: Replies,
        host: SidecarHost,
    ) -> None:
        self._places = places
        self._ranges = ranges
        self._progress = progress
        self._replies = replies
        self._host = host

    def table(self) -> list[Command[object]]:
        """The commands of this module."""
        return [
            Command(names.REVIEW, wire.ReviewArguments, self.review),
            Command(names.DEBUG, wire.DebugArguments, self.debug),
            Command(names.ASK, wire.AskArguments, self.ask),
            Command(names.RUN_STEPS, wire.RunStepsArguments, self.run_steps),
            Command(names.CANCEL, wire.CancelArguments, self.cancel),
        ]  # pyright: ignore[reportReturnType]

    async def review(self, call: Call, arguments: wire.ReviewArguments) -> JsonObject:
        """`review`."""
        key = self._places.key(arguments.uri)
        request = ReviewRequest(
            key,
            self._range(key, arguments.range),
            arguments.focus,
            arguments.fresh,
            arguments.reviewers,
            arguments.verify,
        )
        return await self._turn(call, request, f"Review of {_name(key)}")

    async def debug(self, call: Call, arguments: wire.DebugArguments) -> JsonObject:
        """`debug`."""
        key = self._places.key_or_workspace(arguments.uri)
        request = DebugRequest(
            key,
            self._range(key, arguments.range),
            arguments.error,
            tuple(self._diagnostic(key, each) for each in arguments.diagnostics),
            arguments.fresh,
        )
        return await self._turn(call, request, f"Debugging {_name(key)}")

    async def ask(self, call: Call, arguments: wire.AskArguments) -> JsonObject:
        """`ask`."""
        key, session_id = await self._asked_place(call, arguments)
        range_ = None if key is None else self._range(key, arguments.range)
        if arguments.finding_id is not None:
            finding = await _finding(call, arguments.finding_id)
            key = call.sidecar.workspaces.key_of_file(finding.file)
            range_ = range_ or finding.range
            session_id = session_id or (None if arguments.fresh else finding.session_id)
        request = AskRequest(arguments.text, key, range_, session_id, arguments.fresh)
        return await self._turn(
            call, request, "Question" if key is None else f"Question about {_name(key)}"
        )

    async def run_steps(self, call: Call, arguments: wire.RunStepsArguments) -> list[JsonObject]:
        """`runSteps`."""
        key = self._places.key_or_workspace(arguments.uri)
        request = StepsRequest(arguments.steps, key, arguments.stop_on_error)
        service = call.sidecar.turns
        turns = await _begun(service.start_steps(request))
        title = f"Steps for {_name(key)}"
        async with self._progress.showing(turns, title, call.token):
            results = await _finished(
                turns, service.results_of_steps(turns, stop_on_error=arguments.stop_on_error)
            )
        for number, result in enumerate(results, 1):
            await self._replies.turn(result, f"{title}, {number} of {len(turns)}")
        return [await self._shape(result) for result in results]

    async def cancel(self, call: Call, arguments: wire.CancelArguments) -> JsonObject:
        """`cancel`."""
        cancelled = await call.sidecar.turns.cancel(
            session_id=arguments.session_id, turn_id=arguments.turn_id
        )
        count = len(cancelled.stopped)
        self._replies.note(f"Stopped {count} turn{'' if count == 1 else 's'}.")
        return {"stopped": list(cancelled.stopped), "stillRunning": list(cancelled.still_running)}

    async def _turn(self, call: Call, request: TurnRequest, title: str) -> JsonObject:
        turn = await _begun(call.sidecar.turns.start(request))
        async with self._progress.showing([turn], title, call.token):
            result = await _finished([turn], turn.result())
        await self._replies.turn(result, title)
        await self._host.tell_store_problem()
        return await self._shape(result)

    async def _shape(self, result: TurnResult) -> JsonObject:
        await self._ranges.prepare(result.findings)
        return result_shape(result, self._ranges.shape)

    async def _asked_place(
        self, call: Call, arguments: wire.AskArguments
    ) -> tuple[Key | None, str | None]:
        """A named session brings its own file along, unless another is named."""
        session_id = arguments.session_id
        named = not isinstance(arguments.uri, wire.LastDocument)
        if session_id is None or named:
            return self._places.key_or_workspace(arguments.uri), session_id
        session = await call.sidecar.sessions.get(session_id)
        return session.key, session_id

    def _range(self, key: Key, range_: types.Range | None) -> Range | None:
        if range_ is None or key.file is None:
            return None
        return self._ranges.from_client(key.path, range_)

    def _diagnostic(self, key: Key, diagnostic: types.Diagnostic) -> EditorDiagnostic:
        return EditorDiagnostic(
            range=self._ranges.from_client(key.path, diagnostic.range),
            severity=severity_name(diagnostic.severity),
            message=diagnostic.message,
            source=diagnostic.source,
            code=None if diagnostic.code is None else str(diagnostic.code),
        )


async def _begun(starting: Awaitable[T]) -> T:
    """What is begun must be known here before it can be cancelled."""
    begun: list[T] = []
    with anyio.CancelScope(shield=True):
        begun.append(await starting)
    return begun[0]


async def _finished(turns: Sequence[RunningTurn], waiting: Awaitable[T]) -> T:
    """Wait for turns. If the request is cancelled, so are they, and their ends are waited for: an
    interrupted turn is over within a second, and its progress ends before the answer goes out.
    """
    try:
        return await waiting
    except anyio.get_cancelled_exc_class():
        for turn in turns:
            turn.cancel()
        with anyio.move_on_after(_INTERRUPT_SECONDS, shield=True):
            for turn in turns:
                await turn.result()
        raise


async def _finding(call: Call, finding_id: str) -> Finding:
    findings = await call.sidecar.store.findings(FindingQuery())
    found = next((each for each in findings if each.id == finding_id), None)
    if found is None:
        raise UnknownId("finding", finding_id, field="findingId")
    return found


def _name(key: Key) -> str:
    return (key.file or key.workspace).rpartition("/")[2]

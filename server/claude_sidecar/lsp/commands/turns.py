"""Commands that ask for turns: `review`, `debug`, `ask`, `fix`, `runSteps`; and `cancel`."""

from __future__ import annotations

from dataclasses import replace

from lsprotocol import types

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.findings.model import Finding
from claude_sidecar.lsp import names
from claude_sidecar.lsp.commands.call import Call, Command
from claude_sidecar.lsp.commands.showing import ShownTurns, begun, name_of
from claude_sidecar.lsp.convert import Ranges, severity_name
from claude_sidecar.lsp.places import Places
from claude_sidecar.lsp.readable import cancelled_text
from claude_sidecar.lsp.wire import turns as wire
from claude_sidecar.lsp.wire.place import LastDocument
from claude_sidecar.sessions.model import JsonObject, Key
from claude_sidecar.sessions.planning.debugging import DebugWish
from claude_sidecar.sessions.planning.requests import (
    AskRequest,
    FixRequest,
    ReviewChangesRequest,
    ReviewRequest,
    StepsRequest,
    TurnRequest,
)
from claude_sidecar.sessions.ports import EditorDiagnostic
from claude_sidecar.sessions.shapes.turns import cancelled_shape
from claude_sidecar.text import Range


class TurnCommands:
    """Asks for turns, shows them, and waits for them."""

    def __init__(
        self,
        places: Places,
        ranges: Ranges,
        turns: ShownTurns,
    ) -> None:
        self._places = places
        self._ranges = ranges
        self._turns = turns

    def table(self) -> list[Command[object]]:
        """The commands of this module."""
        return [
            Command(names.REVIEW, wire.ReviewArguments, self.review),
            Command(names.REVIEW_CHANGES, wire.ReviewChangesArguments, self.review_changes),
            Command(names.DEBUG, wire.DebugArguments, self.debug),
            Command(names.ASK, wire.AskArguments, self.ask),
            Command(names.FIX, wire.FixArguments, self.fix),
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
            arguments.confirmed,
        )
        return await self._shown(call, request, f"Review of {name_of(key)}")

    async def review_changes(
        self, call: Call, arguments: wire.ReviewChangesArguments
    ) -> JsonObject:
        """`reviewChanges`."""
        workspace = self._places.workspace(arguments.workspace)
        key = self._places.key(None) if workspace is None else Key(workspace)
        request = ReviewChangesRequest(
            await call.sidecar.changes.read(key, arguments.base),
            arguments.focus,
            arguments.fresh,
            arguments.reviewers,
            arguments.verify,
            arguments.confirmed,
        )
        return await self._shown(call, request, f"Review of changes in {name_of(key)}")

    async def debug(self, call: Call, arguments: wire.DebugArguments) -> JsonObject:
        """`debug`."""
        key = self._places.key_or_workspace(arguments.uri)
        wish = DebugWish(
            key,
            chosen=not isinstance(arguments.uri, LastDocument),
            range=self._range(key, arguments.range),
            error=arguments.error,
            diagnostics=tuple(self._diagnostic(key, each) for each in arguments.diagnostics),
            state=arguments.debug_state,
            fresh=arguments.fresh,
            test=arguments.test,
        )
        request = await call.sidecar.debugging.request(wish)
        return await self._shown(call, request, f"Debugging {name_of(request.key)}")

    async def ask(self, call: Call, arguments: wire.AskArguments) -> JsonObject:
        """`ask`."""
        key, session_id = await self._asked_place(call, arguments)
        range_ = None if key is None else self._range(key, arguments.range)
        finding: Finding | None = None
        if arguments.finding_id is not None:
            finding = await call.sidecar.findings.get(arguments.finding_id)
            key = call.sidecar.workspaces.key_of_file(finding.file)
            range_ = range_ or finding.range
            session_id = session_id or (None if arguments.fresh else finding.session_id)
        request = AskRequest(
            arguments.text,
            key,
            range_,
            session_id,
            arguments.fresh,
            finding,
            tuple(self._diagnostic(key, each) for each in arguments.diagnostics) if key else (),
            arguments.read_only,
        )
        return await self._shown(
            call, request, "Question" if key is None else f"Question about {name_of(key)}"
        )

    async def fix(self, call: Call, arguments: wire.FixArguments) -> JsonObject:
        """`fix`."""
        finding: Finding | None = None
        if arguments.finding_id is not None:
            finding = await call.sidecar.findings.get(arguments.finding_id)
            key = call.sidecar.workspaces.key_of_file(finding.file)
        else:
            key = self._places.key(arguments.uri)
        request = FixRequest(
            key,
            self._range(key, arguments.range),
            finding,
            tuple(self._diagnostic(key, each) for each in arguments.diagnostics),
        )
        request = await call.sidecar.debugging.fix(request)
        return await self._shown(call, request, f"Fix in {name_of(key)}")

    async def run_steps(self, call: Call, arguments: wire.RunStepsArguments) -> list[JsonObject]:
        """`runSteps`."""
        key = self._places.key_or_workspace(arguments.uri)
        service = call.sidecar.turns
        if arguments.resume == (arguments.steps is not None):
            raise InvalidRequest("Give either `steps` or `resume`.", field="steps")
        request = StepsRequest(arguments.steps or (), key)
        if arguments.resume:
            request = await call.sidecar.steps.unfinished(key)
        request = replace(request, stop_on_error=arguments.stop_on_error)
        turns = await begun(service.start_steps(request))
        title = f"Steps for {name_of(key)}"
        done = request.first - 1
        async with self._turns.progress.showing(turns, title, call.token, done=done):
            results = await self._turns.finished(
                turns, call.sidecar.steps.results(turns, stop_on_error=arguments.stop_on_error)
            )
        for number, result in enumerate(results, request.first):
            await self._turns.replies.turn(result, f"{title}, {number} of {len(request.steps)}")
        return [await self._turns.shape(result) for result in results]

    async def cancel(self, call: Call, arguments: wire.CancelArguments) -> JsonObject:
        """`cancel`."""
        cancelled = await call.sidecar.turns.cancel(
            session_id=arguments.session_id, turn_id=arguments.turn_id
        )
        self._turns.replies.note(cancelled_text(cancelled))
        return cancelled_shape(cancelled)

    async def _shown(self, call: Call, request: TurnRequest, title: str) -> JsonObject:
        return await self._turns.shape(await self._turns.run(call, request, title))

    async def _asked_place(
        self, call: Call, arguments: wire.AskArguments
    ) -> tuple[Key | None, str | None]:
        """A named session brings its own file along, unless another is named."""
        session_id = arguments.session_id
        named = not isinstance(arguments.uri, LastDocument)
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

"""Commands that go on from another point of a session: `turn.*`, `session.fork`, `session.compact`, ..."""

from __future__ import annotations

from claude_sidecar.lsp import names
from claude_sidecar.lsp.commands.call import Call, Command
from claude_sidecar.lsp.commands.showing import ShownTurns
from claude_sidecar.lsp.consent import Consents
from claude_sidecar.lsp.lenses import CodeLenses
from claude_sidecar.lsp.places import Places
from claude_sidecar.lsp.wire import branches as wire
from claude_sidecar.lsp.wire.place import LAST_DOCUMENT
from claude_sidecar.sessions.model import JsonObject
from claude_sidecar.sessions.planning.requests import CompactRequest, ContinueRequest, RetryRequest
from claude_sidecar.sessions.rewinding.rewinder import Rewind, describe
from claude_sidecar.sessions.shapes.sessions import rewound_shape, session_shape


class BranchCommands:
    """Goes on from other points of sessions than their ends."""

    def __init__(
        self, places: Places, turns: ShownTurns, consents: Consents, lenses: CodeLenses
    ) -> None:
        self._places = places
        self._lenses = lenses
        self._turns = turns
        self._replies = turns.replies
        self._consents = consents

    def table(self) -> list[Command[object]]:
        """The commands of this module."""
        return [
            Command(names.TURN_CONTINUE, wire.TurnContinueArguments, self.go_on),
            Command(names.TURN_RETRY, wire.TurnRetryArguments, self.retry),
            Command(names.SESSION_FORK, wire.SessionForkArguments, self.fork),
            Command(names.SESSION_COMPACT, wire.SessionCompactArguments, self.compact),
            Command(names.SESSION_REWIND, wire.SessionRewindArguments, self.rewind),
        ]  # pyright: ignore[reportReturnType]

    async def go_on(self, call: Call, arguments: wire.TurnContinueArguments) -> JsonObject:
        """`turn.continue`."""
        request = ContinueRequest(await self._turn_id(call, arguments))
        return await self._turns.shape(await self._turns.run(call, request, "Continued"))

    async def retry(self, call: Call, arguments: wire.TurnRetryArguments) -> JsonObject:
        """`turn.retry`."""
        request = RetryRequest(await self._turn_id(call, arguments))
        return await self._turns.shape(await self._turns.run(call, request, "Done again"))

    async def fork(self, call: Call, arguments: wire.SessionForkArguments) -> JsonObject:
        """`session.fork`."""
        fork = await call.sidecar.sessions.fork(arguments.session_id, arguments.turn_id)
        self._lenses.changed()
        self._replies.note(f"{fork.title!r} goes on from there.")
        return session_shape(fork)

    async def compact(self, call: Call, arguments: wire.SessionCompactArguments) -> JsonObject:
        """`session.compact`."""
        session_id = arguments.session_id
        key = self._places.key_or_workspace(LAST_DOCUMENT) if session_id is None else None
        request = CompactRequest(key, session_id, arguments.instructions)
        return await self._turns.shape(await self._turns.run(call, request, "Summary"))

    async def rewind(self, call: Call, arguments: wire.SessionRewindArguments) -> JsonObject:
        """`session.rewind`."""
        rewound = await call.sidecar.sessions.rewind(arguments.turn_id, self._agrees)
        count = len(rewound.restored)
        self._replies.note(
            "\n".join(
                [
                    f"Put back: {describe(rewound.restored)}."
                    if count
                    else "Nothing was put back.",
                    *(f"{each.path}: {each.reason}" for each in rewound.unrestored),
                ]
            )
        )
        return rewound_shape(rewound)

    async def _turn_id(self, call: Call, arguments: wire.TurnContinueArguments) -> str:
        if arguments.turn_id is not None:
            return arguments.turn_id
        session_id = arguments.session_id
        key = self._places.key_or_workspace(arguments.uri) if session_id is None else None
        turn = await call.sidecar.sessions.unfinished(session_id=session_id, key=key)
        return turn.id

    async def _agrees(self, rewind: Rewind) -> bool:
        return await self._consents.ask(
            f"Changed since Claude changed it: {describe(rewind.changed_since)}. Put it back as it "
            "was before that turn, and lose what was changed since?",
            "Put it back",
        )

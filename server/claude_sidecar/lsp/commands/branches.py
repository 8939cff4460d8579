"""Commands that go back in a session or part from it: `session.rewind`."""

from __future__ import annotations

from claude_sidecar.lsp import names, wire
from claude_sidecar.lsp.commands.call import Call, Command
from claude_sidecar.lsp.consent import Consents
from claude_sidecar.lsp.reply import Replies
from claude_sidecar.sessions.model import JsonObject
from claude_sidecar.sessions.rewind import Rewind, describe
from claude_sidecar.sessions.shapes import rewound_shape


class BranchCommands:
    """Goes back to earlier points of sessions."""

    def __init__(self, replies: Replies, consents: Consents) -> None:
        self._replies = replies
        self._consents = consents

    def table(self) -> list[Command[object]]:
        """The commands of this module."""
        return [Command(names.SESSION_REWIND, wire.SessionRewindArguments, self.rewind)]  # pyright: ignore[reportReturnType]

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

    async def _agrees(self, rewind: Rewind) -> bool:
        return await self._consents.ask(
            f"Changed since Claude changed it: {describe(rewind.changed_since)}. Put it back as it "
            "was before that turn, and lose what was changed since?",
            "Put it back",
        )

"""What turns are gone on with, and sessions forked, compacted and rewound."""

from __future__ import annotations

import attrs

from claude_sidecar.lsp.arguments import (
    optional,
    required,
    text,
    words,
)
from claude_sidecar.lsp.wire.place import Place, place


@attrs.frozen
class TurnContinueArguments:
    """`turn.continue`: a turn, else the last of a session."""

    turn_id: str | None = optional(words)
    session_id: str | None = optional(words)
    uri: Place = place()


@attrs.frozen
class TurnRetryArguments(TurnContinueArguments):
    """`turn.retry`: as `turn.continue`."""


@attrs.frozen
class SessionForkArguments:
    """`session.fork`."""

    session_id: str = required(words)
    turn_id: str | None = optional(words)


@attrs.frozen
class SessionCompactArguments:
    """`session.compact`; without `sessionId`, the current session of the document worked in."""

    session_id: str | None = optional(words)
    instructions: str | None = optional(text)


@attrs.frozen
class SessionRewindArguments:
    """`session.rewind`."""

    turn_id: str = required(words)

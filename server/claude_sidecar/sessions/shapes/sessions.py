"""Sessions in the shapes of the public protocol, and what is done with one as a whole."""

from __future__ import annotations

from claude_sidecar.sessions.keys import uri_from_path
from claude_sidecar.sessions.model import (
    JsonObject,
    Session,
)
from claude_sidecar.sessions.ports import TerminalCommand
from claude_sidecar.sessions.rewinding.rewinder import Rewound
from claude_sidecar.sessions.shapes.values import (
    context_shape,
    present,
    time_shape,
)


def session_shape(session: Session) -> JsonObject:
    """`Session`."""
    return present(
        sessionId=session.id,
        workspace=uri_from_path(session.key.workspace),
        file=session.key.file,
        title=session.title,
        current=session.current,
        createdAt=time_shape(session.created_at),
        updatedAt=time_shape(session.updated_at),
        turns=session.turns,
        costUsd=session.cost_usd,
        model=session.model,
        state=session.state,
        forkedFrom=session.forked_from,
        forkTurn=session.fork_turn,
        recoveredFrom=session.recovered_from,
        elsewhere=session.elsewhere or None,
        openFindings=session.open_findings,
        context=context_shape(session.context) if session.context.used_tokens else None,
        mode=session.mode,
    )


def terminal_command_shape(session_id: str, command: TerminalCommand) -> JsonObject:
    """The result of `session.handover`; `command` is quoted as this system's shell wants it."""
    return {
        "sessionId": session_id,
        "command": command.quoted,
        "argv": list(command.argv),
        "cwd": uri_from_path(command.cwd),
        "env": dict(command.env),
    }


def rewound_shape(rewound: Rewound) -> JsonObject:
    """The result of `session.rewind`."""
    shape: JsonObject = {"restored": [uri_from_path(path) for path in rewound.restored]}
    if rewound.unrestored:
        shape["unrestored"] = [
            {"uri": uri_from_path(each.path), "reason": each.reason} for each in rewound.unrestored
        ]
    return shape

"""What modes and rules are asked for with."""

from __future__ import annotations

import attrs

from claude_sidecar.lsp.arguments import (
    choice,
    optional,
    required,
    words,
)
from claude_sidecar.lsp.wire.place import Place, place
from claude_sidecar.sessions.model import PermissionMode
from claude_sidecar.settings import PERMISSION_MODES


@attrs.frozen
class SessionSetModeArguments:
    """`session.setMode`; without `sessionId`, the current session of the place."""

    mode: PermissionMode = required(choice(PERMISSION_MODES))
    session_id: str | None = optional(words)
    uri: Place = place()


@attrs.frozen
class PermissionListArguments:
    """`permission.list`."""

    workspace: str | None = optional(words)
    session_id: str | None = optional(words)


@attrs.frozen
class PermissionRevokeArguments:
    """`permission.revoke`."""

    rule_id: str = required(words)

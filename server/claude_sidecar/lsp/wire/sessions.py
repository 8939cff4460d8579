"""What sessions are asked for with."""

from __future__ import annotations

import attrs

from claude_sidecar.lsp.arguments import (
    choice,
    count,
    optional,
    required,
    text,
    words,
)
from claude_sidecar.lsp.wire.place import Place, place
from claude_sidecar.sessions.shapes.export import EXPORT_FORMATS, ExportFormat


@attrs.frozen
class SessionNewArguments:
    """`session.new`."""

    uri: Place = place()


@attrs.frozen
class SessionListArguments:
    """`session.list`; here an absent `uri` leaves the list unrestricted."""

    workspace: str | None = optional(words)
    uri: Place = place()
    query: str | None = optional(text)
    limit: int = optional(count(1, 1000), 50)
    cursor: str | None = optional(words)


@attrs.frozen
class SessionResumeArguments:
    """`session.resume`; here an absent `uri` leaves the session where it belongs."""

    session_id: str = required(words)
    uri: Place = place()


@attrs.frozen
class SessionHistoryArguments:
    """`session.history`."""

    session_id: str | None = optional(words)
    uri: Place = place()


@attrs.frozen
class SessionRenameArguments:
    """`session.rename`."""

    session_id: str = required(words)
    title: str = required(words)


@attrs.frozen
class SessionDeleteArguments:
    """`session.delete`."""

    session_id: str = required(words)


@attrs.frozen
class SessionHandoverArguments:
    """`session.handover`; without `sessionId`, the current session of the document worked in."""

    session_id: str | None = optional(words)


@attrs.frozen
class SessionExportArguments:
    """`session.export`; without `sessionId`, the current session of the document worked in."""

    session_id: str | None = optional(words)
    format: ExportFormat = optional(choice(EXPORT_FORMATS), "markdown")

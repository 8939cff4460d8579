"""What clients answer to our own requests, as attrs classes for pygls' conversion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from claude_sidecar.lsp import names


@attrs.define
class PermissionAnswer:
    """The answer to `claudeSidecar/requestPermission`."""

    outcome: str
    option_id: str | None = None
    message: str | None = None


@attrs.define
class QuestionAnswer:
    """The answer to `claudeSidecar/askQuestion`."""

    outcome: str | None = None
    answers: dict[str, str] | None = None


@attrs.define
class SaveAnswer:
    """The answer to `claudeSidecar/saveDocument`."""

    saved: Any = None


@attrs.define
class SaveResponse:
    """Its message."""

    id: str | int
    result: SaveAnswer | None = None
    jsonrpc: str = "2.0"


@attrs.define
class ContextResponse:
    """The answer to `claudeSidecar/editorContext`, as it came: it is checked where it is read."""

    id: str | int
    result: Any = None
    jsonrpc: str = "2.0"


@attrs.define
class PermissionResponse:
    """Its message."""

    id: str | int
    result: PermissionAnswer | None = None
    jsonrpc: str = "2.0"


@attrs.define
class QuestionResponse:
    """Its message."""

    id: str | int
    result: QuestionAnswer | None = None
    jsonrpc: str = "2.0"


RESPONSES: Final[Mapping[str, type[Any]]] = {
    names.REQUEST_PERMISSION: PermissionResponse,
    names.ASK_QUESTION: QuestionResponse,
    names.SAVE_DOCUMENT: SaveResponse,
    names.EDITOR_CONTEXT: ContextResponse,
}
"""By method."""

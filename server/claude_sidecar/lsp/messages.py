"""JSON-RPC messages as they come: bytes that are one object of version 2.0, or nothing to work on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeAlias, cast

from lsprotocol import types

from claude_sidecar.lsp.surrogates import without_lone_surrogates

MessageId: TypeAlias = str | int


class Unreadable(Exception):
    """What came is no message that can be worked on."""

    def __init__(self, code: int, problem: str, message_id: MessageId | None = None) -> None:
        super().__init__(problem)
        self.code = code
        self.message_id = message_id


def parsed(body: bytes) -> dict[str, Any]:
    """A message as JSON.

    :raises Unreadable: if it is not a JSON-RPC 2.0 object.
    """
    try:
        raw = without_lone_surrogates(body, json.loads(body))
    except (ValueError, RecursionError) as error:
        raise Unreadable(types.ErrorCodes.ParseError, f"This is not JSON: {error}") from error
    if not isinstance(raw, dict):
        raise Unreadable(types.ErrorCodes.InvalidRequest, "A message must be one JSON object.")
    message = cast(dict[str, Any], raw)
    if message.get("jsonrpc") != "2.0":
        raise Unreadable(
            types.ErrorCodes.InvalidRequest, '`jsonrpc` must be "2.0".', id_of(message)
        )
    return message


def id_of(message: Mapping[str, Any]) -> MessageId | None:
    """The id of a message; None where there is none, or it is no id."""
    identifier = message.get("id")
    if isinstance(identifier, bool) or not isinstance(identifier, str | int):
        return None
    return identifier

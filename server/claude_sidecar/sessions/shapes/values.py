"""Amounts, times and places in the shapes of the public protocol: plain JSON values in camelCase.

Times are ISO 8601 in UTC, places are URIs, absent optional fields are left out. How a range is counted
differs (LSP negotiates it), so the caller says how to write one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import TypeAlias

from claude_sidecar.sessions.keys import uri_from_path
from claude_sidecar.sessions.model import (
    ContextSize,
    Cost,
    JsonObject,
    Location,
    TurnError,
    Usage,
)
from claude_sidecar.text import Range

RangeShape: TypeAlias = Callable[[str, Range], JsonObject]
"""Writes the range of a file, given by its path, as LSP's `Range`."""


def code_point_range(path: str, range_: Range) -> JsonObject:
    """A range counted in code points (LSP's `utf-32`)."""
    del path
    return {
        "start": {"line": range_.start.line, "character": range_.start.character},
        "end": {"line": range_.end.line, "character": range_.end.character},
    }


def time_shape(seconds: float) -> str:
    """Seconds since the epoch as ISO 8601 in UTC, to the millisecond."""
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def location_shape(location: Location) -> JsonObject:
    """A file, and a line from 0 where one is known."""
    return present(uri=uri_from_path(location.path), line=location.line)


def usage_shape(usage: Usage) -> JsonObject:
    """Tokens by kind."""
    return {
        "inputTokens": usage.input_tokens,
        "outputTokens": usage.output_tokens,
        "cacheReadTokens": usage.cache_read_tokens,
        "cacheWriteTokens": usage.cache_write_tokens,
    }


def cost_shape(cost: Cost) -> JsonObject:
    """Dollars of a turn and its session."""
    return {"turnUsd": cost.turn_usd, "sessionUsd": cost.session_usd}


def context_shape(context: ContextSize) -> JsonObject:
    """How full the context window is."""
    return {"usedTokens": context.used_tokens, "maxTokens": context.max_tokens}


def error_shape(error: TurnError) -> JsonObject:
    """What went wrong and what to do about it."""
    return {
        "kind": error.kind,
        "message": error.message,
        "hint": error.hint,
        "retryable": error.retryable,
    }


def present(**fields: object) -> JsonObject:
    """An object of the fields that are not None."""
    return {name: value for name, value in fields.items() if value is not None}

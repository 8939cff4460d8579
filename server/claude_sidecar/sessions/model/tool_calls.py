"""What Claude's tools are used for, as the user sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

ToolKind: TypeAlias = Literal[
    "read", "edit", "delete", "move", "search", "execute", "think", "fetch", "other"
]
ToolCallStatus: TypeAlias = Literal["pending", "in_progress", "completed", "failed"]
JsonObject: TypeAlias = dict[str, Any]
"""A JSON object of unknown shape: a tool's raw input, say."""


@dataclass(frozen=True, slots=True)
class Location:
    """A file, and a line in it (from 0) where one is known."""

    path: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One use of a tool by Claude."""

    id: str
    title: str
    kind: ToolKind
    status: ToolCallStatus = "pending"
    locations: tuple[Location, ...] = ()

"""What a model, played by a script or by rules, answers: a reply in parts, or an API error.

A reply is data. `wire` puts it into the shapes of the Messages API, `server` sends it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.messages import MessagesRequest
from claude_sidecar.sessions.model import JsonObject

Stop: TypeAlias = Literal[
    "end_turn", "tool_use", "max_tokens", "refusal", "stop_sequence", "pause_turn"
]
ErrorType: TypeAlias = Literal[
    "invalid_request_error",
    "authentication_error",
    "billing_error",
    "permission_error",
    "not_found_error",
    "request_too_large",
    "rate_limit_error",
    "api_error",
    "timeout_error",
    "overloaded_error",
]


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """What a request is billed for, in tokens. The four counts do not overlap."""

    input: int = 0
    output: int = 0
    cache_write: int = 0
    cache_read: int = 0


@dataclass(frozen=True, slots=True)
class Say:
    """Text, streamed in these chunks."""

    chunks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Think:
    """A block of thinking, streamed in these chunks."""

    chunks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call. Its id is made from the reply's when None."""

    name: str
    input: JsonObject
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing is sent until the gate is opened."""

    gate: Gate


@dataclass(frozen=True, slots=True)
class Delay:
    """Nothing is sent for so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection breaks here, in the middle of the message."""


ReplyPart: TypeAlias = Say | Think | Call | Wait | Delay | Cut


@dataclass(frozen=True, slots=True)
class Reply:
    """One message of the model's.

    :param stop: why it ends; None: `tool_use` if it calls a tool, else `end_turn`.
    :param usage: what is billed; None: counted by :func:`~.wire.billed_usage`.
    """

    parts: tuple[ReplyPart, ...]
    stop: Stop | None = None
    usage: TokenUsage | None = None

    @property
    def stop_reason(self) -> Stop:
        """Why the message ends."""
        if self.stop is not None:
            return self.stop
        return "tool_use" if any(isinstance(part, Call) for part in self.parts) else "end_turn"


@dataclass(frozen=True, slots=True)
class ApiError:
    """The API refuses. Claude Code repeats 401, 408, 409, 429 and 5xx by itself.

    :param headers: more response headers (`retry-after`, `x-should-retry`, ...).
    """

    status: int
    type: ErrorType
    message: str
    headers: dict[str, str] = field(default_factory=dict[str, str])


Answer: TypeAlias = Reply | ApiError
Responder: TypeAlias = Callable[[MessagesRequest], Awaitable[Answer]]

"""What the domain needs of Claude, and what Claude turns to while it runs a prompt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import anyio

from claude_sidecar.sessions.costs.spending import Tally
from claude_sidecar.sessions.events import AgentEvent
from claude_sidecar.sessions.model import (
    ContextSize,
    JsonObject,
    StopReason,
    TurnError,
    Usage,
)
from claude_sidecar.sessions.ports.agent_options import AgentOptions
from claude_sidecar.sessions.ports.background import BackgroundWork
from claude_sidecar.sessions.ports.branches import Branches


@dataclass(frozen=True, slots=True)
class Drop:
    """The last turn is to be forgotten: Claude goes on from the entry `after` of its transcript,
    which is followed by `turn_id` alone.
    """

    after: str
    turn_id: str


@dataclass(frozen=True, slots=True)
class AgentRequest:
    """One prompt for one session.

    :param turn_id: a UUID; becomes the uuid of the user message.
    :param begun: whether Claude is thought to have a transcript to resume. It is a hint: where it
        is wrong the agent finds out and does the other.
    :param prompt: sent word for word; nothing in it is expanded, unless it is a `command`.
    :param command: it is one of Claude Code's own, such as `/compact`.
    :param drop: a turn that Claude forgets first, if it still can.
    :param plans_first: Claude Code's plan mode. Its other modes are not used: what they mean is
        decided by `TurnHost.judge`.
    """

    session_id: str
    turn_id: str
    prompt: str
    options: AgentOptions
    begun: bool
    command: bool = False
    drop: Drop | None = None
    plans_first: bool = False


@dataclass(frozen=True, slots=True)
class AgentOutcome:
    """How a prompt ended.

    :param tally: what was spent for this prompt, subagents included.
    :param resumed: whether a transcript was continued.
    :param full: it failed because the conversation does not fit the context window any more.
    :param restored: what was wrong with it, if it had to be put back from our copy first.
    """

    stop_reason: StopReason
    tally: Tally = Tally()
    context: ContextSize = ContextSize()
    model: str | None = None
    resumed: bool = False
    restored: str | None = None
    error: TurnError | None = None
    full: bool = False

    @property
    def usage(self) -> Usage:
        """The tokens of the tally."""
        return self.tally.usage


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Rules that the CLI suggests to keep.

    :param rules: as they are written in settings, `Bash(npm test *)`.
    :param lasting: whether they are meant for the workspace, and not only for the session.
    """

    rules: tuple[str, ...]
    lasting: bool


@dataclass(frozen=True, slots=True)
class ToolUse:
    """Claude is about to use a tool.

    :param name: the CLI's name of it, `mcp__SERVER__NAME` for an MCP server's.
    :param agent: the type of the subagent that uses it, if it is one.
    :param title: how the CLI would put it to the user, where it says.
    :param reason: why it is asked about, as `Ask` or the CLI says.
    :param suggestions: rules that would answer the question for good, as the CLI suggests them.
    """

    id: str
    name: str
    input: JsonObject
    agent: str | None = None
    title: str | None = None
    reason: str | None = None
    suggestions: tuple[Suggestion, ...] = ()


@dataclass(frozen=True, slots=True)
class Allow:
    """The tool may be used, with another input where one is given."""

    updated_input: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class Defer:
    """Claude Code's own rules decide: the permission mode, `allowed_tools`, what only reads. Where
    they would ask the user, `TurnHost.permit` is called.
    """


@dataclass(frozen=True, slots=True)
class Ask:
    """The tool may be used once the user has agreed, whatever Claude Code's own rules say.

    :param reason: why it is asked about, where that is not plain; the user is told.
    """

    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Deny:
    """The tool may not be used; `reason` is told to Claude."""

    reason: str


@dataclass(frozen=True, slots=True)
class Done:
    """What `Edit` or `Write` would have done is done, in another way. Claude is told that the tool
    succeeded; the file on the disk is not touched by it.

    :param note: told to Claude on top.
    :param old_text: the file's text as it was before, whole.
    """

    note: str
    old_text: str


@dataclass(frozen=True, slots=True)
class UsedTool:
    """Claude has used a tool; `answer` is what it was told, cut where it is long."""

    use: ToolUse
    answer: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of a file, to be shown to Claude in place of those that `Read` gave.

    :param first: the number of the first of them, from 0.
    :param total: how many lines the file has.
    """

    lines: tuple[str, ...]
    first: int
    total: int


@dataclass(frozen=True, slots=True)
class ToolReply:
    """What one of our own tools answers Claude."""

    text: str
    is_error: bool = False


class TurnHost(Protocol):
    """What the agent turns to while it runs one prompt."""

    @property
    def stopping(self) -> anyio.Event:
        """Set when the turn is to be interrupted."""
        ...

    def emit(self, event: AgentEvent) -> None:
        """Something happened. Returns at once.

        What a turn left running in the background can spend more when the turn is over; a
        `UsageUpdated` then still tells all of it.
        """
        ...

    async def out_of_budget(self) -> str | None:
        """Why Claude must not be called again: asked between two calls. None if it may."""
        ...

    async def judge(self, use: ToolUse) -> Allow | Defer | Ask | Deny | Done:
        """What this turn may do: asked before every use of a tool, also by subagents."""
        ...

    async def permit(self, use: ToolUse) -> Allow | Deny | Done:
        """Ask the user, where `judge` or Claude Code itself wants that."""
        ...

    async def reread(self, use: ToolUse) -> Excerpt | None:
        """`Read` has read a file from the disk: what Claude is to see instead, if anything."""
        ...

    async def remark(self, used: Sequence[UsedTool]) -> str | None:
        """Claude has used tools, together: what it is to be told about that, if anything."""
        ...

    async def let_through(self, use: ToolUse) -> None:
        """A tool is about to run, unless Claude Code's own rules or the user are against it; said
        again once the user has agreed.
        """
        ...

    async def call_tool(self, name: str, arguments: JsonObject, agent: str | None) -> ToolReply:
        """Claude calls one of the tools of our own MCP server, `sidecar`, by its short name."""
        ...


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """One of our own tools, as Claude is told of it; `schema` is a JSON Schema of its input."""

    name: str
    description: str
    schema: JsonObject
    read_only: bool


@dataclass(frozen=True, slots=True)
class AgentHealth:
    """What is known of Claude Code here; None where it is not known yet.

    :param authenticated: False once a call was refused for want of a login.
    """

    sdk_version: str | None
    cli_version: str | None
    authenticated: bool | None
    live_sessions: int


@dataclass(frozen=True, slots=True)
class Occupant:
    """A process of Claude Code that is not ours and has a session open.

    :param busy: whether it is at work in it now.
    """

    process: int
    busy: bool


class Agent(Branches, BackgroundWork, Protocol):
    """Claude."""

    async def run(self, request: AgentRequest, host: TurnHost) -> AgentOutcome:
        """Run one prompt to its end, and tell the host all that happens.

        When `host.stopping` is set, Claude is interrupted and the outcome is `cancelled`. When the
        surrounding scope is cancelled, Claude is interrupted as well.

        :raises SessionNotResumable: before anything was sent to the model, if the session's
            transcript is gone.
        :raises TurnFailure: if Claude Code cannot be started.
        """
        ...

    async def prepare(self, session_id: str, options: AgentOptions, *, begun: bool) -> None:
        """Start a process for the session ahead of its next prompt, where there is room."""
        ...

    async def occupant(self, session_id: str, options: AgentOptions) -> Occupant | None:
        """Who else could write in the session now, as far as can be told: a process of Claude Code
        that is at work in it, or one that a person has open in a terminal.
        """
        ...

    async def plan_first(self, session_id: str, *, planning: bool) -> None:
        """Put Claude into plan mode, or out of it, while a turn of the session runs."""
        ...

    async def release(self, session_id: str) -> None:
        """End the session's process, if there is one."""
        ...

    async def health(self) -> AgentHealth:
        """Versions, login and processes."""
        ...

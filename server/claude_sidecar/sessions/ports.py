"""What the domain needs from outside, as protocols: a store, an agent, an editor.

The adapters (`store`, `agent`, `lsp`, `terminal`) implement these; the domain never imports them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

import anyio

from claude_sidecar.findings.model import Finding
from claude_sidecar.sessions.events import AgentEvent, FileDiff
from claude_sidecar.sessions.model import (
    ContextSize,
    FindingQuery,
    JsonObject,
    Key,
    Session,
    SessionPage,
    SessionQuery,
    StopReason,
    ToolCall,
    ToolKind,
    Turn,
    TurnError,
    Usage,
    UsageReport,
)

# --- Store -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """Where the store is and how it fares.

    :param location: its path.
    :param persistent: False while it can only be kept in memory (a full or read-only disk).
    :param problem: what is wrong and what to do about it, or None.
    """

    location: str
    persistent: bool
    problem: str | None = None


class Store(Protocol):
    """Sessions, the journal of their turns, and findings; kept over restarts and crashes.

    All methods raise :class:`~claude_sidecar.errors.StoreError` for what cannot be helped. Calls
    take effect in the order in which they are made. A method that returns has made its change
    durable against the death of this process.
    """

    async def health(self) -> StoreHealth:
        """Where it is, and whether it can write there."""
        ...

    async def add_session(self, session: Session) -> None:
        """Record a new session; if it is `current`, the key's older ones no longer are."""
        ...

    async def session(self, session_id: str) -> Session | None:
        """One session, or None if there is none of that id."""
        ...

    async def current_session(self, key: Key) -> Session | None:
        """The session that the key continues."""
        ...

    async def make_current(self, session_id: str) -> None:
        """Make it the one that its key continues."""
        ...

    async def update_session(
        self,
        session_id: str,
        *,
        title: str | None = None,
        model: str | None = None,
        billed_usd: float | None = None,
        begun: bool | None = None,
        updated_at: float | None = None,
    ) -> None:
        """Change what is given, leave what is None."""
        ...

    async def sessions(self, query: SessionQuery) -> SessionPage:
        """A page of sessions, the last used first.

        :raises InvalidRequest: if the query's cursor is not one of ours.
        """
        ...

    async def delete_session(self, session_id: str) -> bool:
        """Delete it with its turns and findings; False if there was none."""
        ...

    async def begin_turn(self, turn: Turn) -> None:
        """Record a turn that was asked for: queued until `start_turn`."""
        ...

    async def start_turn(self, turn_id: str, *, session_id: str, started_at: float) -> None:
        """It leaves its queue, in the given session (a recovered one is not the one asked)."""
        ...

    async def append_text(self, turn_id: str, text: str) -> None:
        """Add to the turn's reply."""
        ...

    async def record_tool_call(self, turn_id: str, call: ToolCall) -> None:
        """Add a tool call to the turn, or bring the one with its id up to date."""
        ...

    async def end_turn(self, turn: Turn) -> None:
        """Record how it ended: all of the turn's fields are taken."""
        ...

    async def turn(self, turn_id: str) -> Turn | None:
        """One turn."""
        ...

    async def turns(self, session_id: str) -> tuple[Turn, ...]:
        """All turns of a session, in the order in which they were asked."""
        ...

    async def save_finding(self, finding: Finding) -> None:
        """Record a finding, or bring the one with its id up to date."""
        ...

    async def findings(self, query: FindingQuery) -> tuple[Finding, ...]:
        """Findings by place, state or turn, in the order of their files and positions."""
        ...

    async def move_files(self, moves: Mapping[Key, Key]) -> None:
        """Files were renamed: their sessions and findings go with them."""
        ...

    async def usage(self, *, workspace: str | None, since: float | None) -> UsageReport:
        """Tokens and costs of all turns begun since then."""
        ...


# --- Editor ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Document:
    """A file's text as the user sees it.

    :param version: the editor's version of the buffer; None for a file that is not open.
    :param dirty: whether it may differ from what is on the disk.
    """

    path: str
    text: str
    version: int | None = None
    language: str | None = None
    dirty: bool = False


PermissionOptionKind: TypeAlias = Literal[
    "allow_once", "allow_always", "reject_once", "reject_always"
]


@dataclass(frozen=True, slots=True)
class PermissionQuestion:
    """Whether Claude may use a tool, put to the user."""

    session_id: str
    turn_id: str
    tool_call_id: str
    title: str
    tool_kind: ToolKind
    raw_input: JsonObject
    description: str | None = None
    diff: FileDiff | None = None
    options: tuple[PermissionOptionKind, ...] = ("allow_once", "allow_always", "reject_once")


@dataclass(frozen=True, slots=True)
class QuestionOption:
    """One of the answers offered to a question."""

    label: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question that Claude puts to the user."""

    question: str
    header: str
    multi_select: bool
    options: tuple[QuestionOption, ...]


@dataclass(frozen=True, slots=True)
class UserQuestions:
    """Questions that Claude asks together."""

    session_id: str
    turn_id: str
    questions: tuple[Question, ...]


class Editor(Protocol):
    """The place where the user works: an LSP client, or a terminal."""

    def document(self, path: str) -> Document | None:
        """The buffer of an open file; None for one that is not open. Never blocks."""
        ...

    async def ask_permission(self, question: PermissionQuestion) -> PermissionOptionKind | None:
        """Put it to the user. None when no answer is to be had, which is a refusal."""
        ...

    async def ask_user(self, questions: UserQuestions) -> Mapping[str, str] | None:
        """Answers by question; None when the user gave none."""
        ...


# --- Agent -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AgentOptions:
    """How Claude is to run. A process serves only turns whose options are equal.

    :param cwd: the workspace's folder.
    :param env: environment variables in addition to this process's own.
    :param instructions: what is added to Claude Code's system prompt.
    """

    cwd: str
    instructions: str
    model: str | None = None
    effort: str | None = None
    max_turns: int | None = None
    permission_mode: str = "default"
    allowed_tools: tuple[str, ...] = ()
    disallowed_tools: tuple[str, ...] = ()
    setting_sources: tuple[str, ...] = ()
    cli_path: str | None = None
    env: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AgentRequest:
    """One prompt for one session.

    :param turn_id: a UUID; becomes the uuid of the user message.
    :param begun: whether Claude is thought to have a transcript to resume. It is a hint: where it
        is wrong the agent finds out and does the other.
    :param prompt: sent word for word; nothing in it is expanded.
    """

    session_id: str
    turn_id: str
    prompt: str
    options: AgentOptions
    begun: bool


@dataclass(frozen=True, slots=True)
class AgentOutcome:
    """How a prompt ended.

    :param billed_usd: Claude's running total for the session; None when it was not told.
    :param usage: of this prompt, subagents included.
    :param resumed: whether a transcript was continued.
    """

    stop_reason: StopReason
    usage: Usage = Usage()
    billed_usd: float | None = None
    context: ContextSize = ContextSize()
    model: str | None = None
    resumed: bool = False
    error: TurnError | None = None


@dataclass(frozen=True, slots=True)
class ToolUse:
    """Claude is about to use a tool.

    :param name: the CLI's name of it, `mcp__SERVER__NAME` for an MCP server's.
    :param agent: the type of the subagent that uses it, if it is one.
    :param title: how the CLI would put it to the user, where it says.
    """

    id: str
    name: str
    input: JsonObject
    agent: str | None = None
    title: str | None = None


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
    """The tool may be used once the user has agreed, whatever Claude Code's own rules say."""


@dataclass(frozen=True, slots=True)
class Deny:
    """The tool may not be used; `reason` is told to Claude."""

    reason: str


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
        """Something happened. Returns at once."""
        ...

    def judge(self, use: ToolUse) -> Allow | Defer | Ask | Deny:
        """What this turn may do: asked before every use of a tool, also by subagents."""
        ...

    async def permit(self, use: ToolUse) -> Allow | Deny:
        """Ask the user, where `judge` or Claude Code itself wants that."""
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


class Agent(Protocol):
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

    async def release(self, session_id: str) -> None:
        """End the session's process, if there is one."""
        ...

    async def health(self) -> AgentHealth:
        """Versions, login and processes."""
        ...

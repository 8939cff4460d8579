"""The nouns of the domain: keys, sessions, turns and what a turn gives back.

Times are seconds since the epoch (UTC), costs US dollars, paths absolute and canonical with `/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from claude_sidecar.errors import ErrorKind, TurnFailure
from claude_sidecar.findings.model import Finding, FindingState

TurnKind: TypeAlias = Literal["review", "debug", "ask", "fix", "step", "compact"]
StopReason: TypeAlias = Literal[
    "end_turn", "max_turns", "max_budget", "cancelled", "refusal", "error"
]
SessionState: TypeAlias = Literal["idle", "running", "requires_action", "interrupted"]
TurnState: TypeAlias = Literal["queued", "running", "ended", "interrupted"]
ToolKind: TypeAlias = Literal[
    "read", "edit", "delete", "move", "search", "execute", "think", "fetch", "other"
]
ToolCallStatus: TypeAlias = Literal["pending", "in_progress", "completed", "failed"]
Allowance: TypeAlias = Literal["read", "run", "edit"]
"""What a turn may do at all: read; also run commands; also change files."""
PermissionMode: TypeAlias = Literal[
    "default", "acceptEdits", "plan", "dontAsk", "bypassPermissions"
]
TURN_KINDS: tuple[TurnKind, ...] = get_args(TurnKind)


@dataclass(frozen=True, slots=True)
class Key:
    """What a session belongs to: a workspace and a file in it, or the workspace itself.

    Both parts are canonical (see :mod:`claude_sidecar.sessions.keys`), so that equal keys mean
    the same file however it was spelled.

    :param workspace: the absolute path of the workspace's root folder.
    :param file: the path of the file relative to it, or None for the workspace itself.
    """

    workspace: str
    file: str | None = None

    @property
    def path(self) -> str:
        """The absolute path of the file, or of the workspace where there is none."""
        if self.file is None:
            return self.workspace
        return f"{self.workspace.rstrip('/')}/{self.file}"


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens. Those read from and written to the prompt cache are not in `input_tokens`."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cache_read_tokens + other.cache_read_tokens,
            self.cache_write_tokens + other.cache_write_tokens,
        )

    def __sub__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens - other.input_tokens,
            self.output_tokens - other.output_tokens,
            self.cache_read_tokens - other.cache_read_tokens,
            self.cache_write_tokens - other.cache_write_tokens,
        )


@dataclass(frozen=True, slots=True)
class Cost:
    """What a turn cost so far, and its session with it."""

    turn_usd: float = 0.0
    session_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class ContextSize:
    """How much of the model's context window the conversation fills; 0 of 0 when unknown."""

    used_tokens: int = 0
    max_tokens: int = 0


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


@dataclass(frozen=True, slots=True)
class TurnError:
    """Why a turn did not end well, and what to do about it."""

    kind: ErrorKind
    message: str
    hint: str
    retryable: bool


RecoveryMeans: TypeAlias = Literal["copy", "journal"]


@dataclass(frozen=True, slots=True)
class Recovery:
    """Claude Code no longer had all of the session `from_id`, and how it goes on.

    By `copy`: its transcript was put back from ours, and the same session goes on. By `journal`:
    another session took its place, and was told what was said.
    """

    from_id: str
    reason: str
    by: RecoveryMeans


@dataclass(frozen=True, slots=True)
class Compaction:
    """The conversation was summarised to make room.

    :param trigger: `manual`, or `auto` for Claude Code's own.
    :param before_tokens: the size of the conversation before it.
    :param after_tokens: its size since; None where that was not told.
    :param summary: what was kept of it; empty where that was not told.
    """

    trigger: str
    before_tokens: int
    after_tokens: int | None = None
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """One conversation with Claude.

    :param id: Claude's own session id, a UUID.
    :param current: whether it is the one its key continues.
    :param begun: whether Claude has a transcript of it, so that it must be resumed.
    :param billed_usd: Claude's own running total for the conversation when last heard; 0 before.
        It goes on over resume and fork. Where a process starts above it, somebody else has spent.
    :param cost_usd: what the ledger has of it.
    :param forked_from: the session that it parted from, after that one's turn `fork_turn`.
    :param elsewhere: it was begun with Claude Code itself, and not by the sidecar.
    :param context: how full the conversation was when last heard.
    :param notice: what Claude is to be told with the next prompt, because it cannot know of it.
    :param mode: the permission mode in force; None where it is not known.
    """

    id: str
    key: Key
    title: str
    created_at: float
    updated_at: float
    current: bool = True
    turns: int = 0
    cost_usd: float = 0.0
    billed_usd: float = 0.0
    model: str | None = None
    state: SessionState = "idle"
    begun: bool = False
    forked_from: str | None = None
    fork_turn: str | None = None
    recovered_from: str | None = None
    elsewhere: bool = False
    open_findings: int = 0
    context: ContextSize = ContextSize()
    mode: PermissionMode | None = None
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One prompt and all that followed, as the journal has it.

    :param id: a UUID; also the uuid of the user message in Claude's transcript.
    :param prompt: what the user asked, as a person would write it (not what was made of it).
    :param text: all of Claude's reply text so far.
    :param state: `interrupted` for one that was cut off by the end of its process.
    :param ended_at: None while it is queued or running, and for one that was cut off.
    :param stop_reason: None likewise; a turn of a dead process is told by its session's state.
    :param findings: the ids of those reported in it.
    :param document_hash: of the file's text as it was last shown to Claude with a prompt.
    :param continues: the turn that it goes on with; `retries`: the one that it does again.
    :param compacted: the last time that the conversation was summarised in it.
    :param verification: what was seen of what it fixed, where that was looked at.
    :param elsewhere: it was made with Claude Code itself. What it cost is not known here.
    """

    id: str
    session_id: str
    kind: TurnKind
    prompt: str
    started_at: float
    text: str = ""
    ended_at: float | None = None
    stop_reason: StopReason | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    findings: tuple[str, ...] = ()
    cost_usd: float = 0.0
    usage: Usage = Usage()
    error: TurnError | None = None
    document_hash: str | None = None
    state: TurnState = "queued"
    continues: str | None = None
    retries: str | None = None
    compacted: Compaction | None = None
    verification: Verification | None = None
    elsewhere: bool = False


VerificationState: TypeAlias = Literal["verified", "still failing", "not verified"]


@dataclass(frozen=True, slots=True)
class Verification:
    """What was seen of a fix, and nothing more.

    :param command: what was run; None where something else was looked at.
    :param attempts: how many changes it was tried after.
    :param exit_status: of the last run; None if there was none, or it did not end in time.
    :param failure: what fails still, in a line or a few; `output` is the end of what was written.
    :param reason: why it was not verified.
    """

    state: VerificationState
    command: str | None = None
    attempts: int = 0
    exit_status: int | None = None
    failure: str | None = None
    output: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class TurnResult:
    """What a turn came to. It is given for every turn that began, however it ended."""

    session_id: str
    turn_id: str
    stop_reason: StopReason
    text: str
    findings: tuple[Finding, ...] = ()
    usage: Usage = Usage()
    cost: Cost = Cost()
    context: ContextSize = ContextSize()
    resumed: bool = False
    recovered: Recovery | None = None
    error: TurnError | None = None
    compacted: Compaction | None = None
    verification: Verification | None = None


def not_ended_well(result: TurnResult) -> TurnFailure:
    """The failure of a turn, for a caller that wants more of it than its result."""
    error = result.error
    if error is not None:
        return TurnFailure(error.kind, error.message, hint=error.hint, retryable=error.retryable)
    return TurnFailure(
        "internal",
        f"The turn ended with {result.stop_reason}.",
        hint="Ask again; the conversation is kept.",
        retryable=True,
    )


@dataclass(frozen=True, slots=True)
class SessionQuery:
    """Which sessions to list, newest first.

    :param text: words that title, prompts or replies must contain.
    :param cursor: what the page before gave as its `next_cursor`.
    """

    workspace: str | None = None
    key: Key | None = None
    text: str | None = None
    limit: int = 50
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class SessionPage:
    """One page of a list of sessions; `next_cursor` is None on the last."""

    sessions: tuple[Session, ...]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class FindingQuery:
    """Which findings to list, by place, state or turn; unset fields do not restrict.

    :param workspace: the path of a folder; all that lies below it.
    :param file: the absolute path of a file.
    """

    finding_id: str | None = None
    workspace: str | None = None
    file: str | None = None
    state: FindingState | None = None
    session_id: str | None = None
    turn_id: str | None = None


JsonObject: TypeAlias = dict[str, Any]
"""A JSON object of unknown shape: a tool's raw input, say."""

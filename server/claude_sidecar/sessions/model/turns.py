"""Turns, as the journal has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from claude_sidecar.sessions.model.amounts import Usage
from claude_sidecar.sessions.model.results import Compaction, StopReason, TurnError, Verification
from claude_sidecar.sessions.model.tool_calls import ToolCall

TurnKind: TypeAlias = Literal["review", "debug", "ask", "fix", "step", "compact"]
TurnState: TypeAlias = Literal["queued", "running", "ended", "interrupted"]
Allowance: TypeAlias = Literal["read", "run", "edit"]
"""What a turn may do at all: read; also run commands; also change files."""
TURN_KINDS: tuple[TurnKind, ...] = get_args(TurnKind)


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

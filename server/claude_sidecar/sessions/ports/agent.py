"""What the domain needs of Claude."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from claude_sidecar.sessions.costs.spending import Tally
from claude_sidecar.sessions.model import (
    ContextSize,
    StopReason,
    TurnError,
    Usage,
)
from claude_sidecar.sessions.ports.agent_options import AgentOptions
from claude_sidecar.sessions.ports.background import BackgroundWork
from claude_sidecar.sessions.ports.branches import Branches
from claude_sidecar.sessions.ports.turn_host import TurnHost


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

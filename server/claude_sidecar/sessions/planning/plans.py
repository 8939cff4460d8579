"""What is to be done in a turn: one prompt, or a course of several.

A turn with a course is still one turn for the user: one entry in the history, one result, with the
sum of what its prompts cost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import anyio

from claude_sidecar.findings.model import Finding
from claude_sidecar.sessions.events import Event
from claude_sidecar.sessions.model import Allowance, Key, ToolCall, TurnKind, Verification
from claude_sidecar.sessions.ports import Allow, Deny, Done, Drop, ToolUse, TurnTrace
from claude_sidecar.text import Range


@dataclass(frozen=True, slots=True)
class Composed:
    """What is sent to Claude, and the hash of the document it shows, if it shows one.

    :param drop: a turn that Claude is to forget first.
    :param command: it is one of Claude Code's own commands.
    """

    prompt: str
    document_hash: str | None = None
    drop: Drop | None = None
    command: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What is known when a turn begins.

    :param shown: the hash of the document that the conversation was last shown.
    :param findings: of the files that a review looks at: open ones, and dismissals that hold.
    :param trace: what Claude's transcript has of the turn that is gone on with or done again.
    """

    shown: str | None = None
    findings: Sequence[Finding] = ()
    trace: TurnTrace | None = None


@dataclass(frozen=True, slots=True)
class TurnPlan:
    """What is to be done in a turn.

    :param prompt: what the user asked, as the journal shows it.
    :param compose: makes the words for Claude out of what is known when the turn runs.
    :param path: the file that is looked at, if it is one.
    :param allowance: what it may do; None for what its kind may do.
    :param course: how it goes where it is more than one prompt.
    :param complete: it is a review of the whole file, for everything: what it does not find again
        and is no longer as it was is fixed.
    :param confirmed: the user has been told what it may cost.
    :param record: what was asked for, to be asked for again (see `records`).
    :param continues: the turn that it goes on with; `retries`: the one that it does again.
    """

    kind: TurnKind
    key: Key
    prompt: str
    compose: Callable[[Known], Composed]
    path: str | None = None
    range: Range | None = None
    complete: bool = False
    allowance: Allowance | None = None
    course: Course | None = None
    record: str | None = None
    continues: str | None = None
    retries: str | None = None
    confirmed: bool = False

    @property
    def again(self) -> str | None:
        """The turn that it goes on with or does again."""
        return self.continues or self.retries


class CourseHost(Protocol):
    """What a course sees of its turn.

    :ivar calls: Claude's tool calls so far, by id; `findings`: what it has reported.
    """

    calls: dict[str, ToolCall]
    findings: dict[str, Finding]

    @property
    def stopping(self) -> anyio.Event:
        """Set when the turn is to be interrupted."""
        ...

    def publish(self, event: Event) -> None:
        """Let all surfaces know."""
        ...

    def note(self, call: ToolCall) -> None:
        """Keep a call in the journal."""
        ...

    def only_read(self) -> None:
        """From now on nothing is run or changed in the turn."""
        ...

    async def permit(self, use: ToolUse) -> Allow | Deny | Done:
        """Ask the user."""
        ...


class Course(Protocol):
    """How a turn of several prompts goes."""

    @property
    def verification(self) -> Verification | None:
        """What was seen of its success."""
        ...

    @property
    def ending(self) -> str | None:
        """What is said instead of asking Claude, where there is nothing to ask."""
        ...

    async def begin(self, host: CourseHost, plan: TurnPlan) -> TurnPlan:
        """Before the first prompt: the plan to go on with. If it is about another file, the turn
        goes on in that one's session.
        """
        ...

    async def go_on(self, host: CourseHost) -> str | None:
        """Claude has come to an end: the next prompt, or None if there is none."""
        ...

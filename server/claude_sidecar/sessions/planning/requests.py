"""What a user can ask for: one frozen record for each kind of turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from claude_sidecar.findings.model import Finding
from claude_sidecar.sessions.documents.change_sets import ChangeSet
from claude_sidecar.sessions.model import Key
from claude_sidecar.sessions.ports import EditorDiagnostic
from claude_sidecar.sessions.symptoms.evidence import Evidence, TestWish
from claude_sidecar.text import Range


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """Review a file, or a range of it.

    :param focus: what to look for, in the user's words.
    :param fresh: in a new session instead of the key's current one.
    :param reviewers: names out of `settings.REVIEWERS`; empty means a review of everything.
    :param verify: have each finding checked once more before it is reported.
    :param confirmed: the user has been told what it may cost, and is not asked about it.
    """

    key: Key
    range: Range | None = None
    focus: str | None = None
    fresh: bool = False
    reviewers: tuple[str, ...] = ()
    verify: bool = False
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class ReviewChangesRequest:
    """Review what has changed in a workspace; the fields as those of :class:`ReviewRequest`."""

    changes: ChangeSet
    focus: str | None = None
    fresh: bool = False
    reviewers: tuple[str, ...] = ()
    verify: bool = False
    confirmed: bool = False

    @property
    def key(self) -> Key:
        """The workspace's own key."""
        return self.changes.key


@dataclass(frozen=True, slots=True)
class DebugRequest:
    """Find the cause of a failure.

    :param error: a message, a traceback or a failing test's output.
    :param diagnostics: what other tools say of the file.
    :param evidence: what was read out of the symptom, and gathered for it.
    :param test: a command that shows the failure: the cause is mended until it passes.
    :param command: that command, once it has failed.
    """

    key: Key
    range: Range | None = None
    error: str | None = None
    diagnostics: tuple[EditorDiagnostic, ...] = ()
    fresh: bool = False
    evidence: Evidence | None = None
    test: TestWish | None = None
    command: str | None = None


@dataclass(frozen=True, slots=True)
class AskRequest:
    """Ask a question, in the key's current session or in the one named.

    :param session_id: goes before `key`, which then only names the file that is looked at.
    :param finding: what the question is about, if it is about one.
    :param diagnostics: likewise: what other tools say.
    :param read_only: it wants an answer and no deeds: nothing is run or changed.
    """

    text: str
    key: Key | None = None
    range: Range | None = None
    session_id: str | None = None
    fresh: bool = False
    finding: Finding | None = None
    diagnostics: tuple[EditorDiagnostic, ...] = ()
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class StepsRequest:
    """Prompts to be carried out one after the other in one session.

    :param first: the step to begin with, counted from 1; those before it are done.
    """

    steps: tuple[str, ...]
    key: Key
    stop_on_error: bool = True
    first: int = 1


@dataclass(frozen=True, slots=True)
class VerifyRequest:
    """Check a finding against the text as it is now.

    It runs in the session that reported it. If it is reported again, it is confirmed; if not, and
    the turn ended well, it is fixed.
    """

    key: Key
    finding: Finding


@dataclass(frozen=True, slots=True)
class FixRequest:
    """Mend what a finding, or other tools' diagnostics, say of a file."""

    key: Key
    range: Range | None = None
    finding: Finding | None = None
    diagnostics: tuple[EditorDiagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class ContinueRequest:
    """Go on with a turn that did not end well, from where it stopped, in its session."""

    turn_id: str

    @property
    def key(self) -> None:
        """Its session's."""


@dataclass(frozen=True, slots=True)
class RetryRequest:
    """Do a turn again that did not end well, in its session."""

    turn_id: str

    @property
    def key(self) -> None:
        """Its session's."""


@dataclass(frozen=True, slots=True)
class CompactRequest:
    """Summarise a session's conversation, to make room: of the one named, else the key's current.

    :param instructions: what the summary is to keep, in the user's words.
    """

    key: Key | None = None
    session_id: str | None = None
    instructions: str | None = None


PlannedRequest: TypeAlias = (
    ReviewRequest | ReviewChangesRequest | DebugRequest | AskRequest | VerifyRequest | FixRequest
)
"""What a plan can be made of as it stands."""
TurnRequest: TypeAlias = PlannedRequest | ContinueRequest | RetryRequest | CompactRequest

"""What is asked of the store: which sessions, which findings; and a page of what there is."""

from __future__ import annotations

from dataclasses import dataclass

from claude_sidecar.findings.model import FindingState
from claude_sidecar.sessions.model.sessions import Key, Session


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

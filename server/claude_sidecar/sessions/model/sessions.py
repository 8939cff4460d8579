"""Sessions: what they belong to, and the conversations that they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from claude_sidecar.sessions.model.amounts import ContextSize

SessionState: TypeAlias = Literal["idle", "running", "requires_action", "interrupted"]
PermissionMode: TypeAlias = Literal[
    "default", "acceptEdits", "plan", "dontAsk", "bypassPermissions"
]


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

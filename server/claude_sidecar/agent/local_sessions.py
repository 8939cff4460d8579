"""Claude Code's sessions on this disk, for the domain: the `ClaudeSessions` port.

What can be told without the SDK is told without it, since most of the time there is nothing new and
its import takes half a second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, cast

import anyio.to_thread

from claude_sidecar.agent.entries import Entry
from claude_sidecar.agent.projects import Projects, is_session_id, project_name
from claude_sidecar.errors import SessionNotResumable
from claude_sidecar.ondemand import OnDemand
from claude_sidecar.sessions.model import Session
from claude_sidecar.sessions.ports import (
    AgentOptions,
    SaidElsewhere,
    TerminalCommand,
    TranscriptFile,
    TranscriptKey,
    TranscriptRecords,
)

if TYPE_CHECKING:
    from claude_sidecar.agent.claude import ClaudeAgent


class LocalSessions:
    """The sessions of Claude Code, whoever began them.

    :param agent: whose processes hold some of them.
    :param records: our copies of their transcripts.
    """

    def __init__(self, agent: OnDemand[ClaudeAgent], records: TranscriptRecords) -> None:
        self._agent = agent
        self._records = records

    async def files(self, options: AgentOptions) -> tuple[str, Mapping[str, TranscriptFile]]:
        """See `ClaudeSessions.files`."""
        projects = Projects(options)
        return projects.project, await anyio.to_thread.run_sync(projects.sessions)

    def file(
        self, session_id: str, options: AgentOptions
    ) -> tuple[TranscriptKey, TranscriptFile | None]:
        """See `ClaudeSessions.file`."""
        projects = Projects(options)
        key = TranscriptKey(projects.project, session_id)
        try:
            stat = projects.path(key).stat()
        except OSError:
            return key, None
        return key, TranscriptFile(stat.st_size, stat.st_mtime)

    async def describe(
        self, session_ids: Sequence[str], options: AgentOptions
    ) -> tuple[Session, ...]:
        """See `ClaudeSessions.describe`."""
        await self._agent.get()
        projects = Projects(options)
        return await anyio.to_thread.run_sync(
            partial(_described, projects, projects.project, session_ids)
        )

    async def find(self, session_id: str, options: AgentOptions) -> Session | None:
        """See `ClaudeSessions.find`."""
        if not is_session_id(session_id):
            return None
        projects = Projects(options)
        project = await anyio.to_thread.run_sync(projects.find, session_id)
        if project is None:
            return None
        await self._agent.get()
        found = await anyio.to_thread.run_sync(_described, projects, project, [session_id])
        return found[0] if found else None

    async def said(self, session_id: str, options: AgentOptions) -> SaidElsewhere | None:
        """See `ClaudeSessions.said`."""
        agent = await self._agent.get()
        if not await agent.let_go_of_overtaken(session_id):
            return None  # our own process has it, and what it says is written as it comes
        from claude_sidecar.agent.readings import billed, turns_in
        from claude_sidecar.agent.session_store import CopiedSessions, sdk_key
        from claude_sidecar.agent.transcript_copy import TranscriptCopy

        await TranscriptCopy(self._records, options, session_id).take_in()
        key, _ = self.file(session_id, options)
        copy = await self._records.transcript(key)
        if copy is None or copy.read >= copy.last:
            return None
        loaded = await CopiedSessions(self._records).load(sdk_key(key))
        entries = [cast("Entry", entry) for entry in loaded or ()]

        def read() -> SaidElsewhere:
            turns = turns_in(session_id, entries, options.cwd)
            return SaidElsewhere(key, turns, copy.last, billed(entries))

        return await anyio.to_thread.run_sync(read)

    async def hand_over(
        self, session_id: str, options: AgentOptions, env: Mapping[str, str]
    ) -> TerminalCommand:
        """See `ClaudeSessions.hand_over`."""
        agent = await self._agent.get()
        await agent.release(session_id)
        from claude_sidecar.agent.following import Follower
        from claude_sidecar.agent.handover import terminal_command
        from claude_sidecar.agent.transcript_copy import TranscriptCopy

        copy = TranscriptCopy(self._records, options, session_id)
        await Follower(copy).put_back(session_id)
        if self.file(session_id, options)[1] is None:
            raise SessionNotResumable(session_id, "its transcript is gone, and there is no copy")
        return terminal_command(session_id, options, env)


def _described(projects: Projects, project: str, session_ids: Sequence[str]) -> tuple[Session, ...]:
    from claude_sidecar.agent.readings import described

    paths = [projects.path(TranscriptKey(project, each)) for each in session_ids]
    # Claude Code names two folders alike whose paths differ in signs only.
    return tuple(each for each in described(paths) if project_name(each.key.workspace) == project)

"""One session's transcripts and our copies of them: the copies follow, and stand in for what is lost.

What is new in the files is taken into the copies while a turn runs, after it, and whenever a
session is looked at. Before a session is resumed its files are compared with the copies, and put
back where they are missing, damaged or lack what the copy has. Nothing that a file has and the
copy does not is ever given up: it is taken in first.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Set
from functools import partial
from pathlib import Path

import anyio
import anyio.to_thread
from claude_agent_sdk import SessionStoreEntry

from claude_sidecar.agent.elsewhere import occupant
from claude_sidecar.agent.projects import Projects
from claude_sidecar.agent.session_store import CopiedSessions, sdk_key
from claude_sidecar.agent.subagents import (
    is_metadata,
    last_metadata,
    put_back_metadata,
    read_metadata,
)
from claude_sidecar.agent.transcript_file import (
    BROKEN,
    Cursor,
    Reading,
    put_back,
    read,
    what_is_wrong,
)
from claude_sidecar.errors import SessionBusy
from claude_sidecar.sessions.ports import (
    AgentOptions,
    Mark,
    Taken,
    Transcript,
    TranscriptKey,
    TranscriptLine,
    TranscriptRecords,
)

logger = logging.getLogger(__name__)

_TRIES = 5


class TranscriptCopy:
    """The files of one session, as Claude Code would find them with the options, and their copies."""

    def __init__(self, records: TranscriptRecords, options: AgentOptions, session_id: str) -> None:
        self._records = records
        self._copies = CopiedSessions(records)
        self._projects = Projects(options)
        self._session_id = session_id
        self._own = TranscriptKey(self._projects.project, session_id)
        self._cursors: dict[TranscriptKey, Cursor] = {}
        self._whole: dict[TranscriptKey, bool] = {}
        self._metadata: dict[TranscriptKey, SessionStoreEntry] = {}
        self._taken: set[str] = set()
        self._lock = anyio.Lock()

    async def take_in(self, ours: Set[str] = frozenset()) -> None:
        """Copy what is new in the files.

        :param ours: the uuids of prompts whose turns the journal has anyway.
        :raises StoreError: if the store fails.
        """
        async with self._lock:
            parts = await anyio.to_thread.run_sync(
                lambda: list(self._projects.parts(self._session_id))
            )
            for key in parts:
                await self._take_in(key, ours)
                if key.part:
                    await self._take_in_metadata(key)

    async def put_back(self) -> str | None:
        """See to it that Claude Code finds all that was said.

        :returns: what was wrong with the transcript, if it had to be put back.
        :raises OSError: if it could not be put back.
        :raises SessionBusy: if it would have to be, and somebody else has it open.
        :raises StoreError: if the store fails.
        """
        await self._follow_project()
        await self.take_in()
        reason: str | None = None
        async with self._lock:
            for copy in await self._records.transcripts_of(self._session_id):
                if copy.key.project == self._own.project:
                    wrong = await self._put_back(copy)
                    reason = reason if copy.key.part else wrong
        return reason

    async def _take_in(self, key: TranscriptKey, ours: Set[str]) -> None:
        path = self._projects.path(key)
        for _ in range(_TRIES):
            cursor = self._cursors.get(key)
            known = cursor or await self._mark(key)
            reading = await self._read(path, known)
            if reading is None:
                return
            before = known.mark if isinstance(known, Cursor) else known
            if not reading.continues:
                done = await self._merge(key, reading, ours)
            elif reading.cursor.mark == before and cursor is None:
                done = True
            elif reading.cursor.mark == before:
                return
            else:
                done = await self._extend(key, reading, before, ours)
            if done:
                self._cursors[key] = reading.cursor
                if ours:
                    self._taken |= {line.uuid for line in reading.lines if line.uuid}
                return
            self._cursors.pop(key, None)  # another process has taken it in meanwhile
        logger.warning("The transcript %s changes too fast to be copied", path)

    async def _extend(
        self, key: TranscriptKey, reading: Reading, before: Mark, ours: Set[str]
    ) -> bool:
        if key not in self._whole:
            copy = await self._records.transcript(key)
            self._whole[key] = copy.whole if copy is not None else True
        whole = self._whole[key] and reading.damage != BROKEN
        taken = Taken(before, reading.cursor.mark, whole, _is_known(key, reading, ours))
        self._whole[key] = whole
        return await self._copies.extend(key, reading.lines, taken)

    async def _merge(self, key: TranscriptKey, reading: Reading, ours: Set[str]) -> bool:
        """The file is not what it was: take in what it has and the copy does not."""
        lines = await self._records.transcript_lines(key) or ()
        uuids = {line.uuid for line in lines if line.uuid}
        others = Counter(line.data for line in lines if not line.uuid)
        lost = uuids - {line.uuid for line in reading.lines}
        known = _is_known(key, reading, ours)
        given_up = lost <= self._taken and reading.went_on_without(lost, uuids)
        if reading.damage is None and (not lost or given_up):
            kept = [line for line in lines if is_metadata(line)]
            await self._records.replace_transcript(
                key, [*reading.lines, *kept], reading.cursor.mark, known=known
            )
            self._whole[key] = True
            return True
        new: list[TranscriptLine] = []
        for line in reading.lines:
            if line.uuid is None and others[line.data]:
                others[line.data] -= 1
            elif line.uuid not in uuids:
                new.append(line)
        self._whole[key] = False
        before = await self._mark(key)
        taken = Taken(before, reading.cursor.mark, whole=False, known=known)
        return await self._copies.extend(key, new, taken)

    async def _take_in_metadata(self, key: TranscriptKey) -> None:
        """What stands beside a subagent's transcript; it changes when the subagent ends."""
        metadata = await anyio.to_thread.run_sync(read_metadata, self._projects.path(key))
        if metadata is None or self._metadata.get(key) == metadata:
            return
        self._metadata[key] = metadata
        if metadata != last_metadata(await self._records.transcript_lines(key) or ()):
            await self._copies.append(sdk_key(key), [metadata])

    async def _put_back(self, copy: Transcript) -> str | None:
        path = self._projects.path(copy.key)
        reading = await self._read(path, copy.mark)
        if reading is not None and reading.continues and copy.whole and reading.damage is None:
            return None
        kept = await self._records.transcript_lines(copy.key) or ()
        lines = [line for line in kept if not is_metadata(line)]
        whole = None if reading is None else await self._read(path, Mark())
        wrong = what_is_wrong(whole, lines)
        if wrong is None or not lines:
            return None
        await self._check_nobody_writes()
        cursor = await anyio.to_thread.run_sync(put_back, path, lines)
        if copy.key.part:
            await anyio.to_thread.run_sync(put_back_metadata, path, kept)
        await self._records.append_transcript(
            copy.key, [], taken=Taken(copy.mark, cursor.mark, whole=True, known=True)
        )
        self._cursors[copy.key] = cursor
        self._whole[copy.key] = True
        logger.info("The transcript %s %s and was put back", path, wrong)
        return f"its transcript {wrong}"

    async def _check_nobody_writes(self) -> None:
        """A file that is being written may look cut, and must not be taken from under the writer."""
        folder = self._projects.root.parent
        look = partial(occupant, folder, self._session_id, own=())
        other = await anyio.to_thread.run_sync(look)
        if other is not None:
            raise SessionBusy(
                self._session_id,
                f"Claude Code (process {other.process})",
                "has it open, and its transcript is not whole",
            )

    async def _follow_project(self) -> None:
        """The workspace was moved: its sessions belong to another project then."""
        copies = await self._records.transcripts_of(self._session_id)
        if copies and all(copy.key.project != self._own.project for copy in copies):
            await self._records.move_transcripts(self._session_id, self._own.project)

    async def _mark(self, key: TranscriptKey) -> Mark:
        copy = await self._records.transcript(key)
        return Mark() if copy is None else copy.mark

    async def _read(self, path: Path, known: Cursor | Mark) -> Reading | None:
        return await anyio.to_thread.run_sync(partial(read, path, known))


def _is_known(key: TranscriptKey, reading: Reading, ours: Set[str]) -> bool:
    """Whether the journal knows of what is said in the lines, or nothing is."""
    if key.part or not reading.messages:
        return True
    return bool(ours) and reading.prompts <= ours

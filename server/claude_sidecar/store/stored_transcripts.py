"""Copies of transcripts, as the store port has them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import anyio.to_thread
from typing_extensions import override

from claude_sidecar.sessions.ports import (
    Mark,
    Summarise,
    Taken,
    Transcript,
    TranscriptKey,
    TranscriptLine,
    TranscriptRecords,
)
from claude_sidecar.store import transcripts
from claude_sidecar.store.access import StoreAccess


class StoredTranscripts(StoreAccess, TranscriptRecords):
    """The port's methods about transcripts."""

    @override
    async def transcript(self, key: TranscriptKey) -> Transcript | None:
        return await self.read(partial(transcripts.get, key=key))

    @override
    async def transcripts_of(self, session_id: str) -> tuple[Transcript, ...]:
        return await self.read(partial(transcripts.of_session, session_id=session_id))

    @override
    async def transcripts_in(self, project: str) -> tuple[Transcript, ...]:
        return await self.read(partial(transcripts.in_project, project=project))

    @override
    async def transcript_lines(self, key: TranscriptKey) -> tuple[TranscriptLine, ...] | None:
        return await self.read(partial(transcripts.lines, key=key))

    @override
    async def append_transcript(
        self,
        key: TranscriptKey,
        lines: Sequence[TranscriptLine],
        *,
        taken: Taken | None = None,
        summarise: Summarise | None = None,
    ) -> bool:
        packed = await anyio.to_thread.run_sync(transcripts.packed, lines)
        return await self.write(
            partial(transcripts.append, key=key, lines=packed, taken=taken, summarise=summarise)
        )

    @override
    async def replace_transcript(
        self, key: TranscriptKey, lines: Sequence[TranscriptLine], mark: Mark, *, known: bool
    ) -> None:
        packed = await anyio.to_thread.run_sync(transcripts.packed, lines)
        await self.write(
            partial(transcripts.replace, key=key, lines=packed, mark=mark, known=known)
        )

    @override
    async def note_transcript_read(self, key: TranscriptKey, through: int) -> None:
        await self.write(partial(transcripts.note_read, key=key, through=through))

    @override
    async def move_transcripts(self, session_id: str, project: str) -> None:
        await self.write(partial(transcripts.move, session_id=session_id, project=project))

    @override
    async def delete_transcript(self, key: TranscriptKey) -> None:
        await self.write(partial(transcripts.delete, key=key))

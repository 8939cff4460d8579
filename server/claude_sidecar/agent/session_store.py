"""Our copies of transcripts as the Claude Agent SDK's `SessionStore`.

All that is copied goes in by it, so that the SDK's functions over session stores can read our
copies. It is never given to Claude Code: with a store of its own Claude Code would work
in a temporary configuration folder, away from the user's.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, cast

import anyio.to_thread
from claude_agent_sdk import (
    SessionKey,
    SessionListSubkeysKey,
    SessionStore,
    SessionStoreEntry,
    SessionStoreListEntry,
    SessionSummaryEntry,
    fold_session_summary,
)
from typing_extensions import override

from claude_sidecar.sessions.model import JsonObject
from claude_sidecar.sessions.ports import Taken, TranscriptKey, TranscriptLine, TranscriptRecords


class CopiedSessions(SessionStore):
    """The SDK's protocol over the store port."""

    def __init__(self, records: TranscriptRecords) -> None:
        self._records = records

    @override
    async def append(self, key: SessionKey, entries: list[SessionStoreEntry]) -> None:
        if entries:
            await self._records.append_transcript(
                _ours(key), [_line(entry) for entry in entries], summarise=_summary(key, entries)
            )

    async def extend(
        self, key: TranscriptKey, lines: Sequence[TranscriptLine], taken: Taken
    ) -> bool:
        """Like `append`, with the lines of a file as they are; see `append_transcript`."""
        entries = await anyio.to_thread.run_sync(_parsed, lines)
        return await self._records.append_transcript(
            key, lines, taken=taken, summarise=_summary(sdk_key(key), entries)
        )

    @override
    async def load(self, key: SessionKey) -> list[SessionStoreEntry] | None:
        lines = await self._records.transcript_lines(_ours(key))
        return None if lines is None else await anyio.to_thread.run_sync(_parsed, lines)

    @override
    async def list_sessions(self, project_key: str) -> list[SessionStoreListEntry]:
        return [
            {"session_id": each.key.session_id, "mtime": each.modified_ms}
            for each in await self._records.transcripts_in(project_key)
        ]

    @override
    async def list_session_summaries(self, project_key: str) -> list[SessionSummaryEntry]:
        return [
            {
                "session_id": each.key.session_id,
                "mtime": each.modified_ms,
                "data": each.summary,
            }
            for each in await self._records.transcripts_in(project_key)
            if each.summary is not None
        ]

    @override
    async def delete(self, key: SessionKey) -> None:
        await self._records.delete_transcript(_ours(key))

    @override
    async def list_subkeys(self, key: SessionListSubkeysKey) -> list[str]:
        return [
            each.key.part
            for each in await self._records.transcripts_of(key["session_id"])
            if each.key.project == key["project_key"] and each.key.part
        ]


class _Summary:
    """The SDK's running summary, as the store keeps it: only what it folds, not the times."""

    def __init__(self, key: SessionKey, entries: Sequence[SessionStoreEntry]) -> None:
        self._key = key
        self._entries = list(entries)

    def __call__(self, before: JsonObject | None) -> JsonObject:
        """Fold the entries in."""
        previous: SessionSummaryEntry | None = None
        if before is not None:
            previous = {"session_id": self._key["session_id"], "mtime": 0, "data": before}
        return fold_session_summary(previous, self._key, self._entries)["data"]


def sdk_key(key: TranscriptKey) -> SessionKey:
    """Our key as the SDK has it."""
    own: SessionKey = {"project_key": key.project, "session_id": key.session_id}
    return {**own, "subpath": key.part} if key.part else own


def _summary(key: SessionKey, entries: Sequence[SessionStoreEntry]) -> _Summary | None:
    """How a session's summary goes on with the entries; subagents have none."""
    return None if key.get("subpath") else _Summary(key, entries)


def _parsed(lines: Sequence[TranscriptLine]) -> list[SessionStoreEntry]:
    return [json.loads(line.data) for line in lines]


def _ours(key: SessionKey) -> TranscriptKey:
    return TranscriptKey(key["project_key"], key["session_id"], key.get("subpath", ""))


def _line(entry: SessionStoreEntry) -> TranscriptLine:
    """As Claude Code itself would write it."""
    uuid: Any = cast(dict[str, Any], entry).get("uuid")
    text = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
    try:
        data = text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can only escape
        data = json.dumps(entry, separators=(",", ":")).encode()
    return TranscriptLine(data, uuid if isinstance(uuid, str) else None)

"""Claude Code's transcripts, read from the disk: what they have of a turn, and copies up to one.

A transcript is a tree: each entry names its parent, and what Claude goes on with is the branch
that was written last. Our turn's id is the uuid of its prompt. What follows a prompt up to the next
one belongs to its turn: replies, uses of tools, their results, Claude Code's own remarks, and a
summary that was made on the way; one that the user asked for does not.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import anyio.to_thread
from claude_agent_sdk import SessionKey, SessionStore, SessionStoreEntry, fork_session_via_store

from claude_sidecar.agent.projects import Projects
from claude_sidecar.agent.transcript_copy import TranscriptCopy
from claude_sidecar.errors import SessionBusy, SessionNotResumable, StoreError
from claude_sidecar.sessions.ports import (
    AgentOptions,
    TranscriptKey,
    TranscriptRecords,
    TurnTrace,
)

Entry = dict[str, Any]

_INTERRUPTED = "[Request interrupted by user"
_OWN_WORDS = ("<local-command", "<command-", "<task-notification", "<bash-")


class Transcript:
    """One session's transcript, read once.

    :param path: its file, which need not be there.
    """

    def __init__(self, path: Path) -> None:
        self._entries: list[Entry] = _read(path)
        self._by_id = {entry["uuid"]: entry for entry in self._entries}

    def trace(self, turn_id: str) -> TurnTrace | None:
        """What it has of a turn."""
        prompt = self._by_id.get(turn_id)
        if prompt is None:
            return None
        entries = self._turn(turn_id)
        blocks = [block for entry in entries for block in _blocks(entry, "assistant")]
        texts = [str(block["text"]) for block in blocks if block.get("type") == "text"]
        calls = [str(block["id"]) for block in blocks if block.get("type") == "tool_use"]
        after = self._entries[self._entries.index(entries[-1]) + 1 :]
        return TurnTrace(
            before=prompt.get("parentUuid"),
            text="\n\n".join(texts),
            tool_calls=frozenset(calls),
            last=not any(_is_prompt(entry) for entry in after),
        )

    def end_of(self, turn_ids: Sequence[str]) -> str | None:
        """The last entry of the first of the turns that it has."""
        for turn_id in turn_ids:
            if turn_id in self._by_id:
                return str(self._turn(turn_id)[-1]["uuid"])
        return None

    def _turn(self, turn_id: str) -> list[Entry]:
        """The entries of a turn that is there, its prompt first."""
        prompt = self._by_id[turn_id]
        found, ids = [prompt], {turn_id}
        for entry in self._entries[self._entries.index(prompt) + 1 :]:
            parents = {entry.get("parentUuid"), entry.get("logicalParentUuid")}
            if ids & parents and not _is_prompt(entry) and not _is_wanted_summary(entry):
                found.append(entry)
                ids.add(entry["uuid"])
        return found


@dataclass(frozen=True, slots=True)
class TranscriptBranches:
    """Looks at the transcripts of the sessions that are run with some options.

    :param records: where copies of them are kept, if they are.
    """

    options: AgentOptions
    records: TranscriptRecords | None

    def path(self, session_id: str) -> Path:
        """Where Claude Code keeps a session's transcript."""
        projects = Projects(self.options)
        project = projects.find(session_id) or projects.project
        return projects.path(TranscriptKey(project, session_id))

    async def trace(self, session_id: str, turn_id: str) -> TurnTrace | None:
        """See `Branches.trace`."""
        return (await self._transcript(session_id)).trace(turn_id)

    async def fork(self, session_id: str, turn_ids: Sequence[str], title: str) -> str:
        """See `Branches.fork`."""
        end = (await self._transcript(session_id)).end_of(turn_ids)
        if end is None:
            raise SessionNotResumable(session_id, "its transcript is gone or cannot be read")
        copies = cast("SessionStore", _Copies(self))
        forked = await fork_session_via_store(copies, session_id, self.options.cwd, end, title)
        await self._known(forked.session_id)
        return forked.session_id

    async def _transcript(self, session_id: str) -> Transcript:
        """What is there of it, or can be put back."""
        if self.records is not None:
            with suppress(OSError, StoreError, SessionBusy):
                await TranscriptCopy(self.records, self.options, session_id).put_back()
        return await anyio.to_thread.run_sync(lambda: Transcript(self.path(session_id)))

    async def _known(self, session_id: str) -> None:
        """Nothing in a copy is news: the journal has it where it was said."""
        if self.records is None:
            return
        lines = await anyio.to_thread.run_sync(_lines, self.path(session_id))
        ours = frozenset(str(line["uuid"]) for line in lines if "uuid" in line)
        with suppress(OSError, StoreError, SessionBusy):
            await TranscriptCopy(self.records, self.options, session_id).take_in(ours)


@dataclass(frozen=True, slots=True)
class _Copies:
    """The disk, as the SDK wants a store that it copies in."""

    branches: TranscriptBranches

    async def load(self, key: SessionKey) -> list[SessionStoreEntry]:
        path = self.branches.path(key["session_id"])
        return cast("list[SessionStoreEntry]", await anyio.to_thread.run_sync(_lines, path))

    async def append(self, key: SessionKey, entries: list[SessionStoreEntry]) -> None:
        path = self.branches.path(key["session_id"])
        text = "".join(json.dumps(entry, separators=(",", ":")) + "\n" for entry in entries)

        def write() -> None:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)

        await anyio.to_thread.run_sync(write)


def _lines(path: Path) -> list[Entry]:
    """Every object of a file; lines that were cut off are left out."""
    found: list[Entry] = []
    try:
        data = path.read_bytes()
    except OSError:
        return found
    for line in data.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            found.append(cast("Entry", entry))
    return found


def _read(path: Path) -> list[Entry]:
    """What is said in the main thread."""
    return [
        entry
        for entry in _lines(path)
        if isinstance(entry.get("uuid"), str) and not entry.get("isSidechain")
    ]


def _is_prompt(entry: Entry) -> bool:
    """Whether somebody asked something: the user, here or in a terminal."""
    if entry.get("type") != "user" or entry.get("isMeta") or entry.get("isCompactSummary"):
        return False
    blocks = _blocks(entry, "user")
    texts = [str(block.get("text")) for block in blocks if block.get("type") == "text"]
    if any(block.get("type") == "tool_result" for block in blocks) or not texts:
        return False
    return not texts[0].startswith((_INTERRUPTED, *_OWN_WORDS))


def _is_wanted_summary(entry: Entry) -> bool:
    metadata = entry.get("compactMetadata")
    return isinstance(metadata, dict) and cast("Entry", metadata).get("trigger") == "manual"


def _blocks(entry: Entry, kind: str) -> list[Entry]:
    """The content of a message of this kind, as blocks."""
    message = entry.get("message")
    if entry.get("type") != kind or not isinstance(message, dict):
        return []
    content = cast("Entry", message).get("content")
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    if not isinstance(content, list):
        return []
    return [cast("Entry", each) for each in cast("list[Any]", content) if isinstance(each, dict)]

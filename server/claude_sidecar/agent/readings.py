"""Sessions that Claude Code has, in the words of the domain: what they are, and what was said in them.

Transcripts are made sense of by the SDK: its functions over session stores are given the entries at
hand. They do their work in the event loop, so they are run in one of a thread's own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from claude_agent_sdk import (
    SessionKey,
    SessionStore,
    SessionStoreEntry,
    get_session_info_from_store,
    get_session_messages_from_store,
)

from claude_sidecar.agent import toolcalls
from claude_sidecar.agent.entries import (
    INTERRUPTED,
    Entry,
    blocks_of,
    command_of,
    entry_of,
    is_prompt,
    time_of,
    user_text,
)
from claude_sidecar.sessions.keys import canonical_path
from claude_sidecar.sessions.model import Key, Session, ToolCall, Turn

_ENDS_BYTES = 65536
_TITLE_LIMIT = 60


@dataclass(frozen=True)
class _Loaded:
    """Some entries of one session, as much of a session store as it takes to read them."""

    entries: Sequence[Entry]

    async def load(self, key: SessionKey) -> list[SessionStoreEntry]:
        del key
        return cast(list[SessionStoreEntry], list(self.entries))


def _at_hand(entries: Sequence[Entry]) -> SessionStore:
    return cast(SessionStore, _Loaded(entries))


def described(paths: Iterable[Path]) -> tuple[Session, ...]:
    """Sessions as they would be in the store, from the beginnings and ends of their files; without
    those in which nothing was said, or of which the folder is not known. Run it in a thread.
    """

    async def describe() -> tuple[Session, ...]:
        found = [await _described(path) for path in paths]
        return tuple(each for each in found if each is not None)

    return asyncio.run(describe())


async def _described(path: Path) -> Session | None:
    try:
        changed_at = path.stat().st_mtime  # noqa: ASYNC240 - the loop is there for this alone
        entries = list(_ends(path))
    except OSError:
        return None
    session_id = path.stem
    info = await get_session_info_from_store(_at_hand(entries), session_id)
    if info is None or info.cwd is None:
        return None
    title = " ".join((info.custom_title or info.first_prompt or info.summary).split())
    return Session(
        id=session_id,
        key=Key(canonical_path(info.cwd)),
        title=title if len(title) <= _TITLE_LIMIT else title[: _TITLE_LIMIT - 1].rstrip() + "…",
        created_at=changed_at if info.created_at is None else info.created_at / 1000,
        updated_at=changed_at,
        current=False,
        billed_usd=billed(entries) or 0.0,
        begun=True,
        elsewhere=True,
    )


def _ends(path: Path) -> Iterator[Entry]:
    """The entries at the beginning and at the end of a file, where their lines are whole."""
    with path.open("rb") as file:
        data = file.read(_ENDS_BYTES)
        beginning, whole, _ = data.rpartition(b"\n")
        rest = len(beginning) + len(whole)
        size = file.seek(0, 2)
        file.seek(max(rest, size - _ENDS_BYTES))
        end = file.read()
    for line in (*beginning.split(b"\n"), *end.split(b"\n")):
        entry = entry_of(line)
        if entry is not None:
            yield entry


def billed(entries: Sequence[Entry]) -> float | None:
    """Claude Code's running total of what the session cost, as it noted it last."""
    for entry in reversed(entries):
        if entry.get("type") == "cost-state":
            total = entry.get("totalCostUSD")
            return float(total) if isinstance(total, int | float) else None
    return None


def turns_in(session_id: str, entries: Sequence[Entry], cwd: str) -> tuple[Turn, ...]:
    """What was said, as turns. Run it in a thread.

    The SDK follows a conversation back to where it was last summarised; what was before that it
    follows from there.
    """
    usable = [entry for entry in entries if _is_usable(entry)]
    by_id = {entry["uuid"]: entry for entry in usable}
    turns: list[_TurnSaid] = []
    for part in _between_summaries(usable):
        messages = asyncio.run(get_session_messages_from_store(_at_hand(part), session_id))
        for entry in (by_id[message.uuid] for message in messages):
            prompt = user_text(entry) if is_prompt(entry) else command_of(entry)
            if prompt is not None:
                turns.append(_TurnSaid(entry, prompt))
            elif turns:
                turns[-1].goes_on(entry, cwd)
    return tuple(turn.turn(session_id) for turn in turns if turn.is_turn)


def _is_usable(entry: Entry) -> bool:
    """The SDK takes what Claude Code writes for granted; anything else would break it."""
    parent, message = entry.get("parentUuid"), entry.get("message")
    return (
        isinstance(entry.get("type"), str)
        and isinstance(entry.get("uuid"), str)
        and (parent is None or isinstance(parent, str))
        and (message is None or isinstance(message, dict))
    )


def _between_summaries(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    part: list[Entry] = []
    for entry in entries:
        if entry.get("subtype") == "compact_boundary" and part:
            yield part
            part = []
        part.append(entry)
    yield part


@dataclass
class _TurnSaid:
    """A turn as it is read."""

    entry: Entry
    prompt: str
    texts: list[str] = field(default_factory=list[str])
    calls: dict[str, ToolCall] = field(default_factory=dict[str, ToolCall])
    stopped: bool = False
    ended_at: float | None = None

    @property
    def is_turn(self) -> bool:
        """A command that Claude Code carried out by itself is none."""
        return command_of(self.entry) is None or bool(self.texts or self.calls)

    def goes_on(self, entry: Entry, cwd: str) -> None:
        """An entry that follows the prompt."""
        self.ended_at = time_of(entry) or self.ended_at
        self.stopped = self.stopped or (user_text(entry) or "").startswith(INTERRUPTED)
        for block in blocks_of(entry):
            match block:
                case {"type": "text", "text": str(text)} if entry.get("type") == "assistant":
                    self.texts.append(text)
                case {"type": "tool_use", "id": str(use), "name": str(name)}:
                    given = cast(Entry, block.get("input") or {})
                    self.calls[use] = toolcalls.describe(use, name, given, cwd)
                case {"type": "tool_result", "tool_use_id": str(use)} if use in self.calls:
                    self.calls[use] = _done(self.calls[use], failed=bool(block.get("is_error")))
                case _:
                    pass

    def turn(self, session_id: str) -> Turn:
        """As the journal has it."""
        started_at = time_of(self.entry) or 0.0
        return Turn(
            id=self.entry["uuid"],
            session_id=session_id,
            kind="ask",
            prompt=self.prompt,
            started_at=started_at,
            text="\n\n".join(self.texts),
            ended_at=self.ended_at or started_at,
            stop_reason="cancelled" if self.stopped else "end_turn",
            tool_calls=tuple(self.calls.values()),
            elsewhere=True,
        )


def _done(call: ToolCall, *, failed: bool) -> ToolCall:
    return ToolCall(
        call.id, call.title, call.kind, "failed" if failed else "completed", call.locations
    )

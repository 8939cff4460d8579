"""When Claude has lost a conversation: the session that takes its place, and what that is told.

This is the last resort, for when neither Claude Code's transcript nor our copy of it is there. The
journal has what was said, also from before an earlier loss: a conversation is a chain of sessions,
each `recovered_from` the one before.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Sequence

from claude_sidecar.sessions.model import Recovery, Session, Turn
from claude_sidecar.sessions.ports import Store
from claude_sidecar.sessions.prompts.fences import fence

_HISTORY_LIMIT = 60_000
_REPLY_LIMIT = 6_000
_SUMMARY_LIMIT = 40_000
FULL = "it has filled its context window"
"""Why a session that Claude still has cannot go on."""


def successor_of(lost: Session) -> Session:
    """A new session in the place of a lost one."""
    now = time.time()
    return Session(
        id=str(uuid.uuid4()),
        key=lost.key,
        title=lost.title,
        created_at=now,
        updated_at=now,
        current=lost.current,
        recovered_from=lost.id,
    )


async def conversation_of(store: Store, session: Session) -> tuple[Turn, ...]:
    """All turns of the conversation that a session goes on with: first those of the lost session
    whose place it took, or of the one that it was forked from, as far as it has them.
    """
    earlier = await _earlier(store, session)
    return (*earlier, *await store.turns(session.id))


async def shown_in(store: Store, session: Session, shown: str | None) -> str | None:
    """The hash of the document that Claude was last shown in a session, or in what it inherited.

    :param shown: that of the session's own turns.
    """
    if shown is None and session.forked_from is not None and session.begun:
        hashes = (turn.document_hash for turn in reversed(await _earlier(store, session)))
        return next((each for each in hashes if each is not None), None)
    return shown


async def _earlier(store: Store, session: Session) -> tuple[Turn, ...]:
    link = session.recovered_from or session.forked_from
    parent = None if link is None else await store.session(link)
    if parent is None:
        return ()
    turns = await conversation_of(store, parent)
    if session.recovered_from is not None:
        return turns
    ids = [turn.id for turn in turns]
    return turns[: ids.index(session.fork_turn) + 1] if session.fork_turn in ids else ()


async def said_in(store: Store, session: Session, *, before: str) -> list[Turn]:
    """What was said in a conversation, but for the turn `before`."""
    return [
        turn
        for turn in await conversation_of(store, session)
        if turn.id != before and (turn.ended_at is not None or turn.text)
    ]


def recovery_told(recovery: Recovery) -> str:
    """A recovery in words for the user."""
    if recovery.by == "copy":
        return f"Claude Code had lost this session ({recovery.reason}): put back from a copy."
    return (
        f"The earlier session could not be resumed ({recovery.reason}): this one was told what "
        "was said in it."
    )


def recovered_prompt(prompt: str, turns: Iterable[Turn], *, full: bool = False) -> str:
    """A prompt for a new session that takes an older one's place, with what was said there.

    :param full: the older one is not lost, but had no room left.
    """
    history = _history(list(turns))
    if not history:
        return prompt
    why = "that has filled its context window" if full else "whose transcript is lost"
    head, _, rest = prompt.partition("\n")
    return (
        f"{head}\n\nThis conversation continues an earlier one {why}. What was said there, oldest "
        f"first; go on as if you remembered it:\n{fence('history', history)}"
        f"\n{rest}"
    )


def _history(turns: Sequence[Turn]) -> str:
    """What was said, the newest turns whole as far as there is room. Where the conversation was
    summarised on the way, the summary stands for what was before.
    """
    shown: list[str] = []
    room = _HISTORY_LIMIT
    for turn in reversed(turns):
        summary = turn.compacted.summary if turn.compacted else ""
        if turn.kind != "compact" and (turn.text or turn.prompt):
            cut = " (interrupted)" if turn.stop_reason not in ("end_turn", None) else ""
            entry = f"Developer: {turn.prompt}\nYou{cut}: {_shortened(turn.text) or '(no reply)'}"
            if len(entry) > room:
                shown.append("(Earlier turns are left out for want of room.)")
                break
            room -= len(entry)
            shown.append(entry)
        if summary:
            shown.append(f"A summary of what was said before:\n{summary[:_SUMMARY_LIMIT]}")
            break
    return "\n\n".join(reversed(shown))


def _shortened(text: str) -> str:
    if len(text) <= _REPLY_LIMIT:
        return text
    half = _REPLY_LIMIT // 2
    return f"{text[:half]}\n[...]\n{text[-half:]}"

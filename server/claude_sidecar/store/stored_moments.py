"""The moments of a turn, as the store port has them."""

from __future__ import annotations

from functools import partial

from typing_extensions import override

from claude_sidecar.sessions.costs.spending import Spent
from claude_sidecar.sessions.model import Session
from claude_sidecar.sessions.ports import Ending, News, Standing, TurnMoments
from claude_sidecar.store import consent, elsewhere, journal, ledger, sessions, transcripts
from claude_sidecar.store.access import StoreAccess
from claude_sidecar.store.connection import Connection


class StoredMoments(StoreAccess, TurnMoments):
    """The port's methods about a turn's moments."""

    @override
    async def standing(self, session_id: str, now: float) -> Standing | None:
        return await self.read(partial(_standing, session_id=session_id, now=now))

    @override
    async def note(self, turn_id: str, news: News) -> None:
        await self.write(partial(_note, turn_id=turn_id, news=news))

    @override
    async def conclude(self, ending: Ending) -> Session | None:
        return await self.write(partial(_conclude, ending=ending), index=True)


def _standing(connection: Connection, *, session_id: str, now: float) -> Standing | None:
    session = sessions.get(connection, session_id)
    if session is None:
        return None
    return Standing(
        session,
        successor=elsewhere.successor_of(connection, session_id),
        now=sessions.after_last_use(connection, now=now),
        shown=journal.shown_document(connection, session_id),
        asked=consent.is_asked(connection, session_id),
        copies=transcripts.of_session(connection, session_id),
    )


def _note(connection: Connection, *, turn_id: str, news: News) -> None:
    if news.begun is not None:
        sessions.update(connection, news.begun, {"begun": True})
    journal.append(connection, turn_id, news.text)
    for call in news.calls:
        journal.record_tool_call(connection, turn_id, call)
    if news.spending is not None:
        ledger.record(connection, news.spending)


def _conclude(connection: Connection, *, ending: Ending) -> Session | None:
    turn = ending.turn
    at = turn.ended_at or turn.started_at
    ledger.record(connection, ending.spending)
    journal.end(connection, turn)
    ledger.complete(connection, turn.id, Spent(turn.usage, turn.cost_usd), at=at)
    session = sessions.get(connection, turn.session_id)
    if session is None:
        return None
    changes = {"title": ending.title(session), "model": ending.model, "updated_at": at}
    if ending.context is not None:
        changes["context_used"] = ending.context.used_tokens
        changes["context_max"] = ending.context.max_tokens
    sessions.update(connection, session.id, changes)
    return sessions.get(connection, session.id)

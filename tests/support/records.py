"""Sessions, turns and findings to fill a store with: what a test does not name is made up."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from claude_sidecar.findings.model import Finding
from claude_sidecar.sessions.model import Key, Session, SessionQuery, Turn
from claude_sidecar.sessions.ports import Store
from claude_sidecar.text import Position, Range

KEY = Key("/projects/shop", "src/cart.py")


def a_session(**fields: Any) -> Session:
    """One of :data:`KEY`, last used at second 1000."""
    return replace(Session(str(uuid.uuid4()), KEY, "Cart", 900.0, 1000.0), **fields)


def a_turn(session: Session, **fields: Any) -> Turn:
    """A question in `session`, asked at second 1100."""
    made_up = Turn(str(uuid.uuid4()), session.id, "ask", "Is it right?", 1100.0)
    return replace(made_up, **fields)


def a_finding(session: Session, **fields: Any) -> Finding:
    """A bug in the file of `session`."""
    made_up = Finding(
        id=str(uuid.uuid4()),
        file=session.key.path,
        range=Range(Position(3, 4), Position(3, 14)),
        severity="error",
        category="bug",
        title="Total is never reset",
        message="The **second** order starts with the first one's total.",
        quote="total += x",
        session_id=session.id,
        turn_id="no turn",
        created_at=1101.0,
    )
    return replace(made_up, **fields)


async def play_turn(store: Store, turn: Turn) -> None:
    """A turn from its prompt to its end."""
    await store.begin_turn(turn)
    await store.start_turn(turn.id, session_id=turn.session_id, started_at=turn.started_at)
    await store.end_turn(turn)


async def all_pages(store: Store, query: SessionQuery) -> list[str]:
    """The ids of all sessions that a query lists, page by page."""
    page = await store.sessions(query)
    found = [session.id for session in page.sessions]
    while page.next_cursor is not None:
        page = await store.sessions(replace(query, cursor=page.next_cursor))
        found += [session.id for session in page.sessions]
    return found

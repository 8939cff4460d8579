"""The store, as sessions gather over the years: how each question's time grows with them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import anyio
import pytest
from anyio.from_thread import BlockingPortal

from bench.comparing import Comparison, Subject
from claude_sidecar.sessions.model import Key, SessionQuery
from claude_sidecar.store import journal, search, sessions
from claude_sidecar.store.connection import connect, transaction
from claude_sidecar.store.sqlite import SqliteStore, open_store
from support.records import a_session, a_turn

ASKED = 5
"""Times in one sample."""
_WORDS = [
    "cache",
    "rounding",
    "overflow",
    "deadlock",
    "parser",
    "retry",
    "timeout",
    "encoding",
    "cursor",
    "leak",
]

Question = Callable[[SqliteStore], Awaitable[object]]


async def _current(store: SqliteStore) -> None:
    found = await store.current_session(_key(500))
    assert found is not None


async def _first_page(store: SqliteStore) -> None:
    page = await store.sessions(SessionQuery(limit=50))
    assert len(page.sessions) == 50


async def _workspace_page(store: SqliteStore) -> None:
    page = await store.sessions(SessionQuery(workspace="/projects/p3", limit=50))
    assert len(page.sessions) == 50


async def _search_rare(store: SqliteStore) -> None:
    page = await store.sessions(SessionQuery(text="needle000500", limit=50))
    assert len(page.sessions) == 1


async def _search_common(store: SqliteStore) -> None:
    page = await store.sessions(SessionQuery(text="deadlock", limit=50))
    assert len(page.sessions) == 50


async def _search_common_next(store: SqliteStore) -> None:
    page = await store.sessions(SessionQuery(text="deadlock", limit=50))
    page = await store.sessions(SessionQuery(text="deadlock", limit=50, cursor=page.next_cursor))
    assert len(page.sessions) == 50


async def _search_apart(store: SqliteStore) -> None:
    page = await store.sessions(SessionQuery(text="deadlock cache", limit=50))
    assert not page.sessions


@pytest.mark.parametrize(
    ("title", "question"),
    [
        pytest.param("current session of a file", _current, id="current"),
        pytest.param("first page of all sessions", _first_page, id="page"),
        pytest.param("first page of a workspace", _workspace_page, id="workspace"),
        pytest.param("search for a rare word", _search_rare, id="rare"),
        pytest.param("search for a common word", _search_common, id="common"),
        pytest.param("its first and second page", _search_common_next, id="pages"),
        pytest.param("search for words that never meet", _search_apart, id="apart"),
    ],
)
def test_growth(
    comparison: Comparison,
    portal: BlockingPortal,
    stores: dict[int, Path],
    title: str,
    question: Question,
) -> None:
    def asking(store: SqliteStore) -> Callable[[], None]:
        async def ask() -> None:
            for _ in range(ASKED):
                await question(store)

        return lambda: portal.call(ask)

    with ExitStack() as stack:
        subjects: list[Subject] = []
        for count in sorted(stores, reverse=True):
            opening = portal.wrap_async_context_manager(open_store(stores[count]))
            store = stack.enter_context(opening)
            subjects.append(Subject(f"{count:,} sessions", asking(store)))
        comparison.run(f"store: {title}", *subjects, rounds=30, per_sample=ASKED)


@pytest.fixture(scope="module")
def stores(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> dict[int, Path]:
    """Store files by how many sessions they hold."""
    counts = request.config.getoption("--sessions") or (1_000, 10_000, 100_000)
    return {count: _filled(tmp_path_factory.mktemp("store"), count) for count in sorted(counts)}


def _filled(folder: Path, count: int) -> Path:
    """A store with `count` sessions of one turn each."""
    path = folder / "sessions.db"

    async def make() -> None:
        async with open_store(path):
            pass

    anyio.run(make)
    with closing(connect(str(path))) as connection, transaction(connection):
        for number in range(count):
            key = _key(number)
            session = a_session(key=key, title=f"Review {key.file}", updated_at=float(number))
            sessions.add(connection, session)
            words = f"Is there a {_WORDS[number % len(_WORDS)]} in needle{number:06}?"
            turn = a_turn(session, prompt=words, started_at=float(number))
            journal.begin(connection, turn, owner="bench")
            told = f"No. {_WORDS[number * 7 % len(_WORDS)]} is handled. " * 20
            journal.end(connection, replace(turn, text=told, stop_reason="end_turn"))
        while search.has_unindexed(connection):
            search.refresh(connection)
    return path


def _key(number: int) -> Key:
    return Key(f"/projects/p{number % 20}", f"src/module{number}.py")

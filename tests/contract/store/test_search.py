"""Lists of sessions: their order, their pages, and what a search finds."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncGenerator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.sessions.model import Key, Session, SessionQuery
from claude_sidecar.sessions.ports import Store
from claude_sidecar.store.connection import connect, transaction
from claude_sidecar.store.journal import begin
from claude_sidecar.store.listing import FEW
from claude_sidecar.store.sessions import add
from claude_sidecar.store.sqlite import open_store
from support.records import KEY, a_session, a_turn, all_pages, play_turn

pytestmark = pytest.mark.anyio


@pytest.fixture(params=[True, False], ids=["indexed", "scanned"])
async def store(path: Path, request: pytest.FixtureRequest) -> AsyncGenerator[Store]:
    async with open_store(path, full_text=request.param) as store:
        yield store


async def found(store: Store, text: str) -> list[str]:
    return [session.title for session in (await store.sessions(SessionQuery(text=text))).sessions]


async def test_pages_hold_under_insertion(store: Store) -> None:
    made = [a_session(updated_at=float(number // 2)) for number in range(7)]
    for session in made:
        await store.add_session(session)
    newest_first = sorted(made, key=lambda session: (session.updated_at, session.id), reverse=True)
    first = await store.sessions(SessionQuery(limit=3))
    await store.add_session(a_session(updated_at=99.0))
    await store.delete_session(newest_first[2].id)
    rest = await all_pages(store, SessionQuery(limit=3, cursor=first.next_cursor))
    assert [*(session.id for session in first.sessions), *rest] == [s.id for s in newest_first]


async def test_the_last_page_has_no_cursor(store: Store) -> None:
    for _ in range(2):
        await store.add_session(a_session())
    assert (await store.sessions(SessionQuery(limit=2))).next_cursor is None
    assert (await store.sessions(SessionQuery(limit=1))).next_cursor is not None


@pytest.mark.parametrize(
    "cursor", ["", "x", "é", "W10=", "WzEsMl0=", "W05hTiwieCJd", "[1]", "W1tbW1s="]
)
async def test_a_cursor_that_is_not_ours(store: Store, cursor: str) -> None:
    with pytest.raises(InvalidRequest, match="cursor") as raised:
        await store.sessions(SessionQuery(cursor=cursor))
    assert raised.value.field == "cursor"


async def test_a_limit_below_one(store: Store) -> None:
    with pytest.raises(InvalidRequest, match="limit"):
        await store.sessions(SessionQuery(limit=0))


async def test_lists_by_workspace_and_key(store: Store) -> None:
    of_file, of_workspace = a_session(), a_session(key=Key(KEY.workspace), updated_at=1.0)
    elsewhere = a_session(key=Key("/else", KEY.file))
    for session in (of_file, of_workspace, elsewhere):
        await store.add_session(session)
    listed = await store.sessions(SessionQuery(workspace=KEY.workspace))
    assert listed.sessions == (of_file, of_workspace)
    assert (await store.sessions(SessionQuery(key=KEY))).sessions == (of_file,)
    listed = await store.sessions(SessionQuery(key=Key(KEY.workspace)))
    assert listed.sessions == (of_workspace,)


async def test_words_of_title_prompts_and_replies(store: Store) -> None:
    session = a_session(title="Cart totals")
    await store.add_session(session)
    await store.add_session(a_session(title="Checkout"))
    await play_turn(store, a_turn(session, prompt="Why is tax_rate 0?", text="See parse_config()."))
    await play_turn(store, a_turn(session, prompt="税込みの合計は?", text="50% off 🎉"))
    for text in (
        "cart",
        "TOTALS tax_rate",
        "totals 合計",
        "税込み",
        "parse_conf",
        "tax_rate 0?",
        "50%",
        "🎉",
        "50% cart 🎉 parse_config().",
        "  ",
    ):
        assert "Cart totals" in await found(store, text), text
    for text in ("cart checkout", "税率", "51%", "cart 🎂", "5%f", "!="):
        assert await found(store, text) == [], text


async def test_what_is_new_is_found_at_once(store: Store) -> None:
    session = a_session(title="Cart")
    turn = a_turn(session, prompt="zebra")
    await store.add_session(session)
    await store.begin_turn(turn)
    assert await found(store, "zebra") == ["Cart"]
    await store.end_turn(replace(turn, text="giraffe", prompt="lion"))
    assert await found(store, "giraffe lion") == ["Cart"]
    assert await found(store, "zebra") == []
    await store.update_session(session.id, title="Basket")
    assert await found(store, "basket giraffe") == ["Basket"]
    assert await found(store, "cart") == []


async def test_a_turn_that_moves_to_another_session_is_found_there(store: Store) -> None:
    first, other = a_session(title="First"), a_session(title="Other", current=False)
    for session in (first, other):
        await store.add_session(session)
    turn = a_turn(first, prompt="zebra")
    await store.begin_turn(turn)
    assert await found(store, "zebra") == ["First"]
    await store.start_turn(turn.id, session_id=other.id, started_at=turn.started_at)
    assert await found(store, "zebra") == ["Other"]
    assert await found(store, "zebra first") == []
    await store.delete_session(other.id)
    assert await found(store, "zebra") == []


def put_back_the_earlier_index(path: Path) -> None:
    """Have a store as the version before left it: with an index of turns by their own numbers."""
    with closing(connect(str(path))) as connection, transaction(connection):
        connection.execute("DROP TABLE said_index")
        connection.execute("CREATE VIRTUAL TABLE turns_index USING fts5 (terms)")
        connection.execute("UPDATE turns SET indexed = NULL, unindexed = 0")


def has_the_earlier_index(path: Path) -> bool:
    with closing(connect(str(path))) as connection:
        row = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'turns_index'")
        return row.fetchone() is not None


async def test_the_index_of_an_earlier_version_is_replaced(path: Path) -> None:
    async with open_store(path) as store:
        session = a_session(title="Cart")
        await store.add_session(session)
        await play_turn(store, a_turn(session, prompt="zebra", text="giraffe"))
    put_back_the_earlier_index(path)
    async with open_store(path) as store:
        assert await found(store, "zebra giraffe") == ["Cart"]
    assert not has_the_earlier_index(path)


async def test_the_index_of_an_earlier_version_stays_while_another_process_may_use_it(
    path: Path,
) -> None:
    async with open_store(path):
        put_back_the_earlier_index(path)
        async with open_store(path):
            assert has_the_earlier_index(path)
    async with open_store(path):
        assert not has_the_earlier_index(path)


async def test_what_was_written_without_an_index_is_found_with_one(path: Path) -> None:
    async with open_store(path, full_text=False) as store:
        await store.add_session(a_session(title="Zèbre"))
    async with open_store(path) as store:
        assert await found(store, "zebre") == ["Zèbre"]


ALPHABET = "aAbBß_%\\\"'*-^:()+ éE\u0301漢字かな한글ไทย😀👩\u200d💻!=\ud800\n"
TITLES = st.text(st.sampled_from(ALPHABET), max_size=20)


@settings(deadline=None, max_examples=60)
@given(titles=st.lists(TITLES, max_size=4), data=st.data())
def test_any_text_is_safe_to_search_for_and_words_find_their_title(
    titles: list[str], data: st.DataObject
) -> None:
    query = data.draw(st.text() | TITLES)

    async def check() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with open_store(Path(folder) / "store") as store:
                sessions = [a_session(title=title) for title in titles]
                for session in sessions:
                    await store.add_session(session)
                await store.sessions(SessionQuery(text=query))
                for session in sessions:
                    for word in session.title.split():
                        page = await store.sessions(SessionQuery(text=word))
                        assert session.id in {found.id for found in page.sessions}, word

    anyio.run(check)


WORDS = st.text(st.sampled_from("ab1"), min_size=1, max_size=3)
TEXTS = st.lists(WORDS, max_size=3).map(" ".join)
SESSIONS = st.lists(st.tuples(TEXTS, TEXTS, TEXTS, st.integers(0, 2), st.booleans()), max_size=6)


@settings(deadline=None, max_examples=60)
@given(made=SESSIONS, text=TEXTS, limit=st.integers(1, 3), in_workspace=st.booleans())
def test_lists_agree_with_a_plain_model(
    made: list[tuple[str, str, str, int, bool]], text: str, limit: int, *, in_workspace: bool
) -> None:
    async def check() -> None:
        expected: list[Session] = []
        with tempfile.TemporaryDirectory() as folder:
            async with open_store(Path(folder) / "store") as store:
                for title, prompt, reply, used, aside in made:
                    key = Key("/aside") if aside else KEY
                    session = a_session(title=title, updated_at=float(used), key=key)
                    await store.add_session(session)
                    turn = a_turn(session, prompt=prompt, text=reply, started_at=0.0)
                    await play_turn(store, turn)
                    words = f"{title} {prompt} {reply}".split()
                    if not (in_workspace and aside) and all(
                        any(word.startswith(wanted) for word in words) for wanted in text.split()
                    ):
                        expected.append(session)
                query = SessionQuery(
                    text=text, limit=limit, workspace=KEY.workspace if in_workspace else None
                )
                expected.sort(key=lambda session: (session.updated_at, session.id), reverse=True)
                assert await all_pages(store, query) == [session.id for session in expected]

    anyio.run(check)


async def test_common_words_are_found_in_order_and_page_by_page(path: Path) -> None:
    """There are more than are looked up one by one, and two that never come together but once."""
    many = 3 * FEW
    both = 17
    async with open_store(path):
        pass
    with closing(connect(str(path))) as connection, transaction(connection):
        for number in range(many):
            word = "apple" if number % 2 else "banana"
            session = a_session(id=f"s{number:05}", title=word, updated_at=float(number))
            add(connection, replace(session, current=False))
            prompt = "orange" if number != both else "orange and banana"
            begin(connection, a_turn(session, prompt=prompt), owner="nobody")
    async with open_store(path) as store:
        everything = [f"s{number:05}" for number in reversed(range(many))]
        assert await all_pages(store, SessionQuery(text="oran", limit=700)) == everything
        apples = await all_pages(store, SessionQuery(text="orange apple", limit=999))
        assert apples == [f"s{number:05}" for number in reversed(range(1, many, 2))]
        assert await all_pages(store, SessionQuery(text="banana apple")) == [f"s{both:05}"]
        assert await all_pages(store, SessionQuery(text="orange pear")) == []

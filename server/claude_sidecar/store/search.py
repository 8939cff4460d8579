"""Finding sessions by words of their titles, prompts and replies.

A text is cut into terms here and not by SQLite, so that a text and a query are always cut alike:
runs of letters and digits without case and accents, and each sign by itself in scripts that put
no spaces between words, and each pictograph. A word of a query is found where its terms follow
each other, the last one as a beginning. One without any term (`!=`) is looked for as it stands,
as is every word where this SQLite has no full-text index.

The index of turns has each at a number that is made of its session's and its own. So it tells by
itself, without a look at the turns, which sessions have a word; and the turns of sessions that
follow each other lie together.
"""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from claude_sidecar.store.connection import Connection

_OWN_BITS = 32
"""Of a turn's place in the index: its own number; what is above is its session's."""

_LAST = 2**63 - 1
_AT_ONCE = 1000
_SESSION = {"titles_index": "rowid", "said_index": f"rowid >> {_OWN_BITS}"}
"""How the place of a match tells its session."""

WORD_LIMIT = 32
WORD_LENGTH = 1000
"""How many words of a query count, and how many characters of each."""

_SINGLE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Myanmar, Khmer
    "\u2190-\u2bff\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff"  # symbols, CJK, kana, Hangul
    "\U0001f000-\U0001faff\U00020000-\U0003ffff"  # pictographs, rarer ideographs
)
_TERM = re.compile(rf"[{_SINGLE}]|[^\W_{_SINGLE}]+")
_ACCENTS = re.compile("[\u0300-\u036f]+")


def prepare(connection: Connection, *, alone: bool) -> bool:
    """Make the index where there is none; False if this SQLite cannot have one.

    :param alone: whether no other process has the store open.
    """
    try:
        for table in ("titles_index", "said_index"):
            connection.execute(
                f"CREATE VIRTUAL TABLE IF NOT EXISTS {table}"
                " USING fts5 (terms, tokenize = 'ascii', columnsize = 0)"
            )
            connection.execute(f"SELECT rowid FROM {table} WHERE {table} MATCH 'x'")  # noqa: S608 - the store's own names
        _take_over(connection, alone=alone)
    except sqlite3.OperationalError as error:
        if "no such module" in str(error):
            return False
        raise
    return True


def _take_over(connection: Connection, *, alone: bool) -> None:
    """Have all indexed anew that earlier versions had in an index of turns by their numbers alone.
    A process of such a version may still run and use that one.
    """
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'turns_index'").fetchone():
        connection.execute("UPDATE turns SET unindexed = 1 WHERE indexed IS NULL")
        if alone:
            connection.execute("DROP TABLE turns_index")


def has_unindexed(connection: Connection) -> bool:
    """Whether :func:`refresh` has something to do."""
    return bool(
        connection.execute(
            "SELECT EXISTS (SELECT 1 FROM sessions WHERE unindexed)"
            " OR EXISTS (SELECT 1 FROM turns WHERE unindexed)"
        ).fetchone()[0]
    )


def refresh(connection: Connection) -> None:
    """Bring the index up to date with what was marked as `unindexed`: of turns the newest, and no
    more than others can wait for.
    """
    for row in connection.execute("SELECT number, title FROM sessions WHERE unindexed").fetchall():
        _index(connection, "titles_index", row["number"], row["title"])
    connection.execute("UPDATE sessions SET unindexed = 0 WHERE unindexed")
    for turn in connection.execute(
        "SELECT number, session, indexed FROM turns WHERE unindexed ORDER BY number DESC LIMIT ?",
        (_AT_ONCE,),
    ).fetchall():
        _index_turn(connection, turn["number"], turn["session"], before=turn["indexed"])


def forget(connection: Connection, session_id: str) -> None:
    """Take a session that is about to be deleted out of the index."""
    for statement in (
        "DELETE FROM titles_index WHERE rowid IN (SELECT number FROM sessions WHERE id = ?)",
        "DELETE FROM said_index WHERE rowid IN (SELECT t.indexed FROM turns t"
        " JOIN sessions s ON s.number = t.session WHERE s.id = ?)",
    ):
        connection.execute(statement, (session_id,))


@dataclass(frozen=True, slots=True)
class Word:
    """A word that is asked for: a query of the index, or a pattern where the index cannot have it."""

    match: str | None
    pattern: str


def asked_for(text: str, *, full_text: bool) -> list[Word]:
    """The words that `text` asks for. Nothing in it is an operator."""
    words = (word[:WORD_LENGTH] for word in text.replace("\0", " ").split())
    return [
        Word(
            f'"{" ".join(found)}" *' if (found := terms(word) if full_text else []) else None,
            f"%{_escaped(word)}%",
        )
        for word in list(dict.fromkeys(words))[:WORD_LIMIT]
    ]


def few_with(connection: Connection, word: Word, at_most: int) -> set[int] | None:
    """The numbers of the sessions that have a word of the index; None if more titles or more turns
    have it than are to be looked at.
    """
    titles = _matches(connection, "titles_index", word, limit=at_most + 1)
    said = _matches(connection, "said_index", word, limit=at_most + 1)
    if max(len(titles), len(said)) > at_most:
        return None
    return {*titles, *said}


def all_with(connection: Connection, word: Word) -> set[int]:
    """The numbers of all sessions that have a word of the index, however many."""
    said = _matches(connection, "said_index", word)
    return {*_matches(connection, "titles_index", word), *said}


def with_word(connection: Connection, word: Word, among: Sequence[int]) -> set[int]:
    """Which of these sessions have a word."""
    if not among:
        return set()
    if word.match is None:
        rows = connection.execute(_SCANNED, (json.dumps(among), *(word.pattern,) * 3))
        return {number for (number,) in rows}
    first, last = min(among), max(among)
    said = _matches(connection, "said_index", word, _place(first, 0), _place(last + 1, 0))
    titles = _matches(connection, "titles_index", word, first, last)
    return {*titles, *said}.intersection(among)


def terms(text: str) -> list[str]:
    """What a text is found by, in the order in which it stands there."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", text)))
    return _TERM.findall(text.casefold())


_SCANNED = r"""
SELECT s.number FROM sessions s WHERE s.number IN (SELECT value FROM json_each(?)) AND (
    s.title LIKE ? ESCAPE '\' OR EXISTS (
    SELECT 1 FROM turns t WHERE t.session = s.number AND (
        t.prompt LIKE ? ESCAPE '\' OR EXISTS (
            SELECT 1 FROM replies r WHERE r.turn = t.number AND r.text LIKE ? ESCAPE '\'))))"""


def _matches(
    connection: Connection,
    table: str,
    word: Word,
    first: int = 0,
    last: int = _LAST,
    *,
    limit: int = -1,
) -> list[int]:
    """The sessions of what in a range of an index has a word, one for each match. They may be tens of
    thousands: in one row, they cost a third of what rows do.
    """
    (found,) = connection.execute(
        f"SELECT json_group_array(place) FROM (SELECT {_SESSION[table]} AS place"  # noqa: S608 - the store's own names
        f" FROM {table} WHERE {table} MATCH ? AND rowid BETWEEN ? AND ? LIMIT ?)",
        (word.match, first, last, limit),
    ).fetchone()
    return json.loads(found)


def _index_turn(connection: Connection, number: int, session: int, *, before: int | None) -> None:
    """Put a turn into the index, with its session as it is now.

    :param before: where the index has it so far.
    """
    if before is not None:
        connection.execute("DELETE FROM said_index WHERE rowid = ?", (before,))
    texts = connection.execute(
        "SELECT prompt FROM turns WHERE number = :turn UNION ALL"
        " SELECT group_concat(text, '') FROM"
        " (SELECT text FROM replies WHERE turn = :turn ORDER BY part)",
        {"turn": number},
    ).fetchall()
    place = _place(session, number)
    _index(connection, "said_index", place, " ".join(text or "" for (text,) in texts))
    connection.execute(
        "UPDATE turns SET unindexed = 0, indexed = ? WHERE number = ?", (place, number)
    )


def _place(session: int, turn: int) -> int:
    """Where the index of turns has one."""
    return (session << _OWN_BITS) + turn


def _index(connection: Connection, table: str, number: int, text: str) -> None:
    connection.execute(
        f"INSERT OR REPLACE INTO {table} (rowid, terms) VALUES (?, ?)",  # noqa: S608 - the store's own names
        (number, " ".join(terms(text))),
    )


def _escaped(word: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", word)

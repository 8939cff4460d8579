"""Finding sessions by words of their titles, prompts and replies.

A text is cut into terms here and not by SQLite, so that a text and a query are always cut alike:
runs of letters and digits without case and accents, and each sign by itself in scripts that put
no spaces between words, and each pictograph. A word of a query is found where its terms follow
each other, the last one as a beginning. One without any term (`!=`) is looked for as it stands,
as is every word where this SQLite has no full-text index.
"""

from __future__ import annotations

import json
import re
import sqlite3
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from claude_sidecar.store.connection import Connection

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


def prepare(connection: Connection) -> bool:
    """Make the index where there is none; False if this SQLite cannot have one."""
    try:
        for table in ("titles_index", "turns_index"):
            connection.execute(
                f"CREATE VIRTUAL TABLE IF NOT EXISTS {table}"
                " USING fts5 (terms, tokenize = 'ascii', columnsize = 0)"
            )
            connection.execute(f"SELECT rowid FROM {table} WHERE {table} MATCH 'x'")  # noqa: S608 - the store's own names
    except sqlite3.OperationalError as error:
        if "no such module" in str(error):
            return False
        raise
    return True


def has_unindexed(connection: Connection) -> bool:
    """Whether :func:`refresh` has something to do."""
    return bool(
        connection.execute(
            "SELECT EXISTS (SELECT 1 FROM sessions WHERE unindexed)"
            " OR EXISTS (SELECT 1 FROM turns WHERE unindexed)"
        ).fetchone()[0]
    )


def refresh(connection: Connection) -> None:
    """Bring the index up to date with what was marked as `unindexed`."""
    for row in connection.execute("SELECT number, title FROM sessions WHERE unindexed").fetchall():
        _index(connection, "titles_index", row["number"], row["title"])
    for (number,) in connection.execute("SELECT number FROM turns WHERE unindexed").fetchall():
        texts = connection.execute(
            "SELECT prompt FROM turns WHERE number = :turn UNION ALL"
            " SELECT group_concat(text, '') FROM"
            " (SELECT text FROM replies WHERE turn = :turn ORDER BY part)",
            {"turn": number},
        ).fetchall()
        _index(connection, "turns_index", number, " ".join(text or "" for (text,) in texts))
    connection.execute("UPDATE sessions SET unindexed = 0 WHERE unindexed")
    connection.execute("UPDATE turns SET unindexed = 0 WHERE unindexed")


def forget(connection: Connection, session_id: str) -> None:
    """Take a session that is about to be deleted out of the index."""
    for statement in (
        "DELETE FROM titles_index WHERE rowid IN (SELECT number FROM sessions WHERE id = ?)",
        "DELETE FROM turns_index WHERE rowid IN (SELECT t.number FROM turns t"
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


HAS_WORD = """s.number IN (
    SELECT rowid FROM titles_index WHERE titles_index MATCH ?
    UNION ALL
    SELECT t.session FROM turns_index i JOIN turns t ON t.number = i.rowid
    WHERE turns_index MATCH ?)"""
"""A condition on `sessions s`, whose two values are a word's match. What it costs grows with how many
have the word.
"""


def few_with(connection: Connection, word: Word, at_most: int) -> set[int] | None:
    """The numbers of the sessions that have a word of the index; None if more titles or more turns
    have it than are to be looked at.
    """
    titles = connection.execute(
        "SELECT rowid FROM titles_index WHERE titles_index MATCH ? LIMIT ?",
        (word.match, at_most + 1),
    ).fetchall()
    turns = connection.execute(
        "SELECT t.session FROM (SELECT rowid FROM turns_index WHERE turns_index MATCH ? LIMIT ?) i"
        " CROSS JOIN turns t ON t.number = i.rowid",
        (word.match, at_most + 1),
    ).fetchall()
    if max(len(titles), len(turns)) > at_most:
        return None
    return {number for (number,) in (*titles, *turns)}


def with_word(connection: Connection, word: Word, among: Sequence[int]) -> set[int]:
    """Which of these sessions have a word."""
    if not among:
        return set()
    numbers = json.dumps(among)
    if word.match is None:
        rows = connection.execute(_SCANNED, (numbers, *(word.pattern,) * 3))
        return {number for (number,) in rows}
    titles = _matches(connection, "titles_index", word.match, min(among), max(among))
    found = titles.intersection(among)
    turns = connection.execute(
        "SELECT session, number FROM turns WHERE session IN (SELECT value FROM json_each(?))",
        (numbers,),
    ).fetchall()
    if turns:
        of_turns = [number for _, number in turns]
        hits = _matches(connection, "turns_index", word.match, min(of_turns), max(of_turns))
        found.update(session for session, number in turns if number in hits)
    return found


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


def _matches(connection: Connection, table: str, match: str, first: int, last: int) -> set[int]:
    """What in a range of the index has a word."""
    rows = connection.execute(
        f"SELECT rowid FROM {table} WHERE {table} MATCH ? AND rowid BETWEEN ? AND ?",  # noqa: S608 - the store's own names
        (match, first, last),
    )
    return {number for (number,) in rows}


def _index(connection: Connection, table: str, number: int, text: str) -> None:
    connection.execute(
        f"INSERT OR REPLACE INTO {table} (rowid, terms) VALUES (?, ?)",  # noqa: S608 - the store's own names
        (number, " ".join(terms(text))),
    )


def _escaped(word: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", word)

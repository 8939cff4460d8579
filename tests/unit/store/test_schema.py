"""Migrations: each in its own transaction, each once, in order."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from claude_sidecar.errors import StoreError, StoreTooNew
from claude_sidecar.store.connection import Connection, connect
from claude_sidecar.store.opening import open_file
from claude_sidecar.store.schema import check_is_ours, migrate, version_of


@pytest.fixture
def connection(tmp_path: Path) -> Generator[Connection]:
    with closing(connect(str(tmp_path / "store"))) as connection:
        yield connection


def _one(connection: Connection) -> None:
    connection.execute("CREATE TABLE one (x)")


def _two(connection: Connection) -> None:
    connection.execute("CREATE TABLE two (x)")
    connection.execute("INSERT INTO two VALUES (1)")


def _failing(connection: Connection) -> None:
    connection.execute("DROP TABLE one")
    connection.execute("INSERT INTO nowhere VALUES (1)")


def _tables(connection: Connection) -> list[str]:
    rows = connection.execute("SELECT name FROM sqlite_master ORDER BY name")
    return [name for (name,) in rows]


def test_a_new_database_goes_through_all_and_is_not_kept(connection: Connection) -> None:
    kept: list[int] = []
    migrate(connection, (_one, _two), keep_old=kept.append)
    assert (version_of(connection), _tables(connection), kept) == (2, ["one", "two"], [])


def test_an_older_one_goes_through_the_rest_once(connection: Connection) -> None:
    kept: list[tuple[int, list[str]]] = []
    migrate(connection, (_one,))
    for _ in range(2):
        migrate(
            connection,
            (_one, _two),
            keep_old=lambda version: kept.append((version, _tables(connection))),
        )
    assert connection.execute("SELECT count(*) FROM two").fetchone()[0] == 1
    assert kept == [(1, ["one"])], "kept as it was before"


def test_a_failing_one_changes_nothing(connection: Connection) -> None:
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        migrate(connection, (_one, _failing))
    assert (version_of(connection), _tables(connection)) == (1, ["one"])


def test_a_newer_one_is_refused(connection: Connection) -> None:
    migrate(connection, (_one, _two))
    with pytest.raises(StoreTooNew):
        check_is_ours(connection, (_one,))
    with pytest.raises(StoreTooNew):
        migrate(connection, (_one,))
    assert version_of(connection) == 2


def test_another_programs_is_refused(connection: Connection) -> None:
    _one(connection)
    with pytest.raises(StoreError, match="another program"):
        check_is_ours(connection, (_one,))


def test_opening_an_older_store_copies_it_first(tmp_path: Path) -> None:
    path = tmp_path / "sidecar.sqlite3"
    with closing(open_file(path, migrations=(_one,)).connection) as connection:
        connection.execute("INSERT INTO one VALUES ('precious')")
    open_file(path, migrations=(_one, _two)).connection.close()
    backup = tmp_path / "sidecar.sqlite3.v1.bak"
    assert backup.stat().st_mode & 0o777 == 0o600
    with closing(connect(str(backup))) as connection:
        assert (version_of(connection), _tables(connection)) == (1, ["one"])
        assert connection.execute("SELECT x FROM one").fetchone()[0] == "precious"
    with closing(connect(str(path))) as connection:
        assert version_of(connection) == 2

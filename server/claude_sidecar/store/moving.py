"""Files that were renamed, and folders with all that lies in them: paths in a table follow."""

from __future__ import annotations

from collections.abc import Mapping

from claude_sidecar.sessions.model import Key
from claude_sidecar.store.connection import Connection


def move_paths(
    connection: Connection, moves: Mapping[Key, Key], *, table: str, column: str
) -> None:
    """Give the paths in a column their new names. Where two rows would be one, the moved one stays.

    :param table: one of the store's own names, like `column`.
    """
    moved: dict[str, str] = {}
    for old, new in sorted(moves.items(), key=lambda move: len(move[0].path)):
        for (path,) in connection.execute(
            f"SELECT DISTINCT {column} FROM {table} WHERE {column} = :path"  # noqa: S608 - own names
            f" OR ({column} > :path || '/' AND {column} < :path || '0')",
            {"path": old.path},
        ):
            moved[path] = new.path + path[len(old.path) :]
    # First out of the way, so that two files can change places.
    for steps in (
        [(path, f"\0{target}") for path, target in moved.items()],
        [(f"\0{target}", target) for target in moved.values()],
    ):
        for path, target in steps:
            connection.execute(
                f"UPDATE OR REPLACE {table} SET {column} = ? WHERE {column} = ?",  # noqa: S608 - own names
                (target, path),
            )

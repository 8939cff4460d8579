"""A store that cannot be used: set aside, left alone or kept in memory, and the user is told once."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest
from pygls.exceptions import JsonRpcException

from claude_sidecar.lsp import names
from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.script import pause, say
from support.editors import Editor, capabilities, editor_on
from support.model import Model

if sys.platform != "win32":
    import resource

pytestmark = pytest.mark.anyio


def begin(path: Path) -> None:
    """A store in its first moment: a database of SQLite's, with nothing in it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


def no_database(path: Path) -> None:
    path.write_bytes(b"Dear diary, " * 1000)


def corrupt(path: Path) -> None:
    begin(path)
    with path.open("r+b") as file:
        file.seek(16)
        file.write(b"\xff" * 84)


def set_aside(path: Path) -> list[Path]:
    return list(path.parent.glob(f"{path.name}.broken-????????-??????"))


@pytest.mark.parametrize("damage", [no_database, corrupt])
async def test_what_cannot_be_read_is_set_aside_and_named_and_a_new_store_begun(
    environment: dict[str, str],
    model: Model,
    workspace: Path,
    tmp_path: Path,
    damage: Callable[[Path], None],
) -> None:
    store = tmp_path / "my store.sqlite3"
    damage(store)
    content = store.read_bytes()
    model.script.reply(say("One.")).reply(say("Two."))
    async with editor_on(environment, workspace, **_plain(store)) as editor:
        await editor.until(lambda: editor.messages)
        (aside,) = set_aside(store)
        assert aside.read_bytes() == content
        status = await editor.run(names.STATUS)
        assert str(aside) in status["store"]["problem"]
        assert status["store"]["persistent"] is True
        first = await _ask_twice(editor, workspace)
        assert editor.messages[0] == status["store"]["problem"]
        assert editor.messages.count(editor.messages[0]) == 1
    async with editor_on(environment, workspace, **_plain(store)) as editor:
        assert (await editor.run(names.STATUS))["store"]["problem"] is None
        (session,) = (await editor.run(names.SESSION_LIST))["sessions"]
    assert session["sessionId"] == first["sessionId"]


async def test_a_store_of_a_newer_version_is_left_alone_and_said_to_be_one(
    environment: dict[str, str], model: Model, workspace: Path, tmp_path: Path
) -> None:
    store = tmp_path / "newer.sqlite3"
    model.script.reply(say("One."))
    async with editor_on(environment, workspace, **_plain(store)) as editor:
        editor.open(workspace / "stats.py")
        await editor.run(names.ASK, text="What does it do?")
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("PRAGMA user_version = 1000")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = store.read_bytes()
    async with editor_on(environment, workspace, **_plain(store)) as editor:
        await editor.until(lambda: editor.messages)
        for _ in range(2):
            with pytest.raises(JsonRpcException, match=r"newer\.sqlite3.*newer version"):
                await editor.run(names.SESSION_LIST)
        (message,) = editor.messages
    assert str(store) in message
    assert store.read_bytes() == content


async def test_a_place_that_cannot_be_written_keeps_sessions_in_memory_and_says_so_once(
    environment: dict[str, str], model: Model, workspace: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    store = tmp_path / "file" / "sidecar.sqlite3"
    model.script.reply(say("One.")).reply(say("Two."))
    async with editor_on(environment, workspace, **_plain(store)) as editor:
        await editor.until(lambda: editor.messages)
        second = await _ask_twice(editor, workspace)
        status = await editor.run(names.STATUS)
        history = await editor.run(names.SESSION_HISTORY)
        problem = status["store"]["problem"]
        assert editor.messages[0] == problem
        assert editor.messages.count(problem) == 1
    assert status["store"]["persistent"] is False
    assert str(store) in problem
    assert "kept in memory" in problem
    assert [turn["text"] for turn in history["turns"]] == ["One.", "Two."]
    assert second["resumed"] is True
    assert model.requests[-1].replies == ("One.",)


@pytest.mark.skipif(sys.platform != "linux", reason="another process is kept from writing")
async def test_a_disk_that_fills_in_mid_turn_loses_nothing(
    environment: dict[str, str], model: Model, workspace: Path, tmp_path: Path
) -> None:
    store = tmp_path / "data" / "sidecar.sqlite3"
    gate = Gate()
    model.script.reply(say("Before."), pause(gate), say("After.")).reply(say("Two."))
    async with editor_on(environment, workspace, **_plain(store)) as editor:
        editor.open(workspace / "stats.py")
        first = editor.start(names.ASK, text="What does it do?")
        await gate.reached.wait()
        server: int = cast(Any, editor.client)._server.pid
        _, most = resource.prlimit(server, resource.RLIMIT_FSIZE)
        resource.prlimit(server, resource.RLIMIT_FSIZE, (0, most))  # no file of its can grow
        gate.open()
        result = await first
        assert (result["stopReason"], result["text"]) == ("end_turn", "Before.\n\nAfter.")
        problem = (await editor.run(names.STATUS))["store"]["problem"]
        assert problem in editor.messages
        assert str(store) in problem
        assert "disk" in problem
        assert "saved as soon as there is room" in problem
        resource.prlimit(server, resource.RLIMIT_FSIZE, (most, most))
        second = await editor.run(names.ASK, text="Sure?")
        assert (second["text"], second["resumed"]) == ("Two.", True)
    async with editor_on(environment, workspace, **_plain(store)) as editor:
        history = await editor.run(names.SESSION_HISTORY, sessionId=result["sessionId"])
        assert (await editor.run(names.STATUS))["store"]["problem"] is None
    assert [turn["text"] for turn in history["turns"]] == ["Before.\n\nAfter.", "Two."]
    assert [turn["stopReason"] for turn in history["turns"]] == ["end_turn", "end_turn"]


async def _ask_twice(editor: Editor, workspace: Path) -> dict[str, Any]:
    editor.open(workspace / "stats.py")
    await editor.run(names.ASK, text="What does it do?")
    return await editor.run(names.ASK, text="Sure?")


def _plain(store: Path) -> dict[str, Any]:
    """A client that is told things by message, and keeps its sessions there."""
    return {"client_capabilities": capabilities(), "options": {"store": {"url": str(store)}}}

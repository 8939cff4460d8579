"""Two servers and one session: the second waits, says for whom, and gives up on one that hangs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, cast

import anyio
import anyio.to_thread
import pytest
from pygls.exceptions import JsonRpcException

from claude_sidecar.lsp import names
from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.script import pause, say
from support.command_line import CommandLine
from support.editors import Editor, editor_on
from support.model import Model
from support.processes import hanging

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="processes are stopped as POSIX does"),
]

PATIENCE = 150.0
"""Seconds. Whoever waits gives up after so many looks, and on a busy machine each look takes its time."""


def process_of(editor: Editor) -> int:
    return cast(Any, editor.client)._server.pid


@pytest.mark.timeout(PATIENCE + 90)
async def test_a_second_window_waits_and_gives_up_on_one_that_hangs(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    gate = Gate()
    model.script.reply(say("It begins."), pause(gate), say("It ends."))
    model.script.when("third?").reply(say("Third."))
    uri = (workspace / "stats.py").as_uri()
    store = Path(environment["XDG_DATA_HOME"]) / "claude-sidecar" / "sidecar.sqlite3"
    async with (
        editor_on(environment, workspace) as one,
        editor_on(environment, workspace) as other,
    ):
        first = one.start(names.ASK, text="first?", uri=uri)
        await gate.reached.wait()
        hung = process_of(one)
        with (
            hanging(hung, store),
            anyio.fail_after(PATIENCE),
            pytest.raises(JsonRpcException) as caught,
        ):
            await other.start(names.ASK, token="waits", text="second?", uri=uri)
        error = cast(Any, caught.value)
        assert error.code == -32803, "RequestFailed"
        assert f"process {hung}" in error.message
        assert (error.data["kind"], error.data["retryable"]) == ("process", True)
        assert other.kinds == ["waiting", "turn_ended"]
        assert other.updates[0]["update"]["processId"] == hung
        told = [getattr(each, "message", None) for each in other.progress("waits")]
        assert (
            f"Waiting for another claude-sidecar (process {hung}), which has this session" in told
        )
        third = other.start(names.ASK, text="third?", uri=uri)
        gate.open()
        assert (await first)["text"] == "It begins.\n\nIt ends."
        assert (await third)["text"] == "Third."
    assert model.requests[-1].replies == ("It begins.\nIt ends.",)
    assert "second?" not in model.requests[-1].all_text


async def test_a_terminal_waits_for_a_window(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    gate = Gate()
    model.script.reply(say("It begins."), pause(gate), say("It ends."))
    model.script.when("second?").reply(say("Second."))
    terminal = CommandLine(workspace, environment)
    async with editor_on(environment, workspace) as editor:
        first = editor.start(names.ASK, text="first?", uri=(workspace / "stats.py").as_uri())
        await gate.reached.wait()
        with terminal.started("ask", "second?", "--file", "stats.py") as process:
            assert process.stderr is not None
            assert process.stdout is not None
            line = await anyio.to_thread.run_sync(process.stderr.readline)
            assert line.startswith(
                f"Waiting for another claude-sidecar (process {process_of(editor)})"
            )
            gate.open()
            await first
            assert await anyio.to_thread.run_sync(process.stdout.read) == "Second.\n"
            assert await anyio.to_thread.run_sync(process.wait) == 0

"""Debugging over stdio: a test that fails, and a debugger that has stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pygls.exceptions import JsonRpcException

from claude_sidecar.lsp import names
from claude_sidecar.lsp.answers import PermissionAnswer
from claude_sidecar.offline.script import call, say
from support.editors import editor_on
from support.model import Model

pytestmark = pytest.mark.anyio


async def test_a_test_is_run_after_permission_and_seen_in_progress(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    stats = workspace / "stats.py"
    command = f"echo looking; grep -q max {stats} || {{ echo 'stats.py:2: error'; exit 1; }}"
    model.script.reply(call("Read", file_path=str(stats))).reply(
        call(
            "Edit",
            file_path=str(stats),
            old_string="/ len(numbers)",
            new_string="/ max(1, len(numbers))",
        )
    ).reply(say("Mended."))
    async with editor_on(environment, workspace) as editor:

        async def answer(method: str, params: Any) -> Any:
            if method == names.REQUEST_PERMISSION:
                return PermissionAnswer("selected", "allow_once")
            return None

        editor.answering = answer
        result = await editor.run(names.DEBUG, token="t1", uri=stats.as_uri(), test=command)
        asked = [params for method, params in editor.asked if method == names.REQUEST_PERMISSION]
    assert result["verification"] == {
        "state": "verified",
        "command": command,
        "attempts": 1,
        "exitStatus": 0,
    }
    commands = [each["rawInput"].get("command") for each in asked]
    assert [each for each in commands if each] == [command]
    said = [getattr(each, "message", None) for each in editor.progress("t1")]
    assert any("grep -q max" in (each or "") for each in said)
    kinds = [each["update"]["kind"] for each in editor.updates]
    assert kinds[0] == "turn_started"
    assert kinds[-1] == "turn_ended"
    outputs = [
        each["update"].get("content")
        for each in editor.updates
        if each["update"]["kind"] == "tool_call_update"
    ]
    assert "looking\nstats.py:2: error\n" in outputs


async def test_a_wrong_debugger_state_is_named(
    environment: dict[str, str], model: Model, workspace: Path
) -> None:
    async with editor_on(environment, workspace) as editor:
        with pytest.raises(JsonRpcException, match=r"debugState.*frames"):
            await editor.run(names.DEBUG, debugState={"frames": "none"})
        model.script.reply(say("It is empty."))
        state = {
            "reason": "exception",
            "frames": [
                {
                    "name": "mean",
                    "uri": (workspace / "stats.py").as_uri(),
                    "line": 2,
                    "variables": [{"name": "numbers", "value": "[]"}],
                }
            ],
        }
        await editor.run(names.DEBUG, debugState=state)
        (session,) = (await editor.run(names.SESSION_LIST))["sessions"]
    assert session["file"] == "stats.py"
    assert "numbers = []" in model.requests[0].last_prompt

"""Debugging turns: where they go, and what of a failure the model is told."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from claude_sidecar.debugging.debugger import parse_debug_state
from claude_sidecar.offline.script import say
from claude_sidecar.sessions.planning.debugging import DebugWish
from claude_sidecar.sessions.planning.records import RequestRecords
from claude_sidecar.sessions.planning.requests import FixRequest
from claude_sidecar.sessions.ports import (
    Document,
    EditorContext,
    EditorDiagnostic,
    FileDiagnostics,
)
from claude_sidecar.sidecar import Sidecar
from claude_sidecar.text import Position, Range
from support.model import Model
from support.programs import PROGRAMS, Program
from support.sidecars import Desk

pytestmark = pytest.mark.anyio

STATS = "def mean(values):\n    total = sum(values)\n    return total / len(values)\n"
TRACEBACK = """\
Traceback (most recent call last):
  File "/app/src/main.py", line 4, in <module>
    mean([])
  File "/app/src/stats.py", line 3, in mean
    return total / len(values)
ZeroDivisionError: division by zero
"""


async def debug(sidecar: Sidecar, error: str) -> str:
    """Debug without a word about the file: the file that the turn went to."""
    wish = DebugWish(sidecar.workspaces.key_of_workspace(), error=error)
    request = await sidecar.debugging.request(wish)
    turn = await sidecar.turns.start(request)
    assert (await turn.result()).stop_reason == "end_turn"
    return request.key.file or ""


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
async def test_a_program_that_really_fails(desk: Desk, model: Model, program: Program) -> None:
    missing = program.missing()
    if missing is not None:
        pytest.skip(f"{missing} is not on this machine")
    output = program.fail(desk.folder)
    model.script.reply(say("I see."))
    async with desk.open() as sidecar:
        failed_in = await debug(sidecar, output)
    prompt = model.requests[0].last_prompt
    assert failed_in == program.failed_in
    for each in program.sees:
        assert each in prompt, prompt


async def test_the_code_is_shown_as_the_buffer_has_it(desk: Desk, model: Model) -> None:
    path = desk.write("src/stats.py", STATS)
    desk.write("src/main.py", "from stats import mean\n\n\nmean([])\n")
    moved = f'"""Statistics."""\n\n\n{STATS}'
    desk.editor.buffers[path] = Document(path, moved, version=3, dirty=True)
    model.script.reply(say("I see."))
    async with desk.open() as sidecar:
        assert await debug(sidecar, TRACEBACK) == "src/stats.py"
    prompt = model.requests[0].last_prompt
    assert "6\t    return total / len(values)" in prompt
    assert "with changes that are not saved" in prompt
    assert "line 6: in mean (it was line 3 when it failed)" in prompt


async def test_a_line_that_is_no_longer_there_is_said_to_have_changed(
    desk: Desk, model: Model
) -> None:
    desk.write(
        "src/stats.py",
        "def mean(values):\n    from statistics import fmean\n    return fmean(values)\n",
    )
    model.script.reply(say("I see."))
    async with desk.open() as sidecar:
        await debug(sidecar, TRACEBACK)
    assert "has changed since; it was: return total / len(values)" in model.requests[0].last_prompt


async def test_who_changed_the_lines_last_is_told(desk: Desk, model: Model) -> None:
    path = desk.write(
        "src/stats.py", "def mean(values):\n    return sum(values) / max(1, len(values))\n"
    )
    _git(desk.folder, "init", "-q")
    _git(desk.folder, "add", ".")
    _git(desk.folder, "commit", "-qm", "Add a mean")
    desk.write("src/stats.py", STATS)
    _git(desk.folder, "commit", "-qam", "Make the mean faster")
    desk.editor.buffers[path] = Document(path, STATS.replace("total =", "total  ="), version=2)
    model.script.reply(say("I see."))
    async with desk.open() as sidecar:
        await debug(sidecar, TRACEBACK)
    prompt = model.requests[0].last_prompt
    assert "Make the mean faster" in prompt
    assert "-    return sum(values) / max(1, len(values))" in prompt
    assert "not committed yet:" in prompt
    assert "+    total  = sum(values)" in prompt


async def test_git_is_not_run_where_the_workspace_is_not_trusted(desk: Desk, model: Model) -> None:
    desk.write("src/stats.py", STATS)
    _git(desk.folder, "init", "-q")
    _git(desk.folder, "add", ".")
    _git(desk.folder, "commit", "-qm", "Add a mean")
    model.script.reply(say("I see."))
    async with desk.open(trusted=False) as sidecar:
        await debug(sidecar, TRACEBACK)
    assert "Add a mean" not in model.requests[0].last_prompt


async def test_a_huge_log_is_told_in_part_and_code_beyond_the_budget_is_named(
    desk: Desk, model: Model
) -> None:
    frames: list[str] = []
    for number in range(40):
        name = f"src/part{number}.py"
        desk.write(name, "".join(f"value_{number}_{line} = {'1 + ' * 60}1\n" for line in range(90)))
        frames.append(f'  File "/app/{name}", line 40, in step{number}\n    value\n')
    traceback = f"Traceback (most recent call last):\n{''.join(frames)}ValueError: deep\n"
    log = "INFO a line of the log\n" * 100_000
    model.script.reply(say("I see."))
    async with desk.open() as sidecar:
        assert await debug(sidecar, log + traceback + log) == "src/part39.py"
    prompt = model.requests[0].last_prompt
    assert "ValueError: deep" in prompt
    assert "characters left out" in prompt
    assert "40\tvalue_39_39" in prompt
    assert "Left out for want of room:" in prompt
    assert "the code at src/part0.py:40" in prompt
    assert len(prompt) < 90_000


async def test_secrets_in_variables_are_not_told(desk: Desk, model: Model) -> None:
    desk.write("test_login.py", "def test_login(password):\n    assert password == 1\n")
    report = (
        "=================== FAILURES ===================\n"
        "___________________ test_login __________________\n\n"
        "password = 'hunter2', tries = 3\n\n"
        "    def test_login(password):\n>       assert password == 1\nE       assert False\n\n"
        "test_login.py:2: AssertionError\n"
    )
    model.script.reply(say("I see."))
    async with desk.open() as sidecar:
        await debug(sidecar, report)
    stack = model.requests[0].last_prompt.partition("<stack")[2]
    assert "hunter2" not in stack
    assert "tries = 3" in stack


def _git(folder: Path, *arguments: str) -> None:
    named = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
    subprocess.run(["git", *named, *arguments], cwd=folder, check=True)


async def test_the_whole_file_is_what_the_editor_tells_of_it(desk: Desk, model: Model) -> None:
    path = desk.write("src/stats.py", STATS)
    diagnostic = EditorDiagnostic(
        Range(Position(2, 4), Position(2, 10)), "error", "may divide by zero", "checker"
    )
    desk.editor.context_kinds = frozenset({"diagnostics"})
    desk.editor.knowing = lambda _: EditorContext(
        diagnostics=(FileDiagnostics(path, (diagnostic,)),)
    )
    model.script.reply(say("It may.")).reply(say("I would not change it."))
    async with desk.open() as sidecar:
        key = sidecar.workspaces.key_of_file(path)
        for request in (
            await sidecar.debugging.request(DebugWish(key, chosen=True)),
            await sidecar.debugging.fix(FixRequest(key)),
        ):
            await (await sidecar.turns.start(request)).result()
    for each in model.requests:
        assert "3:5: error: may divide by zero (checker)" in each.last_prompt


async def test_diagnostics_at_the_frames_are_told_with_a_traceback(
    desk: Desk, model: Model
) -> None:
    path = desk.write("src/stats.py", STATS)
    diagnostic = EditorDiagnostic(
        Range(Position(1, 4), Position(1, 10)), "warning", "total is shadowed", "checker"
    )
    desk.editor.context_kinds = frozenset({"diagnostics"})
    desk.editor.knowing = lambda _: EditorContext(
        diagnostics=(FileDiagnostics(path, (diagnostic,)),)
    )
    model.script.reply(say("I see."))
    async with desk.open() as sidecar:
        await debug(sidecar, TRACEBACK)
    prompt = model.requests[0].last_prompt
    assert "src/stats.py:2:5: warning: total is shadowed (checker)" in prompt


async def test_a_program_stopped_in_the_debugger(desk: Desk, model: Model) -> None:
    path = desk.write("src/stats.py", STATS)
    state = parse_debug_state(
        {
            "reason": "exception",
            "exception": {"type": "ZeroDivisionError", "message": "division by zero"},
            "threads": [{"id": 1, "name": "MainThread"}, {"id": 2, "name": "worker"}],
            "frames": [
                {
                    "name": "mean",
                    "uri": Path(path).as_uri(),
                    "line": 3,
                    "scopes": [
                        {
                            "name": "Locals",
                            "variables": [
                                {"name": "values", "value": "[]", "type": "list"},
                                {
                                    "name": "config",
                                    "value": "Config(...)",
                                    "variables": [
                                        {"name": "retries", "value": "3"},
                                        {"name": "api_key", "value": "hunter2"},
                                    ],
                                },
                            ],
                        }
                    ],
                }
            ],
            "breakpoints": [{"uri": Path(path).as_uri(), "line": 2}],
        }
    )
    model.script.reply(say("An empty list."))
    async with desk.open() as sidecar:
        wish = DebugWish(sidecar.workspaces.key_of_workspace(), state=state)
        request = await sidecar.debugging.request(wish)
        await (await sidecar.turns.start(request)).result()
    prompt = model.requests[0].last_prompt
    assert request.key.file == "src/stats.py"
    assert "ZeroDivisionError: division by zero" in prompt
    assert "values: list = []" in prompt
    assert "config.retries = 3" in prompt
    assert "hunter2" not in prompt
    assert "3\t    return total / len(values)" in prompt
    assert "Threads: MainThread, worker" in prompt


async def test_what_was_asked_for_can_be_asked_for_again(desk: Desk) -> None:
    desk.write("src/stats.py", STATS)
    kept = RequestRecords()
    async with desk.open() as sidecar:
        wish = DebugWish(sidecar.workspaces.key_of_workspace(), error=TRACEBACK, test="pytest")
        for each in (wish, replace(wish, test=None)):
            request = await sidecar.debugging.request(each)
            assert kept.read(kept.written(request) or "") == (request, 1)


async def test_a_debugger_that_shows_everything_is_told_in_part(desk: Desk, model: Model) -> None:
    path = desk.write("src/stats.py", STATS)
    variables = [{"name": f"v{number}", "value": "x" * 5000} for number in range(200)]
    frame = {"name": "mean", "uri": Path(path).as_uri(), "line": 3, "variables": variables}
    state = parse_debug_state({"frames": [frame] * 200})
    model.script.reply(say("I see."))
    async with desk.open() as sidecar:
        wish = DebugWish(sidecar.workspaces.key_of_workspace(), state=state)
        turn = await sidecar.turns.start(await sidecar.debugging.request(wish))
        await turn.result()
    prompt = model.requests[0].last_prompt
    assert "v0 = xxx" in prompt
    assert "the rest of the stack is left out" in prompt
    assert "150 more frames are left out" in prompt
    assert len(prompt) < 90_000

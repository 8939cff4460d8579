"""Permission modes: plans that are approved first, edits that are accepted, nobody who is asked."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from claude_sidecar.offline.messages import MessagesRequest
from claude_sidecar.offline.replies import Reply
from claude_sidecar.offline.script import call, say
from claude_sidecar.settings import Settings
from support.model import Model
from support.sidecars import Desk, start
from support.slow_editor import SlowEditor

pytestmark = pytest.mark.anyio


def _with(desk: Desk, mode: str) -> Settings:
    return replace(desk.settings, permission_mode=mode)


async def test_a_plan_is_put_before_the_user_and_approval_ends_plan_mode(
    desk: Desk, model: Model
) -> None:
    path = desk.write("a.py", "a = 1\n")
    edit = call("Write", file_path=path, content="a = 2\n")

    def write_plan(request: MessagesRequest) -> Reply:
        found = json.dumps(request.body).split("create your plan at ")[1].split(" ")[0]
        return Reply((edit, call("Write", file_path=found, content="# Plan\nTwo.\n")))

    model.script.answer(write_plan).reply(call("ExitPlanMode")).reply(
        call("Read", file_path=path)
    ).reply(edit).reply(say("Done."))
    model.script.when("More").reply(say("No plan mode any more."))
    desk.editor.allowing = lambda _: "allow_once"
    async with desk.open(permission_mode="plan") as sidecar:
        await sidecar.ask("Change it.", path=path)
        session = await sidecar.sessions.current(sidecar.workspaces.key_of_file(path))
        assert session is not None
        assert session.mode == "default"
        await sidecar.ask("More", path=path)
    plan, write = desk.editor.asked
    assert plan.description == "# Plan\nTwo.\n"
    assert [option.name for option in plan.options] == [
        "Approve, and ask before each edit",
        "Approve, and allow edits",
        "Keep planning",
    ]
    assert write.raw_input["file_path"] == path
    refused, planned = model.requests[1].tool_results[-2:]
    assert "wants a plan first" in refused.text
    assert not planned.is_error
    assert (desk.folder / "a.py").read_text() == "a = 2\n"
    assert "Plan mode is active" in model.requests[0].all_text
    assert model.requests[-1].all_text.count("Plan mode is active") == 1


async def test_a_turn_that_runs_goes_into_plan_mode_and_out_of_it(
    desk: Desk, model: Model, slow: SlowEditor
) -> None:
    path = desk.write("a.py", "a = 1\n")
    edit = call("Write", file_path=f"{desk.folder}/b.py", content="b = 1\n")
    model.script.reply(call("Bash", command="touch made")).reply(edit).reply(
        call("ExitPlanMode")
    ).reply(edit).reply(say("Done."))
    async with desk.open() as sidecar:
        turn = await start(sidecar, "Do it.", path)
        await slow.until_asked(1)
        await sidecar.configure(_with(desk, "plan"))
        slow.answer(slow.asked[0], "allow_once")
        await slow.until_asked(2)
        slow.answer(slow.asked[1], "allow_always")
        assert (await turn.result()).text == "Done."
        assert (await sidecar.sessions.get(turn.session_id)).mode == "acceptEdits"
    assert [each.title for each in slow.asked] == ["Bash touch made", "Go ahead with this plan"]
    results = [request.tool_results[-1] for request in model.requests[1:]]
    assert ["plan first" in each.text for each in results] == [False, True, False, False]
    assert (desk.folder / "b.py").exists()


async def test_a_mode_is_changed_for_a_session_and_by_the_setting(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    for number in range(5):
        model.script.when(f"Step {number}").reply(
            call("Write", file_path=f"{desk.folder}/{number}.py", content="x")
        ).reply(say("Done."))

    def made() -> list[str]:
        return sorted(each.stem for each in desk.folder.iterdir() if each.stem.isdecimal())

    async with desk.open() as sidecar:
        first = await sidecar.ask("Step 0", path=path)
        assert made() == []
        assert len(desk.editor.asked) == 1
        session = await sidecar.sessions.set_mode(first.session_id, "acceptEdits")
        assert session.mode == "acceptEdits"
        await sidecar.ask("Step 1", path=path)
        assert made() == ["1"]
        await sidecar.sessions.set_mode(first.session_id, "dontAsk")
        await sidecar.ask("Step 2", path=path)
        assert made() == ["1"]
        assert len(desk.editor.asked) == 1
        await sidecar.configure(_with(desk, "acceptEdits"))
        await sidecar.ask("Step 3", path=path)
        assert made() == ["1", "3"]
        await sidecar.configure(_with(desk, "bypassPermissions"))
        await sidecar.ask("Step 4", path=path)
        assert made() == ["1", "3", "4"]
    assert len(desk.editor.asked) == 1

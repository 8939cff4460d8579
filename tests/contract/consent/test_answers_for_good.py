"""Answers that hold for more than one question: for a session, for a workspace."""

from __future__ import annotations

from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from claude_sidecar.offline.script import call, say
from support.model import Model
from support.sidecars import Desk, start
from support.slow_editor import SlowEditor

pytestmark = pytest.mark.anyio


async def test_allowed_for_the_session_is_kept_with_it_over_a_restart(
    desk: Desk, model: Model
) -> None:
    path, other = desk.write("a.py", "a = 1\n"), desk.write("b.py", "b = 1\n")
    again = call("Bash", command="touch made now")
    model.script.when("First").reply(again).reply(again).reply(say("Done."))
    model.script.when("Second").reply(again).reply(say("Done."))
    model.script.when("Other").reply(again).reply(say("Done."))
    desk.editor.allowing = lambda _: "allow_always"
    async with desk.open() as sidecar:
        await sidecar.ask("First", path=path)
    assert [option.id for option in desk.editor.asked[0].options] == [
        "allow_once",
        "allow_always",
        "allow_always_workspace",
        "reject_once",
    ]
    desk.editor.allowing = lambda _: None
    async with desk.open() as sidecar:
        await sidecar.ask("Second", path=path)
        assert len(desk.editor.asked) == 1
        await sidecar.ask("Other", path=other)
        assert len(desk.editor.asked) == 2
        (rule,) = await sidecar.rules.list()
        assert rule.rule == "Bash(touch made *)"
        assert rule.allows
        await sidecar.sessions.delete(rule.session_id or "")
        assert await sidecar.rules.list() == ()


async def test_allowed_for_the_workspace_is_kept_in_our_store_until_it_is_taken_back(
    desk: Desk, model: Model
) -> None:
    path, other = desk.write("a.py", "a = 1\n"), desk.write("b.py", "b = 1\n")
    for prompt in ("First", "Second", "Third"):
        model.script.when(prompt).reply(call("Bash", command="touch made")).reply(say("Done."))
    desk.editor.allowing = lambda _: "allow_always_workspace"
    async with desk.open() as sidecar:
        await sidecar.ask("First", path=path)
    desk.editor.allowing = lambda _: None
    async with desk.open() as sidecar:
        await sidecar.ask("Second", path=other)
        assert len(desk.editor.asked) == 1
        (rule,) = await sidecar.rules.list(desk.folder.as_posix())
        assert (rule.session_id, rule.workspace) == (None, desk.folder.as_posix())
        await sidecar.rules.revoke(rule.id)
        await sidecar.ask("Third", path=other)
    assert len(desk.editor.asked) == 2
    assert sorted(each.name for each in desk.folder.iterdir()) == ["a.py", "b.py", "made"]


async def test_an_answer_for_good_answers_the_others_that_it_covers(
    desk: Desk, model: Model, slow: SlowEditor
) -> None:
    path = desk.write("a.py", "a = 1\n")
    urls = [f"http://127.0.0.1:9/{number}" for number in range(3)]
    model.script.reply(
        *(call("WebFetch", url=url, prompt="x") for url in urls),
        call("WebFetch", url="http://localhost:9/", prompt="x"),
    ).reply(say("Tried."))
    async with desk.open() as sidecar:
        turn = await start(sidecar, "Fetch them.", path)
        await slow.until_asked(4)
        first = next(each for each in slow.asked if each.raw_input["url"] in urls)
        other = next(each for each in slow.asked if each.raw_input["url"] not in urls)
        slow.answer(first, "allow_always")
        with anyio.fail_after(60):
            while len(slow.withdrawn) < 2:
                await anyio.lowlevel.checkpoint()
        slow.answer(other, "reject_once")
        await turn.result()
        rules = [each.rule for each in await sidecar.rules.list()]
    assert rules == ["WebFetch(domain:127.0.0.1)"]
    refused = [each for each in model.requests[-1].tool_results if "refused" in each.text.lower()]
    assert sum("The developer refused this." in each.text for each in refused) == 1


async def test_edits_are_accepted_for_the_session_and_what_is_guarded_still_asked(
    desk: Desk, model: Model
) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(
        call("Write", file_path=f"{desk.folder}/b.py", content="b"),
        call("Write", file_path=f"{desk.folder}/c.py", content="c"),
        call("Write", file_path=f"{desk.folder}/.git/hooks/pre-commit", content="c"),
        call("Write", file_path=f"{desk.folder}/.env", content="c"),
    ).reply(say("Written."))
    desk.editor.allowing = lambda asked: (
        "allow_always" if asked.raw_input["file_path"].endswith("b.py") else None
    )
    async with desk.open() as sidecar:
        await sidecar.ask("Write.", path=path)
    assert [Path(each.raw_input["file_path"]).name for each in desk.editor.asked] == [
        "b.py",
        "pre-commit",
        ".env",
    ]
    assert [option.name for option in desk.editor.asked[0].options] == [
        "Allow",
        "Always allow all edits in this session",
        "Refuse",
    ]
    assert desk.editor.asked[1].reason == (
        f"{desk.folder}/.git/hooks/pre-commit can make other programs run something."
    )
    assert sorted(each.name for each in desk.folder.iterdir()) == ["a.py", "b.py", "c.py"]

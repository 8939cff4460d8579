"""The questions that Claude puts itself, and those that nobody has answered yet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from claude_sidecar.app import open_sidecar
from claude_sidecar.offline.script import call, say
from claude_sidecar.sessions.keys import Workspaces
from claude_sidecar.sessions.ports import (
    PermissionAnswer,
)
from support.model import Model
from support.sidecars import Desk, ScriptedEditor, start
from support.slow_editor import SlowEditor

pytestmark = pytest.mark.anyio

QUESTION = "Which one?"
OPTIONS = [{"label": "A", "description": "the first"}, {"label": "B", "description": "other"}]
ASKED = [{"question": QUESTION, "header": "Choice", "multiSelect": False, "options": OPTIONS}]


async def cut_off(desk: Desk, slow: SlowEditor, path: str, *, questions: int) -> str:
    """A turn whose server ends while it waits for the user: its session's id."""
    async with desk.open() as sidecar:
        turn = await start(sidecar, "Do it.", path)
        await slow.until_asked(questions)
        return turn.session_id


async def test_claude_asks_the_user(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(call("AskUserQuestion", questions=ASKED)).reply(say("B then."))
    desk.editor.answers = {QUESTION: "B"}
    async with desk.open() as sidecar:
        result = await sidecar.ask("Choose.", path=path)
    assert result.text == "B then."
    assert [each.label for each in desk.editor.questions[0].questions[0].options] == ["A", "B"]
    (answered,) = model.requests[-1].tool_results
    assert f'"{QUESTION}"="B"' in answered.text


async def test_questions_survive_a_restart_and_are_asked_again_with_the_next_prompt(
    desk: Desk, model: Model, slow: SlowEditor
) -> None:
    path = desk.write("a.py", "a = 1\n")
    fetches = [call("WebFetch", url=f"http://x{each}.invalid/", prompt="x") for each in range(4)]
    model.script.reply(call("AskUserQuestion", questions=ASKED), *fetches).reply(say("?"))
    model.script.when("Go on.").reply(fetches[0], fetches[1]).reply(say("Went on."))
    session_id = await cut_off(desk, slow, path, questions=5)
    later = desk.editor = ScriptedEditor()
    later.answers = {QUESTION: "B"}
    later.allowing = lambda asked: (
        PermissionAnswer("reject_once", "That one is private.")
        if "x1" in asked.raw_input["url"]
        else "allow_once"
    )
    async with desk.open() as sidecar:
        assert (await sidecar.sessions.get(session_id)).state == "interrupted"
        result = await sidecar.ask("Go on.", path=path)
        assert await sidecar.store.open_questions() == ()
    assert result.text == "Went on."
    assert all(question.again for question in (*later.asked, *later.questions))
    assert sorted(question.raw_input["url"] for question in later.asked) == [
        f"http://x{each}.invalid/" for each in range(4)
    ]
    numbers = [question.number for question in (*later.asked, *later.questions)]
    assert sorted(numbers) == [1, 2, 3, 4, 5]
    prompt = next(each.last_prompt for each in model.requests if "Go on." in each.last_prompt)
    assert "The developer refused this. They say: That one is private." in prompt
    assert prompt.count("The developer allowed this.") == 3
    assert f"{QUESTION}: B" in prompt
    results = [result.text for result in model.requests[-1].tool_results[-2:]]
    assert sum("That one is private." in text for text in results) == 1
    assert sum("The developer" not in text for text in results) == 1


async def test_what_a_review_may_not_do_is_asked_again_with_the_turn_that_may(
    desk: Desk, model: Model, slow: SlowEditor
) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(call("Bash", command="touch made")).reply(say("?"))
    model.script.when("# Task: review").reply(say("Fine."))
    model.script.when("Go on.").reply(call("Bash", command="touch made")).reply(say("Made."))
    await cut_off(desk, slow, path, questions=1)
    later = desk.editor = ScriptedEditor()
    later.allowing = lambda _: "allow_once"
    async with desk.open() as sidecar:
        await sidecar.review(path)
        assert later.asked == []
        await sidecar.ask("Go on.", path=path)
    assert len(later.asked) == 1
    assert (desk.folder / "made").exists()


async def test_where_nobody_can_be_asked_questions_stay_open(
    desk: Desk, model: Model, slow: SlowEditor
) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(call("Bash", command="touch made")).reply(say("?"))
    model.script.when("Go on.").reply(say("Went on."))
    await cut_off(desk, slow, path, questions=1)
    settings = replace(desk.settings)
    folders = Workspaces([str(desk.folder)])
    async with open_sidecar(settings, workspaces=folders) as sidecar:
        await sidecar.ask("Go on.", path=path)
        (question,) = await sidecar.store.open_questions()
    assert question.input["command"] == "touch made"
    assert "developer" not in model.requests[-1].last_prompt.partition("</document")[2]

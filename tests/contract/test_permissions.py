"""What a turn may do, and what the user is asked before it is done."""

from __future__ import annotations

import anyio
import pytest

from claude_sidecar.app import Sidecar
from claude_sidecar.offline.script import call, say
from claude_sidecar.sessions.model import SessionState
from claude_sidecar.sessions.ports import PermissionQuestion
from claude_sidecar.sessions.requests import AskRequest
from claude_sidecar.sessions.tickets import RunningTurn
from support.model import Model
from support.sidecars import Desk

pytestmark = pytest.mark.anyio


async def start(sidecar: Sidecar, text: str, path: str) -> RunningTurn:
    return await sidecar.turns.start(AskRequest(text, sidecar.workspaces.key_of_file(path)))


async def test_a_review_runs_and_writes_nothing_and_asks_nobody(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(
        call("Bash", command=f"touch {desk.folder}/made"),
        call("Write", file_path=f"{desk.folder}/made", content="x"),
        call("Edit", file_path=path, old_string="a", new_string="b"),
        call("Read", file_path="/etc/hostname"),
        call("Read", file_path=path),
    ).reply(say("I could only read."))
    desk.editor.allowing = lambda _: "allow_always"
    async with desk.open() as sidecar:
        await sidecar.review(path)
    results = model.requests[-1].tool_results
    assert [result.is_error for result in results] == [True, True, True, True, False]
    assert "not available in a review" in results[0].text
    assert desk.editor.asked == []
    assert not (desk.folder / "made").exists()
    assert (desk.folder / "a.py").read_text() == "a = 1\n"


@pytest.mark.parametrize(
    ("answer", "made", "says"),
    [
        ("allow_once", True, ""),
        ("reject_once", False, "The developer refused this."),
        (None, False, "gave no answer"),
    ],
)
async def test_a_question_may_run_and_edit_after_permission(
    desk: Desk, model: Model, answer: str | None, made: bool, says: str
) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(
        call("Bash", command=f"touch {desk.folder}/made", description="Make a file"),
        call("Read", file_path=path),
    ).reply(call("Edit", file_path=path, old_string="a = 1", new_string="a = 2")).reply(say("Ok."))
    desk.editor.allowing = lambda _: answer  # type: ignore[assignment,return-value]
    async with desk.open() as sidecar:
        await sidecar.ask("Do it.", path=path)
    command, edit = desk.editor.asked
    assert (command.tool_kind, command.description) == ("execute", "Make a file")
    assert edit.diff is not None
    assert (edit.diff.old_text, edit.diff.new_text) == ("a = 1\n", "a = 2\n")
    assert (desk.folder / "made").exists() is made
    assert (desk.folder / "a.py").read_text() == ("a = 2\n" if made else "a = 1\n")
    assert says in model.requests[-1].all_text


async def test_allowed_always_is_kept_for_that_command_in_that_session(
    desk: Desk, model: Model
) -> None:
    path = desk.write("a.py", "a = 1\n")
    again = call("Bash", command=f"touch {desk.folder}/made")
    other = call("Bash", command=f"touch {desk.folder}/other")
    model.script.reply(again).reply(again).reply(other).reply(say("Done."))
    desk.editor.allowing = lambda _: "allow_always"
    async with desk.open() as sidecar:
        await sidecar.ask("Do it.", path=path)
    assert [question.raw_input["command"].split("/")[-1] for question in desk.editor.asked] == [
        "made",
        "other",
    ]


async def test_a_session_that_waits_for_the_user_says_so(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(call("Bash", command=f"touch {desk.folder}/made")).reply(say("Done."))
    states: list[SessionState] = []
    asked = anyio.Event()
    allowed = anyio.Event()

    async def ask_permission(question: PermissionQuestion) -> str:
        asked.set()
        await allowed.wait()
        return "allow_once"

    desk.editor.ask_permission = ask_permission  # type: ignore[method-assign,assignment]
    async with desk.open() as sidecar:
        turn = await start(sidecar, "Do it.", path)
        await asked.wait()
        states.append((await sidecar.sessions.get(turn.session_id)).state)
        allowed.set()
        await turn.result()
        states.append((await sidecar.sessions.get(turn.session_id)).state)
    assert states == ["requires_action", "idle"]


async def test_cancelling_withdraws_an_open_question(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(call("Bash", command=f"touch {desk.folder}/made")).reply(say("Pity."))
    asked, withdrawn = anyio.Event(), anyio.Event()

    async def ask_permission(question: PermissionQuestion) -> None:
        asked.set()
        try:
            await anyio.sleep_forever()
        finally:
            withdrawn.set()

    desk.editor.ask_permission = ask_permission  # type: ignore[method-assign,assignment]
    async with desk.open() as sidecar:
        turn = await start(sidecar, "Do it.", path)
        await asked.wait()
        with anyio.fail_after(5):
            await sidecar.turns.cancel(session_id=turn.session_id)
            await withdrawn.wait()
        assert (await turn.result()).stop_reason == "cancelled"
        session = await sidecar.sessions.get(turn.session_id)
    assert session.state == "idle"
    assert not (desk.folder / "made").exists()


async def test_claude_asks_the_user(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    question = "Which one?"
    options = [{"label": "A", "description": "the first"}, {"label": "B", "description": "other"}]
    asked = [{"question": question, "header": "Choice", "multiSelect": False, "options": options}]
    model.script.reply(call("AskUserQuestion", questions=asked)).reply(say("B then."))
    desk.editor.answers = {question: "B"}
    async with desk.open() as sidecar:
        result = await sidecar.ask("Choose.", path=path)
    assert result.text == "B then."
    assert [each.label for each in desk.editor.questions[0].questions[0].options] == ["A", "B"]
    (answered,) = model.requests[-1].tool_results
    assert f'"{question}"="B"' in answered.text

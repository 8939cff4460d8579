"""What the user is asked before Claude does something, and what each answer lets it do."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from claude_sidecar.offline.script import call, say
from claude_sidecar.sessions.model import SessionState
from claude_sidecar.sessions.planning.requests import DebugRequest
from claude_sidecar.sessions.ports import (
    PermissionAnswer,
)
from support.model import Model
from support.sidecars import Desk, start
from support.slow_editor import SlowEditor

pytestmark = pytest.mark.anyio


async def test_a_review_runs_and_writes_nothing_and_asks_nobody(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(
        call("Bash", command=f"touch {desk.folder}/made"),
        call("Write", file_path=f"{desk.folder}/made", content="x"),
        call("Edit", file_path=path, old_string="a", new_string="b"),
        call("WebFetch", url="https://example.com", prompt="x"),
        call("Read", file_path="/etc/hostname"),
        call("Read", file_path=path),
    ).reply(say("I could only read."))
    desk.editor.allowing = lambda _: "allow_always"
    async with desk.open(permission_mode="bypassPermissions") as sidecar:
        await sidecar.review(path)
    results = model.requests[-1].tool_results
    assert [result.is_error for result in results] == [True, True, True, True, True, False]
    assert "not available in a review" in results[0].text
    assert desk.editor.asked == []
    assert not (desk.folder / "made").exists()
    assert (desk.folder / "a.py").read_text() == "a = 1\n"


@pytest.mark.parametrize(
    ("answer", "made", "says"),
    [
        ("allow_once", True, ""),
        ("reject_once", False, "The developer refused this."),
        (
            PermissionAnswer("reject_once", "Use make instead."),
            False,
            "The developer refused this. They say: Use make instead.",
        ),
        ("no_such_option", False, "The developer refused this."),
        (None, False, "gave no answer"),
    ],
    ids=["allowed", "refused", "refused with words", "wrong", "none"],
)
async def test_a_question_may_run_and_edit_after_permission(
    desk: Desk, model: Model, answer: PermissionAnswer | str | None, made: bool, says: str
) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(
        call("Bash", command=f"touch {desk.folder}/made", description="Make a file"),
        call("Read", file_path=path),
    ).reply(call("Edit", file_path=path, old_string="a = 1", new_string="a = 2")).reply(say("Ok."))
    desk.editor.allowing = lambda _: answer
    async with desk.open() as sidecar:
        await sidecar.ask("Do it.", path=path)
    command, edit = desk.editor.asked
    assert (command.tool_kind, command.description) == ("execute", "Make a file")
    assert edit.diff is not None
    assert (edit.diff.old_text, edit.diff.new_text) == ("a = 1\n", "a = 2\n")
    assert (command.number, edit.number) == (1, 2)
    assert (desk.folder / "made").exists() is made
    assert (desk.folder / "a.py").read_text() == ("a = 2\n" if made else "a = 1\n")
    assert says in model.requests[-1].all_text


async def test_debugging_runs_after_permission_and_does_not_edit(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(
        call("Bash", command="touch made"),
        call("Write", file_path=path, content="a = 2\n"),
    ).reply(say("I see."))
    desk.editor.allowing = lambda _: "allow_once"
    async with desk.open() as sidecar:
        key = sidecar.workspaces.key_of_file(path)
        await (await sidecar.turns.start(DebugRequest(key, error="boom"))).result()
    assert [question.raw_input.get("command") for question in desk.editor.asked] == ["touch made"]
    assert (desk.folder / "made").exists()
    assert (desk.folder / "a.py").read_text() == "a = 1\n"


async def test_five_at_once_are_numbered_and_each_is_asked_once_and_answered_by_itself(
    desk: Desk, model: Model, slow: SlowEditor, tmp_path: Path
) -> None:
    path = desk.write("a.py", "a = 1\n")
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    for number in range(5):
        (outside / f"{number}.txt").write_text(f"text {number}")
    model.script.reply(
        *(call("Read", file_path=f"{outside}/{number}.txt") for number in range(5))
    ).reply(say("Read."))
    async with desk.open() as sidecar:
        turn = await start(sidecar, "Read them.", path)
        await slow.until_asked(5)
        for number in (4, 2, 0, 3, 1):
            option = "allow_once" if number % 2 else "reject_once"
            slow.answer(slow.asked[number], option, f"not {number}")
        await turn.result()
    assert [question.number for question in slow.asked] == [1, 2, 3, 4, 5]
    assert slow.asked[-1].pending == 5
    assert len({question.tool_call_id for question in slow.asked}) == 5
    by_file = {
        Path(question.raw_input["file_path"]).stem: question.number for question in slow.asked
    }
    results = model.requests[-1].tool_results
    for file, number in by_file.items():
        said = f"text {file}" if (number - 1) % 2 else f"They say: not {number - 1}"
        assert sum(said in result.text for result in results) == 1
    assert len(results) == 5


async def test_a_session_that_waits_for_the_user_says_so(
    desk: Desk, model: Model, slow: SlowEditor
) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(call("Bash", command=f"touch {desk.folder}/made")).reply(say("Done."))
    states: list[SessionState] = []
    async with desk.open() as sidecar:
        turn = await start(sidecar, "Do it.", path)
        await slow.until_asked(1)
        states.append((await sidecar.sessions.get(turn.session_id)).state)
        slow.answer(slow.asked[0], "allow_once")
        await turn.result()
        states.append((await sidecar.sessions.get(turn.session_id)).state)
    assert states == ["requires_action", "idle"]


async def test_cancelling_withdraws_an_open_question_for_good(
    desk: Desk, model: Model, slow: SlowEditor
) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(call("Bash", command=f"touch {desk.folder}/made")).reply(say("Pity."))
    model.script.when("Again").reply(say("Nothing."))
    async with desk.open() as sidecar:
        turn = await start(sidecar, "Do it.", path)
        await slow.until_asked(1)
        with anyio.fail_after(60):
            await sidecar.turns.cancel(session_id=turn.session_id)
        assert (await turn.result()).stop_reason == "cancelled"
        session = await sidecar.sessions.get(turn.session_id)
        await sidecar.ask("Again", path=path)
    assert session.state == "idle"
    assert len(slow.withdrawn) == len(slow.asked) == 1
    assert not (desk.folder / "made").exists()


async def test_no_answer_in_time_is_a_refusal(desk: Desk, model: Model, slow: SlowEditor) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(call("Bash", command="touch made")).reply(say("Pity."))
    async with desk.open(permission_wait_seconds=1) as sidecar:
        result = await sidecar.ask("Do it.", path=path)
    assert result.stop_reason == "end_turn"
    assert "gave no answer" in model.requests[-1].tool_results[0].text
    assert len(slow.withdrawn) == 1
    assert not (desk.folder / "made").exists()


async def test_what_a_question_was_about_must_still_be_so_when_it_is_answered(
    desk: Desk, model: Model, slow: SlowEditor, tmp_path: Path
) -> None:
    path = desk.write("a.py", "a = 1\n")
    folder = desk.folder / "sub"
    folder.mkdir()
    (desk.folder / "link").symlink_to(folder)
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    model.script.reply(call("Write", file_path=f"{desk.folder}/link/x.py", content="x")).reply(
        say("Pity.")
    )
    async with desk.open() as sidecar:
        turn = await start(sidecar, "Write.", path)
        await slow.until_asked(1)
        (desk.folder / "link").unlink()
        (desk.folder / "link").symlink_to(outside)
        slow.answer(slow.asked[0], "allow_once")
        await turn.result()
    assert "has changed while" in model.requests[-1].tool_results[0].text
    assert list(outside.iterdir()) == []

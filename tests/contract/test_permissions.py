"""What the user is asked before Claude does something, and what becomes of the answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from claude_sidecar.app import open_sidecar
from claude_sidecar.offline.messages import MessagesRequest
from claude_sidecar.offline.replies import Reply
from claude_sidecar.offline.script import call, say
from claude_sidecar.sessions.keys import Workspaces
from claude_sidecar.sessions.model import SessionState
from claude_sidecar.sessions.planning.requests import AskRequest, DebugRequest
from claude_sidecar.sessions.planning.running_turn import RunningTurn
from claude_sidecar.sessions.ports import (
    PermissionAnswer,
    PermissionQuestion,
    UserQuestions,
)
from claude_sidecar.settings import Settings
from claude_sidecar.sidecar import Sidecar
from support.model import Model
from support.sidecars import Desk, ScriptedEditor

pytestmark = pytest.mark.anyio


async def start(sidecar: Sidecar, text: str, path: str) -> RunningTurn:
    return await sidecar.turns.start(AskRequest(text, sidecar.workspaces.key_of_file(path)))


class SlowEditor(ScriptedEditor):
    """An editor whose questions wait until the test answers them."""

    def __init__(self) -> None:
        super().__init__()
        self.answers_by_id: dict[str, PermissionAnswer] = {}
        self.withdrawn: list[str] = []
        self._happened = anyio.Event()

    async def ask_permission(self, question: PermissionQuestion) -> PermissionAnswer | None:
        self.asked.append(question)
        self._tell()
        try:
            while question.tool_call_id not in self.answers_by_id:
                await self._happened.wait()
        except anyio.get_cancelled_exc_class():
            self.withdrawn.append(question.tool_call_id)
            self._tell()
            raise
        return self.answers_by_id[question.tool_call_id]

    async def ask_user(self, questions: UserQuestions) -> Mapping[str, str] | None:
        self.questions.append(questions)
        self._tell()
        await anyio.sleep_forever()

    def answer(self, question: PermissionQuestion, option: str, message: str | None = None) -> None:
        self.answers_by_id[question.tool_call_id] = PermissionAnswer(option, message)
        self._tell()

    async def until_asked(self, count: int) -> None:
        with anyio.fail_after(30):
            while len(self.asked) + len(self.questions) < count:
                await self._happened.wait()

    def _tell(self) -> None:
        self._happened.set()
        self._happened = anyio.Event()


@pytest.fixture
def slow(desk: Desk) -> SlowEditor:
    desk.editor = SlowEditor()
    return desk.editor


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
        with anyio.fail_after(30):
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
        with anyio.fail_after(30):
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


QUESTION = "Which one?"
OPTIONS = [{"label": "A", "description": "the first"}, {"label": "B", "description": "other"}]
ASKED = [{"question": QUESTION, "header": "Choice", "multiSelect": False, "options": OPTIONS}]


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


async def cut_off(desk: Desk, slow: SlowEditor, path: str, *, questions: int) -> str:
    """A turn whose server ends while it waits for the user: its session's id."""
    async with desk.open() as sidecar:
        turn = await start(sidecar, "Do it.", path)
        await slow.until_asked(questions)
        return turn.session_id


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


def _with(desk: Desk, mode: str) -> Settings:
    return replace(desk.settings, permission_mode=mode)

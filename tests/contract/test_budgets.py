"""Budgets: what they stop, what is kept, and how it goes on."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest

from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.replies import Call, TokenUsage
from claude_sidecar.offline.script import call, pause, say
from claude_sidecar.sessions.events import AgentMessageChunk, Update, UsageUpdated
from claude_sidecar.sessions.planning.requests import AskRequest
from claude_sidecar.sessions.ports import Unanswered
from support.claude import ask, claude_code
from support.command_line import SCRIPT
from support.model import Model
from support.prices import billed_usd
from support.processes import claude_of, descendants, wait_for_end
from support.sidecars import Desk, Recorder

pytestmark = pytest.mark.anyio

USAGE = TokenUsage(input=1000, output=200)
ONE = billed_usd(USAGE)
SOURCE = "total = 0\n"


def finding(title: str) -> Call:
    """The model reports one."""
    return call(
        "mcp__sidecar__report_finding",
        file="a.py",
        quote="total = 0",
        severity="warning",
        category="bug",
        title=title,
        message="It is.",
    )


@pytest.mark.parametrize("kind", ["turn", "session", "day"])
async def test_what_was_found_is_kept_and_the_turn_goes_on_with_a_higher_limit(
    desk: Desk, model: Model, kind: str
) -> None:
    path = desk.write("a.py", SOURCE)
    desk.editor.answers = Unanswered.NOT_ASKED  # nobody is there to say whether it may be so dear
    setting = f"budget_{kind}_usd"
    model.script.reply(say("I look."), finding("It is never reset"), usage=USAGE)
    model.script.reply(say("The rest."), usage=USAGE).reply(say("And that."), usage=USAGE)
    async with desk.open(**{setting: 0.9 * ONE}) as sidecar:
        result = await sidecar.review(path)
        assert result.stop_reason == "max_budget"
        assert [each.title for each in result.findings] == ["It is never reset"]
        assert result.error is not None
        assert result.error.kind == "billing"
        for words in (result.error.message, result.error.hint):
            assert f"claudeSidecar.budget.{kind}Usd" in words
        assert len(model.requests) == 1, "nothing is paid for stopping"
        assert result.cost.turn_usd == pytest.approx(ONE) == billed_usd(model.billed)

        if kind != "turn":
            refused = await sidecar.ask("Go on.", path=path)
            assert (refused.stop_reason, len(model.requests)) == ("max_budget", 1)
        await sidecar.configure(replace(desk.settings, **{setting: 5 * ONE}))
        following = await sidecar.ask("Go on.", path=path)
    assert (following.stop_reason, following.session_id) == ("end_turn", result.session_id)
    (asked, went_on) = model.requests[-1].prompts[0], model.requests[-1].prompts[-1]
    assert SOURCE.strip() in asked
    assert "Go on." in went_on
    assert "I look." in model.requests[-1].replies
    assert [each.is_error for each in model.requests[-1].tool_results] == [False]


async def test_a_message_that_is_too_dear_is_not_waited_for(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", SOURCE)
    model.script.reply(say("It begins."), pause(Gate()), usage=USAGE).reply(say("On."), usage=USAGE)
    async with desk.open(budget_turn_usd=0.5 * ONE) as sidecar:
        with anyio.fail_after(60):
            result = await sidecar.ask("Tell me all.", path=path)
        assert result.stop_reason == "max_budget"
        await sidecar.configure(desk.settings)
        following = await sidecar.ask("Go on.", path=path)
    assert following.stop_reason == "end_turn"
    assert any("Tell me all." in prompt for prompt in model.requests[-1].prompts)


async def test_a_limit_that_is_changed_holds_for_a_running_turn(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", SOURCE)
    gates = [Gate(), Gate()]
    model.script.reply(finding("First"), usage=USAGE)
    model.script.reply(pause(gates[0]), finding("Second"), usage=USAGE)
    model.script.reply(say("A long one."), pause(gates[1]), usage=USAGE)
    async with desk.open(budget_turn_usd=1.5 * ONE) as sidecar:
        turn = await sidecar.turns.start(AskRequest("Look.", sidecar.workspaces.key_of_file(path)))
        with anyio.fail_after(60):
            await gates[0].reached.wait()
            await sidecar.configure(replace(desk.settings, budget_turn_usd=9 * ONE))
            gates[0].open()
            await gates[1].reached.wait()
            assert not turn.is_over
            await sidecar.configure(replace(desk.settings, budget_turn_usd=1.9 * ONE))
            result = await turn.result()
    assert result.stop_reason == "max_budget"
    assert [each.title for each in result.findings] == ["First", "Second"]
    assert result.error is not None
    assert f"${1.9 * ONE:.2f}" in result.error.message


async def test_what_is_spent_is_told_while_it_is(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", SOURCE)
    recorder = Recorder()
    model.script.reply(say("Before."), usage=USAGE)
    model.script.reply(finding("First"), usage=USAGE).reply(say("Done."), usage=USAGE)
    async with desk.open() as sidecar:
        await sidecar.ask("Hello?", path=path)
        with sidecar.events.subscribed(recorder):
            result = await sidecar.ask("Look.", path=path)
    told = [
        event.cost for event in recorder.events(UsageUpdated) if isinstance(event, UsageUpdated)
    ]
    assert any((cost.turn_usd, cost.session_usd) == pytest.approx((ONE, 2 * ONE)) for cost in told)
    assert (result.cost.turn_usd, result.cost.session_usd) == pytest.approx((2 * ONE, 3 * ONE))


async def test_the_day_is_everybodys(desk: Desk, model: Model, environment: dict[str, str]) -> None:
    """Two processes on one store, and a turn in each: they stop when both together are over."""
    path, gate = desk.write("a.py", SOURCE), Gate()
    model.script.when("Here").reply(finding("First"), usage=USAGE).reply(
        pause(gate), finding("Third"), usage=USAGE
    )
    model.script.when("There").reply(call("Read", file_path=path), usage=USAGE)
    arguments = [
        "ask",
        "There?",
        "--fresh",
        "--file",
        path,
        "--store",
        str(desk.settings.store_url),
    ]
    config = Path(environment["XDG_CONFIG_HOME"]) / "claude-sidecar" / "config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(f"[claudeSidecar]\nbudget.dayUsd = {1.9 * ONE}\n", encoding="utf-8")
    async with desk.open(budget_day_usd=1.9 * ONE) as sidecar:
        turn = await sidecar.turns.start(AskRequest("Here?", sidecar.workspaces.key_of_file(path)))
        with anyio.fail_after(60):
            await gate.reached.wait()
            other = await anyio.run_process([SCRIPT, *arguments], cwd=desk.folder, check=False)
            gate.open()
            result = await turn.result()
            refused = await sidecar.ask("Here again?", path=path)
    assert other.returncode == 3, other.stderr
    assert b"budget.dayUsd" in other.stderr
    assert result.stop_reason == refused.stop_reason == "max_budget"
    assert [each.title for each in result.findings] == ["First", "Third"]
    assert len(model.requests) == 3
    assert billed_usd(model.billed) == pytest.approx(3 * ONE)


@pytest.mark.parametrize("kind", ["turn", "session", "day"])
async def test_a_budget_that_is_not_reached_stops_nothing(
    desk: Desk, model: Model, kind: str
) -> None:
    path = desk.write("a.py", SOURCE)
    model.script.reply(finding("First"), usage=USAGE).reply(say("Done."), usage=USAGE)
    async with desk.open(**{f"budget_{kind}_usd": 2.1 * ONE}) as sidecar:
        result = await sidecar.ask("Look.", path=path)
    assert (result.stop_reason, result.error) == ("end_turn", None)


async def test_what_an_agent_in_the_background_spends_is_shown_and_counted_once(
    desk: Desk, model: Model
) -> None:
    path, gate, came = desk.write("a.py", SOURCE), Gate(), anyio.Event()
    recorder = Recorder()
    model.script.reply(
        call(
            "Agent",
            description="Look",
            prompt="Look.",
            subagent_type="general-purpose",
            run_in_background=True,
        ),
        usage=USAGE,
    ).reply(say("Sent."), usage=USAGE).reply(say("It came."), usage=USAGE)
    model.script.reply(say("Next."), usage=USAGE)
    model.script.when(lambda request: request.is_subagent).reply(
        pause(gate), say("I looked."), usage=USAGE
    )

    def watch(update: Update) -> None:
        recorder(update)
        event = update.event
        if isinstance(event, UsageUpdated) and event.cost.turn_usd == pytest.approx(4 * ONE):
            came.set()

    env = {**desk.settings.env, "CLAUDE_CODE_DISABLE_BACKGROUND_TASKS": "0"}
    async with desk.open(env=env, allowed_tools=("Agent",)) as sidecar:
        with sidecar.events.subscribed(watch), anyio.fail_after(60):
            result = await sidecar.ask("Send someone.", path=path)
            assert result.cost.turn_usd == pytest.approx(2 * ONE)
            gate.open()
            await came.wait()
            following = await sidecar.ask("And now?", path=path)
        _, turns = await sidecar.sessions.history(session_id=result.session_id)
        report = await sidecar.sessions.usage()
    assert (following.cost.turn_usd, following.cost.session_usd) == pytest.approx((ONE, 5 * ONE))
    assert [turn.cost_usd for turn in turns] == pytest.approx([4 * ONE, ONE])
    assert report.total.cost_usd == pytest.approx(5 * ONE) == billed_usd(model.billed)


async def test_what_was_spent_before_the_server_was_killed_is_counted(
    desk: Desk, model: Model
) -> None:
    """Claude Code is ended then as well, and tells the rest of it when the session goes on."""
    path, gate = desk.write("a.py", SOURCE), Gate()
    model.script.when("Look").reply(say("First."), call("Read", file_path=path), usage=USAGE).reply(
        say("Second"), pause(gate), usage=USAGE
    )
    model.script.when("And now?").reply(say("Third."), usage=USAGE)
    command = [SCRIPT, "ask", "Look.", "--file", path, "--store", str(desk.settings.store_url)]
    read = ONE + billed_usd(replace(USAGE, output=0))
    few_words = billed_usd(TokenUsage(output=10))
    async with desk.open() as sidecar:
        async with await anyio.open_process(command, cwd=desk.folder) as program:
            with anyio.fail_after(60):
                await gate.reached.wait()
                while (await sidecar.sessions.usage()).total.cost_usd < read:
                    await anyio.lowlevel.checkpoint()
            left = descendants(program.pid)
            program.send_signal(signal.SIGKILL)
            for pid in left:
                await anyio.to_thread.run_sync(wait_for_end, pid)
        following = await sidecar.ask("And now?", path=path)
        _, turns = await sidecar.sessions.history(session_id=following.session_id)
        report = await sidecar.sessions.usage()
    assert following.resumed
    assert following.cost.turn_usd == pytest.approx(ONE)
    assert read < turns[0].cost_usd < read + few_words
    assert report.total.cost_usd == pytest.approx(turns[0].cost_usd + ONE)


async def test_what_was_spent_before_claude_code_was_killed_is_counted(
    desk: Desk, model: Model
) -> None:
    path = desk.write("a.py", SOURCE)
    model.script.reply(say("Hello."), usage=USAGE)
    model.script.reply(say("First."), call("Read", file_path=path), usage=USAGE)
    model.script.reply(say("Second"), pause(Gate()), usage=USAGE)
    model.script.reply(say("Third."), usage=USAGE)

    def kill(update: Update) -> None:
        if isinstance(update.event, AgentMessageChunk) and "Second" in update.event.text:
            os.kill(claude_of(os.getpid(), update.session_id), signal.SIGKILL)

    async with desk.open() as sidecar:
        await sidecar.ask("Hello?", path=path)
        with sidecar.events.subscribed(kill):
            result = await sidecar.ask("Look.", path=path)
        following = await sidecar.ask("And now?", path=path)
        report = await sidecar.sessions.usage()
    assert result.stop_reason == "error"
    begun = billed_usd(replace(USAGE, output=1))
    assert result.cost.turn_usd == pytest.approx(ONE + begun)
    assert following.cost.turn_usd == pytest.approx(ONE)
    assert report.total.cost_usd == pytest.approx(billed_usd(model.billed) + begun)


async def test_what_another_program_spends_in_a_session_is_the_sessions(
    desk: Desk, model: Model, environment: dict[str, str]
) -> None:
    path = desk.write("a.py", SOURCE)
    model.script.reply(say("Here."), usage=USAGE).reply(say("There."), usage=USAGE)
    model.script.reply(say("Here again."), usage=USAGE)
    async with desk.open(live_max=0) as sidecar:
        before = await sidecar.ask("First?", path=path)
    async with claude_code(desk.folder, environment, resume=before.session_id) as claude:
        await ask(claude, "Second?")
    async with desk.open() as sidecar:
        after = await sidecar.ask("Third?", path=path)
        report = await sidecar.sessions.usage()
    assert (after.session_id, after.resumed) == (before.session_id, True)
    assert any("Second?" in prompt for prompt in model.requests[-1].prompts)
    assert (after.cost.turn_usd, after.cost.session_usd) == pytest.approx((ONE, 3 * ONE))
    assert report.total.cost_usd == pytest.approx(3 * ONE) == billed_usd(model.billed)
    assert report.total.turns == 2


async def test_each_model_has_its_own_part_of_the_bill(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", SOURCE)
    model.script.reply(say("Dear."), usage=USAGE).reply(say("Cheap."), usage=USAGE)
    async with desk.open() as sidecar:
        await sidecar.ask("First?", path=path)
        await sidecar.configure(replace(desk.settings, model="claude-haiku-4-5"))
        cheap = await sidecar.ask("Second?", path=path)
        report = await sidecar.sessions.usage()
    assert cheap.cost.turn_usd == pytest.approx(ONE / 4)
    assert {name.split("-")[1]: each.cost_usd for name, each in report.by_model.items()} == {
        "opus": pytest.approx(ONE),
        "haiku": pytest.approx(ONE / 4),
    }

"""Every use of a tool is the host's to decide, turn by turn, in one and the same process."""

from __future__ import annotations

from dataclasses import replace

import anyio
import anyio.lowlevel
import pytest

from claude_sidecar.agent.claude import ClaudeAgent
from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.script import call, pause, say, subagent
from claude_sidecar.sessions.events import ToolCallUpdated
from claude_sidecar.sessions.ports import Allow, Ask, Defer, Deny, ToolUse
from support.agents import Conversation, RecordingHost, options_in
from support.model import Model

pytestmark = pytest.mark.anyio


async def test_denied_with_a_reason(agent: ClaudeAgent, model: Model, talk: Conversation) -> None:
    model.script.reply(call("Bash", command="touch made")).reply(say("I see."))
    host = RecordingHost(judging=lambda _: Deny("A review does not run anything."))
    await agent.run(talk.request("Run it."), host)
    assert not (talk.cwd / "made").exists()
    assert "A review does not run anything." in model.requests[-1].tool_results[0].text
    assert [e.status for e in host.events if isinstance(e, ToolCallUpdated)] == ["failed"]
    assert host.asked == []


async def test_the_next_turn_in_the_same_process_may_do_more(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.reply(call("Bash", command="touch made")).reply(say("No.")).reply(
        call("Bash", command="touch made")
    ).reply(say("Yes."))
    await agent.run(talk.request("Run it."), RecordingHost(judging=lambda _: Deny("not yet")))
    pids = agent.pids
    assert not (talk.cwd / "made").exists()
    await agent.run(talk.request("Now?", begun=True), RecordingHost(judging=lambda _: Allow()))
    assert (talk.cwd / "made").exists()
    assert agent.pids == pids


async def test_asked_and_allowed_with_another_input(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.reply(call("Bash", command="touch made")).reply(say("Done."))
    host = RecordingHost(
        judging=lambda _: Ask(), permitting=lambda _: Allow({"command": "touch instead"})
    )
    await agent.run(talk.request("Run it."), host)
    (asked,) = host.asked
    assert (asked.name, asked.input["command"]) == ("Bash", "touch made")
    assert asked.id == host.judged[0].id
    assert (talk.cwd / "instead").exists()
    assert not (talk.cwd / "made").exists()


async def test_asked_and_refused(agent: ClaudeAgent, model: Model, talk: Conversation) -> None:
    model.script.reply(call("Bash", command="echo hello")).reply(say("Pity."))
    host = RecordingHost(judging=lambda _: Ask(), permitting=lambda _: Deny("The user said no."))
    await agent.run(talk.request("Run it."), host)
    assert len(host.asked) == 1
    assert "The user said no." in model.requests[-1].tool_results[0].text


async def test_asked_for_a_tool_that_is_allowed_otherwise(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.reply(call("Grep", pattern="x", path="/etc")).reply(say("Pity."))
    host = RecordingHost(judging=lambda _: Ask(), permitting=lambda _: Deny("Not there."))
    await agent.run(talk.request("Search."), host)
    assert [use.name for use in host.asked] == ["Grep"]
    assert "Not there." in model.requests[-1].tool_results[0].text


async def test_left_to_claude_codes_own_rules(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.reply(
        call("Bash", command="echo only reads"), call("Bash", command="touch made")
    ).reply(say("Done."))
    host = RecordingHost(judging=lambda _: Defer(), permitting=lambda _: Deny("The user said no."))
    await agent.run(talk.request("Run them."), host)
    assert [use.input["command"] for use in host.asked] == ["touch made"]
    reads, makes = model.requests[-1].tool_results
    assert reads.text == "only reads"
    assert makes.is_error


async def test_allowed_tools_need_no_asking(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.reply(call("Bash", command="touch made")).reply(say("Done."))
    host = RecordingHost(judging=lambda _: Defer())
    request = talk.request("Run it.")
    options = replace(request.options, allowed_tools=("Bash(touch:*)",))
    await agent.run(replace(request, options=options), host)
    assert (talk.cwd / "made").exists()
    assert host.asked == []


async def test_a_subagents_tools_are_judged_too(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.reply(
        call("Agent", description="Try", prompt="Try it.", subagent_type="general-purpose")
    ).reply(say("It could not."))
    model.script.when(subagent).reply(call("Bash", command="touch made")).reply(say("No luck."))

    def judge(use: ToolUse) -> Allow | Deny:
        return Deny("not here") if use.name == "Bash" else Allow()

    host = RecordingHost(judging=judge)
    await agent.run(talk.request("Delegate it."), host)
    assert [(use.name, use.agent) for use in host.judged] == [
        ("Agent", None),
        ("Bash", "general-purpose"),
    ]
    assert not (talk.cwd / "made").exists()


async def test_a_policy_that_breaks_blocks(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.reply(call("Bash", command="touch made")).reply(say("Blocked."))

    def judge(use: ToolUse) -> Allow:
        raise ValueError(use.name)

    outcome = await agent.run(talk.request("Run it."), RecordingHost(judging=judge))
    assert outcome.stop_reason == "end_turn"
    assert not (talk.cwd / "made").exists()
    assert model.requests[-1].tool_results[0].is_error


async def test_questions_are_answered_by_the_user(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    question = {
        "question": "Tabs or spaces?",
        "header": "Indent",
        "multiSelect": False,
        "options": [
            {"label": "Tabs", "description": "one"},
            {"label": "Spaces", "description": "four"},
        ],
    }
    model.script.reply(call("AskUserQuestion", questions=[question])).reply(say("Spaces it is."))

    def answer(use: ToolUse) -> Allow:
        return Allow({**use.input, "answers": {"Tabs or spaces?": "Spaces"}})

    host = RecordingHost(judging=lambda _: Ask(), permitting=answer)
    await agent.run(talk.request("Ask me."), host)
    assert host.asked[0].name == "AskUserQuestion"
    assert "Spaces" in model.requests[-1].tool_results[0].text


@pytest.mark.parametrize("meanwhile", [False, True], ids=["afterwards", "meanwhile"])
async def test_a_background_agent_gets_nothing_after_its_turn_and_is_not_mistaken_for_the_next(
    agent: ClaudeAgent, model: Model, talk: Conversation, meanwhile: bool
) -> None:
    options = options_in(talk.cwd, [("CLAUDE_CODE_DISABLE_BACKGROUND_TASKS", "")])
    talk = Conversation(talk.cwd, talk.session_id, options)
    below, injected, second_asked = Gate(), Gate(), Gate()
    delegation = call(
        "Agent",
        description="Try",
        prompt="Try it.",
        subagent_type="general-purpose",
        run_in_background=True,
    )
    model.script.when("Delegate it.").reply(delegation).reply(say("It is on its way."))
    model.script.when(
        lambda request: "No luck." in request.all_text and not request.is_subagent
    ).reply(pause(injected), say("The agent has ended."))
    model.script.when(subagent).reply(pause(below), call("Bash", command="touch made")).reply(
        say("No luck.")
    )
    model.script.when("And you?").reply(pause(second_asked), say("I am here."))
    first, second = RecordingHost(), RecordingHost()
    outcome = await agent.run(talk.request("Delegate it."), first)
    assert (outcome.stop_reason, first.text) == ("end_turn", "It is on its way.")
    below.open()
    await injected.reached.wait()
    second_asked.open()
    if not meanwhile:
        injected.open()
        await model.exchanges[-1].ended.wait()
    async with anyio.create_task_group() as tasks:

        async def open_later() -> None:
            await anyio.lowlevel.checkpoint()
            injected.open()

        tasks.start_soon(open_later)
        outcome = await agent.run(talk.request("And you?", begun=True), second)
    assert (outcome.stop_reason, second.text) == ("end_turn", "I am here.")
    assert not (talk.cwd / "made").exists()
    assert [use.name for use in (*first.judged, *second.judged)] == ["Agent"]

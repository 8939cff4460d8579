"""A prompt's way through Claude Code and back: what the model receives and what the host is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from claude_sidecar.agent.claude import ClaudeAgent
from claude_sidecar.offline.messages import MessagesRequest
from claude_sidecar.offline.replies import Reply, TokenUsage
from claude_sidecar.offline.script import call, cut, say, subagent, think
from claude_sidecar.sessions.events import (
    AgentMessageChunk,
    AgentThoughtChunk,
    ContextCompacted,
    FileDiff,
    PlanEntry,
    PlanUpdated,
    ToolCallStarted,
    ToolCallUpdated,
)
from claude_sidecar.sessions.model import Location, Usage
from support.agents import Conversation, RecordingHost
from support.model import Model
from support.prices import billed_usd

pytestmark = pytest.mark.anyio


async def test_a_prompt_is_answered_in_pieces(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.reply(think("Let me ", "see."), say("Hello ", "there."))
    host = RecordingHost()
    outcome = await agent.run(talk.request("Greet me."), host)
    assert outcome.stop_reason == "end_turn"
    assert host.text == "Hello there."
    thoughts = [event.text for event in host.events if isinstance(event, AgentThoughtChunk)]
    assert "".join(thoughts) == "Let me see."
    assert not outcome.resumed
    assert outcome.tally.cost_usd > 0
    assert "You are part of a test." in model.requests[0].system


async def test_a_follow_up_continues_the_conversation_in_the_same_process(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.reply(say("First.")).reply(say("Second."))
    await agent.run(talk.request("One?"), RecordingHost())
    pids = agent.pids
    host = RecordingHost()
    outcome = await agent.run(talk.request("Two?", begun=True), host)
    assert (host.text, outcome.resumed) == ("Second.", True)
    assert agent.pids == pids
    assert model.requests[-1].prompts == ("One?", "Two?")
    assert model.requests[-1].replies == ("First.",)


async def test_our_tool_is_called_with_what_the_model_gave(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.reply(call("mcp__sidecar__echo", text="hi")).reply(say("It said hi."))
    host = RecordingHost()
    await agent.run(talk.request("Use the tool."), host)
    assert host.called == [("echo", {"text": "hi"}, None)]
    assert model.requests[0].tools["mcp__sidecar__echo"]["input_schema"]["required"] == ["text"]
    (result,) = model.requests[1].tool_results
    assert (result.text, result.is_error) == ("echo: hi", False)
    started, *updates = [
        event for event in host.events if isinstance(event, (ToolCallStarted, ToolCallUpdated))
    ]
    assert isinstance(started, ToolCallStarted)
    assert updates == [
        ToolCallUpdated(started.call.id, "in_progress"),
        ToolCallUpdated(started.call.id, "completed", "echo: hi"),
    ]


async def test_sessions_side_by_side_do_not_mix(
    agent: ClaudeAgent, model: Model, tmp_path: Path
) -> None:
    hosts = {f"number {number}": RecordingHost() for number in range(3)}
    for name in hosts:
        model.script.when(name).reply(say(f"This is {name}."))
    async with anyio.create_task_group() as tasks:
        for name, host in hosts.items():
            tasks.start_soon(agent.run, Conversation(tmp_path).request(name), host)
    assert {name: host.text for name, host in hosts.items()} == {
        name: f"This is {name}." for name in hosts
    }


@pytest.mark.parametrize("prompt", ["/clear all of it", "Look at @{secret}, please."])
async def test_a_prompt_reaches_the_model_word_for_word(
    agent: ClaudeAgent, model: Model, talk: Conversation, prompt: str
) -> None:
    secret = talk.cwd / "secret.txt"
    secret.write_text("only to be read when asked")
    prompt = prompt.format(secret=secret)
    model.script.reply(say("First.")).reply(say("Understood."))
    await agent.run(talk.request("Remember this."), RecordingHost())
    host = RecordingHost()
    await agent.run(talk.request(prompt, begun=True), host)
    assert model.requests[-1].prompts == ("Remember this.", prompt)
    assert "only to be read" not in model.requests[-1].all_text
    assert host.text == "Understood."


async def test_reading_a_file_is_shown_with_its_place(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    file = talk.cwd / "a.py"
    file.write_text("one\ntwo\n")
    model.script.reply(say("Reading."), call("Read", file_path=str(file), offset=2)).reply(
        say("Read it.")
    )
    host = RecordingHost()
    await agent.run(talk.request("Read a.py"), host)
    started = next(event for event in host.events if isinstance(event, ToolCallStarted))
    assert started.call.title == "Read a.py"
    assert started.call.kind == "read"
    assert started.call.locations == (Location(str(file), 1),)
    last = [event for event in host.events if isinstance(event, ToolCallUpdated)][-1]
    assert last.status == "completed"
    assert isinstance(last.content, str)
    assert "two" in last.content
    assert host.text == "Reading.\n\nRead it."


async def test_an_edit_is_shown_as_a_difference(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    file = talk.cwd / "a.py"
    file.write_text("one\ntwo\n")
    model.script.reply(call("Read", file_path=str(file))).reply(
        call("Edit", file_path=str(file), old_string="two", new_string="zwei")
    ).reply(call("Write", file_path=str(file), content="all new\n")).reply(say("Done."))
    host = RecordingHost()
    await agent.run(talk.request("Change a.py"), host)
    assert file.read_text() == "all new\n"
    diffs = [
        event.content
        for event in host.events
        if isinstance(event, ToolCallUpdated) and isinstance(event.content, FileDiff)
    ]
    assert diffs == [
        FileDiff(str(file), "two", "zwei"),
        FileDiff(str(file), "one\nzwei\n", "all new\n"),
    ]


async def test_a_subagents_words_and_tools_carry_its_name(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.reply(
        call("Agent", description="Look", prompt="Look closely.", subagent_type="general-purpose")
    ).reply(say("It was looked at."))
    model.script.when(subagent).reply(
        say("I look."), call("mcp__sidecar__echo", text="from below")
    ).reply(say("Looked."))
    host = RecordingHost()
    outcome = await agent.run(talk.request("Have it looked at."), host)
    assert host.text == "It was looked at."
    below = [event for event in host.events if isinstance(event, AgentMessageChunk) and event.agent]
    assert "".join(chunk.text for chunk in below) == "I look.\n\nLooked."
    assert {chunk.agent for chunk in below} == {"general-purpose"}
    assert host.called == [("echo", {"text": "from below"}, "general-purpose")]
    assert [use.agent for use in host.judged] == [None, "general-purpose"]
    billed = model.billed
    assert outcome.usage == Usage(
        billed.input, billed.output, billed.cache_read, billed.cache_write
    )


async def test_each_turn_counts_its_own_tokens(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    first, second = TokenUsage(1000, 50, 200, 0), TokenUsage(300, 70, 0, 1200)
    model.script.reply(say("One."), usage=first).reply(say("Two."), usage=second)
    before = await agent.run(talk.request("One?"), RecordingHost())
    outcome = await agent.run(talk.request("Two?", begun=True), RecordingHost())
    assert before.usage == Usage(1000, 50, cache_read_tokens=0, cache_write_tokens=200)
    assert outcome.usage == Usage(300, 70, cache_read_tokens=1200, cache_write_tokens=0)
    assert outcome.context.used_tokens == 300 + 70 + 1200
    assert outcome.context.max_tokens >= 200_000
    assert before.tally.cost_usd == pytest.approx(billed_usd(first))
    assert outcome.tally.cost_usd == pytest.approx(billed_usd(second))


async def test_a_turn_stops_after_so_many_rounds(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.reply(say("Again."), call("mcp__sidecar__echo", text="x")).forever()
    host = RecordingHost()
    request = talk.request("Go on.")
    outcome = await agent.run(replace(request, options=replace(request.options, max_turns=2)), host)
    assert outcome.stop_reason == "max_turns"
    assert outcome.error is None
    assert host.text == "Again.\n\nAgain."


async def test_a_refusal_is_told_as_one(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.reply(say("I can't help with that."), stop="refusal").forever()
    outcome = await agent.run(talk.request("Do harm."), RecordingHost())
    assert outcome.stop_reason == "refusal"


async def test_a_broken_stream_does_not_repeat_its_words(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    def go_on(request: MessagesRequest) -> Reply:
        """Claude Code keeps what it had read, and asks for the rest, or it begins again."""
        kept = "Half of it" in request.replies
        return Reply((say("and the rest." if kept else "Half of it and the rest."),))

    model.script.reply(say("Half of it"), cut()).answer(go_on)
    host = RecordingHost()
    outcome = await agent.run(talk.request("Say it."), host)
    assert outcome.stop_reason == "end_turn"
    assert host.text.split() == ["Half", "of", "it", "and", "the", "rest."]


async def test_the_to_do_list_is_told_as_a_plan(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    todo = {"content": "Look", "status": "in_progress", "activeForm": "Looking"}
    model.script.reply(call("TodoWrite", todos=[todo])).reply(say("Done."))
    host = RecordingHost()
    await agent.run(talk.request("Plan it."), host)
    assert PlanUpdated((PlanEntry("Look", "in_progress"),)) in host.events


async def test_a_conversation_that_grew_too_long_is_summarised(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.reply(say("Long."), usage=TokenUsage(input=990_000, output=10)).reply(say("On."))
    await agent.run(talk.request("One?"), RecordingHost())
    host = RecordingHost()
    await agent.run(talk.request("Two?", begun=True), host)
    (compacted,) = [event for event in host.events if isinstance(event, ContextCompacted)]
    assert compacted.trigger == "auto"
    assert compacted.before_tokens > 0
    assert host.text == "On."


async def test_code_can_be_searched_without_a_shell(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    (talk.cwd / "a.py").write_text("needle = 1\n")
    model.script.reply(
        call("Grep", pattern="needle", output_mode="content"), call("Glob", pattern="*.py")
    ).reply(say("Found."))
    await agent.run(talk.request("Search."), RecordingHost())
    found = {result.text for result in model.requests[-1].tool_results}
    assert len(found) == 2
    assert any("needle = 1" in text for text in found)
    assert "a.py" in found

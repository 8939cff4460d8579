"""The scripted model, as the real Claude Code takes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from claude_agent_sdk import AssistantMessage, Message, SystemMessage, ThinkingBlock, ToolUseBlock

from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.replies import TokenUsage
from claude_sidecar.offline.script import call, cut, pause, say, subagent, think
from support.claude import answer, ask, claude_code, deltas, of_type, result
from support.model import Model
from support.prices import billed_usd

pytestmark = pytest.mark.anyio


async def test_text_is_streamed_as_written(
    model: Model, environment: dict[str, str], tmp_path: Path
) -> None:
    model.script.reply(say("Hel", "lo")).reply(say("Again"))
    async with claude_code(tmp_path, environment) as claude:
        first = await ask(claude, "Hi there")
        second = await ask(claude, "And?")
    assert deltas(first, "text") == ["Hel", "lo"]
    assert result(first).result == "Hello"
    assert result(second).result == "Again"
    assert model.requests[1].prompts == ("Hi there", "And?")
    assert model.requests[1].replies == ("Hello",)
    assert model.requests[0].session_id == result(first).session_id
    assert not model.requests[0].is_subagent


async def test_thinking_comes_before_text(
    model: Model, environment: dict[str, str], tmp_path: Path
) -> None:
    model.script.reply(think("Hm, ", "well."), say("Yes."))
    async with claude_code(tmp_path, environment) as claude:
        messages = await ask(claude, "Is it so?")
    assert deltas(messages, "thinking") == ["Hm, ", "well."]
    blocks = [block for each in of_type(messages, AssistantMessage) for block in each.content]
    assert [block.thinking for block in blocks if isinstance(block, ThinkingBlock)] == ["Hm, well."]
    assert result(messages).result == "Yes."


async def test_tools_are_called_side_by_side_and_their_results_come_back(
    model: Model, environment: dict[str, str], tmp_path: Path
) -> None:
    tool = "mcp__sidecar__report_finding"
    model.script.reply(
        say("Two."),
        call(tool, file="a.py", title="Größe “quoted” \n and a very long title " + "x" * 80),
        call(tool, file="b.py", title="second"),
    ).reply(say("Done."))
    async with claude_code(tmp_path, environment) as claude:
        messages = await ask(claude, "Review")
    assert tool in model.requests[0].tools
    uses = [
        block.input["file"]
        for each in of_type(messages, AssistantMessage)
        for block in each.content
        if isinstance(block, ToolUseBlock)
    ]
    assert uses == ["a.py", "b.py"]
    texts = [each.text for each in model.requests[1].tool_results]
    assert texts[0].startswith("noted: Größe “quoted” \n and")
    assert texts[1] == "noted: second"
    assert [each.input["file"] for each in model.requests[1].tool_uses] == ["a.py", "b.py"]
    assert result(messages).result == "Done."


async def test_every_cost_can_be_told_exactly(
    model: Model, environment: dict[str, str], tmp_path: Path
) -> None:
    exact = TokenUsage(input=1000, output=200, cache_write=3000, cache_read=40_000)
    model.script.reply(say("a"), usage=exact).reply(say("b"))
    async with claude_code(tmp_path, environment) as claude:
        first = result(await ask(claude, "one"))
        second = result(await ask(claude, "two"))
    assert first.total_cost_usd == pytest.approx(billed_usd(exact))
    assert second.total_cost_usd == pytest.approx(billed_usd(model.billed))
    counted = model.exchanges[1].usage
    assert counted.input > 0
    assert counted.output > 0
    assert counted.cache_read > 10 * counted.input


async def test_a_refusal(model: Model, environment: dict[str, str], tmp_path: Path) -> None:
    model.script.when("go").refuse("No.")
    async with claude_code(tmp_path, environment) as claude:
        messages = await ask(claude, "go")
    assert result(messages).stop_reason == "refusal"
    assert [each.last_prompt for each in model.requests] == ["go", "go"]


async def test_a_reply_that_is_too_long(
    model: Model, environment: dict[str, str], tmp_path: Path
) -> None:
    model.script.reply(say("This is"), stop="max_tokens").reply(say(" all."))
    async with claude_code(tmp_path, environment) as claude:
        messages = await ask(claude, "go")
    assert "".join(deltas(messages, "text")) == "This is all."
    assert len(model.requests) == 2


async def test_an_overloaded_api_recovers(
    model: Model, environment: dict[str, str], tmp_path: Path
) -> None:
    model.script.fail(529, times=2, retry_after=0).reply(say("Back."))
    async with claude_code(tmp_path, environment) as claude:
        messages = await ask(claude, "go")
    retries = [each for each in of_type(messages, SystemMessage) if each.subtype == "api_retry"]
    assert [each.data["error_status"] for each in retries] == [529, 529]
    assert result(messages).result == "Back."


async def test_a_prompt_that_is_refused_by_the_api(
    model: Model, environment: dict[str, str], tmp_path: Path
) -> None:
    model.script.fail(400, "messages: something is wrong", times=3)
    async with claude_code(tmp_path, environment) as claude:
        messages = await ask(claude, "go")
    assert result(messages).is_error
    assert result(messages).api_error_status == 400
    assert "something is wrong" in str(result(messages).result)


async def test_a_stream_that_is_cut(
    model: Model, environment: dict[str, str], tmp_path: Path
) -> None:
    gate = Gate()
    model.script.reply(say("The first half"), pause(gate), cut()).reply(say(", and the rest"))
    async with claude_code(tmp_path, environment) as claude:
        await claude.query("go")
        messages: list[Message] = []
        async for message in claude.receive_response():
            messages.append(message)
            if deltas([message], "text"):
                gate.open()
    assert [each.ending for each in model.exchanges] == ["cut", "sent"]
    assert model.exchanges[0].usage == TokenUsage()
    assert deltas(messages, "text") == ["The first half", ", and the rest"]
    # Whether it goes on from what it had read or asks anew depends on how much it had read.
    assert model.requests[1].replies in {("The first half",), ()}


async def test_a_stream_that_is_cut_before_anything_was_read_is_started_over(
    model: Model, environment: dict[str, str], tmp_path: Path
) -> None:
    model.script.reply(cut()).reply(say("All of it"))
    async with claude_code(tmp_path, environment) as claude:
        messages = await ask(claude, "go")
    assert [each.ending for each in model.exchanges] == ["cut", "sent"]
    assert result(messages).result == "All of it"


async def test_a_reply_waits_at_its_gate_and_ends_when_it_is_interrupted(
    model: Model, environment: dict[str, str], tmp_path: Path
) -> None:
    gate = Gate()
    model.script.reply(say("Long"), pause(gate), say("er")).reply(say("Short"))
    async with claude_code(tmp_path, environment) as claude:
        await claude.query("go")
        await gate.reached.wait()
        await claude.interrupt()
        interrupted = await answer(claude)
        await model.exchanges[0].ended.wait()
        following = await ask(claude, "next")
    assert model.exchanges[0].ending == "abandoned"
    assert result(interrupted).subtype == "error_during_execution"
    assert result(following).result == "Short"


async def test_an_opened_gate_lets_the_reply_through(
    model: Model, environment: dict[str, str], tmp_path: Path
) -> None:
    gate = Gate()
    model.script.reply(say("Long"), pause(gate), say("er"))
    async with claude_code(tmp_path, environment) as claude:
        await claude.query("go")
        await gate.reached.wait()
        gate.open()
        messages = await answer(claude)
    assert deltas(messages, "text") == ["Long", "er"]


async def test_a_subagent_is_known_as_one(
    model: Model, environment: dict[str, str], tmp_path: Path
) -> None:
    model.script.when(subagent).reply(say("I looked."))
    model.script.reply(
        call(
            "Agent",
            description="look",
            prompt="Look at it",
            subagent_type="general-purpose",
            run_in_background=False,
        )
    ).reply(say("It looked."))
    async with claude_code(tmp_path, environment) as claude:
        messages = await ask(claude, "Send someone")
    assert [each.is_subagent for each in model.requests] == [False, True, False]
    assert model.requests[1].agent is not None
    assert "I looked." in model.requests[2].tool_results[0].text
    assert result(messages).result == "It looked."


async def test_the_summary_for_a_compaction_is_an_auxiliary_call(
    model: Model, environment: dict[str, str], tmp_path: Path
) -> None:
    model.script.reply(say("one")).reply(say("two"))
    async with claude_code(tmp_path, environment) as claude:
        await ask(claude, "first")
        compacted = await ask(claude, "/compact")
        await ask(claude, "second")
    boundaries = [
        each for each in of_type(compacted, SystemMessage) if each.subtype == "compact_boundary"
    ]
    assert len(boundaries) == 1
    assert [each.last_prompt for each in model.requests] == ["first", "second"]
    assert sum(each.request.is_compaction for each in model.exchanges) == 1


async def test_a_script_that_runs_out_says_so(
    environment: dict[str, str], model: Model, tmp_path: Path
) -> None:
    async with claude_code(tmp_path, environment) as claude:
        messages = await ask(claude, "anything")
    assert "no reply left" in str(result(messages).result)
    with pytest.raises(AssertionError, match="no reply left"):
        model.check()
    model.script.problems.clear()

"""The script language: who is answered what, and in which order."""

from __future__ import annotations

import pytest

from claude_sidecar.offline.messages import MessagesRequest, parse_request
from claude_sidecar.offline.replies import Answer, ApiError, Call, Reply, Say
from claude_sidecar.offline.script import SUMMARY, Script, call, say, subagent

pytestmark = pytest.mark.anyio


def asking(*prompts: str, headers: dict[str, str] | None = None) -> MessagesRequest:
    """A request at the end of a conversation."""
    return parse_request(
        {"messages": [{"role": "user", "content": text} for text in prompts]}, headers or {}
    )


def text_of(answer: Answer) -> str:
    assert isinstance(answer, Reply)
    return "".join(chunk for part in answer.parts if isinstance(part, Say) for chunk in part.chunks)


async def test_replies_are_given_in_order() -> None:
    script = Script()
    script.reply(say("one")).reply(say("two"))
    assert [text_of(await script(asking("x"))) for _ in range(2)] == ["one", "two"]
    assert script.problems == []


async def test_a_rule_is_for_the_prompts_that_contain_its_text() -> None:
    script = Script()
    script.when("a.py").reply(say("about a")).when("b.py").reply(say("about b"))
    script.reply(say("else"))
    assert text_of(await script(asking("see b.py"))) == "about b"
    assert text_of(await script(asking("see a.py"))) == "about a"
    assert text_of(await script(asking("a.py", "and now?"))) == "else"


async def test_the_rule_written_last_goes_first() -> None:
    script = Script()
    script.when("a").reply(say("earlier"))
    script.when("a").reply(say("later"))
    assert text_of(await script(asking("a"))) == "later"


async def test_a_rule_can_ask_for_anything_in_the_request() -> None:
    script = Script()
    script.when(subagent).reply(say("sub"))
    script.reply(say("main"))
    from_agent = asking("x", headers={"X-Claude-Code-Agent-Id": "a1"})
    assert text_of(await script(from_agent)) == "sub"
    assert text_of(await script(asking("x"))) == "main"


async def test_errors_are_given_so_many_times() -> None:
    script = Script()
    script.fail(529, times=2, retry_after=0.5).reply(say("well"))
    answers = [await script(asking("x")) for _ in range(3)]
    error = ApiError(529, "overloaded_error", "Scripted overloaded_error", {"retry-after": "0.5"})
    assert answers[:2] == [error, error]
    assert text_of(answers[2]) == "well"


async def test_a_line_can_be_made_out_of_the_request() -> None:
    script = Script()
    script.answer(lambda request: Reply((say(request.last_prompt.upper()),))).forever()
    assert [text_of(await script(asking(each))) for each in "ab"] == ["A", "B"]


async def test_what_is_missing_is_told() -> None:
    script = Script()
    script.reply(say("once"))
    await script(asking("x"))
    assert "no reply left" in text_of(await script(asking("y")))
    assert script.problems == ["The script has no reply left for any other prompt: 'y'"]


async def test_a_summary_for_compaction_needs_no_script() -> None:
    prompt = "Respond with text. Your task is to create a detailed summary of the conversation"
    script = Script()
    assert text_of(await script(asking("x", prompt))) == SUMMARY
    assert script.problems == []


def test_a_reply_that_calls_a_tool_ends_with_tool_use() -> None:
    assert Reply((say("x"), call("Read", file_path="a"))).stop_reason == "tool_use"
    assert Reply((say("x"),)).stop_reason == "end_turn"
    assert Reply((call("Read", name="n"),)).parts == (Call("Read", {"name": "n"}),)

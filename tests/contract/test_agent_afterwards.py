"""What the host knows better than the disk: text it shows instead, edits it makes instead, remarks."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from claude_sidecar.agent.claude import ClaudeAgent
from claude_sidecar.offline.messages import MessagesRequest
from claude_sidecar.offline.script import call, say, subagent
from claude_sidecar.sessions.events import ToolCallUpdated
from claude_sidecar.sessions.ports import Allow, Ask, Done, Excerpt
from support.agents import Conversation, RecordingHost
from support.model import Model

pytestmark = pytest.mark.anyio


async def test_a_read_file_is_shown_as_the_host_has_it(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    path = talk.cwd / "a.py"
    path.write_text("a = 1\n" * 30)
    model.script.reply(call("Read", file_path=str(path))).reply(
        call("Read", file_path=str(path), offset=8, limit=2)
    ).reply(say("I see."))
    excerpts = [Excerpt(("a = 2", "b = 3"), 0, 2), Excerpt(("seven", "eight"), 7, 30)]
    host = RecordingHost(rereading=lambda _: excerpts.pop(0))
    await agent.run(talk.request("Read it."), host)
    whole, part = (request.tool_results[0] for request in model.requests[1:])
    assert (whole.text, whole.is_error) == ("1\ta = 2\n2\tb = 3", False)
    assert part.text == "8\tseven\n9\teight"


async def test_a_file_that_is_read_is_left_as_it_is_where_the_host_knows_nothing_better(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    path = talk.cwd / "a.py"
    path.write_text("a = 1\n")
    model.script.reply(call("Read", file_path=str(path))).reply(say("I see."))
    await agent.run(talk.request("Read it."), RecordingHost())
    assert "a = 1" in model.requests[-1].tool_results[0].text


@pytest.mark.parametrize("asks", [True, False], ids=["after_permission", "at_once"])
@pytest.mark.parametrize("tool", ["Edit", "Write"])
async def test_what_the_host_has_edited_itself_is_a_success_and_not_done_again(
    agent: ClaudeAgent, model: Model, talk: Conversation, tool: str, asks: bool
) -> None:
    path = talk.cwd / "a.py"
    path.write_text("a = 1\n")
    edit = {"old_string": "a = 1", "new_string": "a = 2"}
    wanted = edit if tool == "Edit" else {"content": "a = 2\n"}
    model.script.reply(call(tool, file_path=str(path), **wanted)).reply(say("Done."))
    model.script.reply(say("Still there."))
    done = Done("It is not saved yet.", old_text="a = 1\n")
    host = RecordingHost(judging=lambda _: Ask() if asks else done, permitting=lambda _: done)
    await agent.run(talk.request("Edit it."), host)
    await agent.run(talk.request("And now?", begun=True), RecordingHost())
    assert path.read_text() == "a = 1\n"
    assert len(host.asked) == asks
    (result,) = model.requests[1].tool_results
    assert not result.is_error
    assert f"The file {path} has been updated successfully" in result.text
    statuses = [each for each in host.events if isinstance(each, ToolCallUpdated)]
    assert [each.status for each in statuses] == ["in_progress", "completed"]
    assert statuses[-1].content is not None
    assert "It is not saved yet." in model.requests[1].all_text
    assert "receipt" not in model.requests[-1].all_text  # nor is Claude told of it later


async def test_remarks_reach_claude_once_for_the_tools_it_used_together(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    path = talk.cwd / "a.py"
    path.write_text("a = 1\n")
    model.script.reply(
        call("Grep", pattern="a"),
        call("Edit", file_path=str(path), old_string="not there", new_string="x"),
    ).reply(say("I see."))
    host = RecordingHost(judging=lambda _: Allow(), remarking=lambda used: "Mind the buffer.")
    await agent.run(talk.request("Look."), host)
    assert [each.use.name for each in host.used] == ["Grep", "Edit"]
    assert "a.py" in host.used[0].answer
    assert "String to replace not found" in host.used[1].answer
    assert model.requests[-1].all_text.count("Mind the buffer.") == 1


async def test_remarks_reach_subagents_too(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    (talk.cwd / "a.py").write_text("a = 1\n")
    model.script.reply(
        call("Agent", description="Try", prompt="Try it.", subagent_type="general-purpose")
    ).reply(say("So it is."))
    model.script.when(subagent).reply(call("Grep", pattern="a")).reply(say("Found."))

    def remark(used: object) -> str | None:
        return "Mind the buffer." if "Grep" in str(used) else None

    await agent.run(talk.request("Delegate it."), RecordingHost(remarking=remark))

    def told(request: MessagesRequest) -> bool:
        return "Mind the buffer." in request.all_text

    assert [told(each) for each in model.requests if each.is_subagent] == [False, True]


async def test_a_host_that_breaks_while_it_remarks_breaks_nothing(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    path = talk.cwd / "a.py"
    path.write_text("a = 1\n")
    model.script.reply(call("Read", file_path=str(path))).reply(say("I see."))

    def fails(_: object) -> None:
        raise ValueError("broken")

    host = RecordingHost(rereading=fails, remarking=fails)
    outcome = await agent.run(talk.request("Read it."), host)
    assert outcome.stop_reason == "end_turn"
    assert "a = 1" in model.requests[-1].tool_results[0].text


@pytest.mark.parametrize("asks", [True, False], ids=["after_permission", "at_once"])
async def test_what_was_edited_is_told_also_where_no_receipt_can_be_left(
    agent: ClaudeAgent, model: Model, talk: Conversation, tmp_path: Path, asks: bool
) -> None:
    path = talk.cwd / "a.py"
    path.write_text("a = 1\n")
    wanted = call("Edit", file_path=str(path), old_string="a = 1", new_string="a = 2")
    model.script.reply(wanted).reply(say("Done."))
    done = Done("It is not saved yet.", old_text="a = 1\n")
    host = RecordingHost(judging=lambda _: Ask() if asks else done, permitting=lambda _: done)
    before = tempfile.tempdir
    tempfile.tempdir = str(tmp_path / "there is none")
    try:
        await agent.run(talk.request("Edit it."), host)
    finally:
        tempfile.tempdir = before
    assert path.read_text() == "a = 1\n"
    (result,) = model.requests[-1].tool_results
    assert f"Edit of {path} was carried out all the same. It is not saved yet." in result.text

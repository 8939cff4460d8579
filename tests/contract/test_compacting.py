"""Conversations are compacted on demand and by themselves, and go on when nothing fits any more.

What the model receives proves what was kept. Findings and dismissals lie outside of it all.
"""

from __future__ import annotations

from typing import Any

import pytest

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.offline.messages import MessagesRequest
from claude_sidecar.offline.replies import TokenUsage
from claude_sidecar.offline.script import call, say
from claude_sidecar.sessions.events import ContextCompacted, SessionReplaced, UsageUpdated
from claude_sidecar.sessions.model import Compaction, TurnResult
from claude_sidecar.sessions.planning.requests import CompactRequest
from claude_sidecar.sessions.shapes.turns import compaction_shape
from support.model import Model
from support.prices import billed_usd
from support.sidecars import Desk, Recorder

pytestmark = pytest.mark.anyio

SUMMARY = "<summary>\nThe developer asked twice; the answer is 4711.\n</summary>"
KEPT = "The developer asked twice; the answer is 4711."
NEARLY_FULL = TokenUsage(input=975_000, output=50)
CLAIM: dict[str, Any] = {
    "file": "a.py",
    "quote": "eval(input())",
    "severity": "error",
    "category": "security",
    "title": "Runs what the user types",
    "message": "Anything can be run.",
}


def wants_summary(request: MessagesRequest) -> bool:
    return request.is_auxiliary


async def compacted(desk: Desk, request: CompactRequest) -> TurnResult:
    async with desk.open() as sidecar:
        return await (await sidecar.turns.start(request)).result()


async def test_on_demand_the_summary_takes_the_conversations_place(
    desk: Desk, model: Model
) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.when("One?").reply(say("It is 4711."))
    model.script.when("Two?").reply(say("As I said."))
    model.script.when("Three?").reply(say("Still."))
    model.script.when(wants_summary).reply(say(SUMMARY))
    recorder = Recorder()
    async with desk.open() as sidecar:
        await sidecar.ask("One?", path=path)
        two = await sidecar.ask("Two?", path=path)
    async with desk.open() as sidecar:
        with sidecar.events.subscribed(recorder):
            request = CompactRequest(session_id=two.session_id, instructions="the number")
            result = await (await sidecar.turns.start(request)).result()
        three = await sidecar.ask("Three?", path=path)
        session, turns = await sidecar.sessions.history(session_id=two.session_id)
    assert (result.stop_reason, result.text, result.session_id) == (
        "end_turn",
        KEPT,
        two.session_id,
    )
    kept = result.compacted
    assert kept is not None
    assert (kept.trigger, kept.summary) == ("manual", KEPT)
    assert kept.after_tokens is not None
    assert 0 < kept.after_tokens < kept.before_tokens
    assert result.context.used_tokens == kept.after_tokens
    (event,) = recorder.events(ContextCompacted)
    assert isinstance(event, ContextCompacted)
    assert event.summary == KEPT
    asked = [each.request for each in model.exchanges if each.request.is_auxiliary]
    assert "the number" in asked[-1].last_prompt
    last = model.requests[-1]
    assert any(KEPT in prompt for prompt in last.prompts)
    assert not any("One?" in prompt for prompt in last.prompts)
    assert three.session_id == two.session_id
    assert [(turn.kind, turn.compacted) for turn in turns] == [
        ("ask", None),
        ("ask", None),
        ("compact", kept),
        ("ask", None),
    ]
    assert session.cost_usd == pytest.approx(billed_usd(model.billed))


async def test_what_cannot_be_compacted_is_said(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    async with desk.open() as sidecar:
        key = sidecar.workspaces.key_of_file(path)
        with pytest.raises(InvalidRequest, match="no session"):
            await sidecar.turns.start(CompactRequest(key))
        await sidecar.sessions.new(key)
        with pytest.raises(InvalidRequest, match="nothing to compact"):
            await sidecar.turns.start(CompactRequest(key))
        model.script.when("One?").reply(say("It is 4711."))
        model.script.when("Two?").reply(say("It still is."))
        await sidecar.ask("One?", path=path)
        model.script.when(wants_summary).fail(400, "prompt is too long").forever()
        result = await (await sidecar.turns.start(CompactRequest(key))).result()
        assert (result.stop_reason, result.compacted) == ("error", None)
        assert result.error is not None
        assert "was not compacted" in result.error.message
        after = await sidecar.ask("Two?", path=path)
    assert after.session_id == result.session_id
    assert model.requests[-1].replies == ("It is 4711.",)


async def test_claude_codes_own_compaction_is_seen_and_warned_of_once(
    desk: Desk, model: Model
) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.when("One?").reply(say("It is 4711."), usage=NEARLY_FULL)
    model.script.when("Two?").reply(say("As I said."), usage=NEARLY_FULL)
    model.script.when("Three?").reply(say("Still."))
    model.script.when(wants_summary).reply(say(SUMMARY)).forever()
    recorder = Recorder()
    async with desk.open() as sidecar:
        with sidecar.events.subscribed(recorder):
            one = await sidecar.ask("One?" + " word" * 20_000, path=path)
    assert one.context.used_tokens > 970_000
    async with desk.open() as sidecar:
        session, _ = await sidecar.sessions.history(session_id=one.session_id)
        assert session.context == one.context
        with sidecar.events.subscribed(recorder):
            two = await sidecar.ask("Two?" + " word" * 20_000, path=path)
        _, turns = await sidecar.sessions.history(session_id=one.session_id)
    kept = two.compacted
    assert kept is not None
    assert (kept.trigger, kept.summary) == ("auto", KEPT)
    assert turns[-1].compacted == kept
    assert [turn.compacted for turn in turns[:-1]] == [None]
    warnings = [
        (update.turn_id, update.event.warning)
        for update in recorder.updates
        if isinstance(update.event, UsageUpdated) and update.event.warning
    ]
    assert [turn_id for turn_id, _ in warnings] == [one.turn_id, two.turn_id], "it was full anew"
    assert "98 %" in (warnings[0][1] or "")
    for turn_id in (one.turn_id, two.turn_id):
        numbers = [update.seq for update in recorder.of_turn(turn_id)]
        assert numbers == list(range(len(numbers)))


async def test_a_full_conversation_is_not_warned_of_again(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    half = TokenUsage(input=500_000, output=5)
    for question in ("One?", "Two?", "Three?"):
        model.script.when(question).reply(say("Yes."), usage=half)
    recorder = Recorder()
    for question in ("One?", "Two?", "Three?"):
        async with desk.open(context_warn_at_percent=50) as sidecar:
            with sidecar.events.subscribed(recorder):
                await sidecar.ask(question, path=path)
    warned = [event for event in recorder.events(UsageUpdated) if getattr(event, "warning", None)]
    assert len(warned) == 1


async def test_where_nothing_fits_any_more_a_new_session_is_told_the_summary(
    desk: Desk, model: Model
) -> None:
    path = desk.write("a.py", "eval(input())\n")
    report = call("mcp__sidecar__report_finding", **CLAIM)
    model.script.when("Review the file").reply(report).reply(say("Dangerous."))
    model.script.when("One?").reply(say("It is 4711."))
    model.script.when("After?").reply(say("It is 4712 now."))
    model.script.when(wants_summary).reply(say(SUMMARY))
    recorder = Recorder()
    async with desk.open() as sidecar:
        review = await sidecar.review(path)
        await sidecar.ask("One?", path=path)
        (finding,) = review.findings
        await sidecar.findings.dismiss(finding.id, "Intended.")
    await compacted(desk, CompactRequest(session_id=review.session_id))
    async with desk.open() as sidecar:
        await sidecar.ask("After?", path=path)
        old = review.session_id

        def too_long(request: MessagesRequest) -> bool:
            return request.is_auxiliary or any(KEPT in each for each in request.prompts[:-1])

        model.script.when(too_long).fail(400, "prompt is too long: 9 tokens > 8 maximum").forever()
        model.script.when("has filled its context window").reply(say("Yes, both."))
        model.script.when("And more?").reply(say("More."))
        with sidecar.events.subscribed(recorder):
            result = await sidecar.ask("Both?", path=path)
        assert (result.stop_reason, result.text) == ("end_turn", "Yes, both.")
        assert result.recovered is not None
        assert (result.recovered.from_id, result.recovered.by) == (old, "journal")
        assert "context window" in result.recovered.reason
        assert result.session_id != old
        (replaced,) = recorder.events(SessionReplaced)
        assert replaced == SessionReplaced(old, result.session_id, result.recovered.reason)
        prompt = model.requests[-1].last_prompt
        for said in (KEPT, "After?", "It is 4712 now.", "Both?"):
            assert said in prompt
        assert "One?" not in prompt, "the summary stands for it"
        more = await sidecar.ask("And more?", path=path)
        assert (more.session_id, more.recovered) == (result.session_id, None)
        # What was found and decided is as it was, and the next review is told.
        assert (await sidecar.findings.get(finding.id)).state == "dismissed"
        model.script.when("Review the file").reply(report).reply(say("Clean."))
        again = await sidecar.review(path)
        assert again.session_id == result.session_id
        assert again.findings == ()
        assert "Intended." in model.requests[-1].last_prompt


async def test_a_first_prompt_that_is_too_long_fails_with_a_hint(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.when("One?").fail(400, "prompt is too long: 9 tokens > 8 maximum").forever()
    model.script.when(wants_summary).fail(400, "prompt is too long").forever()
    async with desk.open() as sidecar:
        result = await sidecar.ask("One?", path=path)
    assert (result.stop_reason, result.recovered) == ("error", None)
    assert result.error is not None
    assert "too long" in result.error.hint


def test_what_was_kept_has_a_shape() -> None:
    assert compaction_shape(Compaction("auto", 9, 3, "All.")) == {
        "trigger": "auto",
        "beforeTokens": 9,
        "afterTokens": 3,
        "summary": "All.",
    }
    assert compaction_shape(Compaction("auto", 9)) == {"trigger": "auto", "beforeTokens": 9}

"""A fork has what was said up to a turn, and goes its own way from there.

What the model receives proves what it has.
"""

from __future__ import annotations

import pytest

from claude_sidecar.errors import InvalidRequest, UnknownId
from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.script import call, pause, say
from claude_sidecar.sessions.model import TurnResult
from claude_sidecar.sessions.planning.requests import AskRequest
from support.model import Model
from support.prices import billed_usd
from support.sidecars import Desk
from support.transcripts import lose_copies, lose_transcripts

pytestmark = pytest.mark.anyio


async def talked(desk: Desk, model: Model, path: str, *questions: str) -> list[TurnResult]:
    """A conversation of some turns, in a sidecar that is closed again."""
    results: list[TurnResult] = []
    async with desk.open() as sidecar:
        for question in questions:
            model.script.when(question).reply(say(f"Answer to {question}"))
            results.append(await sidecar.ask(question, path=path))
    return results


def replies(model: Model) -> tuple[str, ...]:
    return model.requests[-1].replies


async def test_a_fork_from_the_end_and_its_origin_go_their_own_ways(
    desk: Desk, model: Model
) -> None:
    path = desk.write("a.py", "a = 4711\n")
    one, _ = await talked(desk, model, path, "One?", "Two?")
    for question in ("Here?", "There?"):
        model.script.when(question).reply(say(f"Answer to {question}"))
    spent_before = model.billed
    async with desk.open() as sidecar:
        fork = await sidecar.sessions.fork(one.session_id)
        assert (fork.forked_from, fork.current, fork.cost_usd) == (one.session_id, True, 0)
        assert fork.title == "One? (fork)"
        there = await sidecar.ask("There?", path=path)
        assert (there.session_id, there.resumed, there.recovered) == (fork.id, True, None)
        assert replies(model) == ("Answer to One?", "Answer to Two?")
        assert "4711" not in model.requests[-1].last_prompt, "it was shown already"
        here = await sidecar.ask("Here?", session_id=one.session_id)
        assert replies(model) == ("Answer to One?", "Answer to Two?")
        session, turns = await sidecar.sessions.history(session_id=fork.id)
    assert here.session_id == one.session_id
    assert [turn.prompt for turn in turns] == ["One?", "Two?", "There?"]
    assert [turn.session_id == fork.id for turn in turns] == [False, False, True]
    assert session.turns == 1
    assert session.cost_usd == pytest.approx(there.cost.turn_usd)
    assert there.cost.turn_usd + here.cost.turn_usd == pytest.approx(
        billed_usd(model.billed) - billed_usd(spent_before)
    )


async def test_a_fork_after_any_turn_has_what_was_said_until_then(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    one, two, three = await talked(desk, model, path, "One?", "Two?", "Three?")
    async with desk.open() as sidecar:
        fork = await sidecar.sessions.fork(one.session_id, two.turn_id)
        assert fork.fork_turn == two.turn_id
    model.script.when("Four?").reply(say("Answer to Four?"))
    async with desk.open() as sidecar:
        four = await sidecar.ask("Four?", path=path)
        assert four.session_id == fork.id
        assert replies(model) == ("Answer to One?", "Answer to Two?")
        # A fork of the fork, at a turn that it has inherited, and at its own.
        model.script.when("Five?").reply(say("5")).reply(say("5"))
        deeper = await sidecar.sessions.fork(fork.id, one.turn_id)
        await sidecar.ask("Five?", path=path)
        assert replies(model) == ("Answer to One?",)
        _, turns = await sidecar.sessions.history(session_id=deeper.id)
        assert [turn.prompt for turn in turns] == ["One?", "Five?"]
        await sidecar.sessions.fork(fork.id, four.turn_id)
        await sidecar.ask("Five?", path=path)
        assert replies(model) == ("Answer to One?", "Answer to Two?", "Answer to Four?")
        with pytest.raises(UnknownId, match=three.turn_id):
            await sidecar.sessions.fork(fork.id, three.turn_id)
        with pytest.raises(UnknownId, match="nobody"):
            await sidecar.sessions.fork("nobody")


async def test_a_fork_of_a_lost_conversation_is_told_what_was_said(
    desk: Desk, model: Model, environment: dict[str, str]
) -> None:
    path = desk.write("a.py", "a = 4711\n")
    one, two, _ = await talked(desk, model, path, "One?", "Two?", "Three?")
    lose_transcripts(environment)
    lose_copies(desk.settings)
    async with desk.open() as sidecar:
        fork = await sidecar.sessions.fork(one.session_id, two.turn_id)
    model.script.when("Four?").reply(say("Answer to Four?"))
    model.script.when("Five?").reply(say("Answer to Five?"))
    async with desk.open() as sidecar:
        four = await sidecar.ask("Four?", path=path)
        assert four.session_id == fork.id
        assert four.recovered is not None
        assert (four.recovered.from_id, four.recovered.by) == (one.session_id, "journal")
        prompt = model.requests[-1].last_prompt
        for said in ("One?", "Answer to One?", "Two?", "Answer to Two?", "1\ta = 4711"):
            assert said in prompt
        assert "Three?" not in prompt
        five = await sidecar.ask("Five?", path=path)
        assert (five.session_id, five.recovered) == (fork.id, None)


async def test_a_lost_conversation_whose_copy_is_kept_is_forked_from_that(
    desk: Desk, model: Model, environment: dict[str, str]
) -> None:
    path = desk.write("a.py", "a = 1\n")
    one, _ = await talked(desk, model, path, "One?", "Two?")
    lose_transcripts(environment)
    async with desk.open() as sidecar:
        fork = await sidecar.sessions.fork(one.session_id, one.turn_id)
        model.script.when("Three?").reply(say("Answer to Three?"))
        three = await sidecar.ask("Three?", path=path)
        assert (three.session_id, three.recovered) == (fork.id, None)
        assert replies(model) == ("Answer to One?",)
        _, turns = await sidecar.sessions.history(session_id=fork.id)
    assert [turn.prompt for turn in turns] == ["One?", "Three?"], "nothing is taken in twice"


async def test_a_fork_while_a_turn_runs_ends_before_it(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    gate = Gate()
    (one,) = await talked(desk, model, path, "One?")
    model.script.when("Two?").reply(say("It be"), pause(gate), say("gins."))
    model.script.when("Three?").reply(say("Answer to Three?"))
    async with desk.open() as sidecar:
        running = await sidecar.turns.start(AskRequest("Two?", session_id=one.session_id))
        await gate.reached.wait()
        with pytest.raises(InvalidRequest, match="not over"):
            await sidecar.sessions.fork(one.session_id, running.turn_id)
        await sidecar.sessions.fork(one.session_id)
        await sidecar.ask("Three?", path=path)
        assert replies(model) == ("Answer to One?",)
        gate.open()
        assert (await running.result()).stop_reason == "end_turn"


async def test_findings_stay_where_they_are_and_hold_in_a_fork(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "eval(input())\n")
    claim = {
        "file": "a.py",
        "quote": "eval(input())",
        "severity": "error",
        "category": "security",
        "title": "Runs what the user types",
        "message": "Anything can be run.",
    }
    report = call("mcp__sidecar__report_finding", **claim)
    model.script.when("Review the file").reply(report).reply(say("Dangerous."))
    async with desk.open() as sidecar:
        review = await sidecar.review(path)
        (finding,) = review.findings
        await sidecar.findings.dismiss(finding.id, "Intended.")
        await sidecar.sessions.fork(review.session_id)
        model.script.when("Review the file").reply(report).reply(say("Clean."))
        again = await sidecar.review(path)
        assert again.session_id != review.session_id
        assert again.findings == ()
        assert "Intended." in model.requests[-1].all_text
        assert (await sidecar.findings.get(finding.id)).state == "dismissed"

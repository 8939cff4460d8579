"""Before a large review: what it may cost is said, and where that is much the user is asked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import anyio
import pytest

from claude_sidecar.offline.replies import TokenUsage
from claude_sidecar.offline.script import say
from claude_sidecar.sessions.budgets.cost_consent import LEAVE, START
from claude_sidecar.sessions.events import EstimateMade
from claude_sidecar.sessions.planning.requests import ReviewRequest
from claude_sidecar.sessions.ports import Answers, Unanswered, UserQuestions
from support.model import Model
from support.prices import billed_usd
from support.sidecars import Desk, Recorder, ScriptedEditor

pytestmark = pytest.mark.anyio

USAGE = TokenUsage(input=1000, output=200)
ONE = billed_usd(USAGE)


@dataclass
class Reader(ScriptedEditor):
    """A person who reads what is asked, and then gives an answer, or none; None reads for ever."""

    answer: str | Unanswered | None = None
    reading: anyio.Event = field(default_factory=anyio.Event)

    async def ask_user(self, questions: UserQuestions) -> Answers:
        self.questions.append(questions)
        self.reading.set()
        while self.answer is None:
            await anyio.sleep_forever()
        if isinstance(self.answer, Unanswered):
            return self.answer
        return {questions.questions[0].question: self.answer}


async def test_a_review_says_what_it_may_cost_by_what_others_cost(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(say("Fine."), usage=USAGE).forever()
    recorder = Recorder()
    async with desk.open() as sidecar:
        with sidecar.events.subscribed(recorder):
            results = [await sidecar.review(path, fresh=True) for _ in range(4)]
        warned = await sidecar.estimator.of(ReviewRequest(sidecar.workspaces.key_of_file(path)))
    told = [event for event in recorder.events(EstimateMade) if isinstance(event, EstimateMade)]
    assert [each.estimate.turns for each in told] == [0, 0, 0, 3]
    assert recorder.of_turn(results[-1].turn_id)[1].event == told[-1], "before anything is sent"
    for each in (told[-1].estimate, warned.estimate):
        assert each.low.cost_usd == pytest.approx(ONE, rel=0.02)
        assert each.high.cost_usd == pytest.approx(ONE, rel=0.02)
    assert warned.reason is None
    assert desk.editor.questions == []


@pytest.mark.parametrize(
    ("reader", "starts"),
    [
        pytest.param(Reader(answer=START), True, id="yes"),
        pytest.param(Reader(answer=LEAVE), False, id="no"),
        pytest.param(Reader(answer=Unanswered.NOT_GIVEN), False, id="no answer"),
        pytest.param(Reader(answer=Unanswered.NOT_ASKED), True, id="nobody is asked"),
    ],
)
@pytest.mark.parametrize("why", ["review.confirmAboveUsd", "budget.dayUsd"])
async def test_a_dear_review_starts_once_the_user_has_agreed(
    desk: Desk, model: Model, why: str, reader: Reader, starts: bool
) -> None:
    path = desk.write("a.py", "a = 1\n")
    desk.editor = reader = replace(reader, questions=[], reading=anyio.Event())
    if starts:
        model.script.reply(say("Fine."), usage=USAGE)
    settings = (
        {"review_confirm_above_usd": 0.001} if why.startswith("review") else {"budget_day_usd": 0.1}
    )
    async with desk.open(**settings) as sidecar:
        result = await sidecar.review(path)
        usage = await sidecar.sessions.usage()
    assert result.stop_reason == ("end_turn" if starts else "cancelled")
    assert len(model.requests) == int(starts)
    assert (usage.total.cost_usd > 0) == starts
    told = reader.answer is Unanswered.NOT_GIVEN
    assert (result.error is not None and why in result.error.message) == told
    (asked,) = reader.questions
    assert f"claudeSidecar.{why}" in asked.questions[0].question
    assert "This review may take" in asked.questions[0].question


async def test_a_turn_that_is_cancelled_while_it_asks_is_cancelled(
    desk: Desk, model: Model
) -> None:
    path = desk.write("a.py", "a = 1\n")
    reader = desk.editor = Reader()
    async with desk.open(review_confirm_above_usd=0.001) as sidecar:
        turn = await sidecar.turns.start(ReviewRequest(sidecar.workspaces.key_of_file(path)))
        with anyio.fail_after(60):
            await reader.reading.wait()
            turn.cancel()
            result = await turn.result()
    assert (result.stop_reason, model.requests) == ("cancelled", [])


async def test_who_has_agreed_before_is_not_asked(desk: Desk, model: Model) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(say("Fine."), usage=USAGE).reply(say("Yes."), usage=USAGE)
    async with desk.open(review_confirm_above_usd=0.0) as sidecar:
        key = sidecar.workspaces.key_of_file(path)
        turn = await sidecar.turns.start(ReviewRequest(key, confirmed=True))
        assert (await turn.result()).stop_reason == "end_turn"
        answered = await sidecar.ask("Is it?", path=path)
    assert answered.stop_reason == "end_turn"
    assert desk.editor.questions == []

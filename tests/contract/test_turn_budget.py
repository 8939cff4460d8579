"""When a running turn is interrupted for its cost, and when it is let come to a stop by itself."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from claude_sidecar.sessions.budgets.budgets import Budgets
from claude_sidecar.sessions.budgets.turn_budget import TurnBudget
from claude_sidecar.sessions.costs.spending import Bill, Spent, Tally
from claude_sidecar.sessions.model import Usage
from claude_sidecar.sessions.planning.plans import Composed, TurnPlan
from claude_sidecar.sessions.planning.running_turn import RunningTurn
from claude_sidecar.settings import Settings
from claude_sidecar.store.sqlite import open_store
from support.records import KEY

pytestmark = pytest.mark.anyio


def usd(dollars: float) -> Bill:
    return Bill({"opus": Spent(Usage(1), dollars)})


@pytest.mark.parametrize(
    ("tallies", "interrupted", "stops"),
    [
        pytest.param([Tally(estimate=usd(1.5))], True, True, id="a message that is too dear"),
        pytest.param([Tally(estimate=usd(0.9))], False, False, id="one that is not"),
        pytest.param([Tally(usd(1.5))], False, True, id="one that is complete"),
        pytest.param(
            [Tally(estimate=usd(1.5)), Tally(usd(1.2))], False, True, id="complete meanwhile"
        ),
        pytest.param(
            [Tally(estimate=usd(1.5)), Tally(usd(0.9))], False, False, id="cheaper than guessed"
        ),
    ],
)
async def test_a_message_is_interrupted_while_it_is_written(
    tmp_path: Path, tallies: list[Tally], interrupted: bool, stops: bool
) -> None:
    turn = RunningTurn("s", "t", TurnPlan("ask", KEY, "?", lambda _: Composed("?")), lambda _: None)
    async with open_store(tmp_path / "sidecar.sqlite3") as store:
        budget = TurnBudget(Budgets(store, lambda: Settings(budget_turn_usd=1)), "s", turn)
        async with anyio.create_task_group() as tasks:
            for tally in tallies:
                budget.spend(tally, tasks)
        assert turn.stopping.is_set() == interrupted
        assert (await budget.out_of_budget() is not None) == stops
        await budget.check()
        assert turn.stopping.is_set() == stops

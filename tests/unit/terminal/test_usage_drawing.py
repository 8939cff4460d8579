"""What `claude-sidecar usage` draws."""

from __future__ import annotations

from claude_sidecar.sessions.costs.usage import BudgetState, UsageReport, UsageTotals
from claude_sidecar.sessions.model import Key, Usage
from claude_sidecar.terminal.usage_drawing import draw_usage
from support.terminal import readable_screen

DEAR, CHEAP = UsageTotals(3, Usage(1000, 50), 0.75), UsageTotals(1, Usage(10, 5), 0.25)
REPORT = UsageReport(
    UsageTotals(4, Usage(1010, 55), 1.0),
    by_day={"2026-01-30": CHEAP, "2026-01-31": DEAR},
    by_session={"11112222-3333": CHEAP, "55556666-7777": DEAR},
    by_file={Key("/shop", "cart.py"): DEAR, Key("/shop"): CHEAP},
    by_workspace={"/shop": UsageTotals(4, Usage(1010, 55), 1.0)},
    by_model={"claude-opus-5-5": DEAR, "claude-haiku-4-5": CHEAP},
    titles={"55556666-7777": "Review of cart.py"},
    budgets=(
        BudgetState("budget.turnUsd", 0.5),
        BudgetState("budget.dayUsd", 2.0, 1.5),
    ),
)


def test_a_person_sees_tables_with_bars() -> None:
    shown = readable_screen(terminal=True)
    draw_usage(shown.screen, REPORT)
    lines = shown.answer.splitlines()
    assert lines[0] == "$1.00 in 4 turns: 1,010 tokens in, 55 out"
    (day,) = [line for line in lines if line.startswith("2026-01-31")]
    assert "█" * 12 in day
    (cheaper,) = [line for line in lines if line.startswith("2026-01-30")]
    assert 1 <= cheaper.count("█") < 12
    sessions = [line for line in lines if line.startswith(("11112222", "55556666"))]
    assert "Review of cart.py" in sessions[0]
    assert "(deleted)" in sessions[1]
    assert any("cart.py" in line and "$0.7500" in line for line in lines)
    assert any(line.startswith("claude-haiku-4-5") and "$0.2500" in line for line in lines)
    (budget,) = [line for line in lines if line.startswith("budget.dayUsd")]
    assert budget.split()[-3:] == ["$2.00", "$1.50", "$0.5000"]
    assert all(len(line) <= 80 for line in lines)


def test_a_pipe_gets_lines_with_tabs() -> None:
    shown = readable_screen(terminal=False)
    draw_usage(shown.screen, REPORT)
    lines = shown.answer.splitlines()
    assert "budget.turnUsd\t$0.5000" in lines
    assert "budget.dayUsd\t$2.00\t$1.50 spent\t$0.5000 left" in lines
    assert "2026-01-31\t$0.7500\t3 turns\t1,000 tokens in, 50 out" in lines
    assert "claude-opus-5-5\t$0.7500\t3 turns\t1,000 tokens in, 50 out" in lines


def test_what_is_left_out_is_said() -> None:
    many = {str(number): UsageTotals(1, Usage(), float(number)) for number in range(12)}
    shown = readable_screen(terminal=True)
    draw_usage(shown.screen, UsageReport(UsageTotals(12), by_session=many, by_day={}))
    assert "and 2 cheaper" in shown.answer
    assert "\n0 " not in shown.answer


def test_where_nothing_was_spent_there_is_nothing_to_draw() -> None:
    shown = readable_screen(terminal=True)
    draw_usage(shown.screen, UsageReport(UsageTotals()))
    assert shown.answer == "$0.0000 in 0 turns: 0 tokens in, 0 out\n"

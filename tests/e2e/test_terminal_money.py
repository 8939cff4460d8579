"""Money in the terminal: told and asked before a review, stopped in the middle of it, drawn after."""

from __future__ import annotations

from pathlib import Path

import pytest

from claude_sidecar.offline.replies import TokenUsage
from claude_sidecar.offline.script import call, say
from support.command_line import CommandLine
from support.model import Model
from support.prices import billed_usd

USAGE = TokenUsage(input=1000, output=200)
ONE = billed_usd(USAGE)


@pytest.fixture
def sidecar(workspace: Path, environment: dict[str, str], threaded_model: Model) -> CommandLine:
    return CommandLine(workspace, environment)


def set_up(environment: dict[str, str], settings: str) -> None:
    """Write the user's settings file."""
    file = Path(environment["XDG_CONFIG_HOME"]) / "claude-sidecar" / "config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"[claudeSidecar]\n{settings}\n", encoding="utf-8")


@pytest.mark.parametrize("typed", ["y", "n"])
def test_dear_reviews_are_asked_about_once(
    sidecar: CommandLine, threaded_model: Model, environment: dict[str, str], typed: str
) -> None:
    set_up(environment, "review.confirmAboveUsd = 0.01")
    (sidecar.folder / "other.py").write_text("b = 2\n", encoding="utf-8")
    threaded_model.script.reply(say("Fine."), usage=USAGE).forever()
    with sidecar.on_terminal("review", "stats.py", "other.py") as terminal:
        terminal.expect("These 2 reviews may take")
        terminal.expect("claudeSidecar.review.confirmAboveUsd")
        terminal.expect("Start? [y/N]")
        terminal.type(f"{typed}\n")
        assert terminal.wait() == (0 if typed == "y" else 130)
    assert len(threaded_model.requests) == (2 if typed == "y" else 0)


@pytest.mark.parametrize("arguments", [(), ("--yes",)], ids=["nobody is there", "yes"])
def test_where_nobody_is_asked_it_goes_on(
    sidecar: CommandLine,
    threaded_model: Model,
    environment: dict[str, str],
    arguments: tuple[str, ...],
) -> None:
    set_up(environment, "review.confirmAboveUsd = 0.01")
    threaded_model.script.reply(say("Fine."), usage=USAGE)
    done = sidecar("review", "stats.py", "--format", "json", *arguments)
    assert done.status == 0
    assert done.json["cost"]["turnUsd"] == pytest.approx(ONE)
    assert ("This review may take" in done.err) == (not arguments)


def test_a_review_that_is_over_its_budget_keeps_its_findings_and_says_how_to_go_on(
    sidecar: CommandLine, threaded_model: Model, environment: dict[str, str]
) -> None:
    set_up(environment, f"budget.turnUsd = {0.9 * ONE}")
    threaded_model.script.reply(
        call(
            "mcp__sidecar__report_finding",
            file="stats.py",
            quote="sum(numbers) / len(numbers)",
            severity="error",
            category="bug",
            title="Divides by zero",
            message="It does.",
        ),
        usage=USAGE,
    ).reply(say("On it goes."), usage=USAGE)
    done = sidecar("review", "stats.py", "--yes")
    assert done.status == 3
    assert "Divides by zero" in done.out
    assert "claudeSidecar.budget.turnUsd" in done.err
    assert len(threaded_model.requests) == 1

    set_up(environment, "budget.dayUsd = 1")
    assert sidecar("ask", "--file", "stats.py", "Go on.").out == "On it goes.\n"
    assert len(threaded_model.requests[-1].prompts) == 2
    with sidecar.on_terminal("usage") as terminal:
        terminal.expect("in 2 turns")
        terminal.expect("budget.dayUsd")
        terminal.expect("█")
        terminal.expect("stats.py")
        terminal.expect("claude-opus")
        assert terminal.wait() == 0

"""The command line with the built-in reviewer: no model, no key, no network."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command_line import CommandLine
from support.environment import clean_environment

NOWHERE = "http://127.0.0.1:9"
"""Nothing listens there: whoever asks it, and not the offline backend, fails."""


@pytest.fixture
def sidecar(workspace: Path, tmp_path: Path) -> CommandLine:
    return CommandLine(workspace, clean_environment(tmp_path, NOWHERE))


def test_a_review_and_a_question_offline(sidecar: CommandLine) -> None:
    (sidecar.folder / "bad.py").write_text("def total(prices=[]):\n    return totl\n")

    reviewed = sidecar("review", "bad.py", "--offline", "--fail-on", "error")
    asked = sidecar("ask", "--file", "bad.py", "--offline", "What did you find in line 2?")

    assert (reviewed.status, reviewed.err) == (1, "")
    assert "bad.py:2:" in reviewed.out
    assert "totl" in reviewed.out
    assert "not by Claude" in reviewed.out
    assert (asked.status, asked.err) == (0, "")
    assert "totl" in asked.out


def test_doctor_finds_everything_in_place(sidecar: CommandLine) -> None:
    done = sidecar("doctor")

    assert done.status == 0, done.out + done.err
    verdicts = {line.split()[1]: line.split()[0] for line in done.out.splitlines()}
    assert set(verdicts.values()) == {"ok"}
    assert {"Python", "Settings", "Workspace", "Login", "Store", "Claude", "Trial"} == set(verdicts)
    assert "ANTHROPIC_API_KEY" in done.out
    assert sidecar.environment["ANTHROPIC_API_KEY"] + "\n" not in done.out


def test_doctor_says_what_to_do(sidecar: CommandLine) -> None:
    config = sidecar.folder / "config.toml"
    config.write_text("[claudeSidecar]\ncliPath = '/nowhere/claude'\n")
    keyless = {
        name: value
        for name, value in sidecar.environment.items()
        if name not in {"ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"}
    }

    done = CommandLine(sidecar.folder, keyless)("doctor", "--config", str(config))

    assert done.status == 3
    assert "warning Login" in done.out
    assert "/login" in done.out
    assert "FAILED" in done.out
    assert "/nowhere/claude" in done.out


def test_the_demonstration_holds(sidecar: CommandLine) -> None:
    done = sidecar("demo")

    assert (done.status, done.err) == (0, "")
    shown = done.out.partition("What this has shown")[2]
    assert shown.count("  yes  ") == 5
    assert "NO" not in shown
    home = Path(sidecar.environment["XDG_DATA_HOME"])
    assert list(home.rglob("*.sqlite3")) == [], "the user's own store is left alone"

"""The examples, run as a user would: each prints what its first lines promise."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.environment import clean_environment

EXAMPLES = Path(__file__).parents[2] / "server" / "examples"
NOWHERE = "http://127.0.0.1:9"
"""Nothing listens there: offline, nobody is asked."""

BUGGY = """\
import subprocess


def total(prices, seen=[]):
    seen.append(totl)
    subprocess.call("rm " + prices, shell=True)
    return sum(prices)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "project" / "shop.py"
    file.parent.mkdir()
    file.write_text(BUGGY, encoding="utf-8")
    return file


def printed(file: Path, example: str, *arguments: str, typed: str = "") -> str:
    """What an example prints; it must end well and complain of nothing."""
    done = run(file, example, *arguments, typed=typed)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def run(
    file: Path, example: str, *arguments: str, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(EXAMPLES / example), *arguments],
        cwd=file.parent,
        env=clean_environment(file.parents[1], NOWHERE),
        input=typed,
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )


def test_a_conversation_over_several_turns_and_runs(file: Path) -> None:
    told = printed(file, "multi_turn_example.py", "shop.py", "--offline")
    assert re.search(r"\[session [0-9a-f-]{36}\] 3 findings", told)
    assert "[resumed by id: True]\nThe gravest: **Finding 1**" in told
    assert "[continued the file's last session: True]" in told
    # Its last question is what was asked before: the answer proves the memory.
    assert "Which of your findings matters most?" in told.partition("[continued")[2]
    assert "Cost of the session: $0.0000" in told


def test_agents_that_review_side_by_side_and_one_that_weighs(file: Path) -> None:
    told = printed(file, "advanced_multi_agents.py", "shop.py", "--offline")
    sessions = dict(re.findall(r"\[(\w+), session ([0-9a-f-]{36})\]", told))
    assert set(sessions) == {"correctness", "security", "verdict"}
    assert len(set(sessions.values())) == 3
    words = {name: told.partition(f"[{name},")[2].partition("\n[")[0] for name in sessions}
    assert "totl" in words["correctness"]
    assert "shell=True" in words["security"]
    assert "Together: $0.0000" in told


def test_a_chat_goes_on_where_it_was_left(file: Path) -> None:
    first = printed(file, "interactive_chat.py", "shop.py", "--offline", typed="What is this?\n\n")
    then = printed(file, "interactive_chat.py", "shop.py", "--offline", typed="What did I ask?\n")
    assert first.count("> ") == 2
    assert "What is this?" in then
    assert "[$0.0000, session $0.0000]" in then


each_example = pytest.mark.parametrize(
    "example", sorted(each.name for each in EXAMPLES.glob("*.py"))
)


@each_example
def test_an_example_without_a_file_says_how_it_is_used(file: Path, example: str) -> None:
    done = run(file, example)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"Usage: python {example} FILE [--offline]" in done.stderr


@each_example
def test_a_file_that_is_not_there_is_named_in_one_line(file: Path, example: str) -> None:
    done = run(file, example, "nowhere.py", "--offline", typed="What is this?\n")
    assert done.returncode == 1
    assert done.stderr == f"{file.with_name('nowhere.py')}: does not exist.\n"


@each_example
def test_an_example_can_be_read_in_a_minute(example: str) -> None:
    assert len((EXAMPLES / example).read_text(encoding="utf-8").splitlines()) <= 60

"""What the benchmarks share: a model in a process of its own, and the tables at the end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from bench.comparing import Comparison, Table

_TABLES = pytest.StashKey[list[Table]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--sessions",
        type=int,
        action="append",
        help="how many sessions a store is to hold (1,000, 10,000 and 100,000 where none are named)",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_TABLES] = []


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Show the tables: `ratio` is the first subject's median over that line's."""
    if config.stash[_TABLES]:
        terminalreporter.section("comparisons, each within one run")
    for table in config.stash[_TABLES]:
        terminalreporter.write_line("")
        for line in table.lines():
            terminalreporter.write_line(line)


@pytest.fixture
def comparison(benchmark: Any, request: pytest.FixtureRequest) -> Comparison:
    return Comparison(benchmark, request.config.stash[_TABLES])


@pytest.fixture
def portal() -> Generator[BlockingPortal]:
    """An event loop in a thread of its own, for what is asynchronous in a comparison."""
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture
def pieces() -> int:
    """Of how many pieces the model's replies are."""
    return 2


@dataclass(frozen=True, slots=True)
class InstantModel:
    url: str


@pytest.fixture
def model(pieces: int) -> Generator[InstantModel]:
    """A model that answers at once, in a process of its own."""
    program = Path(__file__).with_name("instant_model.py")
    process = subprocess.Popen(
        [sys.executable, str(program), str(pieces)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield InstantModel(process.stdout.readline().strip())
        process.stdin.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace."""
    folder = tmp_path / "project"
    folder.mkdir()
    return folder

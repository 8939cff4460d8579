"""A program takes this one's place in the terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys
from claude_sidecar.errors import InvalidRequest
from claude_sidecar.sessions.ports import TerminalCommand
from claude_sidecar.terminal.foreground import in_foreground

argv, cwd = sys.argv[2:], sys.argv[1]
try:
    sys.exit(in_foreground(TerminalCommand(tuple(argv), cwd, {"TOLD": "by the user"})))
except InvalidRequest as error:
    print(error)
"""


def run(folder: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder), *argv],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(os.name == "nt", reason="runs a shell of POSIX")
def test_it_runs_where_and_as_it_was_told_and_ends_as_the_program_ends(tmp_path: Path) -> None:
    done = run(tmp_path, "sh", "-c", 'pwd -P; echo "$TOLD"; exit 7')
    assert (done.stdout, done.returncode) == (f"{tmp_path.resolve()}\nby the user\n", 7)


def test_what_cannot_be_run_is_named(tmp_path: Path) -> None:
    assert run(tmp_path, "no-such-program").stdout.startswith("no-such-program cannot be run: ")
    assert "cannot be run" in run(tmp_path / "gone", "python").stdout

"""A program in a session of its own, as it finds itself once it runs."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Generator
from typing import Any

import pytest

from claude_sidecar.own_session import in_own_session

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no sessions on Windows")

REPORT = """
import json, os, signal
print(json.dumps({
    "pid": os.getpid(),
    "session": os.getsid(0),
    "group": os.getpgid(0),
    "blocked": list(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
}))
"""


@pytest.fixture(autouse=True)
def interrupts_blocked() -> Generator[None]:
    """In this thread, as in that of the terminal's engine."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    yield
    signal.pthread_sigmask(signal.SIG_SETMASK, before)


@pytest.mark.parametrize("already", [False, True], ids=["made by it", "made before"])
def test_it_has_its_process_id_a_session_of_its_own_and_hears_ctrl_c(already: bool) -> None:
    command = in_own_session(sys.executable, "-c", REPORT)
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=already) as process:
        out, _ = process.communicate(timeout=60)
    told: dict[str, Any] = json.loads(out)
    assert told == {
        "pid": process.pid,
        "session": process.pid,
        "group": process.pid,
        "blocked": [],
    }


def test_who_writes_to_a_pipe_that_nobody_reads_ends_of_it() -> None:
    shell = in_own_session("/bin/sh", "-c", "(yes; echo $? >&2) | true")
    done = subprocess.run(shell, capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr == f"{128 + signal.SIGPIPE}\n"


def test_a_program_that_is_not_there_is_named() -> None:
    command = in_own_session("no-such-program")
    done = subprocess.run(command, check=False, capture_output=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr == b"no-such-program cannot be run: No such file or directory\n"

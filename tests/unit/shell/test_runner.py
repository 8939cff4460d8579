"""A command is run to its end, its output told as it comes, and nothing of it is left behind."""

from __future__ import annotations

import shlex
import signal
import sys
from collections.abc import Generator
from pathlib import Path

import anyio
import pytest

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.shell.runner import HEAD_LIMIT, ShellRunner
from support.processes import wait_for_end

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform == "win32", reason="the commands are for a POSIX shell"),
]


@pytest.fixture
def interrupts_blocked() -> Generator[None]:
    """In this thread, as in that of the terminal's engine."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    yield
    signal.pthread_sigmask(signal.SIG_SETMASK, before)


async def test_output_and_errors_come_in_their_order(tmp_path: Path) -> None:
    told: list[str] = []
    run = await ShellRunner().run(
        "echo one; echo two >&2; printf 'drei \\303\\274'; exit 3",
        str(tmp_path),
        seconds=20,
        on_output=told.append,
    )
    assert (run.status, run.output, run.passed) == (3, "one\ntwo\ndrei ü", False)
    assert "".join(told) == run.output


async def test_it_runs_in_the_folder_and_without_input(tmp_path: Path) -> None:
    run = await ShellRunner().run(
        "pwd; cat; echo read", str(tmp_path), seconds=20, on_output=lambda _: None
    )
    assert run.output == f"{tmp_path}\nread\n"
    assert run.passed


async def test_of_very_much_output_the_beginning_and_the_end_are_kept(tmp_path: Path) -> None:
    program = "import sys; [sys.stdout.write('x' * 65535 + chr(10)) for _ in range(160)]"
    run = await ShellRunner().run(
        f'echo first; {sys.executable} -c "{program}"; echo last',
        str(tmp_path),
        seconds=60,
        on_output=lambda _: None,
    )
    assert run.output.startswith("first\n")
    assert run.output.endswith("last\n")
    assert "characters left out" in run.output
    assert len(run.output) < HEAD_LIMIT * 5


async def test_what_it_leaves_running_is_ended_and_not_waited_for(tmp_path: Path) -> None:
    with anyio.fail_after(60):
        run = await ShellRunner().run(
            "sleep 300 & echo $!", str(tmp_path), seconds=60, on_output=lambda _: None
        )
    assert run.passed
    wait_for_end(int(run.output))


async def test_one_that_does_not_listen_is_ended_by_force(tmp_path: Path) -> None:
    with anyio.fail_after(60):
        run = await ShellRunner().run(
            "trap '' TERM; echo $$; while true; do sleep 1; done",
            str(tmp_path),
            seconds=0.5,
            on_output=lambda _: None,
        )
    assert run.status is None
    wait_for_end(int(run.output))


async def test_a_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="cannot be run in"):
        await ShellRunner().run("true", str(tmp_path / "gone"), seconds=5, on_output=lambda _: None)


@pytest.mark.usefixtures("interrupts_blocked")
async def test_it_can_interrupt_what_it_starts_as_in_a_shell_of_the_user(tmp_path: Path) -> None:
    (tmp_path / "interrupted.py").write_text(
        "import os, signal\n"
        "try:\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    print('not interrupted')\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted')\n"
    )
    run = await ShellRunner().run(
        f"{shlex.quote(sys.executable)} interrupted.py; (yes; echo $? >&2) | true",
        str(tmp_path),
        seconds=60,
        on_output=lambda _: None,
    )
    assert run.output == f"interrupted\n{128 + signal.SIGPIPE}\n"


@pytest.mark.usefixtures("interrupts_blocked")
async def test_one_that_is_cancelled_ends_with_all_that_it_started(tmp_path: Path) -> None:
    told: list[str] = []
    with anyio.fail_after(60):
        async with anyio.create_task_group() as tasks:

            def heard(text: str) -> None:
                told.append(text)
                if "".join(told).count("\n") == 2:
                    tasks.cancel_scope.cancel()

            await ShellRunner().run(
                "sleep 300 & echo $!; echo $$; wait", str(tmp_path), seconds=300, on_output=heard
            )
    for pid in "".join(told).split():
        wait_for_end(int(pid))

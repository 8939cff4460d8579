"""Runs git in a folder, for reading only, in bounded time and space.

A repository may come from anywhere. So git is kept from what its configuration could have it run
or ask (pagers, hooks, external diffs, a file system monitor), and from taking locks that a person's
own git would then wait for.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from subprocess import DEVNULL, PIPE

import anyio
from anyio.abc import Process

from claude_sidecar.errors import InvalidRequest

GIT_SECONDS = 30.0
OUTPUT_LIMIT = 32 * 1024 * 1024
"""Bytes of an answer that are read; what is longer is cut, and git is ended."""

_HARMLESS = (
    "--no-pager",
    "-c", "core.fsmonitor=false",
    "-c", "core.hooksPath=" + os.devnull,
    "-c", "core.quotePath=false",
    "-c", "diff.external=",
    "-c", "submodule.recurse=false",
)  # fmt: skip
_ENVIRONMENT = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "cat",
    "LC_ALL": "C.UTF-8",
}
_MISLEADING = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_EXTERNAL_DIFF", "GIT_PREFIX")
"""Set where git itself runs a program, a hook say; the folder alone is to tell which repository."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What git wrote, and its exit status."""

    status: int
    output: bytes
    error: str

    @property
    def text(self) -> str:
        """The output as text; what is not UTF-8 is shown as such."""
        return self.output.decode("utf-8", "replace")


async def git(folder: str, *arguments: str, limit: int = OUTPUT_LIMIT) -> Answer:
    """Run git in a folder, whatever its exit status.

    :param limit: bytes of output that are wanted at most.
    :raises InvalidRequest: if git is not installed, or takes longer than `GIT_SECONDS`.
    """
    try:
        with anyio.fail_after(GIT_SECONDS):
            return await _run(["git", "-C", folder, *_HARMLESS, *arguments], limit)
    except FileNotFoundError:
        raise InvalidRequest(
            "git is not installed, or not on the PATH: what has changed cannot be told without it."
        ) from None
    except TimeoutError:
        raise InvalidRequest(
            f"git {' '.join(arguments[:2])} took more than {GIT_SECONDS:.0f} seconds in {folder}."
        ) from None


async def _run(command: Sequence[str], limit: int) -> Answer:
    environment = {**os.environ, **_ENVIRONMENT}
    for name in _MISLEADING:
        environment.pop(name, None)
    async with await anyio.open_process(
        command, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, env=environment
    ) as process:
        output, error = bytearray(), bytearray()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_drain, process, error)
            await _read(process, output, limit)
        status = await process.wait()
    return Answer(status, bytes(output), error.decode("utf-8", "replace").strip())


async def _read(process: Process, output: bytearray, limit: int) -> None:
    if process.stdout is not None:
        async for part in process.stdout:
            output += part
            if len(output) > limit:
                del output[limit:]
                process.kill()
                return


async def _drain(process: Process, error: bytearray) -> None:
    """All of it is read, so that git is never kept waiting; the first lines are kept."""
    if process.stderr is not None:
        async for part in process.stderr:
            if len(error) < OUTPUT_LIMIT:
                error += part

"""What the domain needs to run a command that shows a failure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CommandRun:
    """What came of a command.

    :param status: its exit status; None if it did not end in time and was ended.
    :param output: what it wrote, to standard output and error as they came; of very much, the
        beginning and the end.
    """

    command: str
    status: int | None
    output: str
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether it ended well."""
        return self.status == 0


class CommandRunner(Protocol):
    """Runs commands."""

    async def run(
        self, command: str, folder: str, *, seconds: float, on_output: Callable[[str], None]
    ) -> CommandRun:
        """Run a command in a folder and wait for its end. When the surrounding scope is cancelled,
        it is ended with all processes that it has started.

        :param seconds: how long it may take; then it is ended likewise.
        :param on_output: told each piece of output as it comes. Returns at once.
        :raises InvalidRequest: if it cannot be started.
        """
        ...

"""Runs a program in our place in the terminal."""

from __future__ import annotations

import os
import subprocess
import sys

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.sessions.ports import TerminalCommand


def in_foreground(command: TerminalCommand) -> int:
    """Run it with this terminal: its exit status.

    Where the system can, the program takes this process's place, so that Ctrl-C and job control
    are its own; the call then does not return.

    :raises InvalidRequest: if it cannot be started.
    """
    environment = {**os.environ, **command.env}
    try:
        if sys.platform == "win32":
            return subprocess.call(command.argv, cwd=command.cwd, env=environment)
        os.chdir(command.cwd)
        os.execvpe(command.argv[0], command.argv, environment)  # noqa: S606 - no shell is wanted
    except OSError as error:
        raise InvalidRequest(f"{command.argv[0]} cannot be run: {error.strerror}.") from error

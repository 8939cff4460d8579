"""How a session goes on in a terminal: the command line of Claude Code."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import claude_agent_sdk

from claude_sidecar.sessions.ports import AgentOptions, TerminalCommand


def terminal_command(
    session_id: str, options: AgentOptions, env: Mapping[str, str]
) -> TerminalCommand:
    """The command line that opens a session.

    :param env: the variables that the user has set for Claude Code.
    """
    argv = (_claude(options, env), "--resume", session_id)
    return TerminalCommand(argv, options.cwd, dict(env))


def _claude(options: AgentOptions, env: Mapping[str, str]) -> str:
    """The user's own Claude Code: as set, as on the path, else the one that comes with the SDK."""
    if options.cli_path is not None:
        return options.cli_path
    if shutil.which("claude", path=env.get("PATH") or os.environ.get("PATH")):
        return "claude"
    name = "claude.exe" if sys.platform == "win32" else "claude"
    return str(Path(claude_agent_sdk.__file__).parent / "_bundled" / name)

"""How Claude is to run: what a process is started with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AgentOptions:
    """How Claude is to run. A process serves only turns whose options are equal.

    :param cwd: the workspace's folder.
    :param env: environment variables in addition to this process's own.
    :param instructions: what is added to Claude Code's system prompt.
    :param trusted: whether the workspace is; in one that is not, nothing of it is loaded.
    :param tools: the names of those of our own tools that are offered; None for all.
    """

    cwd: str
    instructions: str
    model: str | None = None
    effort: str | None = None
    max_turns: int | None = None
    allowed_tools: tuple[str, ...] = ()
    disallowed_tools: tuple[str, ...] = ()
    setting_sources: tuple[str, ...] = ()
    trusted: bool = True
    cli_path: str | None = None
    env: tuple[tuple[str, str], ...] = ()
    tools: tuple[str, ...] | None = None

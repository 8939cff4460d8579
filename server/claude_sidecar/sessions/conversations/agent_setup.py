"""How Claude is set up in a workspace: its settings as the options of the agent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from claude_sidecar.sessions.conversations.leases import LEASE_SECONDS
from claude_sidecar.sessions.ports import AgentOptions
from claude_sidecar.sessions.prompts.turns import INSTRUCTIONS
from claude_sidecar.settings import Settings


@dataclass(frozen=True, slots=True)
class AgentSetup:
    """How Claude is to run in a workspace.

    :param settings: the settings of a workspace, by its path, whenever they are needed.
    :param environment: variables for Claude Code that overrule those of the settings.
    :param folders: the canonical paths of the folders that are open.
    :param tools: the names of those of our own tools that are offered; None for all.
    :param lease_seconds: how long a process that has a session may be silent before a turn that
        waits for it is given up.
    """

    settings: Callable[[str], Settings]
    environment: Callable[[Settings], Mapping[str, str]] = lambda _: {}
    folders: Callable[[], Sequence[str]] = tuple
    tools: tuple[str, ...] | None = None
    lease_seconds: float = LEASE_SECONDS

    def options(self, workspace: str) -> AgentOptions:
        """The options of the agent in a workspace."""
        settings = self.settings(workspace)
        return AgentOptions(
            cwd=workspace,
            instructions=INSTRUCTIONS,
            model=settings.model,
            effort=settings.effort,
            max_turns=settings.max_turns,
            allowed_tools=settings.allowed_tools,
            disallowed_tools=settings.disallowed_tools,
            setting_sources=settings.setting_sources if settings.trusted else (),
            trusted=settings.trusted,
            cli_path=settings.cli_path,
            env=tuple(sorted({**settings.env, **self.environment(settings)}.items())),
            tools=self.tools,
        )

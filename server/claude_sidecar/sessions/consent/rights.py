"""What a turn may do, put together from its plan, the settings of its workspace and the folders that
are open: the `Situation` that the policy judges in.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from claude_sidecar.sessions.consent.desk import Asker
from claude_sidecar.sessions.consent.modes import Modes
from claude_sidecar.sessions.consent.rulebook import RuleBook
from claude_sidecar.sessions.keys import canonical_path
from claude_sidecar.sessions.planning.running_turn import RunningTurn
from claude_sidecar.sessions.policy import Confinement, Situation, allowance_of, parse_rule
from claude_sidecar.sessions.policy.settings_files import refused_by_files
from claude_sidecar.settings import Settings


@dataclass(frozen=True, slots=True)
class Rights:
    """Makes situations.

    :param settings: the settings of a workspace, by its path, whenever they are needed.
    :param folders: the canonical paths of the folders that are open now.
    """

    settings: Callable[[str], Settings]
    folders: Callable[[], Sequence[str]]
    modes: Modes
    rules: RuleBook

    async def situation(self, ticket: RunningTurn, session_id: str) -> Situation:
        """How things stand for a turn, now."""
        plan = ticket.plan
        workspace = plan.key.workspace
        settings = self.settings(workspace)
        allowed, refused = await self.rules.of(workspace, session_id)
        sources = settings.setting_sources if settings.trusted else ()
        denied = refused_by_files(sources, _claude_home(settings), workspace)
        return Situation(
            kind=plan.kind,
            allowance=plan.allowance or allowance_of(plan.kind),
            confinement=Confinement(workspace, tuple(self.folders())),
            mode=self.modes.of(session_id, workspace),
            trusted=settings.trusted,
            subject=plan.path,
            claude_folders=_claude_folders(settings, session_id),
            allowed=(*map(parse_rule, settings.allowed_tools), *allowed),
            refused=(*refused, *denied),
        )

    def plans_first(self, ticket: RunningTurn, session_id: str) -> bool:
        """Whether Claude is to make a plan before it does anything; who only reads has none."""
        plan = ticket.plan
        workspace = plan.key.workspace
        return (
            self.modes.of(session_id, workspace) == "plan"
            and self.settings(workspace).trusted
            and (plan.allowance or allowance_of(plan.kind)) != "read"
        )

    def asker(self, ticket: RunningTurn, session_id: str) -> Asker:
        """Who asks the user while a turn runs."""
        workspace = ticket.plan.key.workspace
        asker = Asker(
            session_id=session_id,
            turn_id=ticket.turn_id,
            workspace=workspace,
            stopping=ticket.stopping,
            left=lambda: ticket.left,
            situation=lambda: self.situation(ticket, asker.session_id),
            wait_seconds=self.settings(workspace).permission_wait_seconds,
        )
        return asker


def _claude_folders(settings: Settings, session_id: str) -> tuple[str, ...]:
    """Where Claude Code writes plans, and long results of tools for Claude to read on in."""
    home = _claude_home(settings)
    results = home.glob(f"projects/*/{session_id}/tool-results")
    return tuple(canonical_path(folder) for folder in (home / "plans", *results))


def _claude_home(settings: Settings) -> Path:
    named = settings.env.get("CLAUDE_CONFIG_DIR") or os.environ.get("CLAUDE_CONFIG_DIR")
    return Path(named) if named else Path.home() / ".claude"

"""A running sidecar, as programs use it: its parts, and short ways to ask for a turn and wait for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from claude_sidecar import __version__
from claude_sidecar.agent.late import LateAgent
from claude_sidecar.findings.model import Finding
from claude_sidecar.ondemand import OnDemand
from claude_sidecar.sessions.keys import Workspaces
from claude_sidecar.sessions.model import Key, TurnResult
from claude_sidecar.sessions.planning.debugging import DebugWish
from claude_sidecar.sessions.planning.requests import (
    AskRequest,
    FixRequest,
    ReviewChangesRequest,
    ReviewRequest,
    StepsRequest,
    TurnRequest,
    VerifyRequest,
)
from claude_sidecar.sessions.ports import Store, StoreHealth
from claude_sidecar.sessions.ports.versions import WORKING
from claude_sidecar.sessions.wiring import Domain
from claude_sidecar.settings import Settings


@dataclass(frozen=True, slots=True)
class Status:
    """What is known of this installation; versions are None until Claude was first needed.

    :param authenticated: None until Claude answered, or refused for want of a login.
    """

    server: str
    sdk: str | None
    cli: str | None
    authenticated: bool | None
    store: StoreHealth
    live_sessions: int


class SettingsInForce:
    """The settings in force: those of all workspaces, and of single ones."""

    def __init__(self, settings: Settings) -> None:
        self._general = settings
        self._by_workspace: Mapping[str, Settings] = {}

    def replace(self, general: Settings, by_workspace: Mapping[str, Settings]) -> None:
        """Others hold from now on, those of single workspaces by their canonical paths."""
        self._general = general
        self._by_workspace = by_workspace

    def of(self, workspace: str) -> Settings:
        """Those of a workspace, by its canonical path."""
        return self._by_workspace.get(workspace, self._general)

    def any_offline(self) -> bool:
        """Whether the offline backend is wanted anywhere."""
        return any(each.offline for each in (self._general, *self._by_workspace.values()))


class Sidecar:
    """A running sidecar: all its parts, and short ways to ask for a turn and wait for it."""

    def __init__(
        self,
        domain: Domain,
        *,
        store: Store,
        agent: LateAgent,
        backend: OnDemand[Mapping[str, str]],
        workspaces: Workspaces,
        settings: SettingsInForce,
    ) -> None:
        self.turns = domain.turns
        self.steps = domain.steps
        self.sessions = domain.sessions
        self.findings = domain.findings
        self.changes = domain.changes
        self.debugging = domain.debugging
        self.estimator = domain.estimator
        self.rules = domain.rules
        self.checkpoints = domain.checkpoints
        self.pruner = domain.pruner
        self.leases = domain.leases
        self.events = domain.events
        self.store = store
        self.workspaces = workspaces
        self._domain = domain
        self._agent = agent
        self._backend = backend
        self._settings = settings

    async def review(
        self,
        path: str | Path,
        *,
        focus: str | None = None,
        fresh: bool = False,
        reviewers: Sequence[str] = (),
    ) -> TurnResult:
        """Review a file in its current session.

        :raises InvalidRequest: if the file cannot be reviewed, or a reviewer is unknown.
        """
        key = self.workspaces.key_of_file(str(path))
        return await self._run(ReviewRequest(key, None, focus, fresh, tuple(reviewers)))

    async def review_changes(
        self,
        workspace: str | Path,
        *,
        base: str = WORKING,
        focus: str | None = None,
        fresh: bool = False,
        reviewers: Sequence[str] = (),
    ) -> TurnResult:
        """Review what has changed in a workspace, in the workspace's own session.

        :param base: "working", "staged", or a git revision.
        :raises NothingChanged: if there is nothing to review.
        :raises InvalidRequest: if there is no git repository or no such base.
        """
        changes = await self.changes.read(self.workspaces.key_of_workspace(str(workspace)), base)
        return await self._run(ReviewChangesRequest(changes, focus, fresh, tuple(reviewers)))

    async def ask(
        self,
        text: str,
        *,
        path: str | Path | None = None,
        session_id: str | None = None,
        fresh: bool = False,
    ) -> TurnResult:
        """Ask in the session named, else in the current one of the file, else of the workspace.

        :raises InvalidRequest: if there is no such session, or the file cannot be read.
        """
        key: Key | None = None
        if path is not None:
            key = self.workspaces.key_of_file(str(path))
        elif session_id is None:
            key = self.workspaces.key_of_workspace()
        return await self._run(AskRequest(text, key, None, session_id, fresh))

    async def debug(
        self, path: str | Path | None, error: str, *, fresh: bool = False
    ) -> TurnResult:
        """Find the cause of a failure, in the current session of the file.

        :param path: the file; if None, it is the one where it failed.
        :raises InvalidRequest: if the file cannot be read.
        """
        if path is None:
            wish = DebugWish(self.workspaces.key_of_workspace(), error=error, fresh=fresh)
        else:
            key = self.workspaces.key_of_file(str(path))
            wish = DebugWish(key, chosen=True, error=error, fresh=fresh)
        return await self._run(await self.debugging.request(wish))

    async def run_steps(
        self, steps: Sequence[str], *, path: str | Path, stop_on_error: bool = True
    ) -> tuple[TurnResult, ...]:
        """Carry out prompts one after the other in the file's current session.

        :raises InvalidRequest: if a step is empty, or the file cannot be read.
        """
        request = StepsRequest(tuple(steps), self.workspaces.key_of_file(str(path)))
        turns = await self.turns.start_steps(request)
        return await self.steps.results(turns, stop_on_error=stop_on_error)

    async def resume_steps(
        self, *, path: str | Path, stop_on_error: bool = True
    ) -> tuple[TurnResult, ...]:
        """Go on with the file's last list of steps, from the one on that did not end well.

        :raises InvalidRequest: if there is nothing to go on with.
        """
        request = await self.steps.unfinished(self.workspaces.key_of_file(str(path)))
        turns = await self.turns.start_steps(request)
        return await self.steps.results(turns, stop_on_error=stop_on_error)

    async def verify(self, finding_id: str) -> Finding:
        """Have a finding checked against the text as it is now.

        :returns: the finding: confirmed, or fixed if it was not found again.
        :raises UnknownId: if there is none of that id.
        :raises TurnFailure: if the check did not end well; the finding is as it was.
        """
        finding = await self.findings.get(finding_id)
        key = self.workspaces.key_of_file(finding.file)
        turn = await self.turns.start(VerifyRequest(key, finding))
        return await self.findings.verified(finding_id, await turn.result())

    async def fix(self, finding_id: str) -> TurnResult:
        """Have a finding mended, in the file's current session.

        :raises UnknownId: if there is none of that id.
        """
        finding = await self.findings.get(finding_id)
        key = self.workspaces.key_of_file(finding.file)
        return await self._run(FixRequest(key, finding=finding))

    async def configure(
        self, settings: Settings, by_workspace: Mapping[str, Settings] | None = None
    ) -> None:
        """Use other settings from the next turn on, and other budgets at once. Where the store is
        cannot be changed.

        :param by_workspace: what holds for single workspaces instead, by their canonical paths.
        """
        self._settings.replace(settings, by_workspace or {})
        self._agent.configure(live_max=settings.live_max, idle_seconds=settings.live_idle_seconds)
        await self._domain.settings_changed()
        if self._settings.any_offline():
            await self._backend.get()

    async def warm_up(self) -> None:
        """Import the SDK now, in a thread, so that the first prompt need not wait for it."""
        await self._agent.load()

    async def status(self) -> Status:
        """Versions, login, store and processes."""
        agent = await self._agent.health()
        return Status(
            server=__version__,
            sdk=agent.sdk_version,
            cli=agent.cli_version,
            authenticated=agent.authenticated,
            store=await self.store.health(),
            live_sessions=agent.live_sessions,
        )

    async def _run(self, request: TurnRequest) -> TurnResult:
        turn = await self.turns.start(request)
        return await turn.result()

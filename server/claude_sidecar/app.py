"""Wiring: the one place that names concrete adapters, and the package's public Python API.

`open_sidecar` gives a `Sidecar`: sessions over a SQLite store, with Claude (or the offline
backend) behind them. The Claude Agent SDK takes half a second to import, so it is imported in a
thread when it is first needed, or ahead of that by `Sidecar.warm_up`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from claude_sidecar import __version__
from claude_sidecar.agent.late import LateAgent, late_agent
from claude_sidecar.agent.local_sessions import LocalSessions
from claude_sidecar.findings.model import Finding
from claude_sidecar.git.lines import GitLineHistory
from claude_sidecar.git.repository import GitVersionControl
from claude_sidecar.ondemand import OnDemand
from claude_sidecar.sessions.conversations.agent_setup import AgentSetup
from claude_sidecar.sessions.conversations.elsewhere import Elsewhere
from claude_sidecar.sessions.courses.failing_test import FailingTests
from claude_sidecar.sessions.documents.change_sets import ChangeReader
from claude_sidecar.sessions.documents.disk import DiskEditor
from claude_sidecar.sessions.documents.reading import Documents
from claude_sidecar.sessions.events import EventBus
from claude_sidecar.sessions.findings.service import FindingService, open_findings
from claude_sidecar.sessions.keys import Workspaces
from claude_sidecar.sessions.library import SessionLibrary
from claude_sidecar.sessions.model import Key, TurnResult
from claude_sidecar.sessions.planning.debugging import DebugService, DebugWish
from claude_sidecar.sessions.planning.requests import (
    AskRequest,
    FixRequest,
    ReviewChangesRequest,
    ReviewRequest,
    StepsRequest,
    TurnRequest,
    VerifyRequest,
)
from claude_sidecar.sessions.planning.step_lists import StepLists
from claude_sidecar.sessions.ports import Editor, Store, StoreHealth
from claude_sidecar.sessions.ports.versions import WORKING
from claude_sidecar.sessions.prompts.tools import TOOL_SPECS
from claude_sidecar.sessions.rewinding.rewinder import Rewinder
from claude_sidecar.sessions.symptoms.gathering import Gatherer
from claude_sidecar.sessions.tools.context_tools import CONTEXT_SPECS, offered
from claude_sidecar.sessions.turns.service import TurnService, open_turns
from claude_sidecar.settings import Settings
from claude_sidecar.shell.runner import ShellRunner
from claude_sidecar.store.location import store_path
from claude_sidecar.store.sqlite import open_store


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


class Sidecar:
    """A running sidecar: all its parts, and short ways to ask for a turn and wait for it."""

    def __init__(
        self,
        turns: TurnService,
        sessions: SessionLibrary,
        *,
        findings: FindingService,
        changes: ChangeReader,
        debugging: DebugService,
        events: EventBus,
        store: Store,
        agent: LateAgent,
        backend: OnDemand[Mapping[str, str]],
        workspaces: Workspaces,
        settings: _Settings,
    ) -> None:
        self.turns = turns
        self.steps = StepLists(store, turns.of_session)
        self.sessions = sessions
        self.findings = findings
        self.changes = changes
        self.debugging = debugging
        self.events = events
        self.store = store
        self.workspaces = workspaces
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
        self.turns.check_budgets()
        await self.turns.check_modes()
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


class _Settings:
    """The settings in force: those of all workspaces, and of single ones."""

    def __init__(self, settings: Settings) -> None:
        self._general = settings
        self._by_workspace: Mapping[str, Settings] = {}

    def replace(self, general: Settings, by_workspace: Mapping[str, Settings]) -> None:
        self._general = general
        self._by_workspace = by_workspace

    def of(self, workspace: str) -> Settings:
        return self._by_workspace.get(workspace, self._general)

    def any_offline(self) -> bool:
        return any(each.offline for each in (self._general, *self._by_workspace.values()))


@asynccontextmanager
async def open_sidecar(
    settings: Settings | None = None,
    *,
    editor: Editor | None = None,
    workspaces: Workspaces | None = None,
) -> AsyncGenerator[Sidecar]:
    """Open a sidecar; on leaving, turns are cut off and every process of Claude Code is ended.

    :param settings: the defaults if not given.
    :param editor: where the user works; if not given, files are read from the disk, and what needs
        permission is refused.
    :param workspaces: the folders that are open; a file outside all of them has the folder it is in.
    :raises StoreTooNew: if a newer version has written the store.
    :raises InvalidRequest: if `store.url` is none.
    """
    chosen = settings or Settings()
    in_force = _Settings(chosen)
    events = EventBus()
    failure: Exception | None = None
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(store_path(chosen.store_url)))
        backend = await stack.enter_async_context(OnDemand(_offline_backend))
        agent = await stack.enter_async_context(
            late_agent(
                (*TOOL_SPECS, *CONTEXT_SPECS),
                store,
                live_max=chosen.live_max,
                idle_seconds=chosen.live_idle_seconds,
            )
        )
        place = editor or DiskEditor()
        findings = await stack.enter_async_context(open_findings(store, Documents(place)))
        open_folders = workspaces or Workspaces()
        setup = AgentSetup(
            in_force.of,
            lambda each: (backend.opened or {}) if each.offline else {},
            lambda: open_folders.folders,
            (*(each.name for each in TOOL_SPECS), *offered(place.context_kinds)),
        )
        elsewhere = Elsewhere(
            store,
            LocalSessions(agent.on_demand, store),
            options=setup.options,
            env=lambda workspace: in_force.of(workspace).env,
        )
        gatherer = Gatherer(Documents(place), open_folders, GitLineHistory(), in_force.of, place)
        turns = await stack.enter_async_context(
            open_turns(
                store,
                agent,
                place,
                events=events,
                findings=findings,
                elsewhere=elsewhere,
                setup=setup,
                tests=FailingTests(gatherer, ShellRunner(), in_force.of),
            )
        )
        sidecar = Sidecar(
            turns,
            SessionLibrary(
                store,
                agent,
                turns,
                findings=findings,
                rewinder=Rewinder(store, place),
                elsewhere=elsewhere,
                workspaces=open_folders,
            ),
            findings=findings,
            changes=ChangeReader(Documents(place), GitVersionControl(), in_force.of),
            debugging=DebugService(gatherer),
            events=events,
            store=store,
            agent=agent,
            backend=backend,
            workspaces=open_folders,
            settings=in_force,
        )
        await sidecar.configure(chosen)
        try:
            yield sidecar
        except Exception as error:  # noqa: BLE001 - it is raised again, not in a group of one
            failure = error
    if failure is not None:
        raise failure


async def _offline_backend() -> AbstractAsyncContextManager[Mapping[str, str]]:
    """The offline backend; its web server is imported only where it is wanted."""
    from claude_sidecar.offline.backend import offline_backend

    return offline_backend()

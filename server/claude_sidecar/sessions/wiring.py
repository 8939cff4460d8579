"""The domain put together: each part is made here once, from what it stands on.

What the domain needs from outside comes in as ports. Callbacks are few and stand here as well, so that
whoever wants to know what a part is given looks in one place.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio
from anyio.abc import TaskGroup

from claude_sidecar.sessions.budgets.budgets import Budgets
from claude_sidecar.sessions.budgets.cost_consent import CostConsent
from claude_sidecar.sessions.budgets.estimator import CostEstimator
from claude_sidecar.sessions.consent.modes import Modes
from claude_sidecar.sessions.consent.permissions import Permissions
from claude_sidecar.sessions.consent.rights import Rights
from claude_sidecar.sessions.consent.rulebook import RuleBook
from claude_sidecar.sessions.conversations.agent_setup import AgentSetup
from claude_sidecar.sessions.conversations.elsewhere import Elsewhere
from claude_sidecar.sessions.conversations.forking import Forker
from claude_sidecar.sessions.conversations.leases import SessionLeases
from claude_sidecar.sessions.conversations.opening import SessionOpener
from claude_sidecar.sessions.conversations.spares import Spares
from claude_sidecar.sessions.courses.checked_fix import FixChecks
from claude_sidecar.sessions.courses.failing_test import FailingTests
from claude_sidecar.sessions.documents.change_sets import ChangeReader
from claude_sidecar.sessions.documents.reading import Documents
from claude_sidecar.sessions.editing.edits import Editing
from claude_sidecar.sessions.editing.file_moves import FileMoves
from claude_sidecar.sessions.editing.seen import Seen
from claude_sidecar.sessions.events import EventBus
from claude_sidecar.sessions.findings.service import FindingService, open_findings
from claude_sidecar.sessions.keys import Workspaces
from claude_sidecar.sessions.library import SessionLibrary
from claude_sidecar.sessions.planning.debugging import DebugService
from claude_sidecar.sessions.planning.planner import Planner
from claude_sidecar.sessions.planning.records import RequestRecords
from claude_sidecar.sessions.planning.retrying import RetryPlanner
from claude_sidecar.sessions.planning.step_lists import StepLists
from claude_sidecar.sessions.ports import Agent, ClaudeSessions, Editor, Store
from claude_sidecar.sessions.ports.commands import CommandRunner
from claude_sidecar.sessions.ports.history import LineHistory
from claude_sidecar.sessions.ports.versions import VersionControl
from claude_sidecar.sessions.rewinding.checkpoints import Checkpoints
from claude_sidecar.sessions.rewinding.pruning import Pruner
from claude_sidecar.sessions.rewinding.rewinder import Rewinder
from claude_sidecar.sessions.running.runner import TurnRunner
from claude_sidecar.sessions.running.surroundings import Surroundings
from claude_sidecar.sessions.running.talk import Talk
from claude_sidecar.sessions.symptoms.gathering import Gatherer
from claude_sidecar.sessions.turns.cancelling import Canceller
from claude_sidecar.sessions.turns.dispatcher import TurnDispatcher
from claude_sidecar.sessions.turns.queues import TurnQueues
from claude_sidecar.sessions.turns.service import TurnService
from claude_sidecar.sessions.turns.session_states import SessionStates
from claude_sidecar.settings import Settings


@dataclass(frozen=True, slots=True)
class Outside:
    """What the domain stands on: its ports, and where it is.

    :param claude_sessions: those that Claude Code has by itself.
    :param workspaces: the folders that are open.
    """

    store: Store
    agent: Agent
    editor: Editor
    claude_sessions: ClaudeSessions
    versions: VersionControl
    line_history: LineHistory
    commands: CommandRunner
    setup: AgentSetup
    workspaces: Workspaces

    @property
    def settings(self) -> Callable[[str], Settings]:
        """The settings of a workspace, by its path, whenever they are needed."""
        return self.setup.settings


@dataclass(frozen=True, slots=True)
class Domain:
    """What there is to be asked.

    :ivar events: what happens in turns, for whoever shows it.
    :ivar checkpoints: where whoever changes files for Claude says so.
    :ivar pruner: what bounds what they keep.
    :ivar rules: what the user has allowed or refused for good.
    :ivar estimator: what a review may cost.
    """

    events: EventBus
    turns: TurnService
    steps: StepLists
    sessions: SessionLibrary
    states: SessionStates
    findings: FindingService
    changes: ChangeReader
    debugging: DebugService
    estimator: CostEstimator
    rules: RuleBook
    checkpoints: Checkpoints
    pruner: Pruner
    leases: SessionLeases

    async def settings_changed(self) -> None:
        """Limits and modes may be others now: turns that run are held to them at once."""
        self.turns.check_budgets()
        await self.states.check_modes()


@asynccontextmanager
async def open_domain(outside: Outside) -> AsyncGenerator[Domain]:
    """The domain at work; on leaving, turns that still run are cut off and stay in the journal."""
    documents = Documents(outside.editor)
    async with (
        open_findings(outside.store, documents) as findings,
        anyio.create_task_group() as tasks,
    ):
        domain = _wired(outside, documents, findings, tasks)
        tasks.start_soon(domain.leases.keep)
        tasks.start_soon(domain.pruner.keep)
        yield domain
        tasks.cancel_scope.cancel()


def _wired(
    outside: Outside, documents: Documents, findings: FindingService, tasks: TaskGroup
) -> Domain:
    """Every part, from those that stand alone to those that need the others."""
    store, setup, settings = outside.store, outside.setup, outside.settings
    around = _surroundings(outside, documents, findings, tasks)
    elsewhere = Elsewhere(store, outside.claude_sessions, setup)
    leases = SessionLeases(store, outside.agent, setup.options, lease_seconds=setup.lease_seconds)
    opener = SessionOpener(store, Spares(outside.agent, setup.options), settings)
    gatherer = Gatherer(
        documents, outside.workspaces, outside.line_history, settings, outside.editor
    )
    planner = _planner(outside, documents, findings, gatherer)
    queues = TurnQueues(tasks)
    runner = _runner(outside, around, leases, elsewhere, queues)
    states = SessionStates(outside.agent, around.rights.modes, around.permissions, queues)
    return Domain(
        events=around.events,
        turns=_turns(
            outside,
            planner=planner,
            elsewhere=elsewhere,
            opener=opener,
            queues=queues,
            runner=runner,
            tasks=tasks,
        ),
        steps=StepLists(store, running=queues.of_session),
        sessions=_library(
            outside, around, elsewhere=elsewhere, opener=opener, leases=leases, states=states
        ),
        states=states,
        findings=findings,
        changes=ChangeReader(documents, outside.versions, settings),
        debugging=DebugService(gatherer),
        estimator=CostEstimator(planner, findings, around.cost_consent, around.budgets),
        rules=around.rights.rules,
        checkpoints=around.checkpoints,
        pruner=Pruner(store, lambda: settings("")),
        leases=leases,
    )


def _surroundings(
    outside: Outside, documents: Documents, findings: FindingService, tasks: TaskGroup
) -> Surroundings:
    store, editor, settings = outside.store, outside.editor, outside.settings
    modes, rules, seen = Modes(settings), RuleBook(store), Seen()
    checkpoints = Checkpoints(store, editor)
    editing = Editing(documents, seen, checkpoints=checkpoints, findings=findings)
    return Surroundings(
        store=store,
        events=EventBus(),
        documents=documents,
        permissions=Permissions(editor, documents, store, rules, modes),
        rights=Rights(settings, outside.setup.folders, modes, rules),
        findings=findings,
        checkpoints=checkpoints,
        editing=editing,
        moves=FileMoves(documents, seen, editing, findings, store),
        seen=seen,
        settings=settings,
        budgets=lambda workspace: Budgets(store, lambda: settings(workspace)),
        cost_consent=CostConsent(store, editor),
        tasks=tasks,
    )


def _planner(
    outside: Outside, documents: Documents, findings: FindingService, gatherer: Gatherer
) -> Planner:
    tests = FailingTests(gatherer, outside.commands, outside.settings)
    return Planner(documents, outside.settings, tests=tests, fixes=FixChecks(documents, findings))


def _runner(
    outside: Outside,
    around: Surroundings,
    leases: SessionLeases,
    elsewhere: Elsewhere,
    queues: TurnQueues,
) -> TurnRunner:
    def replaced(lost: str, successor: str) -> None:
        queues.replace(lost, successor)
        around.rights.modes.moved(lost, successor)

    options = outside.setup.options
    talk = Talk(around, outside.agent, leases, options=options, on_replaced=replaced)
    return TurnRunner(around, talk, leases, elsewhere)


def _turns(
    outside: Outside,
    *,
    planner: Planner,
    elsewhere: Elsewhere,
    opener: SessionOpener,
    queues: TurnQueues,
    runner: TurnRunner,
    tasks: TaskGroup,
) -> TurnService:
    store, records = outside.store, RequestRecords()
    return TurnService(
        store=store,
        elsewhere=elsewhere,
        planner=planner,
        retries=RetryPlanner(store, planner, records),
        records=records,
        opener=opener,
        queues=queues,
        dispatcher=TurnDispatcher(store, opener, queues, runner, tasks),
        canceller=Canceller(store, outside.agent, queues),
        tasks=tasks,
    )


def _library(
    outside: Outside,
    around: Surroundings,
    *,
    elsewhere: Elsewhere,
    opener: SessionOpener,
    leases: SessionLeases,
    states: SessionStates,
) -> SessionLibrary:
    return SessionLibrary(
        store=outside.store,
        agent=outside.agent,
        elsewhere=elsewhere,
        findings=around.findings,
        opener=opener,
        forker=Forker(outside.store, outside.agent, outside.setup),
        leases=leases,
        rewinder=Rewinder(outside.store, outside.editor),
        states=states,
        workspaces=outside.workspaces,
        budgets=around.budgets,
    )

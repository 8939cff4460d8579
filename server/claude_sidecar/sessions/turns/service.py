"""Turns: asked for one at a time, queued by session, run in tasks of their own.

`start` takes requests in the order in which they come. The turns run whatever becomes of who
asked, until they end or the sidecar does.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import anyio
from anyio.abc import TaskGroup

from claude_sidecar.errors import InvalidRequest, UnknownId, UnusableDocument
from claude_sidecar.sessions.budgets.budgets import Budgets
from claude_sidecar.sessions.budgets.cost_consent import CostConsent
from claude_sidecar.sessions.budgets.estimator import CostEstimator
from claude_sidecar.sessions.consent.modes import Modes
from claude_sidecar.sessions.consent.permissions import Permissions
from claude_sidecar.sessions.consent.rights import Rights
from claude_sidecar.sessions.consent.rulebook import RuleBook
from claude_sidecar.sessions.conversations import titles
from claude_sidecar.sessions.conversations.agent_setup import AgentSetup
from claude_sidecar.sessions.conversations.elsewhere import Elsewhere
from claude_sidecar.sessions.conversations.forking import Forker
from claude_sidecar.sessions.conversations.leases import SessionLeases
from claude_sidecar.sessions.conversations.opening import SessionOpener
from claude_sidecar.sessions.conversations.spares import Spares
from claude_sidecar.sessions.courses.checked_fix import FixChecks
from claude_sidecar.sessions.documents.reading import Documents
from claude_sidecar.sessions.editing.edits import Editing
from claude_sidecar.sessions.editing.file_moves import FileMoves
from claude_sidecar.sessions.editing.seen import Seen
from claude_sidecar.sessions.events import EventBus
from claude_sidecar.sessions.findings.service import FindingService
from claude_sidecar.sessions.model import Key, PermissionMode, Session, Turn
from claude_sidecar.sessions.planning.compacting import compact_plan
from claude_sidecar.sessions.planning.planner import MakeCourse, Planner, without_document
from claude_sidecar.sessions.planning.plans import TurnPlan
from claude_sidecar.sessions.planning.records import RequestRecords
from claude_sidecar.sessions.planning.requests import (
    AskRequest,
    CompactRequest,
    ContinueRequest,
    FixRequest,
    PlannedRequest,
    RetryRequest,
    StepsRequest,
    TurnRequest,
    VerifyRequest,
)
from claude_sidecar.sessions.planning.retrying import Again
from claude_sidecar.sessions.planning.running_turn import RunningTurn
from claude_sidecar.sessions.policy import allowance_of
from claude_sidecar.sessions.ports import Agent, Editor, Store
from claude_sidecar.sessions.rewinding.checkpoints import Checkpoints
from claude_sidecar.sessions.rewinding.pruning import Pruner
from claude_sidecar.sessions.running.host import Surroundings
from claude_sidecar.sessions.running.runner import TurnRunner
from claude_sidecar.sessions.running.talk import Talk
from claude_sidecar.sessions.turns.cancelling import Cancelled, Canceller
from claude_sidecar.sessions.turns.queues import TurnQueues


class TurnService:
    """Runs turns. Made by :func:`open_turns`.

    :ivar checkpoints: where whoever changes files for Claude says so.
    :ivar pruner: what bounds what they keep.
    """

    def __init__(
        self,
        store: Store,
        agent: Agent,
        editor: Editor,
        tasks: TaskGroup,
        *,
        events: EventBus,
        findings: FindingService,
        elsewhere: Elsewhere,
        setup: AgentSetup,
        tests: MakeCourse | None = None,
    ) -> None:
        documents = Documents(editor)
        seen = Seen()
        self._store = store
        self._agent = agent
        self._elsewhere = elsewhere
        self._tasks = tasks
        self._settings = setup.settings
        self.checkpoints = Checkpoints(store, editor)
        self.pruner = Pruner(store, lambda: setup.settings(""))
        editing = Editing(documents, seen, checkpoints=self.checkpoints, findings=findings)
        self.modes = Modes(setup.settings)
        self.rules = RuleBook(store)
        self._permissions = Permissions(editor, documents, store, self.rules, self.modes)
        self._planner = Planner(documents, setup.settings, tests, FixChecks(documents, findings))
        self._records = RequestRecords()
        self._again = Again(store, self._planner, self._records)
        self._queues = TurnQueues(tasks, self._run)
        consent = CostConsent(store, editor)
        self.estimator = CostEstimator(self._planner, findings, consent, self.budgets)
        self.leases = SessionLeases(store, agent, setup.options, lease_seconds=setup.lease_seconds)
        around = Surroundings(
            store,
            events,
            documents,
            self._permissions,
            Rights(setup.settings, setup.folders, self.modes, self.rules),
            findings,
            self.checkpoints,
            editing,
            FileMoves(documents, seen, editing, findings, store),
            seen,
            setup.settings,
            self.budgets,
            consent,
            tasks,
        )
        talk = Talk(around, agent, self.leases, options=setup.options, on_replaced=self._replaced)
        self._runner = TurnRunner(around, talk, self.leases, elsewhere, on_moved=self._moved_on)
        self.forker = Forker(store, agent, setup)
        self._canceller = Canceller(store, agent, self._queues)
        self._spares = Spares(agent, setup.options)
        self.opener = SessionOpener(store, self._spares)

    async def start(self, request: TurnRequest) -> RunningTurn:
        """Ask for a turn; it runs as soon as those before it in its session are over.

        :raises InvalidRequest: (UnknownId, UnusableDocument) nothing was begun.
        """
        if isinstance(request, ContinueRequest | RetryRequest):
            async with self.opener.order:
                session, plan = await self._again.plan(request)
                return (await self._enqueue(session, [plan]))[0]
        if isinstance(request, CompactRequest):
            async with self.opener.order:
                session = await self._to_compact(request)
                plan = compact_plan(request, session)
                return (await self._enqueue(session, [plan]))[0]
        return await self._start_planned(request)

    async def _to_compact(self, request: CompactRequest) -> Session:
        session = None
        if request.session_id is not None:
            session = await self._session(self._queues.successor(request.session_id))
        elif request.key is not None:
            session = await self._store.current_session(request.key)
        if session is None:
            raise InvalidRequest("There is no session there yet.", field="sessionId")
        return session

    async def _start_planned(self, request: PlannedRequest) -> RunningTurn:
        key = request.key
        plan = None if key is None else self._plan(request, key)
        async with self.opener.order:
            session = await self._existing(request, key)
            key = key or (session.key if session else None)
            if key is None:
                raise InvalidRequest("Say which file is meant, or which session.", field="uri")
            plan = plan or self._plan(request, key)
            if isinstance(plan, UnusableDocument):
                told = session is not None and (session.turns or session.forked_from)
                if not (isinstance(request, AskRequest) and told):
                    raise plan
                plan = without_document(request, key)
            plan = replace(plan, record=self._records.written(request))
            return (await self._enqueue(session or await self.opener.new(key), [plan]))[0]

    async def start_steps(self, request: StepsRequest) -> tuple[RunningTurn, ...]:
        """Ask for a list of prompts, to be run one after the other in one session.

        :raises InvalidRequest: (UnusableDocument) nothing was begun.
        """
        plans = [
            replace(plan, record=self._records.written(request, step=number))
            for number, plan in enumerate(self._planner.steps(request), 1)
            if number >= request.first
        ]
        if not plans:
            return ()
        async with self.opener.order:
            session = await self._store.current_session(request.key)
            return tuple(await self._enqueue(session or await self.opener.new(request.key), plans))

    def running(self) -> tuple[RunningTurn, ...]:
        """Turns that run or wait in a queue."""
        return self._queues.turns()

    async def cancel(
        self, *, session_id: str | None = None, turn_id: str | None = None
    ) -> Cancelled:
        """Cancel the turns of a session, one turn, or every turn, and what runs in the background
        there; see :class:`Canceller`.

        :raises UnknownId: if there is no such session or turn.
        """
        return await self._canceller.cancel(session_id, turn_id)

    def budgets(self, workspace: str) -> Budgets:
        """The budgets in a workspace, by its path; of all, where it is empty."""
        return Budgets(self._store, lambda: self._settings(workspace))

    def check_budgets(self) -> None:
        """The limits may be others now: a running turn that is over one is stopped at once."""
        for turn in self._queues.turns():
            if turn.check_budget is not None and not turn.is_over:
                self._tasks.start_soon(turn.check_budget)

    async def set_mode(self, session_id: str, mode: PermissionMode) -> Session:
        """Put a session into a permission mode, at once and until the server ends.

        :raises UnknownId: if there is no such session.
        """
        session = await self._session(session_id)
        self.modes.choose(session_id, session.key.workspace, mode)
        await self.check_modes()
        return self.as_it_is(session)

    async def check_modes(self) -> None:
        """Modes may be others now: Claude goes into plan mode, or out of it, in running turns too."""
        for turn in self._queues.turns():
            may = turn.plan.allowance or allowance_of(turn.kind)
            if may != "read":
                session_id = self._queues.successor(turn.session_id)
                mode = self.modes.of(session_id, turn.plan.key.workspace)
                await self._agent.plan_first(session_id, planning=mode == "plan")

    async def prepare(self, key: Key) -> None:
        """The user has come to a file: start Claude ahead of the first prompt, if so set."""
        settings = self._settings(key.workspace)
        if settings.live_prewarm and settings.live_max > 0:
            session = await self._store.current_session(key)
            await self._spares.prepare(key.workspace, session)

    def of_session(self, session_id: str) -> tuple[RunningTurn, ...]:
        """The turns of a session that run or wait, in order."""
        return self._queues.of_session(session_id)

    def as_it_is(self, session: Session) -> Session:
        """A session of the store with what only this process knows: its mode, what runs, what waits."""
        session = replace(session, mode=self.modes.of(session.id, session.key.workspace))
        if self._permissions.requires_action(session.id):
            return replace(session, state="requires_action")
        if self._queues.of_session(session.id):
            return replace(session, state="running")
        return session

    # --- how a turn comes to run ---------------------------------------------------------------

    def _plan(self, request: PlannedRequest, key: Key) -> TurnPlan | UnusableDocument:
        """A plan; a file that cannot be read is for the caller to judge."""
        try:
            return self._planner.plan(request, key)
        except UnusableDocument as error:
            return error

    async def _existing(self, request: PlannedRequest, key: Key | None) -> Session | None:
        """The session that a request continues; None where a new one is wanted."""
        if isinstance(request, AskRequest) and request.session_id is not None:
            wanted = await self._elsewhere.successor(request.session_id)
            return await self._session(self._queues.successor(wanted))
        if isinstance(request, VerifyRequest):
            wanted = self._queues.successor(request.finding.session_id)
            return await self._store.session(wanted)
        if key is None or (not isinstance(request, FixRequest) and request.fresh):
            return None
        return await self._store.current_session(key)

    async def _enqueue(self, session: Session, plans: Sequence[TurnPlan]) -> list[RunningTurn]:
        tickets: list[RunningTurn] = []
        for plan in plans:
            ticket = RunningTurn(session.id, str(uuid.uuid4()), plan, self._cancel)
            turn = Turn(
                id=ticket.turn_id,
                session_id=session.id,
                kind=plan.kind,
                prompt=plan.prompt,
                started_at=time.time(),
                continues=plan.continues,
                retries=plan.retries,
            )
            await self._store.begin_turn(turn, plan.record)
            tickets.append(ticket)
        if session.turns == 0 and session.title == titles.before_any_turn(session.key):
            await self._store.update_session(session.id, title=titles.of_prompt(plans[0]))
        for ticket in tickets:
            self._queues.add(ticket)
        return tickets

    async def _run(self, ticket: RunningTurn) -> None:
        session_id = self._queues.successor(ticket.session_id)
        if ticket.stopping.is_set():
            await self._runner.skip(ticket, session_id)
        else:
            await self._runner.run(ticket, session_id)

    def _cancel(self, ticket: RunningTurn) -> None:
        ticket.stopping.set()
        if self._queues.withdraw(ticket):
            session_id = self._queues.successor(ticket.session_id)
            self._tasks.start_soon(self._runner.skip, ticket, session_id)

    def _replaced(self, lost: str, successor: str) -> None:
        self._queues.replace(lost, successor)
        self.modes.moved(lost, successor)

    async def _moved_on(self, ticket: RunningTurn) -> None:
        """A turn has found out which file it is about: it goes on in that one's session."""
        key = ticket.plan.key
        async with self.opener.order:
            session = await self._store.current_session(key) or await self.opener.new(key)
            started_at = await self._store.after_last_use(time.time())
            await self._store.start_turn(
                ticket.turn_id, session_id=session.id, started_at=started_at
            )
            if session.turns == 0 and session.title == titles.before_any_turn(session.key):
                await self._store.update_session(session.id, title=titles.of_prompt(ticket.plan))
            ticket.session_id = session.id
            self._queues.add(ticket)

    async def _session(self, session_id: str) -> Session:
        session = await self._elsewhere.find(session_id)
        if session is None:
            raise UnknownId("session", session_id, field="sessionId")
        return session


@asynccontextmanager
async def open_turns(
    store: Store,
    agent: Agent,
    editor: Editor,
    *,
    events: EventBus,
    findings: FindingService,
    elsewhere: Elsewhere,
    setup: AgentSetup,
    tests: MakeCourse | None = None,
) -> AsyncGenerator[TurnService]:
    """Run turns; on leaving, those that still run are cut off and stay in the journal."""
    async with anyio.create_task_group() as tasks:
        turns = TurnService(
            store,
            agent,
            editor,
            tasks,
            events=events,
            findings=findings,
            elsewhere=elsewhere,
            setup=setup,
            tests=tests,
        )
        tasks.start_soon(turns.leases.keep)
        tasks.start_soon(turns.pruner.keep)
        yield turns
        tasks.cancel_scope.cancel()

"""The sidecar's sessions: all that a surface can ask for, in one place.

Turns are asked for with `start`, one at a time, so that each is queued in the order in which it
came; they run in the service's own tasks, whatever becomes of who asked. Everything else is a
question to the store, with what only this process knows (what runs, what waits for the user) put
on top.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import anyio
from anyio.abc import TaskGroup

from claude_sidecar.errors import InvalidRequest, UnknownId, UnusableDocument
from claude_sidecar.sessions.documents import Documents
from claude_sidecar.sessions.events import EventBus
from claude_sidecar.sessions.export import ExportFormat, exported
from claude_sidecar.sessions.findings import FindingService
from claude_sidecar.sessions.host import Surroundings
from claude_sidecar.sessions.model import (
    FindingQuery,
    Key,
    Session,
    SessionPage,
    SessionQuery,
    Turn,
    TurnResult,
    UsageReport,
)
from claude_sidecar.sessions.permissions import Permissions
from claude_sidecar.sessions.plans import (
    Planner,
    new_session_title,
    session_title,
    without_document,
)
from claude_sidecar.sessions.ports import Agent, AgentOptions, Editor, Store
from claude_sidecar.sessions.prompts import INSTRUCTIONS
from claude_sidecar.sessions.queues import TurnQueues
from claude_sidecar.sessions.requests import AskRequest, StepsRequest, TurnRequest
from claude_sidecar.sessions.runner import TurnRunner
from claude_sidecar.sessions.spares import Spares
from claude_sidecar.sessions.tickets import RunningTurn, TurnPlan
from claude_sidecar.settings import Settings

CANCEL_SECONDS = 5.0
"""How long `SessionService.cancel` waits for the ends of the turns it cancelled."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The ids of turns that are over now, and of those that still run."""

    stopped: tuple[str, ...]
    still_running: tuple[str, ...]


class SessionService:
    """Sessions and their turns. Made by :func:`open_service`."""

    def __init__(
        self,
        store: Store,
        agent: Agent,
        editor: Editor,
        events: EventBus,
        tasks: TaskGroup,
        *,
        findings: FindingService,
        settings: Callable[[str], Settings],
        environment: Callable[[Settings], Mapping[str, str]],
    ) -> None:
        documents = Documents(editor)
        self._store = store
        self._findings = findings
        self._agent = agent
        self._tasks = tasks
        self._settings = settings
        self._environment = environment
        self._permissions = Permissions(editor, documents)
        self._planner = Planner(documents, settings)
        self._queues = TurnQueues(tasks, self._run)
        self._runner = TurnRunner(
            Surroundings(store, events, documents, self._permissions, findings),
            agent,
            settings=settings,
            options=self._options,
            on_replaced=self._queues.replace,
        )
        self._spares = Spares(agent, self._options)
        self._order = anyio.Lock()

    # --- turns ---------------------------------------------------------------------------------

    async def start(self, request: TurnRequest) -> RunningTurn:
        """Ask for a turn; it runs as soon as those before it in its session are over.

        :raises InvalidRequest: (UnknownId, UnusableDocument) nothing was begun.
        """
        key = request.key
        plan = None if key is None else self._plan(request, key)
        async with self._order:
            session = await self._existing(request, key)
            key = key or (session.key if session else None)
            if key is None:
                raise InvalidRequest("Say which file is meant, or which session.", field="uri")
            plan = plan or self._plan(request, key)
            if isinstance(plan, UnusableDocument):
                if not (isinstance(request, AskRequest) and session and session.turns):
                    raise plan
                plan = without_document(request, key)
            return (await self._enqueue(session or await self._new(key), [plan]))[0]

    async def start_steps(self, request: StepsRequest) -> tuple[RunningTurn, ...]:
        """Ask for a list of prompts, to be run one after the other in one session.

        :raises InvalidRequest: (UnusableDocument) nothing was begun.
        """
        plans = self._planner.steps(request)
        if not plans:
            return ()
        async with self._order:
            session = await self._store.current_session(request.key)
            return tuple(await self._enqueue(session or await self._new(request.key), plans))

    async def results_of_steps(
        self, turns: Sequence[RunningTurn], *, stop_on_error: bool = True
    ) -> tuple[TurnResult, ...]:
        """Wait for steps. The list ends early when one is cancelled, or with `stop_on_error` when
        one does not end well; those that follow it are then cancelled.
        """
        results: list[TurnResult] = []
        for number, turn in enumerate(turns):
            result = await turn.result()
            results.append(result)
            failed = stop_on_error and result.stop_reason != "end_turn"
            if failed or result.stop_reason == "cancelled":
                for following in turns[number + 1 :]:
                    following.cancel()
                for following in turns[number + 1 :]:
                    await following.result()
                break
        return tuple(results)

    def running(self) -> tuple[RunningTurn, ...]:
        """Turns that run or wait in a queue."""
        return self._queues.turns()

    async def cancel(
        self, *, session_id: str | None = None, turn_id: str | None = None
    ) -> Cancelled:
        """Cancel the turns of a session, one turn, or every turn, and wait for their ends.

        :raises UnknownId: if there is no such session or turn. One that is over is not cancelled,
            and that is no error.
        """
        if session_id is not None:
            await self._known(session_id)
        if turn_id is not None and await self._store.turn(turn_id) is None:
            raise UnknownId("turn", turn_id, field="turnId")
        turns = self._queues.turns() if session_id is None else self._queues.of_session(session_id)
        if turn_id is not None:
            turns = tuple(turn for turn in turns if turn.turn_id == turn_id)
        for turn in turns:
            turn.cancel()
        with anyio.move_on_after(CANCEL_SECONDS):
            for turn in turns:
                await turn.result()
        return Cancelled(
            tuple(turn.turn_id for turn in turns if turn.is_over),
            tuple(turn.turn_id for turn in turns if not turn.is_over),
        )

    async def prepare(self, key: Key) -> None:
        """The user has come to a file: start Claude ahead of the first prompt, if so set."""
        settings = self._settings(key.workspace)
        if settings.live_prewarm and settings.live_max > 0:
            session = await self._store.current_session(key)
            await self._spares.prepare(key.workspace, session)

    # --- sessions ------------------------------------------------------------------------------

    async def new_session(self, key: Key) -> Session:
        """Start a session and make it the key's current one."""
        async with self._order:
            return await self._new(key)

    async def session(self, session_id: str) -> Session:
        """One session.

        :raises UnknownId: if there is none.
        """
        return self._as_it_is(await self._known(session_id))

    async def current_session(self, key: Key) -> Session | None:
        """The session that the key continues."""
        session = await self._store.current_session(key)
        return None if session is None else self._as_it_is(session)

    async def list_sessions(self, query: SessionQuery) -> SessionPage:
        """A page of sessions, the last used first.

        :raises InvalidRequest: if the cursor is not one of ours.
        """
        page = await self._store.sessions(query)
        return replace(page, sessions=tuple(map(self._as_it_is, page.sessions)))

    async def resume(self, session_id: str) -> tuple[Session, tuple[Turn, ...]]:
        """Make a session its key's current one: the session and its turns.

        :raises UnknownId: if there is none.
        """
        async with self._order:
            await self._known(session_id)
            await self._store.make_current(session_id)
        return await self.history(session_id=session_id)

    async def history(
        self, *, session_id: str | None = None, key: Key | None = None
    ) -> tuple[Session, tuple[Turn, ...]]:
        """The turns of a session, or of the key's current one.

        :raises UnknownId: if there is none of that id.
        :raises InvalidRequest: if the key has no session yet.
        """
        if session_id is None:
            session = None if key is None else await self._store.current_session(key)
            if session is None:
                place = "here" if key is None else f"for {key.file or key.workspace}"
                raise InvalidRequest(f"There is no session {place} yet.", field="uri")
        else:
            session = await self._known(session_id)
        return self._as_it_is(session), await self._store.turns(session.id)

    async def rename(self, session_id: str, title: str) -> Session:
        """Give a session another title.

        :raises InvalidRequest: if the title is empty, or there is no such session.
        """
        title = " ".join(title.split())
        if not title:
            raise InvalidRequest("`title` is empty.", field="title")
        await self._known(session_id)
        await self._store.update_session(session_id, title=title)
        return await self.session(session_id)

    async def delete(self, session_id: str) -> None:
        """Delete a session with its turns and findings; what runs in it is cancelled first.

        :raises UnknownId: if there is none.
        """
        await self._known(session_id)
        turns = self._queues.of_session(session_id)
        for turn in turns:
            turn.cancel()
        for turn in turns:
            await turn.result()
        await self._agent.release(session_id)
        await self._store.delete_session(session_id)
        await self._findings.forget_session(session_id)

    async def export(self, session_id: str, export_format: ExportFormat = "markdown") -> str:
        """A session as a document to keep: its turns and findings, in Markdown or JSON.

        :raises UnknownId: if there is none.
        """
        session, turns = await self.history(session_id=session_id)
        findings = await self._findings.list(FindingQuery(session_id=session_id))
        return exported(session, turns, findings, export_format)

    async def usage(
        self, *, workspace: str | None = None, since: float | None = None
    ) -> UsageReport:
        """Tokens and costs, in total, by day and by session."""
        return await self._store.usage(workspace=workspace, since=since)

    # --- how a turn comes to run ---------------------------------------------------------------

    def _plan(self, request: TurnRequest, key: Key) -> TurnPlan | UnusableDocument:
        """A plan; a file that cannot be read is for the caller to judge."""
        try:
            return self._planner.plan(request, key)
        except UnusableDocument as error:
            return error

    async def _existing(self, request: TurnRequest, key: Key | None) -> Session | None:
        """The session that a request continues; None where a new one is wanted."""
        if isinstance(request, AskRequest) and request.session_id is not None:
            return await self._known(self._queues.successor(request.session_id))
        if key is None or request.fresh:
            return None
        return await self._store.current_session(key)

    async def _new(self, key: Key) -> Session:
        now = time.time()
        session = Session(
            id=self._spares.take(key.workspace) or str(uuid.uuid4()),
            key=key,
            title=new_session_title(key),
            created_at=now,
            updated_at=now,
        )
        await self._store.add_session(session)
        return session

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
            )
            await self._store.begin_turn(turn)
            tickets.append(ticket)
        if session.turns == 0 and session.title == new_session_title(session.key):
            await self._store.update_session(session.id, title=session_title(plans[0]))
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

    def _options(self, workspace: str) -> AgentOptions:
        settings = self._settings(workspace)
        return AgentOptions(
            cwd=workspace,
            instructions=INSTRUCTIONS,
            model=settings.model,
            effort=settings.effort,
            max_turns=settings.max_turns,
            permission_mode=settings.permission_mode,
            allowed_tools=settings.allowed_tools,
            disallowed_tools=settings.disallowed_tools,
            setting_sources=settings.setting_sources if settings.trusted else (),
            cli_path=settings.cli_path,
            env=tuple(sorted({**settings.env, **self._environment(settings)}.items())),
        )

    # --- what only this process knows ----------------------------------------------------------

    async def _known(self, session_id: str) -> Session:
        session = await self._store.session(session_id)
        if session is None:
            raise UnknownId("session", session_id, field="sessionId")
        return session

    def _as_it_is(self, session: Session) -> Session:
        if self._permissions.requires_action(session.id):
            return replace(session, state="requires_action")
        if self._queues.of_session(session.id):
            return replace(session, state="running")
        return session


@asynccontextmanager
async def open_service(
    store: Store,
    agent: Agent,
    editor: Editor,
    events: EventBus,
    *,
    findings: FindingService,
    settings: Callable[[str], Settings],
    environment: Callable[[Settings], Mapping[str, str]] = lambda _: {},
) -> AsyncGenerator[SessionService]:
    """Run a service; on leaving, turns that still run are cut off and stay in the journal.

    :param settings: the settings of a workspace, by its path, whenever they are needed.
    :param environment: variables for Claude Code that overrule those of the settings.
    """
    async with anyio.create_task_group() as tasks:
        yield SessionService(
            store,
            agent,
            editor,
            events,
            tasks,
            findings=findings,
            settings=settings,
            environment=environment,
        )
        tasks.cancel_scope.cancel()

"""The sessions there are: listed, found, continued, renamed, exported, deleted."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from claude_sidecar.errors import InvalidRequest, UnknownId
from claude_sidecar.sessions.budgets.budgets import Budgets
from claude_sidecar.sessions.conversations.elsewhere import Elsewhere
from claude_sidecar.sessions.conversations.forking import Forker
from claude_sidecar.sessions.conversations.leases import Claim, SessionLeases
from claude_sidecar.sessions.conversations.opening import SessionOpener
from claude_sidecar.sessions.conversations.recovery import conversation_of
from claude_sidecar.sessions.costs.usage import UsageReport
from claude_sidecar.sessions.findings.service import FindingService
from claude_sidecar.sessions.keys import Workspaces
from claude_sidecar.sessions.model import (
    FindingQuery,
    Key,
    PermissionMode,
    Session,
    SessionPage,
    SessionQuery,
    Turn,
)
from claude_sidecar.sessions.ports import Agent, Store, TerminalCommand
from claude_sidecar.sessions.rewinding.rewinder import Consent, Rewind, Rewinder, Rewound, refused
from claude_sidecar.sessions.shapes.export import ExportFormat, exported
from claude_sidecar.sessions.turns.session_states import SessionStates


@dataclass(frozen=True, slots=True)
class SessionLibrary:
    """All sessions of the store, as they are now.

    :param budgets: those of a workspace, by its path; of all, where it is empty.
    """

    store: Store
    agent: Agent
    elsewhere: Elsewhere
    findings: FindingService
    opener: SessionOpener
    forker: Forker
    leases: SessionLeases
    rewinder: Rewinder
    states: SessionStates
    workspaces: Workspaces
    budgets: Callable[[str], Budgets]

    async def new(self, key: Key) -> Session:
        """Start a session and make it the key's current one."""
        async with self.opener.order:
            return await self.opener.new(key)

    async def prepare(self, key: Key) -> None:
        """The user has come to a file: start Claude ahead of the first prompt, if so set."""
        await self.opener.prepare(key)

    async def get(self, session_id: str) -> Session:
        """One session.

        :raises UnknownId: if there is none.
        """
        return self.states.as_it_is(await self.elsewhere.get(session_id))

    async def current(self, key: Key) -> Session | None:
        """The session that the key continues."""
        session = await self.store.current_session(key)
        return None if session is None else self.states.as_it_is(session)

    async def list(self, query: SessionQuery) -> SessionPage:
        """A page of sessions, the last used first, with those that Claude Code has in the workspaces
        that are asked about, or in the open ones.

        :raises InvalidRequest: if the cursor is not one of ours.
        """
        if query.cursor is None:
            asked = query.key.workspace if query.key else query.workspace
            await self.elsewhere.look([asked] if asked else self.workspaces.folders)
        page = await self.store.sessions(query)
        return replace(page, sessions=tuple(map(self.states.as_it_is, page.sessions)))

    async def resume(
        self, session_id: str, *, key: Key | None = None
    ) -> tuple[Session, tuple[Turn, ...]]:
        """Make a session its key's current one: the session and its turns. Where another took a lost
        one's place, it is that one.

        :param key: have this one continue it from now on, instead of the one it belongs to.
        :raises UnknownId: if there is none.
        :raises InvalidRequest: if the key is of another workspace.
        """
        async with self.opener.order:
            session_id = await self.elsewhere.successor(session_id)
            session = await self.elsewhere.get(session_id)
            if key is None:
                await self.store.make_current(session_id)
            else:
                await self.elsewhere.bind(session, key)
        return await self.history(session_id=session_id)

    async def hand_over(self, session_id: str) -> TerminalCommand:
        """How to go on with a session in a terminal; our own process of it is ended. What another
        process runs in it is waited for.

        :raises UnknownId: if there is none.
        :raises InvalidRequest: while a turn runs in it, or if there is nothing to go on with.
        :raises SessionBusy: if another process does not let go of it.
        """
        session = await self.elsewhere.get(session_id)
        if self.states.turns_of(session_id):
            raise InvalidRequest(
                f"A turn is running in session {session_id}: wait for its end, or cancel it.",
                field="sessionId",
            )
        claim = Claim(session_id, str(uuid.uuid4()), session.key.workspace)
        async with self.leases.held(claim):
            return await self.elsewhere.hand_over(session)

    async def history(
        self, *, session_id: str | None = None, key: Key | None = None
    ) -> tuple[Session, tuple[Turn, ...]]:
        """The turns of a session, or of the key's current one. One that took a lost session's place
        has that one's turns before its own: the conversation is whole.

        :raises UnknownId: if there is none of that id.
        :raises InvalidRequest: if the key has no session yet.
        """
        if session_id is None:
            session = None if key is None else await self.store.current_session(key)
            if session is None:
                place = "here" if key is None else f"for {key.file or key.workspace}"
                raise InvalidRequest(f"There is no session {place} yet.", field="uri")
        else:
            session = await self.elsewhere.get(session_id)
        await self.elsewhere.catch_up(session)
        session = await self.elsewhere.get(session.id)
        return self.states.as_it_is(session), await conversation_of(self.store, session)

    async def rename(self, session_id: str, title: str) -> Session:
        """Give a session another title.

        :raises InvalidRequest: if the title is empty, or there is no such session.
        """
        title = " ".join(title.split())
        if not title:
            raise InvalidRequest("`title` is empty.", field="title")
        await self.elsewhere.get(session_id)
        await self.store.update_session(session_id, title=title)
        return await self.get(session_id)

    async def set_mode(self, session_id: str, mode: PermissionMode) -> Session:
        """Put a session into a permission mode, at once and until the server ends.

        :raises UnknownId: if there is no such session.
        """
        return await self.states.set_mode(await self.elsewhere.get(session_id), mode)

    async def delete(self, session_id: str) -> None:
        """Delete a session with its turns and findings; what runs in it is cancelled first. What
        another process runs in it is waited for.

        :raises UnknownId: if there is none.
        :raises SessionBusy: if another process does not let go of it.
        """
        session = await self.elsewhere.get(session_id)
        turns = self.states.turns_of(session_id)
        for turn in turns:
            turn.cancel()
        for turn in turns:
            await turn.over()
        async with self.leases.held(Claim(session_id, str(uuid.uuid4()), session.key.workspace)):
            await self.agent.release(session_id)
            await self.store.delete_session(session_id)
        await self.findings.forget_session(session_id)

    async def export(self, session_id: str, export_format: ExportFormat = "markdown") -> str:
        """A session as a document to keep: its turns and findings, in Markdown or JSON.

        :raises UnknownId: if there is none.
        """
        session, turns = await self.history(session_id=session_id)
        findings = await self.findings.list(FindingQuery(session_id=session_id))
        return exported(session, turns, findings, export_format)

    async def fork(self, session_id: str, turn_id: str | None = None) -> Session:
        """Part from a session, after a turn of it or after its last; see `forking`. The fork is its
        key's current session.

        :raises UnknownId: if there is no such session, or it has no such turn.
        :raises InvalidRequest: if the turn is not over.
        """
        async with self.opener.order:
            return await self.forker.fork(await self.elsewhere.get(session_id), turn_id)

    async def unfinished(self, *, session_id: str | None = None, key: Key | None = None) -> Turn:
        """The last turn of a session, or of the key's current one, if it did not end well.

        :raises UnknownId: if there is no session of that id.
        :raises InvalidRequest: if the last turn came to its end, or there is none.
        """
        session, turns = await self.history(session_id=session_id, key=key)
        own = [turn for turn in turns if turn.kind != "compact"]
        if not own or own[-1].stop_reason == "end_turn":
            raise InvalidRequest(
                f"The last turn of {session.title!r} came to its end: there is nothing to go on "
                "with or to do again.",
                field="turnId",
            )
        return own[-1]

    async def rewind(self, turn_id: str, consent: Consent) -> Rewound:
        """Put files back as they were before a turn: those that Claude changed in it and since.

        :param consent: asked where somebody else has changed some of them since.
        :raises UnknownId: if there is no such turn.
        :raises InvalidRequest: while a turn runs that may change them again.
        """
        plan = await self.plan_rewind(turn_id)
        agreed = not plan.changed_since or await consent(plan)
        return await self.carry_out_rewind(plan, agreed=agreed)

    async def plan_rewind(self, turn_id: str) -> Rewind:
        """What `rewind` would do.

        :raises InvalidRequest: (UnknownId) see there.
        """
        turn = await self.store.turn(turn_id)
        if turn is None:
            raise UnknownId("turn", turn_id, field="turnId")
        if self.states.turns_of(turn.session_id):
            raise InvalidRequest(
                "A turn of this session is running. Wait for its end, or cancel it, and rewind then.",
                field="turnId",
            )
        return await self.rewinder.plan(turn_id)

    async def carry_out_rewind(self, plan: Rewind, *, agreed: bool) -> Rewound:
        """Do what was planned, if the user has agreed to what is lost by it."""
        return await self.rewinder.carry_out(plan) if agreed else refused(plan)

    async def usage(
        self, *, workspace: str | None = None, since: float | None = None
    ) -> UsageReport:
        """Tokens and costs, in total and in every part, and what is left of the budgets."""
        report = await self.store.usage(workspace=workspace, since=since)
        budgets = await self.budgets(workspace or "").states()
        return replace(report, budgets=budgets)

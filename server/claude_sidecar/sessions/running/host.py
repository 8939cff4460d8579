"""What the agent turns to while it runs a turn: events, permissions and our own tools."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import anyio
from anyio.abc import TaskGroup

from claude_sidecar.findings.model import Finding
from claude_sidecar.sessions.budgets.turn_budget import TurnBudget
from claude_sidecar.sessions.consent.asked_again import AskedAgain
from claude_sidecar.sessions.costs.spending import Tally
from claude_sidecar.sessions.editing.editor_first import EditorFirst
from claude_sidecar.sessions.editing.edits import Author
from claude_sidecar.sessions.editing.remarks import Remarks
from claude_sidecar.sessions.events import (
    AgentEvent,
    AgentMessageChunk,
    ContextCompacted,
    Event,
    FindingReported,
    ToolCallStarted,
    ToolCallUpdated,
    TurnStarted,
    Update,
    UsageUpdated,
)
from claude_sidecar.sessions.model import Compaction, Cost, JsonObject, Recovery, ToolCall
from claude_sidecar.sessions.planning.plans import Composed
from claude_sidecar.sessions.planning.running_turn import RunningTurn
from claude_sidecar.sessions.policy import judge
from claude_sidecar.sessions.ports import (
    Allow,
    Ask,
    Defer,
    Deny,
    Done,
    Excerpt,
    ToolReply,
    ToolUse,
    UsedTool,
)
from claude_sidecar.sessions.rewinding.turn_changes import TurnChanges
from claude_sidecar.sessions.running.context_watch import ContextWatch
from claude_sidecar.sessions.running.journal import TurnJournal
from claude_sidecar.sessions.running.surroundings import Surroundings
from claude_sidecar.sessions.tools import code_review
from claude_sidecar.sessions.tools.buffer_tools import BufferTools
from claude_sidecar.sessions.tools.turn_tools import TurnTools


class Host:
    """The `TurnHost` of one turn, and what has come of the turn so far.

    :ivar tasks: while Claude is at work, for what must be over before the turn is.
    :ivar calls: its tool calls by id, in order.
    :ivar findings: those reported in it by id, in order.
    :ivar changes: what its tools change.
    :ivar asker: who asks the user for this turn.
    :ivar heard: whether Claude has taken up the prompt.
    :ivar compacted: the last time that the conversation was summarised in it.
    :ivar watch: how full the conversation is.
    :ivar money: what it has spent, and may.
    """

    def __init__(self, around: Surroundings, ticket: RunningTurn, session_id: str) -> None:
        self._around = around
        self._ticket = ticket
        self.tasks: TaskGroup | None = None
        self._said: list[str] = []
        self.session_id = session_id
        self.recovery: Recovery | None = None
        self.journal = TurnJournal(around.store, session_id, ticket.turn_id)
        self.calls: dict[str, ToolCall] = {}
        self.findings: dict[str, Finding] = {}
        workspace = ticket.plan.key.workspace
        self.changes = TurnChanges(around.checkpoints, workspace, ticket.turn_id)
        self.heard = False
        self._announced = False
        self._earlier = Tally()
        self._author = Author(session_id, ticket.turn_id, workspace, tuple(around.rights.folders()))
        self._editor_first = EditorFirst(
            around.documents.editor,
            around.editing,
            around.seen,
            self._author,
            Remarks(around.documents.editor, self._author),
        )
        self.over = False
        self.compacted: Compaction | None = None
        self.watch = ContextWatch(around.settings(workspace).context_warn_at_percent)
        self.money = TurnBudget(around.budgets(workspace), session_id, ticket)
        self.asker = around.rights.asker(ticket, session_id)

    @property
    def text(self) -> str:
        """Claude's own reply so far; what subagents say is not in it."""
        return "".join(self._said)

    @property
    def stopping(self) -> anyio.Event:
        """Set when the turn is to be interrupted."""
        return self._ticket.stopping

    def moved_to(self, session_id: str, recovery: Recovery) -> None:
        """The turn goes on in another session."""
        self.session_id = self.asker.session_id = session_id
        self.recovery = recovery
        self.heard = False
        self.watch.compacted(None)
        self._author = self._editor_first.author = replace(self._author, session_id=session_id)
        self.money.moved_to(session_id)
        self.journal.belongs_to(session_id)

    def publish(self, event: Event) -> None:
        """Number an event and hand it to all surfaces."""
        key = self._ticket.plan.key
        ticket = self._ticket
        update = Update(self.session_id, ticket.turn_id, key, ticket.seq, event)
        self._around.events.publish(update)
        ticket.seq += 1

    def emit(self, event: AgentEvent) -> None:
        """Take note of what the agent tells, and hand it on."""
        if not self.heard:
            self.heard = True
            self.journal.session_begun()
        match event:
            case AgentMessageChunk(text=text, agent=None):
                self._said.append(text)
                self.journal.text(text)
            case ToolCallStarted(call=call):
                self._note(call)
            case ToolCallUpdated(tool_call_id=call_id, status=status) if call_id in self.calls:
                self._note(replace(self.calls[call_id], status=status))
                if status in {"completed", "failed"} and self.tasks is not None:
                    self.tasks.start_soon(self.changes.ended, call_id)
            case UsageUpdated(tally=tally):
                self._spent(replace(event, warning=self.watch.warning(event.context)), tally)
                return
            case ContextCompacted():
                self._compacted(event)
            case _:
                pass
        self.publish(event)

    async def out_of_budget(self) -> str | None:
        """Why Claude must not be called again."""
        return await self.money.out_of_budget()

    async def judge(self, use: ToolUse) -> Allow | Defer | Ask | Deny | Done:
        """What this kind of turn may do. What a review of Claude's own reports is taken in."""
        if use.name == code_review.TOOL and self.tasks is not None:
            self.tasks.start_soon(self._tools().take_own_review, use.input)
        verdict = judge(await self.asker.situation(), use)
        return await self._editor_first.judged(use, verdict)

    async def permit(self, use: ToolUse) -> Allow | Deny | Done:
        """Ask the user."""
        answer = await self._around.permissions.permit(self.asker, use, self.calls.get(use.id))
        if isinstance(answer, Deny):
            return answer
        agreed = replace(use, input=answer.updated_input or use.input)
        return await self._editor_first.permitted(agreed) or answer

    async def answers_to_earlier(self) -> str:
        """What the prompt is to end with: what the user says to questions that were cut off."""
        around = self._around
        return await AskedAgain(around.store, around.permissions).before(self.asker)

    def plans_first(self) -> bool:
        """Whether Claude is to make a plan before it does anything."""
        return self._around.rights.plans_first(self._ticket, self.session_id)

    async def reread(self, use: ToolUse) -> Excerpt | None:
        """The buffer goes before the disk."""
        return await self._editor_first.reread(use)

    async def remark(self, used: Sequence[UsedTool]) -> str | None:
        """What the editor knows and the disk does not."""
        return await self._editor_first.remarks.on(used)

    def shown(self, composed: Composed) -> None:
        """The prompt is made: Claude has seen what it shows."""
        path = self._ticket.plan.path
        if path is not None and composed.document_hash is not None:
            self._around.seen.show_hash(self.session_id, path, composed.document_hash)

    async def let_through(self, use: ToolUse) -> None:
        """Keep what the tool may change."""
        await self.changes.let_through(use)

    async def call_tool(self, name: str, arguments: JsonObject, agent: str | None) -> ToolReply:
        """Carry out a call of one of our own tools."""
        del agent
        return await self._tools().call(name, arguments)

    def _tools(self) -> TurnTools:
        around = self._around
        return TurnTools(
            buffers=BufferTools(
                self._author, around.documents, around.editing, around.moves, around.seen
            ),
            documents=around.documents,
            findings=around.findings,
            on_finding=self._found,
        )

    def _found(self, finding: Finding) -> None:
        self.findings[finding.id] = finding
        self.publish(FindingReported(finding))

    def _compacted(self, event: ContextCompacted) -> None:
        self.compacted = Compaction(
            event.trigger, event.before_tokens, event.after_tokens, event.summary
        )
        self.watch.compacted(event.after_tokens)
        if self._ticket.kind == "compact":  # what was kept is what there is to read
            self.emit(AgentMessageChunk(event.summary))

    def announce(self, event: TurnStarted) -> None:
        """The turn has left its queue, which is told once in a session."""
        if not self._announced:
            self._announced = True
            self.publish(event)

    def tell(self, text: str) -> None:
        """Say something in Claude's place."""
        self._said.append(text)
        self.journal.text(text)
        self.publish(AgentMessageChunk(text))

    def note(self, call: ToolCall) -> None:
        """Keep a call that is not Claude's own in the journal."""
        self._note(call)

    def only_read(self) -> None:
        """From now on nothing is run or changed in the turn."""
        self._ticket.plan = replace(self._ticket.plan, allowance="read")

    def next_prompt(self, spent: Tally) -> None:
        """One prompt of several is over, and cost so much."""
        self._earlier = self.spent_in_all(spent)

    def spent_in_all(self, tally: Tally) -> Tally:
        """What a prompt spent, with those before it in the turn."""
        return self._earlier + tally

    def _spent(self, event: UsageUpdated, tally: Tally) -> None:
        tally = self.spent_in_all(tally)
        event = replace(event, usage=tally.usage, tally=tally)
        self.money.spend(tally, self.tasks)
        if self.over:
            self._around.tasks.start_soon(self._spent_later, event, tally)
            return
        self.journal.spent(tally)
        cost = Cost(tally.cost_usd, self.money.session_usd + tally.cost_usd)
        self.publish(replace(event, cost=cost))

    async def _spent_later(self, event: UsageUpdated, tally: Tally) -> None:
        """What was left in the background went on after the turn: no journal runs for it now."""
        self.journal.spent(tally)
        await self.journal.flush()
        session = await self._around.store.session(self.session_id)
        session_usd = tally.cost_usd if session is None else session.cost_usd
        self.publish(replace(event, cost=Cost(tally.cost_usd, session_usd)))

    def _note(self, call: ToolCall) -> None:
        self.calls[call.id] = call
        self.journal.tool_call(call)

"""A running Claude Code process and the conversation in it.

One task owns the SDK's client from its connection to its end: it reads all messages, also between
turns, because unread ones would block Claude Code's questions to us; and it carries out what it is
to be told, see `commands`.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

import anyio
from claude_agent_sdk import (
    ClaudeSDKClient,
    Message,
    ResultMessage,
    StreamEvent,
    SystemMessage,
)

from claude_sidecar.agent import failures
from claude_sidecar.agent.account import Account
from claude_sidecar.agent.background import Background
from claude_sidecar.agent.commands import STOP_SECONDS, Commands
from claude_sidecar.agent.following import Follower
from claude_sidecar.agent.gate import Gate
from claude_sidecar.agent.options import (
    START_SECONDS,
    Conversation,
    for_client,
    for_process,
)
from claude_sidecar.agent.process import CliProcess
from claude_sidecar.agent.tools import build_server
from claude_sidecar.agent.transcript import Transcript
from claude_sidecar.agent.transcript_copy import TranscriptCopy
from claude_sidecar.agent.turn import ActiveTurn
from claude_sidecar.agent.waiting import first_of
from claude_sidecar.agent.watchdog import Watchdog
from claude_sidecar.errors import TurnFailure
from claude_sidecar.sessions.ports import AgentOptions, AgentRequest, Drop, ToolSpec, TurnHost

logger = logging.getLogger(__name__)

# An interrupt that comes before the prompt was taken up has no effect, so it is repeated.
INTERRUPT_AGAIN_SECONDS = 0.3
SIGN_OF_LIFE_SECONDS = 120.0


class LiveSession:
    """One process, serving one session with one set of options.

    :param begun: whether Claude is thought to have a transcript of the session.
    :param drop: a turn at its end that is to be forgotten, if that can still be done.
    :param copy: our copy of it, if one is kept.
    :ivar restored: what was wrong with the transcript, where it had to be put back first.
    """

    def __init__(
        self,
        session_id: str,
        options: AgentOptions,
        *,
        begun: bool,
        specs: Sequence[ToolSpec],
        watchdog: Watchdog,
        copy: TranscriptCopy | None,
        drop: Drop | None = None,
    ) -> None:
        self.session_id = session_id
        self.options = options
        self.ready = anyio.Event()
        self.ended = anyio.Event()
        self.failure: TurnFailure | None = None
        self.version: str | None = None
        self.turns = 0
        self.restored: str | None = None
        self._begun = begun
        self._drop = drop
        self._transcript = Transcript(session_id, options)
        self._watchdog = watchdog
        self._follower = Follower(copy)
        self._account = Account()
        self._gate = Gate(self._account.settle)
        wanted = [each for each in specs if options.tools is None or each.name in options.tools]
        self._server = build_server(wanted, self._gate)
        self._turn: ActiveTurn | None = None
        self._process: CliProcess | None = None
        self.background = Background()
        self._scope = anyio.CancelScope()
        self._commands = Commands(self._gate)

    @property
    def pid(self) -> int | None:
        """The id of its process, while there is one."""
        return self._process.pid if self._process else None

    @property
    def closing(self) -> bool:
        """Whether it takes no further turns."""
        return self._scope.cancel_called or self.ended.is_set()

    def fits(self, options: AgentOptions) -> bool:
        """Whether it can take a turn with these options, and knows the conversation as it is."""
        return not self.closing and self.options == options and not self._transcript.has_grown()

    def close(self) -> None:
        """End the process; `ended` tells when it is gone."""
        self._scope.cancel()

    def start_turn(self, request: AgentRequest, host: TurnHost) -> ActiveTurn:
        """A turn to be run here."""
        resumed = self._begun or self.turns > 0
        return self._account.turn(request, host, resumed=resumed)

    async def run(self, turn: ActiveTurn) -> None:
        """Run a turn to its end, however it ends. Cancelled, it interrupts Claude first."""
        self._turn = turn
        self._follower.prompted(turn.request.turn_id)
        self._account.enter(turn)
        self._gate.enter(turn)
        self.turns += 1
        try:
            if self.ended.is_set():
                turn.died(None, self._last_words())
            else:
                self._commands.prompt(turn.request)
            await self._watch(turn)
        finally:
            if not turn.done.is_set():
                with anyio.CancelScope(shield=True):
                    await self._stop(turn)
            self._turn = None
            self._account.leave()
            self._transcript.read()
            self._gate.leave()

    async def own(self) -> None:
        """Connect, serve until closed or dead, and leave no process behind."""
        error: Exception | None = None
        try:
            with self._scope:
                client = await self._connect()
                if client is not None:
                    error = await self._serve(client)
        finally:
            self.close()  # also where the process died by itself: it takes no further turns
            if self._process is not None:
                await self._process.close()
            self._lose_turn(error)
            if self._process is not None:
                await self._follower.finish()
            self._lose_turn(error)  # one that was given to it meanwhile
            self._commands.close()
            self.background.ended()
            self.ended.set()
            self.ready.set()

    def _lose_turn(self, error: Exception | None) -> None:
        if self._turn is not None:
            self._turn.died(error, self._last_words())

    async def stop_background(self) -> None:
        """Stop what runs in the background, and wait until it has stopped."""
        wanted = frozenset(task.id for task in self.background.tasks)
        if wanted and not self.ended.is_set():
            self._commands.stop_tasks(wanted)
            await self.background.gone(wanted)

    def plan_first(self, *, planning: bool) -> None:
        """Go into plan mode, or out of it, while a turn runs."""
        self._commands.plan_first(planning=planning)

    async def _watch(self, turn: ActiveTurn) -> None:
        with anyio.move_on_after(SIGN_OF_LIFE_SECONDS):
            await first_of(turn.done, turn.host.stopping, turn.heard)
        if not (turn.done.is_set() or turn.host.stopping.is_set() or turn.heard.is_set()):
            turn.fail(failures.silence(SIGN_OF_LIFE_SECONDS))
            self._kill()
        await first_of(turn.done, turn.host.stopping)
        if not turn.done.is_set():
            await self._stop(turn)

    async def _stop(self, turn: ActiveTurn) -> None:
        turn.stop()
        with anyio.move_on_after(STOP_SECONDS):
            while not turn.done.is_set():
                if not self.ended.is_set():
                    self._commands.interrupt(turn)
                with anyio.move_on_after(INTERRUPT_AGAIN_SECONDS):
                    await turn.done.wait()
        if not turn.done.is_set():
            logger.warning("Claude Code %s did not stop and is killed", self.pid)
            self._kill()
            turn.died(None, self._last_words())

    async def _connect(self) -> ClaudeSDKClient | None:
        """Start the process; where the hint was wrong, as the other kind."""
        for begun, drop in dict.fromkeys(
            ((self._begun, self._drop), (True, self._drop), (True, None))
        ):
            conversation = Conversation(self.session_id, begun, drop)
            try:
                if begun:
                    restored = await self._follower.put_back(self.session_id)
                    self.restored = restored or self.restored
                    self._transcript.read()
                self._process = CliProcess(
                    for_process(self.options, conversation, self._server), self._watchdog
                )
                client = ClaudeSDKClient(
                    for_client(self._gate.hooks(), self._gate.permit, self._server),
                    transport=self._process,
                )
                with anyio.fail_after(START_SECONDS):
                    await client.connect()
            except TurnFailure as failure:
                self.failure = failure
                return None
            except Exception as error:  # noqa: BLE001 - the SDK also raises bare ones
                if not begun and failures.in_use(self._last_words()):
                    continue
                if drop is not None and failures.drop_refused(error, self._last_words()):
                    continue
                self.failure = failures.start_failure(
                    error, self._last_words(), conversation, self.options
                )
                return None
            self._begun = begun
            await self._account.open(client, begun=begun)
            return client
        return None

    async def _serve(self, client: ClaudeSDKClient) -> Exception | None:
        error: Exception | None = None
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._commands.carry_out, client, self._deaf)
                tasks.start_soon(self._follower.follow)
                tasks.start_soon(self._account.serve, client)
                self.ready.set()
                error = await self._read(client)
                tasks.cancel_scope.cancel()
        finally:
            with anyio.CancelScope(shield=True):
                if error is None and self.background.tasks:  # they end now, and were not for free
                    await self._account.settle()
                await client.disconnect()
        return error

    async def _read(self, client: ClaudeSDKClient) -> Exception | None:
        try:
            async for message in client.receive_messages():
                if isinstance(message, StreamEvent):  # by the thousand, and in no transcript
                    self._take(message)
                    continue
                if isinstance(message, SystemMessage) and message.subtype == "init":
                    self.version = message.data.get("claude_code_version")
                self.background.take(message)
                self._take(message)
                self._follower.look(at_once=isinstance(message, ResultMessage))
        except Exception as error:  # noqa: BLE001 - the SDK also raises bare ones
            return error
        return None

    def _take(self, message: Message) -> None:
        try:
            self._account.before(message)
            if self._turn is not None:
                self._turn.take(message)
            self._account.after(message)
        except Exception:
            logger.exception("A message of Claude Code's could not be used")

    def _deaf(self, error: Exception) -> None:
        """It cannot be told anything: it ends, and the reader tells how."""
        logger.debug("Claude Code %s does not listen: %s", self.pid, error)
        self._kill()

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def _last_words(self) -> str:
        return self._process.last_words if self._process else ""

"""The sidecar behind one connection: opened when it is first needed, closed with the connection.

It is opened after `initialize` is answered and the client was asked for its settings, because they
say where the store is. One that cannot be opened is told to the user, and tried again with the
next command.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack

import anyio
from lsprotocol import types

from claude_sidecar.app import open_sidecar
from claude_sidecar.errors import SidecarError, TurnFailure
from claude_sidecar.lsp.client import Client
from claude_sidecar.lsp.configuration import Configuration
from claude_sidecar.sessions.keys import Workspaces
from claude_sidecar.sessions.ports import Editor
from claude_sidecar.sidecar import Sidecar

logger = logging.getLogger(__name__)


class SidecarHost:
    """Keeps the sidecar.

    :param attach: called with each sidecar that is opened, to subscribe to it for as long as the
        stack is not left.
    :param on_configured: called when settings were taken over.
    """

    def __init__(
        self,
        client: Client,
        *,
        configuration: Configuration,
        workspaces: Workspaces,
        editor: Editor,
        attach: Callable[[Sidecar, ExitStack], None],
        on_configured: Callable[[], None],
    ) -> None:
        self._client = client
        self._configuration = configuration
        self._workspaces = workspaces
        self._editor = editor
        self._attach = attach
        self._on_configured = on_configured
        self._sidecar: Sidecar | None = None
        self._failure: SidecarError | None = None
        self._wanted = anyio.Event()
        self._settled = anyio.Event()
        self._changed = anyio.Event()
        self._told: set[str] = set()

    def want(self) -> None:
        """Open it now, so that the first command need not wait."""
        self._wanted.set()

    @property
    def current(self) -> Sidecar | None:
        """The sidecar, if it is open."""
        return self._sidecar

    async def get(self) -> Sidecar:
        """The sidecar, opened if it was not. Returns at once where it is open.

        :raises SidecarError: if it cannot be opened.
        """
        if self._sidecar is not None:
            return self._sidecar
        if self._failure is not None:
            self._failure = None
            self._settled = anyio.Event()
        self._wanted.set()
        await self._settled.wait()
        if self._sidecar is None:
            raise self._failure or TurnFailure(
                "internal", "The server is closing.", hint="Start it again.", retryable=False
            )
        return self._sidecar

    async def run(self) -> None:
        """Open it whenever it is wanted, until cancelled."""
        while True:
            await self._wanted.wait()
            try:
                await self._open()
            except SidecarError as error:
                self._fail(error, str(error))
            except Exception as error:
                logger.exception("The sidecar ended unexpectedly")
                message = f"claude-sidecar failed unexpectedly ({type(error).__name__})."
                hint = "Its log, on standard error, shows where. The next command tries again."
                failure = TurnFailure("internal", message, hint=hint, retryable=True)
                self._fail(failure, f"{message} {hint}")

    def reconfigure(self) -> None:
        """The client's settings changed: take them soon, in the task that opened the sidecar."""
        self._changed.set()

    async def tell_store_problem(self) -> None:
        """Tell the user once if sessions cannot be kept as they should be."""
        if self._sidecar is not None:
            health = await self._sidecar.store.health()
            if health.problem is not None:
                self._tell(types.MessageType.Warning, health.problem)

    async def _open(self) -> None:
        await self._configuration.pull()
        async with open_sidecar(
            self._configuration.general, editor=self._editor, workspaces=self._workspaces
        ) as sidecar:
            with ExitStack() as stack:
                self._sidecar = sidecar
                stack.callback(self._forget)
                self._attach(sidecar, stack)
                await self._apply()
                self._settled.set()
                await self.tell_store_problem()
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(self._warm_up, sidecar)
                    await self._keep_configured()

    async def _keep_configured(self) -> None:
        while True:
            await self._changed.wait()
            self._changed = anyio.Event()
            await self._configuration.pull()
            await self._apply()

    async def _warm_up(self, sidecar: Sidecar) -> None:
        """Its failure is the first prompt's to tell."""
        try:
            await sidecar.warm_up()
        except Exception:
            logger.exception("Claude could not be prepared")

    async def _apply(self) -> None:
        self._on_configured()
        if self._sidecar is not None:
            configuration = self._configuration
            await self._sidecar.configure(configuration.general, configuration.by_workspace)

    def _forget(self) -> None:
        self._sidecar = None

    def _fail(self, error: SidecarError, message: str) -> None:
        self._failure = error
        self._wanted = anyio.Event()
        self._settled.set()
        self._tell(types.MessageType.Error, message)

    def _tell(self, kind: types.MessageType, message: str) -> None:
        if message not in self._told:
            self._told.add(message)
            self._client.show_message(kind, message)

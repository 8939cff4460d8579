"""The language server of one connection, put together: features, and the messages they handle.

It is imported and built once `initialize` has been answered, because its imports take longer than
the answer may.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final, cast

import anyio.abc
from lsprotocol import types

from claude_sidecar.errors import SidecarError
from claude_sidecar.findings.model import Severity
from claude_sidecar.lsp import names
from claude_sidecar.lsp.arguments import read
from claude_sidecar.lsp.buffers import Buffer
from claude_sidecar.lsp.client import QUICK_SECONDS, Client
from claude_sidecar.lsp.commands.call import Call, Command
from claude_sidecar.lsp.commands.reports import ReportCommands
from claude_sidecar.lsp.commands.sessions import SessionCommands
from claude_sidecar.lsp.commands.turns import TurnCommands
from claude_sidecar.lsp.configuration import Configuration
from claude_sidecar.lsp.convert import Ranges
from claude_sidecar.lsp.diagnostics import Diagnostics
from claude_sidecar.lsp.documents import OpenDocuments
from claude_sidecar.lsp.editor import LspEditor
from claude_sidecar.lsp.edits import FileEdits
from claude_sidecar.lsp.faults import WrongArguments
from claude_sidecar.lsp.host import SidecarHost
from claude_sidecar.lsp.logs import set_level
from claude_sidecar.lsp.permission import PermissionQuestions
from claude_sidecar.lsp.places import Places
from claude_sidecar.lsp.progress import TurnProgress
from claude_sidecar.lsp.protocol import SidecarProtocol
from claude_sidecar.lsp.questions import UserDialogs
from claude_sidecar.lsp.reply import Replies
from claude_sidecar.lsp.update_shapes import UpdateShapes
from claude_sidecar.lsp.updates import SessionUpdates
from claude_sidecar.lsp.workspace import change_folders, folders_of, moves_of
from claude_sidecar.sessions.events import Subscriber
from claude_sidecar.sessions.keys import Workspaces
from claude_sidecar.sessions.model import FindingQuery
from claude_sidecar.settings import SECTION, Settings
from claude_sidecar.text import PositionEncoding

logger = logging.getLogger(__name__)

_REGISTRATION: Final = "claude-sidecar-configuration"


class SidecarServer:
    """All features of one connection. Run it in a task; then hand it messages."""

    def __init__(
        self,
        protocol: SidecarProtocol,
        params: types.InitializeParams,
        encoding: PositionEncoding,
        tasks: anyio.abc.TaskGroup,
        override: Callable[[Settings], Settings],
    ) -> None:
        self._tasks = tasks
        self._client = Client(protocol, params)
        self._workspaces = Workspaces(folders_of(params))
        self._documents = OpenDocuments(encoding)
        self._configuration = Configuration(
            self._client, self._workspaces, params.initialization_options, override
        )
        ranges = Ranges(self._documents)
        self._progress = TurnProgress(self._client, tasks)
        self._diagnostics = Diagnostics(self._client, self._documents, ranges, self._threshold)
        self._host = SidecarHost(
            self._client,
            configuration=self._configuration,
            workspaces=self._workspaces,
            editor=LspEditor(
                self._documents,
                FileEdits(self._client, self._documents, ranges),
                PermissionQuestions(self._client),
                UserDialogs(self._client),
            ),
            subscribers=self._subscribers(ranges),
            on_configured=self._configured,
        )
        self._commands = self._command_table(ranges)
        self._documents.on_opened(self._opened)
        self._register(protocol)

    async def run(self) -> None:
        """Keep the sidecar, until cancelled."""
        await self._host.run()

    # --- put together --------------------------------------------------------------------------

    def _subscribers(self, ranges: Ranges) -> list[Subscriber]:
        subscribers: list[Subscriber] = [self._diagnostics.take]
        if self._client.session_updates:
            updates = SessionUpdates(
                lambda update: self._client.tell(names.SESSION_UPDATE, update),
                UpdateShapes(ranges),
            )
            subscribers.append(updates.take)
        return [*subscribers, self._progress.take]

    def _command_table(self, ranges: Ranges) -> dict[str, Command[object]]:
        places = Places(self._documents, self._workspaces)
        replies = Replies(self._client)
        commands = [
            *TurnCommands(places, ranges, self._progress, replies, self._host).table(),
            *SessionCommands(places, ranges, replies, self._diagnostics).table(),
            *ReportCommands(places, self._configuration, replies).table(),
        ]
        return {command.name: command for command in commands}

    def _register(self, protocol: SidecarProtocol) -> None:
        protocol.requests[types.WORKSPACE_EXECUTE_COMMAND] = self._execute
        documents = self._documents
        protocol.notifications.update(
            {
                types.INITIALIZED: self._initialized,
                types.TEXT_DOCUMENT_DID_OPEN: documents.did_open,
                types.TEXT_DOCUMENT_DID_CHANGE: documents.did_change,
                types.TEXT_DOCUMENT_DID_SAVE: documents.did_save,
                types.TEXT_DOCUMENT_DID_CLOSE: documents.did_close,
                types.WINDOW_WORK_DONE_PROGRESS_CANCEL: self._progress.cancel,
                types.WORKSPACE_DID_CHANGE_CONFIGURATION: self._did_change_configuration,
                types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: self._did_change_folders,
                types.WORKSPACE_DID_RENAME_FILES: self._did_rename_files,
            }
        )

    # --- messages ------------------------------------------------------------------------------

    async def _execute(self, params: types.ExecuteCommandParams) -> Any:
        command = self._commands.get(params.command)
        if command is None:
            raise WrongArguments(
                f"There is no `command` {params.command!r}. There are: {', '.join(self._commands)}.",
                ("command",),
            )
        arguments = read(command.arguments, command.name, params.arguments)
        sidecar = await self._host.get()
        return await command.run(Call(sidecar, params.work_done_token), arguments)

    def _initialized(self, params: object) -> None:
        del params
        self._host.want()
        if self._client.registers_configuration:
            self._start(self._register_configuration)

    def _did_change_configuration(self, params: types.DidChangeConfigurationParams) -> None:
        self._configuration.push(params)
        self._host.reconfigure()

    def _did_change_folders(self, params: types.DidChangeWorkspaceFoldersParams) -> None:
        change_folders(self._workspaces, params)
        self._host.reconfigure()

    def _did_rename_files(self, params: types.RenameFilesParams) -> None:
        moves = moves_of(self._workspaces, params)

        async def move() -> None:
            sidecar = await self._host.get()
            await sidecar.store.move_files(moves)
            for old, new in moves.items():
                self._diagnostics.move(old.path, new.path)

        if moves:
            self._start(move)

    # --- in the background ---------------------------------------------------------------------

    def _opened(self, buffer: Buffer) -> None:
        async def opened() -> None:
            sidecar = await self._host.get()
            query = FindingQuery(file=buffer.path, state="open")
            self._diagnostics.show_stored(buffer, await sidecar.store.findings(query))
            await sidecar.turns.prepare(self._workspaces.key_of_file(buffer.path))

        self._start(opened)

    def _start(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do something that nobody waits for; its failure is logged."""

        async def guarded() -> None:
            try:
                await work()
            except SidecarError as error:
                logger.warning("%s", error)
            except Exception:
                logger.exception("Something in the background failed")

        self._tasks.start_soon(guarded)

    async def _register_configuration(self) -> None:
        registration = types.Registration(
            _REGISTRATION, types.WORKSPACE_DID_CHANGE_CONFIGURATION, {"section": SECTION}
        )
        await self._client.succeeds(
            types.CLIENT_REGISTER_CAPABILITY,
            types.RegistrationParams([registration]),
            seconds=QUICK_SECONDS,
        )

    def _configured(self) -> None:
        set_level(self._configuration.general.log_level)
        self._diagnostics.publish_all()

    def _threshold(self, path: str) -> Severity:
        workspace = self._workspaces.key_of_file(path).workspace
        return cast(Severity, self._configuration.of(workspace).review_min_severity)

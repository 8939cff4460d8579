"""The language server of one connection, put together: features, and the messages they handle.

It is imported and built once `initialize` has been answered, because its imports take longer than
the answer may.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any, cast

import anyio
import anyio.abc
from lsprotocol import types

from claude_sidecar.findings.model import Severity
from claude_sidecar.lsp import names
from claude_sidecar.lsp.actions.code_actions import CodeActions
from claude_sidecar.lsp.applying import Applying
from claude_sidecar.lsp.arguments import read
from claude_sidecar.lsp.background import Background
from claude_sidecar.lsp.client import Client
from claude_sidecar.lsp.commands.branches import BranchCommands
from claude_sidecar.lsp.commands.call import Call, Command
from claude_sidecar.lsp.commands.consent import ConsentCommands
from claude_sidecar.lsp.commands.estimates import EstimateCommands
from claude_sidecar.lsp.commands.findings import FindingCommands
from claude_sidecar.lsp.commands.reports import ReportCommands
from claude_sidecar.lsp.commands.sessions import SessionCommands
from claude_sidecar.lsp.commands.showing import ShownTurns
from claude_sidecar.lsp.commands.turns import TurnCommands
from claude_sidecar.lsp.configuration import Configuration
from claude_sidecar.lsp.consent import Consents
from claude_sidecar.lsp.context import EditorContexts
from claude_sidecar.lsp.convert import Ranges
from claude_sidecar.lsp.diagnostics import Diagnostics
from claude_sidecar.lsp.documents import OpenDocuments
from claude_sidecar.lsp.editor import LspEditor
from claude_sidecar.lsp.edits import FileEdits
from claude_sidecar.lsp.faults import WrongArguments
from claude_sidecar.lsp.following import FindingsFollower
from claude_sidecar.lsp.host import SidecarHost
from claude_sidecar.lsp.hover import Hovers
from claude_sidecar.lsp.lenses import CodeLenses
from claude_sidecar.lsp.logs import set_level
from claude_sidecar.lsp.permission import PermissionQuestions
from claude_sidecar.lsp.places import Places
from claude_sidecar.lsp.progress import TurnProgress
from claude_sidecar.lsp.protocol import SidecarProtocol
from claude_sidecar.lsp.questions import UserDialogs
from claude_sidecar.lsp.registration import register
from claude_sidecar.lsp.reply import Replies, is_shown_file
from claude_sidecar.lsp.update_shapes import UpdateShapes
from claude_sidecar.lsp.updates import SessionUpdates
from claude_sidecar.lsp.workspace import change_folders, folders_of, moves_of, watched_paths
from claude_sidecar.sessions.keys import Workspaces
from claude_sidecar.settings import Settings
from claude_sidecar.sidecar import Sidecar
from claude_sidecar.text import PositionEncoding


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
        client = self._client = Client(protocol, params)
        documents = self._documents = OpenDocuments(encoding, is_shown_file)
        background = self._background = Background(tasks)
        ranges = Ranges(documents)
        edits = FileEdits(client, documents, ranges)
        self._workspaces = Workspaces(folders_of(params))
        self._configuration = Configuration(
            client, self._workspaces, params.initialization_options, override
        )
        self._progress = TurnProgress(client, tasks)
        self._updates = SessionUpdates(
            partial(client.tell, names.SESSION_UPDATE), UpdateShapes(ranges)
        )
        self._host = SidecarHost(
            client,
            configuration=self._configuration,
            workspaces=self._workspaces,
            editor=LspEditor(
                documents,
                Applying(client, documents, edits),
                EditorContexts(client, documents, ranges),
                PermissionQuestions(client),
                UserDialogs(client),
            ),
            attach=self._attach,
            on_configured=self._configured,
        )
        self._diagnostics = Diagnostics(
            client, self._host, documents, ranges, background, threshold=self._threshold
        )
        self._follower = FindingsFollower(self._host, documents, self._diagnostics, background)
        documents.add_listener(self._follower)
        self._lenses = CodeLenses(client, self._host, documents, self._diagnostics)
        self._hovers = Hovers(
            client, self._host, documents, ranges=ranges, diagnostics=self._diagnostics
        )
        self._actions = CodeActions(
            client,
            self._host,
            documents,
            ranges=ranges,
            edits=edits,
            diagnostics=self._diagnostics,
        )
        self._replies = Replies(client)
        self._commands = self._command_table(ranges)
        self._register(protocol)

    async def run(self) -> None:
        """Keep the sidecar, until cancelled."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._background.run)
            tasks.start_soon(self._lenses.run)
            tasks.start_soon(self._host.run)

    # --- put together --------------------------------------------------------------------------

    def _attach(self, sidecar: Sidecar, stack: ExitStack) -> None:
        """Listen to a sidecar that was opened."""
        if self._client.session_updates:
            stack.enter_context(sidecar.events.subscribed(self._updates.take))
        stack.enter_context(sidecar.events.subscribed(self._progress.take))
        stack.enter_context(sidecar.events.subscribed(self._lenses.take))
        stack.enter_context(sidecar.events.subscribed(self._replies.take))
        stack.enter_context(sidecar.findings.subscribed(self._diagnostics.publish))
        stack.enter_context(sidecar.findings.subscribed(self._lenses.changed))
        self._follower.begin()

    def _command_table(self, ranges: Ranges) -> dict[str, Command[object]]:
        places = Places(self._documents, self._workspaces)
        replies = self._replies
        turns = ShownTurns(
            self._progress,
            replies,
            self._host,
            ranges,
            leaving=lambda: self._client.leaving,
        )
        commands = [
            *TurnCommands(places, ranges, turns).table(),
            *FindingCommands(places, ranges, replies, turns).table(),
            *SessionCommands(places, replies, self._diagnostics, self._lenses).table(),
            *BranchCommands(places, turns, Consents(self._client), self._lenses).table(),
            *ConsentCommands(places, replies).table(),
            *ReportCommands(places, self._configuration, replies).table(),
            *EstimateCommands(places, ranges, replies).table(),
        ]
        return {command.name: command for command in commands}

    def _register(self, protocol: SidecarProtocol) -> None:
        protocol.requests.update(
            {
                types.WORKSPACE_EXECUTE_COMMAND: self._execute,
                types.TEXT_DOCUMENT_CODE_ACTION: self._actions.offer,
                types.CODE_ACTION_RESOLVE: self._actions.resolve,
                types.TEXT_DOCUMENT_HOVER: self._hovers.hover,
                types.TEXT_DOCUMENT_CODE_LENS: self._lenses.lenses,
                types.CODE_LENS_RESOLVE: self._lenses.resolve,
            }
        )
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
                types.WORKSPACE_DID_CHANGE_WATCHED_FILES: self._did_change_watched_files,
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
        self._background.start(partial(register, self._client))

    def _did_change_configuration(self, params: types.DidChangeConfigurationParams) -> None:
        self._configuration.push(params)
        self._host.reconfigure()

    def _did_change_folders(self, params: types.DidChangeWorkspaceFoldersParams) -> None:
        change_folders(self._workspaces, params)
        self._host.reconfigure()

    def _did_rename_files(self, params: types.RenameFilesParams) -> None:
        self._follower.moved(moves_of(self._workspaces, params))

    def _did_change_watched_files(self, params: types.DidChangeWatchedFilesParams) -> None:
        self._follower.changed_on_disk(watched_paths(params))

    def _configured(self) -> None:
        set_level(self._configuration.general.log_level)
        self._diagnostics.publish_all()

    def _threshold(self, path: str) -> Severity:
        workspace = self._workspaces.key_of_file(path).workspace
        return cast(Severity, self._configuration.of(workspace).review_min_severity)

"""What the server tells of itself in the answer to `initialize`."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

from claude_sidecar import __version__
from claude_sidecar.lsp import names


def position_encoding(capabilities: types.ClientCapabilities) -> types.PositionEncodingKind:
    """The first encoding of the client's choice that we know; UTF-16 where it offers none."""
    offered: Any = capabilities.general and capabilities.general.position_encodings
    for encoding in offered or ():
        if encoding in _ENCODINGS:
            return types.PositionEncodingKind(encoding)
    return types.PositionEncodingKind.Utf16


def initialize_result(params: types.InitializeParams) -> types.InitializeResult:
    """The answer to `initialize`."""
    everything = types.FileOperationFilter(types.FileOperationPattern("**/*"), scheme="file")
    workspace = params.capabilities.workspace
    operations = workspace.file_operations if workspace else None
    renames = (
        types.FileOperationOptions(did_rename=types.FileOperationRegistrationOptions([everything]))
        if operations is not None and operations.did_rename
        else None
    )
    return types.InitializeResult(
        capabilities=types.ServerCapabilities(
            position_encoding=position_encoding(params.capabilities),
            text_document_sync=types.TextDocumentSyncOptions(
                open_close=True,
                change=types.TextDocumentSyncKind.Incremental,
                save=types.SaveOptions(include_text=False),
            ),
            code_action_provider=types.CodeActionOptions(
                list(names.ACTION_KINDS), resolve_provider=True
            ),
            code_lens_provider=types.CodeLensOptions(resolve_provider=True),
            hover_provider=True,
            execute_command_provider=types.ExecuteCommandOptions(
                commands=list(names.COMMANDS), work_done_progress=True
            ),
            workspace=types.WorkspaceOptions(
                workspace_folders=types.WorkspaceFoldersServerCapabilities(
                    supported=True, change_notifications=True
                ),
                file_operations=renames,
            ),
        ),
        server_info=types.ServerInfo(names.SERVER_NAME, __version__),
    )


_ENCODINGS = frozenset(each.value for each in types.PositionEncodingKind)

"""The folders that the client has open, and files that move.

Sessions and findings belong to a workspace and a file: they follow a rename, of a folder too.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from lsprotocol import types

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.sessions.keys import Workspaces, canonical_path, path_from_uri
from claude_sidecar.sessions.model import Key

logger = logging.getLogger(__name__)


def folders_of(params: types.InitializeParams) -> list[str]:
    """The canonical paths of the folders that `initialize` names, in its newest way of saying."""
    if params.workspace_folders:
        return _paths(folder.uri for folder in params.workspace_folders)
    if params.root_uri:
        return _paths([params.root_uri])
    return [canonical_path(params.root_path)] if params.root_path else []


def change_folders(workspaces: Workspaces, params: types.DidChangeWorkspaceFoldersParams) -> None:
    """`workspace/didChangeWorkspaceFolders`."""
    workspaces.change(
        added=_paths(folder.uri for folder in params.event.added),
        removed=_paths(folder.uri for folder in params.event.removed),
    )


def moves_of(workspaces: Workspaces, params: types.RenameFilesParams) -> dict[Key, Key]:
    """The keys of `workspace/didRenameFiles`, old to new; a folder's stands for all in it."""
    moves: dict[Key, Key] = {}
    for file in params.files:
        pair = _paths([file.old_uri, file.new_uri])
        if len(pair) == 2:
            old, new = pair
            moves[workspaces.key_of_file(old)] = workspaces.key_of_file(new)
    return moves


def watched_paths(params: types.DidChangeWatchedFilesParams) -> list[str]:
    """The canonical paths of `workspace/didChangeWatchedFiles`."""
    return list(dict.fromkeys(_paths(change.uri for change in params.changes)))


def _paths(uris: Iterable[str]) -> list[str]:
    """Canonical paths; what is not on the disk has none and is left out."""
    paths: list[str] = []
    for uri in uris:
        try:
            paths.append(path_from_uri(uri))
        except InvalidRequest:
            logger.info("Left out a folder or file that is not on the disk")
    return paths

"""The documents that are open in the editor, and the one that the user last worked in.

A document is found by its canonical path, however the editor spells its URI; the same file may be
open under two spellings.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeAlias

from lsprotocol import types

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.lsp.buffers import Buffer
from claude_sidecar.sessions.keys import path_from_uri
from claude_sidecar.sessions.ports import Document
from claude_sidecar.text import PositionEncoding

logger = logging.getLogger(__name__)

Opened: TypeAlias = Callable[[Buffer], None]


class OpenDocuments:
    """Takes the editor's notifications about documents."""

    def __init__(self, encoding: PositionEncoding) -> None:
        self.encoding: PositionEncoding = encoding
        self._buffers: dict[str, Buffer] = {}  # by URI
        self._last_path: str | None = None
        self._opened: list[Opened] = []

    def on_opened(self, callback: Opened) -> None:
        """Call it for each document that is opened from now on."""
        self._opened.append(callback)

    @property
    def last_path(self) -> str | None:
        """The canonical path of the file last opened, changed or asked about."""
        return self._last_path

    def touch(self, path: str) -> None:
        """The user asked about this file."""
        self._last_path = path

    def at(self, path: str) -> Buffer | None:
        """The open document of a canonical path."""
        return next((each for each in self._buffers.values() if each.path == path), None)

    def uris_of(self, path: str) -> list[str]:
        """The URIs under which a file is open."""
        return [uri for uri, each in self._buffers.items() if each.path == path]

    def document(self, path: str) -> Document | None:
        """The open document of a canonical path, for the domain."""
        buffer = self.at(path)
        if buffer is None:
            return None
        return Document(path, buffer.text, buffer.version, buffer.language, buffer.dirty)

    def did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """`textDocument/didOpen`."""
        item = params.text_document
        try:
            path = path_from_uri(item.uri)
        except InvalidRequest:
            logger.debug("Opened a document that is no file")
            return
        buffer = Buffer(path, item, self.encoding)
        self._buffers[item.uri] = buffer
        self._last_path = path
        for callback in self._opened:
            callback(buffer)

    def did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """`textDocument/didChange`."""
        buffer = self._buffers.get(params.text_document.uri)
        if buffer is None:
            return
        for change in params.content_changes:
            buffer.change(change)
        buffer.version = params.text_document.version
        self._last_path = buffer.path

    def did_save(self, params: types.DidSaveTextDocumentParams) -> None:
        """`textDocument/didSave`."""
        buffer = self._buffers.get(params.text_document.uri)
        if buffer is not None:
            buffer.dirty = False

    def did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """`textDocument/didClose`."""
        self._buffers.pop(params.text_document.uri, None)

"""The documents that are open in the editor, and the one that the user last worked in.

A document is found by its canonical path, however the editor spells its URI; the same file may be
open under two spellings.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Protocol

import anyio
from lsprotocol import types

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.findings.tracker import Edit
from claude_sidecar.lsp.buffers import Buffer
from claude_sidecar.sessions.documents.buffers import differs
from claude_sidecar.sessions.documents.reading import stamp_of
from claude_sidecar.sessions.keys import path_from_uri
from claude_sidecar.sessions.ports import Document
from claude_sidecar.text import PositionEncoding

logger = logging.getLogger(__name__)


class DocumentListener(Protocol):
    """Who is told what happens to open documents, by their canonical paths, after it happened."""

    def opened(self, path: str) -> None:
        """A document was opened, or is shown under another name from now on."""
        ...

    def edited(self, path: str, edits: Sequence[Edit]) -> None:
        """A document was changed. On the path of every keystroke: it must be quick."""
        ...

    def saved(self, path: str) -> None:
        """A document was saved."""
        ...

    def closed(self, path: str) -> None:
        """A document is not open any more, under no name."""
        ...


class OpenDocuments:
    """Takes the editor's notifications about documents.

    :param is_ours: whether a path is of a file that we have shown: the user reads it, and works
        elsewhere.
    """

    def __init__(
        self, encoding: PositionEncoding, is_ours: Callable[[str], bool] = lambda _: False
    ) -> None:
        self.encoding: PositionEncoding = encoding
        self._is_ours = is_ours
        self._buffers: dict[str, Buffer] = {}  # by URI
        self._last_path: str | None = None
        self._listeners: list[DocumentListener] = []
        self._happened = anyio.Event()

    def add_listener(self, listener: DocumentListener) -> None:
        """Tell it of what happens from now on."""
        self._listeners.append(listener)

    @property
    def paths(self) -> tuple[str, ...]:
        """The canonical paths of all open documents."""
        return tuple(dict.fromkeys(each.path for each in self._buffers.values()))

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
        _notice_reload(buffer)
        return Document(
            path, buffer.text, buffer.version, buffer.language, buffer.dirty, buffer.stamp
        )

    async def changed(self, path: str, version: int | None) -> None:
        """Wait until the document is not open any more, or has another version."""
        while True:
            buffer = self.at(path)
            if buffer is None or buffer.version != version:
                return
            await self._happened.wait()

    def _notify(self) -> None:
        self._happened.set()
        self._happened = anyio.Event()

    def _worked_in(self, path: str) -> None:
        if not self._is_ours(path):
            self._last_path = path

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
        self._worked_in(path)
        for listener in self._listeners:
            listener.opened(path)

    def did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """`textDocument/didChange`."""
        buffer = self._buffers.get(params.text_document.uri)
        if buffer is None:
            return
        edits = [buffer.change(change) for change in params.content_changes]
        buffer.version = params.text_document.version
        self._notify()
        self._worked_in(buffer.path)
        if buffer is self.at(buffer.path):  # of two names of one file, the first tells
            for listener in self._listeners:
                listener.edited(buffer.path, edits)

    def did_save(self, params: types.DidSaveTextDocumentParams) -> None:
        """`textDocument/didSave`."""
        buffer = self._buffers.get(params.text_document.uri)
        if buffer is not None:
            buffer.saved()
            self._notify()
            for listener in self._listeners:
                listener.saved(buffer.path)

    def did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """`textDocument/didClose`."""
        buffer = self._buffers.pop(params.text_document.uri, None)
        if buffer is not None:
            self._notify()
            for listener in self._listeners:
                if self.at(buffer.path) is None:
                    listener.closed(buffer.path)
                else:
                    listener.opened(buffer.path)


def _notice_reload(buffer: Buffer) -> None:
    """An editor that loads a file anew tells of it as of any other change of the text."""
    if (
        buffer.dirty
        and stamp_of(buffer.path) != buffer.stamp
        and not differs(buffer.path, buffer.text)
    ):
        buffer.saved()

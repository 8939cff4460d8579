"""What Claude has last seen of a file, so that an edit never rests on text that is no longer there.

Texts are told apart by their hashes: an editor counts versions anew each time a file is opened.
Claude's own edits lead on from what it has seen, whatever versions they make.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from claude_sidecar.sessions.documents.reading import document_hash
from claude_sidecar.sessions.ports import Document

_KEPT = 2_000


@dataclass(frozen=True, slots=True)
class _Sight:
    text: str
    versions: frozenset[int]


class Seen:
    """The files that sessions have been shown, while the server runs."""

    def __init__(self) -> None:
        self._sights: OrderedDict[tuple[str, str], _Sight] = OrderedDict()

    def show(self, session_id: str, document: Document) -> None:
        """Claude is told a document's text, or the part of it that it asked for."""
        text, version = document_hash(document), version_of(document)
        old = self._sights.get((session_id, document.path))
        versions = {version} if old is None or old.text != text else {version, *old.versions}
        self._put(session_id, document.path, _Sight(text, frozenset(versions)))

    def show_hash(self, session_id: str, path: str, text: str) -> None:
        """Claude is told a text, of which only the hash is known."""
        self._put(session_id, path, _Sight(text, frozenset()))

    def edit(self, session_id: str, document: Document) -> None:
        """Claude has made this text of a document that it had seen."""
        old = self._sights.get((session_id, document.path))
        versions = old.versions if old else frozenset[int]()
        sight = _Sight(document_hash(document), versions | {version_of(document)})
        self._put(session_id, document.path, sight)

    def forget(self, session_id: str, path: str) -> None:
        """What it is now is not known."""
        self._sights.pop((session_id, path), None)

    def knows(self, session_id: str, path: str) -> bool:
        """Whether Claude has seen the file at all."""
        return (session_id, path) in self._sights

    def is_current(self, session_id: str, document: Document, version: int | None) -> bool:
        """Whether an edit of a document rests on its text as it is now.

        :param version: what Claude says it has read, if it does.
        """
        sight = self._sights.get((session_id, document.path))
        if sight is None:
            return version in {None, version_of(document)}
        if sight.text != document_hash(document):
            return False
        return version is None or version in sight.versions or version == version_of(document)

    def _put(self, session_id: str, path: str, sight: _Sight) -> None:
        self._sights[session_id, path] = sight
        self._sights.move_to_end((session_id, path))
        while len(self._sights) > _KEPT:
            self._sights.popitem(last=False)


def version_of(document: Document) -> int:
    """The editor's version of a buffer; of a file on the disk, a number made of its text."""
    if document.version is not None:
        return document.version
    return int(document_hash(document)[:7], 16)

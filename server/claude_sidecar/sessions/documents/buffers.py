"""How an open file's buffer stands to its file on the disk: which of the two is ahead."""

from __future__ import annotations

from typing import Literal, TypeAlias

from claude_sidecar.errors import UnusableDocument
from claude_sidecar.sessions.documents.reading import read_from_disk, stamp_of
from claude_sidecar.sessions.ports import Document, Editor

BufferState: TypeAlias = Literal["saved", "unsaved", "outdated"]
"""`saved`: they are the same. `unsaved`: the buffer has text that the file has not. `outdated`: the
file was changed by somebody else, and the editor, which has nothing to lose, not loaded it yet.
"""


def state_of(document: Document) -> BufferState:
    """How an open document stands to its file. Reads the file.

    A buffer that never was its file's text (the editor has restored it) has unsaved text, too.
    """
    if not differs(document.path, document.text):
        return "saved"
    changed_by_others = document.stamp is not None and stamp_of(document.path) != document.stamp
    return "outdated" if changed_by_others and not document.dirty else "unsaved"


def unsaved_in(editor: Editor) -> list[Document]:
    """The open documents that have text which their files have not. Reads these files."""
    return [each for each in editor.open_documents() if state_of(each) == "unsaved"]


def differs(path: str, text: str) -> bool:
    """Whether a file on the disk has another text, line ends aside: editors make them uniform."""
    try:
        on_disk = read_from_disk(path).text
    except UnusableDocument:
        return True
    return on_disk != text and _lines(on_disk) != _lines(text)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")

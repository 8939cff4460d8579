"""The text of a file as the user sees it: the editor's buffer, else the disk.

What cannot be worked on as text is refused here, with an error that names the file and says why.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from claude_sidecar.errors import InvalidRequest, UnusableDocument
from claude_sidecar.sessions.ports import Document, Editor, FileStamp
from claude_sidecar.text import LineIndex, Range

READ_LIMIT = 16 * 1024 * 1024
"""Bytes of a file on the disk that are read at all."""
REVIEW_LIMIT = 512 * 1024
"""Characters that one review takes: about what fits a context window with room to work."""
_BINARY_PROBE = 8192


@dataclass(frozen=True, slots=True)
class Documents:
    """Reads documents, from the editor first."""

    editor: Editor

    def read(self, path: str) -> Document:
        """The text of a file, by its canonical path.

        :raises UnusableDocument: if it is missing, a folder, binary, not UTF-8, too large or not
            readable.
        """
        return self.editor.document(path) or read_from_disk(path)

    def read_for_review(self, path: str, range_: Range | None) -> Document:
        """Like `read`, but no more than one review can take.

        :raises UnusableDocument: see `read`.
        :raises InvalidRequest: see `check_range`.
        """
        document = self.read(path)
        if range_ is None and len(document.text) > REVIEW_LIMIT:
            raise UnusableDocument(
                path,
                f"is too large to be reviewed at once ({_size(len(document.text))}, the limit is "
                f"{_size(REVIEW_LIMIT)}). Review a selection of it.",
            )
        check_range(document, range_)
        return document


def check_range(document: Document, range_: Range | None) -> None:
    """Refuse a range that is not in the text, or more of it than a prompt can take.

    :raises InvalidRequest: naming the field `range`.
    """
    if range_ is None:
        return
    index = LineIndex(document.text)
    lines = len(index)
    if range_.start > range_.end:
        raise InvalidRequest("`range` ends before it starts.", field="range")
    if range_.start.line >= lines:
        raise InvalidRequest(
            f"`range` starts at line {range_.start.line + 1}, but {document.path} has {lines}.",
            field="range",
        )
    selected = index.offset(range_.end) - index.offset(range_.start)
    if selected > REVIEW_LIMIT:
        raise InvalidRequest(
            f"`range` selects {_size(selected)} of {document.path}; the limit is "
            f"{_size(REVIEW_LIMIT)}. Select less of it.",
            field="range",
        )


def read_from_disk(path: str) -> Document:
    """The text of a file on the disk; line ends stay as they are.

    :raises UnusableDocument: see :meth:`Documents.read`.
    """
    file = Path(path)
    try:
        if file.is_dir():
            raise UnusableDocument(path, "is a folder, not a file.")
        if not file.is_file():
            problem = "is not a regular file." if file.exists() else "does not exist."
            raise UnusableDocument(path, problem)
        size = file.stat().st_size
        if size > READ_LIMIT:
            raise UnusableDocument(
                path, f"is too large ({_size(size)}, the limit is {_size(READ_LIMIT)})."
            )
        data = file.read_bytes()
    except OSError as error:
        raise UnusableDocument(path, f"cannot be read: {error.strerror or error}.") from error
    return Document(path, _decoded(path, data))


def stamp_of(path: str) -> FileStamp | None:
    """What tells whether a file on the disk was changed; None where there is none."""
    try:
        stat = Path(path).stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size


def document_hash(document: Document) -> str:
    """What tells whether a text was shown already; differs for other files with equal text."""
    digest = hashlib.sha256(document.path.encode("utf-8", "surrogatepass") + b"\0")
    digest.update(document.text.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:32]


def _decoded(path: str, data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnusableDocument(path, "is encoded in UTF-16; save it as UTF-8.")
    if b"\0" in data[:_BINARY_PROBE]:
        raise UnusableDocument(path, "is a binary file.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnusableDocument(
            path,
            f"is not UTF-8 (byte {error.start} is 0x{data[error.start]:02x}); save it as UTF-8, "
            "or open it in the editor.",
        ) from error


def _size(amount: int) -> str:
    if amount < 1024 * 1024:
        return f"{amount / 1024:.0f} kB"
    return f"{amount / (1024 * 1024):.1f} MB"

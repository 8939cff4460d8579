"""The editor where there is none: files are read from the disk, and nobody can be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from claude_sidecar.errors import UnusableDocument
from claude_sidecar.sessions.documents import read_from_disk
from claude_sidecar.sessions.ports import (
    Document,
    FileEdit,
    PermissionOptionKind,
    PermissionQuestion,
    UserQuestions,
)
from claude_sidecar.text import apply_text_edits


def apply_to_disk(edit: FileEdit) -> str | None:
    """Change a file on the disk, keeping its byte order mark: None, or why it cannot be done."""
    path = Path(edit.path)
    try:
        text = read_from_disk(edit.path).text
        mark = b"\xef\xbb\xbf" if path.read_bytes().startswith(b"\xef\xbb\xbf") else b""
        path.write_bytes(mark + apply_text_edits(text, edit.edits).encode("utf-8"))
    except UnusableDocument as error:
        return str(error)
    except OSError as error:
        return f"{edit.path}: cannot be written: {error.strerror or error}."
    return None


class DiskEditor:
    """An `Editor` without a person: no file is open, and no permission is given."""

    def document(self, path: str) -> Document | None:
        """No file is open."""
        del path
        return None

    def unsaved(self) -> Sequence[Document]:
        """No file is open."""
        return ()

    async def apply_edits(self, edit: FileEdit) -> str | None:
        """Change the file on the disk."""
        return apply_to_disk(edit)

    async def ask_permission(self, question: PermissionQuestion) -> PermissionOptionKind | None:
        """Nobody answers."""
        del question
        return None

    async def ask_user(self, questions: UserQuestions) -> Mapping[str, str] | None:
        """Nobody answers."""
        del questions
        return None

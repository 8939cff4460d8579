"""Files on the disk, changed all together or not at all; and an editor that has nothing else.

Each file is written beside its place and then moved there, so that nobody ever sees half of one,
and keeps its byte order mark and its permissions.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from typing_extensions import assert_never

from claude_sidecar.errors import EditRefused, NoContext, UnusableDocument
from claude_sidecar.sessions.documents.reading import read_from_disk
from claude_sidecar.sessions.ports import (
    Answers,
    ContextKind,
    ContextQuery,
    Document,
    EditorContext,
    FileCreation,
    FileDeletion,
    FileEdit,
    FileOperation,
    FileRename,
    PermissionAnswer,
    PermissionQuestion,
    Unanswered,
    UserQuestions,
    WorkspaceChange,
)
from claude_sidecar.text import apply_text_edits

_MARK = b"\xef\xbb\xbf"


def change_on_disk(changes: Sequence[FileOperation]) -> Callable[[], None]:
    """Carry out changes in order; where one fails, those before it are taken back.

    :returns: takes all of it back.
    :raises EditRefused: saying what could not be done; nothing is changed then.
    """
    undo: list[Callable[[], None]] = []

    def take_back() -> None:
        while undo:
            undo.pop()()

    for change in changes:
        try:
            undo.append(_changed(change))
        except (UnusableDocument, EditRefused, OSError, UnicodeError) as error:
            take_back()
            raise EditRefused(_reason(change, error)) from error
    return take_back


def _changed(change: FileOperation) -> Callable[[], None]:
    """Carry out one change: what takes it back."""
    match change:
        case FileEdit():
            return _edited(change)
        case FileCreation():
            return _created(change)
        case FileRename():
            return _renamed(change)
        case FileDeletion():
            return _deleted(change)
        case _:
            assert_never(change)


def _edited(change: FileEdit) -> Callable[[], None]:
    path = Path(change.path)
    text = read_from_disk(change.path).text
    if change.old_text is not None and text != change.old_text:
        raise EditRefused(f"{change.path} has changed meanwhile.")
    before = path.read_bytes()
    mark = _MARK if before.startswith(_MARK) else b""
    _write(path, mark + apply_text_edits(text, change.edits).encode("utf-8"))
    return lambda: _write(path, before)


def _created(change: FileCreation) -> Callable[[], None]:
    path, data = Path(change.path), change.text.encode("utf-8")
    if path.exists():
        raise EditRefused(f"{change.path} exists already.")
    made = [each for each in path.parents if not each.exists()]

    def take_back() -> None:
        path.unlink(missing_ok=True)
        for folder in made:
            folder.rmdir()

    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        try:
            file.write(data)
            file.flush()
        except OSError:
            take_back()
            raise
    return take_back


def _renamed(change: FileRename) -> Callable[[], None]:
    old, new = Path(change.path), Path(change.new_path)
    if new.exists() and not new.samefile(old):  # or only its case is to change
        raise EditRefused(f"{change.new_path} exists already.")
    new.parent.mkdir(parents=True, exist_ok=True)
    old.rename(new)

    def take_back() -> None:
        new.rename(old)

    return take_back


def _deleted(change: FileDeletion) -> Callable[[], None]:
    path = Path(change.path)
    if not path.is_file():
        raise UnusableDocument(change.path, "is not a file, so it is not deleted.")
    content, mode = path.read_bytes(), path.stat().st_mode
    path.unlink()

    def take_back() -> None:
        path.write_bytes(content)
        path.chmod(mode)

    return take_back


def _write(path: Path, data: bytes) -> None:
    """Put a file in the place of one that is there, whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(path.stat().st_mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _reason(change: FileOperation, error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{change.path}: cannot be changed: {error.strerror or error}."
    return str(error)


class DiskEditor:
    """An `Editor` without a person: no file is open, and no permission is given."""

    def document(self, path: str) -> Document | None:
        """No file is open."""
        del path
        return None

    def open_documents(self) -> Sequence[Document]:
        """No file is open."""
        return ()

    @property
    def changes_buffers(self) -> bool:
        """There are none."""
        return False

    async def apply(self, change: WorkspaceChange) -> str | None:
        """Change the files on the disk."""
        try:
            change_on_disk(change.changes)
        except EditRefused as error:
            return str(error)
        return None

    async def save(self, path: str) -> bool:
        """Files on the disk are saved."""
        del path
        return True

    @property
    def context_kinds(self) -> frozenset[ContextKind]:
        """Nothing: there are no other language servers."""
        return frozenset()

    async def context(self, query: ContextQuery) -> EditorContext:
        """Nobody answers."""
        raise NoContext(f"Nobody here knows of {', '.join(query.kinds)}.")

    @property
    def asks_person(self) -> bool:
        """Nobody is there."""
        return False

    async def ask_permission(self, question: PermissionQuestion) -> PermissionAnswer | None:
        """Nobody answers."""
        del question
        return None

    async def ask_user(self, questions: UserQuestions) -> Answers:
        """Nobody is asked."""
        del questions
        return Unanswered.NOT_ASKED

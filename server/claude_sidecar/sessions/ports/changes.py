"""Changes of files as one step: what the domain has an editor do, all of it or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from claude_sidecar.text import TextEdit


@dataclass(frozen=True, slots=True)
class FileEdit:
    """Edits of one file's text.

    :param edits: in the text as it was when they were made, not overlapping.
    :param version: the editor's version of that text; None for a file that was not open.
    :param label: what the edit is called where the editor names it.
    :param old_text: that text, whole; where it is given, a file with another one is left alone.
    """

    path: str
    edits: tuple[TextEdit, ...]
    version: int | None
    label: str
    old_text: str | None = None


@dataclass(frozen=True, slots=True)
class FileCreation:
    """A new file, and folders for it where there are none. One that exists is left alone."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class FileRename:
    """A file, or a folder with all that is in it, gets another path. Nothing is overwritten."""

    path: str
    new_path: str


@dataclass(frozen=True, slots=True)
class FileDeletion:
    """A file goes."""

    path: str


FileOperation: TypeAlias = FileEdit | FileCreation | FileRename | FileDeletion


@dataclass(frozen=True, slots=True)
class WorkspaceChange:
    """Changes to be made together, as one step that can be undone.

    :param changes: in order; each sees what those before it have made.
    :param label: what the step is called where the editor names it.
    """

    changes: tuple[FileOperation, ...]
    label: str


def alone(edit: FileEdit) -> WorkspaceChange:
    """One file's edits as a whole step."""
    return WorkspaceChange((edit,), edit.label)

"""A change set to be reviewed: what version control tells, with the editor's unsaved text in it.

The buffer is the truth here too: of a file that has unsaved changes the change up to the buffer is
shown, and one that has changed in the editor alone is in the set as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import unified_diff

from claude_sidecar.errors import InvalidRequest, NothingChanged, UnusableDocument
from claude_sidecar.sessions.documents.buffers import unsaved_in
from claude_sidecar.sessions.documents.reading import Documents
from claude_sidecar.sessions.keys import is_inside
from claude_sidecar.sessions.model import Key
from claude_sidecar.sessions.policy.secrets import is_secret
from claude_sidecar.sessions.ports import Document
from claude_sidecar.sessions.ports.versions import (
    STAGED,
    WORKING,
    ChangedFile,
    Changes,
    VersionControl,
)
from claude_sidecar.settings import Settings

SHOWN_LIMIT = 256 * 1024
"""Characters of patches that one review is shown; of what is left out Claude reads what it needs."""
FILE_LIMIT = 1_000
"""Files of one change set: more are no review, but a migration."""
_CONTEXT_LINES = 12


@dataclass(frozen=True, slots=True)
class FileChange:
    """A changed file, and how.

    :param patch: the hunks of a unified diff; empty where none are shown.
    :param left_out: why none are: "binary", "too long".
    """

    file: ChangedFile
    patch: str = ""
    left_out: str | None = None
    unsaved: bool = False


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """What a review of changes is about.

    :param base: `WORKING`, `STAGED`, or a revision as the user named it.
    """

    key: Key
    base: str
    files: tuple[FileChange, ...]

    @property
    def described(self) -> str:
        """The set in words, as the journal shows it."""
        match self.base:
            case "working":
                what = "uncommitted changes"
            case "staged":
                what = "staged changes"
            case revision:
                what = f"changes since {revision}"
        count = len(self.files)
        return f"{what} ({count} file{'' if count == 1 else 's'})"


@dataclass(frozen=True, slots=True)
class ChangeReader:
    """Reads change sets.

    :param settings: those of a workspace, by its path.
    """

    documents: Documents
    versions: VersionControl
    settings: Callable[[str], Settings]

    async def read(self, key: Key, base: str = WORKING, paths: Sequence[str] = ()) -> ChangeSet:
        """The changes of a workspace.

        :param key: the workspace's own.
        :param paths: files or folders in it to look at, relative to it; none means all.
        :raises NothingChanged: if there is nothing to review.
        :raises InvalidRequest: if the workspace has no git or is not trusted, there is no such
            base, or the set is too large.
        """
        workspace = key.workspace
        if not self.settings(workspace).trusted:
            raise InvalidRequest(
                f"{workspace} is not trusted, so git, which its files can make run programs, is "
                "not run in it. Trust the workspace, or review its files one by one.",
                field="workspace",
            )
        changes = await self.versions.changes(workspace, base, paths)
        unsaved = {} if base == STAGED else self._unsaved(workspace, paths)
        files = list(changes.files)
        files += [
            ChangedFile(path, "modified")
            for path in unsaved.keys() - {file.path for file in files}
            if not await self.versions.ignored(workspace, path)
        ]
        if len(files) > FILE_LIMIT:
            raise InvalidRequest(
                f"{len(files)} files have changed in {workspace}; at most {FILE_LIMIT} can be "
                "reviewed at once. Commit some, or review a folder at a time.",
                field="base",
            )
        shown: list[FileChange] = []
        room = SHOWN_LIMIT
        for file in sorted(files, key=lambda each: each.path):
            change = await self._change(workspace, changes, file, unsaved.get(file.path))
            if change is None:
                continue
            if len(change.patch) > room:
                change = replace(change, patch="", left_out="too long")
            room -= len(change.patch)
            shown.append(change)
        if not shown:
            raise NothingChanged(workspace, base)
        return ChangeSet(key, base, tuple(shown))

    def _unsaved(self, workspace: str, paths: Sequence[str]) -> dict[str, Document]:
        """The documents below the workspace, or the paths, that have unsaved changes."""
        found: dict[str, Document] = {}
        for document in unsaved_in(self.documents.editor):
            if is_inside(document.path, workspace):
                path = document.path[len(workspace.rstrip("/")) + 1 :]
                if not paths or any(path == each or is_inside(path, each) for each in paths):
                    found[path] = document
        return found

    async def _change(
        self, workspace: str, changes: Changes, file: ChangedFile, unsaved: Document | None
    ) -> FileChange | None:
        """How a file has changed; None if its buffer is again what stood there before."""
        if any(is_secret(path) for path in (file.path, file.old_path) if path is not None):
            return FileChange(file, left_out="may hold secrets")
        if unsaved is not None:
            before = await self.versions.text_before(workspace, changes, file.old_path or file.path)
            patch = _patch(before or "", unsaved.text)
            if not patch and before is not None and file.old_path is None:
                return None
            status = "untracked" if before is None else file.status
            return FileChange(replace(file, status=status), patch, unsaved=True)
        if file.status == "untracked":
            try:
                text = self.documents.read(f"{workspace.rstrip('/')}/{file.path}").text
            except UnusableDocument as error:
                return FileChange(file, left_out=error.problem)
            return FileChange(file, _patch("", text))
        if file.status == "deleted":
            return FileChange(file)
        patch = await self.versions.patch(workspace, changes, file)
        left_out = None if patch or file.status == "renamed" else "no lines to show"
        return FileChange(file, patch, left_out)


def _patch(before: str, after: str) -> str:
    """The hunks of a unified diff."""
    lines = list(
        unified_diff(before.splitlines(), after.splitlines(), n=_CONTEXT_LINES, lineterm="")
    )
    return "\n".join(lines[2:])

"""What has changed in a workspace, according to git.

The workspace may be a folder inside the work tree: all paths are relative to it, and what lies
outside it is not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.git.process import Answer, git
from claude_sidecar.sessions.ports.versions import (
    STAGED,
    WORKING,
    ChangedFile,
    Changes,
    FileStatus,
)

CONTEXT_LINES = 12
PATCH_LIMIT = 1024 * 1024

_STATUSES: Final[dict[str, FileStatus]] = {
    "A": "added",
    "C": "added",
    "D": "deleted",
    "M": "modified",
    "R": "renamed",
    "T": "modified",
    "U": "modified",
}
_LITERALLY = "--literal-pathspecs"  # a file may be called `:(top)`, or `*`
_DIFF = (
    _LITERALLY,
    "diff",
    "--relative",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--find-renames",
)


class GitVersionControl:
    """Implements :class:`~claude_sidecar.sessions.ports.versions.VersionControl` by git."""

    async def changes(self, workspace: str, base: str, paths: Sequence[str]) -> Changes:
        """See `VersionControl.changes`."""
        if (await git(workspace, "rev-parse", "--is-inside-work-tree")).text.strip() != "true":
            raise InvalidRequest(
                f"{workspace} is not in a git repository, so nothing tells what has changed in it.",
                field="workspace",
            )
        revision = await self._revision(workspace, base)
        which = ("--cached",) if base == STAGED else ()
        raw = await git(
            workspace, *_DIFF, "--raw", "-z", "--abbrev=40", *which, revision, "--", *paths
        )
        files = _changed_files(_checked(raw).text)
        if base != STAGED:
            listed = _checked(
                await git(
                    workspace,
                    _LITERALLY,
                    "ls-files",
                    "--others",
                    "--exclude-standard",
                    "-z",
                    "--",
                    *paths,
                )
            )
            files += [ChangedFile(path, "untracked") for path in listed.text.split("\0") if path]
        return Changes(base, revision, tuple(files))

    async def patch(self, workspace: str, changes: Changes, file: ChangedFile) -> str:
        """See `VersionControl.patch`."""
        which = ("--cached",) if changes.base == STAGED else ()
        paths = [path for path in (file.old_path, file.path) if path is not None]
        context = f"--unified={CONTEXT_LINES}"
        answer = await git(
            workspace, *_DIFF, context, *which, changes.revision, "--", *paths, limit=PATCH_LIMIT
        )
        text = answer.text
        start = text.find("\n@@ ")
        return "" if start < 0 else text[start + 1 :]

    async def text_before(self, workspace: str, changes: Changes, path: str) -> str | None:
        """See `VersionControl.text_before`."""
        blob = await git(workspace, "cat-file", "blob", f"{changes.revision}:./{path}")
        return blob.text if blob.status == 0 else None

    async def ignored(self, workspace: str, path: str) -> bool:
        """See `VersionControl.ignored`."""
        return (await git(workspace, "check-ignore", "--quiet", "--", path)).status == 0

    async def _revision(self, workspace: str, base: str) -> str:
        """The commit (or, before the first one, the empty tree) that is compared with."""
        head = await self._commit(workspace, "HEAD")
        if base in {WORKING, STAGED}:
            return head or await self._empty_tree(workspace)
        named = await self._commit(workspace, base)
        if named is None:
            raise InvalidRequest(
                f'{base!r} is neither "{WORKING}" nor "{STAGED}" nor a revision of the repository '
                f"in {workspace}.",
                field="base",
            )
        if head is None:
            return named
        common = await git(workspace, "merge-base", head, named)
        return common.text.strip() or named

    async def _commit(self, workspace: str, revision: str) -> str | None:
        found = await git(
            workspace, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        )  # fmt: skip
        return found.text.strip() or None

    async def _empty_tree(self, workspace: str) -> str:
        made = await git(workspace, "hash-object", "-t", "tree", "--stdin")
        return _checked(made).text.strip()


def _checked(answer: Answer) -> Answer:
    if answer.status != 0:
        raise InvalidRequest(f"git failed: {answer.error or f'exit status {answer.status}'}")
    return answer


def _changed_files(raw: str) -> list[ChangedFile]:
    """What `--raw -z` lists: `:MODES HASHES STATUS`, a path, and for renames the new path."""
    files: dict[str, ChangedFile] = {}
    fields = iter(raw.split("\0"))
    for head in fields:
        if not head:
            break
        letter = head.rpartition(" ")[2][:1]
        path = next(fields)
        if letter in "RC":
            old_path, path = path, next(fields)
            renamed = old_path if letter == "R" else None
            files[path] = ChangedFile(path, _STATUSES[letter], renamed)
        else:
            files[path] = ChangedFile(path, _STATUSES.get(letter, "modified"))
    return list(files.values())

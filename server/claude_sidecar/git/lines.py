"""How lines of a file came to be as they are, according to git; quickly, or not at all."""

from __future__ import annotations

from typing import Final

import anyio

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.git.process import git
from claude_sidecar.sessions.ports.history import LineChange

HISTORY_SECONDS: Final = 5.0
"""How long a question may take: following lines through a long history can take minutes."""
COMMITS: Final = 3
_LIMIT: Final = 64 * 1024
_MARK: Final = "\x1e"
_FORMAT: Final = f"--format={_MARK}%h%x1f%cs%x1f%s"


class GitLineHistory:
    """Implements :class:`~claude_sidecar.sessions.ports.history.LineHistory` by git."""

    async def committed_text(self, workspace: str, path: str) -> str | None:
        """See `LineHistory.committed_text`."""
        return await _asked(workspace, "cat-file", "blob", f"HEAD:./{path}")

    async def line_changes(
        self, workspace: str, path: str, first: int, last: int
    ) -> tuple[LineChange, ...]:
        """See `LineHistory.line_changes`."""
        answer = await _asked(
            workspace,
            "-c", "log.showSignature=false",
            "-c", "log.mailmap=false",
            "log",
            f"--max-count={COMMITS}",
            "--no-ext-diff",
            "--no-textconv",
            "--no-color",
            "--no-decorate",
            _FORMAT,
            f"-L{first},{last}:./{path}",
            limit=_LIMIT,
        )  # fmt: skip
        return tuple(_change(part) for part in (answer or "").split(_MARK)[1:])


async def _asked(workspace: str, *arguments: str, limit: int = 16 * 1024 * 1024) -> str | None:
    with anyio.move_on_after(HISTORY_SECONDS):
        try:
            answer = await git(workspace, *arguments, limit=limit)
        except InvalidRequest:
            return None
        return answer.text if answer.status == 0 or answer.output else None
    return None


def _change(part: str) -> LineChange:
    head, _, rest = part.partition("\n")
    commit, date, subject = (*head.split("\x1f"), "", "")[:3]
    start = rest.find("\n@@ ")
    patch = "" if start < 0 else rest[start + 1 :].rstrip("\n")
    return LineChange(commit, date, subject, patch)

"""The editor where there is none: files are read from the disk, and nobody can be asked."""

from __future__ import annotations

from collections.abc import Mapping

from claude_sidecar.sessions.ports import (
    Document,
    PermissionOptionKind,
    PermissionQuestion,
    UserQuestions,
)


class DiskEditor:
    """An `Editor` without a person: no file is open, and no permission is given."""

    def document(self, path: str) -> Document | None:
        """No file is open."""
        del path
        return None

    async def ask_permission(self, question: PermissionQuestion) -> PermissionOptionKind | None:
        """Nobody answers."""
        del question
        return None

    async def ask_user(self, questions: UserQuestions) -> Mapping[str, str] | None:
        """Nobody answers."""
        del questions
        return None

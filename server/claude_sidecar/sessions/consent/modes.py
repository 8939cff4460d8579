"""Which permission mode a session is in: the setting's, unless the user chose another for it.

The last wish holds: a session's own mode ends when the setting is changed afterwards. It also ends
with the server, so that no session comes back tomorrow in a mode that asks nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from claude_sidecar.sessions.model import PermissionMode
from claude_sidecar.settings import Settings


class Modes:
    """The modes of all sessions.

    :param settings: the settings of a workspace, by its path, whenever they are needed.
    """

    def __init__(self, settings: Callable[[str], Settings]) -> None:
        self._settings = settings
        self._chosen: dict[str, tuple[PermissionMode, str]] = {}

    def of(self, session_id: str, workspace: str) -> PermissionMode:
        """The mode in force."""
        setting = self._settings(workspace).permission_mode
        mode, chosen_over = self._chosen.get(session_id, ("", None))
        return cast(PermissionMode, mode if chosen_over == setting else setting)

    def choose(self, session_id: str, workspace: str, mode: PermissionMode) -> None:
        """Put a session into a mode."""
        self._chosen[session_id] = (mode, self._settings(workspace).permission_mode)

    def moved(self, from_session: str, to_session: str) -> None:
        """Another session goes on in the place of one that is lost."""
        if from_session in self._chosen:
            self._chosen[to_session] = self._chosen.pop(from_session)

"""What the domain needs to know of Claude's work beside its turns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class BackgroundTask:
    """An agent or a command that runs in the background, and may outlive the turn that began it."""

    id: str
    description: str


class BackgroundWork(Protocol):
    """Looks after what runs in the background of sessions."""

    def background(self, session_id: str | None = None) -> tuple[BackgroundTask, ...]:
        """What runs in a session, or in all of them."""
        ...

    async def stop_background(self, session_id: str | None = None) -> None:
        """Stop it, and wait until it has stopped. Cancelling the wait does not take that back."""
        ...

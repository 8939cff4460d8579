"""How messages reach a client and come from it, whatever carries them.

Sending never blocks: what the client has not read yet is queued, up to `UNREAD_LIMIT`. A client
that lets it grow beyond that does not read any more, and its link is given up.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final, Protocol

from claude_sidecar.lsp.framing import Malformed

UNREAD_LIMIT: Final = 64 * 1024 * 1024
"""Bytes that may wait for a client to read them."""


class Link(Protocol):
    """One client's connection."""

    def messages(self) -> AsyncIterator[bytes | Malformed]:
        """The bodies of the messages as they come, until the client ends the connection."""
        ...

    def send(self, body: bytes) -> None:
        """Queue a message. Does nothing once the link is broken or given up."""
        ...

    async def drain(self) -> None:
        """Wait until all that was queued is on its way, or the link is broken."""
        ...

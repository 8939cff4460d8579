"""What can only be asked of a client after `initialize`: to be told of settings, and of files."""

from __future__ import annotations

from typing import Final

from lsprotocol import types

from claude_sidecar.lsp.client import QUICK_SECONDS, Client
from claude_sidecar.settings import SECTION

_CONFIGURATION: Final = "claude-sidecar-configuration"
_WATCHED_FILES: Final = "claude-sidecar-watched-files"
_ANY_FILE: Final = "**/*"
"""Which files have findings changes all the time, and a client watches them all anyway."""


async def register(client: Client) -> None:
    """Ask for what the client lets a server ask for."""
    registrations: list[types.Registration] = []
    if client.registers_configuration:
        method = types.WORKSPACE_DID_CHANGE_CONFIGURATION
        registrations.append(types.Registration(_CONFIGURATION, method, {"section": SECTION}))
    if client.registers_watchers:
        method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
        watchers = types.DidChangeWatchedFilesRegistrationOptions(
            [types.FileSystemWatcher(_ANY_FILE)]
        )
        registrations.append(types.Registration(_WATCHED_FILES, method, watchers))
    if registrations:
        await client.succeeds(
            types.CLIENT_REGISTER_CAPABILITY,
            types.RegistrationParams(registrations),
            seconds=QUICK_SECONDS,
        )

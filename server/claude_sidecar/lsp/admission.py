"""Who may connect: those who know the token, or, on loopback without one, this user's own programs.

Whoever is let in may run commands as the user. A WebSocket shows the token when it is opened, in
`Authorization: Bearer TOKEN` or as `?token=TOKEN`; a page in a browser can reach loopback too, and
is let in with a token alone. Over TCP it is the `token` of `initializationOptions`, and nothing
but that first message is looked at before.
"""

from __future__ import annotations

import hmac
import json
import logging
import os
import secrets
import stat
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import parse_qs, urlsplit

import anyio

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.lsp.framing import Malformed
from claude_sidecar.lsp.links import Link

logger = logging.getLogger(__name__)

TOKEN_VARIABLE: Final = "CLAUDE_SIDECAR_TOKEN"  # noqa: S105 - the variable's name
_SHORTEST: Final = 16
_FIRST_MESSAGE_SECONDS: Final = 10.0
_REFUSED: Final = -32803
"""LSP's `RequestFailed`."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a client must know."""

    secret: str = field(repr=False)

    def is_known_by(self, shown: object) -> bool:
        """Whether it is what was shown; how long the answer takes tells nothing of it."""
        given = shown if isinstance(shown, str) else ""
        return hmac.compare_digest(given.encode("utf-8", "replace"), self.secret.encode())


def token_given(file: Path | None, environment: Mapping[str, str]) -> Token | None:
    """The token of a file, else of the environment; None where there is neither.

    :raises InvalidRequest: if it cannot be read, or is too short to be one.
    """
    if file is None:
        secret, place = environment.get(TOKEN_VARIABLE, "").strip(), TOKEN_VARIABLE
        if not secret:
            return None
    else:
        secret, place = _read(file), str(file)
    if len(secret) < _SHORTEST or not secret.isascii() or not secret.isprintable():
        raise InvalidRequest(
            f"{place} holds no usable token: it must be at least {_SHORTEST} printable ASCII "
            "characters on one line."
        )
    return Token(secret)


def new_token() -> Token:
    """One that nobody knows yet."""
    return Token(secrets.token_urlsafe(32))


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def may_open_socket(token: Token | None, target: str, headers: Mapping[str, str]) -> bool:
    """Whether a WebSocket may be opened.

    :param target: the path that is asked for, with its query.
    """
    if token is None:
        return headers.get("Origin") is None
    scheme, _, credentials = headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.is_known_by(credentials.strip())
    return token.is_known_by(parse_qs(urlsplit(target).query).get("token", [""])[0])


def is_own_connection(here: Any, there: Any, *, user: int | None = None) -> bool:
    """Whether the other end of a loopback connection belongs to this user, as far as the system
    tells: Linux does, and elsewhere a token is the way to keep others out.

    :param here: this end's address, as sockets give it, and `there` the other one's.
    :param user: another user's id than the one this process runs under.
    """
    if not hasattr(os, "getuid"):
        return True
    table = Path("/proc/net/tcp6" if ":" in here[0] else "/proc/net/tcp")
    try:
        lines = table.read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return True
    owners = {
        int(cells[7])
        for cells in map(str.split, lines)
        if _port(cells[1]) == there[1] and _port(cells[2]) == here[1]
    }
    return owners <= {os.getuid() if user is None else user, 0} and bool(owners)


def _port(address: str) -> int:
    return int(address.rpartition(":")[2], 16)


class AdmittedLink:
    """A link that carries nothing before the token was shown in its first message."""

    def __init__(self, link: Link, token: Token) -> None:
        self._link = link
        self._token = token

    async def messages(self) -> AsyncIterator[bytes | Malformed]:
        """The messages; none at all where the token was not shown."""
        incoming = self._link.messages()
        admitted: bytes | None = None
        with anyio.move_on_after(_FIRST_MESSAGE_SECONDS):
            async for first in incoming:
                admitted = self._admitted(first)
                break
        if admitted is None:
            return
        yield admitted
        async for item in incoming:
            yield item

    def send(self, body: bytes) -> None:
        """See :class:`~claude_sidecar.lsp.links.Link`."""
        self._link.send(body)

    async def drain(self) -> None:
        """See :class:`~claude_sidecar.lsp.links.Link`."""
        await self._link.drain()

    def _admitted(self, first: bytes | Malformed) -> bytes | None:
        """The first message without its token; None if it may not come in."""
        message = _parsed(first)
        options = _object(_object(message.get("params")).get("initializationOptions"))
        shown = options.pop("token", None)
        if message.get("method") == "initialize" and self._token.is_known_by(shown):
            return json.dumps(message).encode()
        logger.warning("Refused a client that did not show the token.")
        problem = {
            "code": _REFUSED,
            "message": "This server needs its token, as `token` in `initializationOptions`.",
        }
        answer = {"jsonrpc": "2.0", "id": message.get("id"), "error": problem}
        self._link.send(json.dumps(answer).encode())
        return None


def _read(file: Path) -> str:
    try:
        if os.name == "posix" and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            logger.warning("%s can be read by others: chmod 600 keeps the token to you.", file)
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        problem = error.strerror if isinstance(error, OSError) else "it is no text"
        raise InvalidRequest(f"The token file {file} cannot be read: {problem}.") from error


def _parsed(item: bytes | Malformed) -> dict[str, Any]:
    if isinstance(item, Malformed):
        return {}
    try:
        return _object(json.loads(item))
    except (ValueError, RecursionError):
        return {}


def _object(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}

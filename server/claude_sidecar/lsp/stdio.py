"""The link over standard input and output.

Reading and writing block on pipes, and not every platform can wait for a pipe in its event loop,
so a daemon thread does each. Both work on descriptors of their own: the process's standard input
is empty and its standard output goes to standard error, so that a stray `print`, ours or a child
process's, cannot get in between the messages.
"""

from __future__ import annotations

import asyncio
import logging
import os
import queue
import sys
import threading
from collections.abc import AsyncIterator, Callable

from claude_sidecar.lsp.framing import Frames, Malformed, frame
from claude_sidecar.lsp.links import UNREAD_LIMIT

logger = logging.getLogger(__name__)

_STDIN, _STDOUT, _STDERR = 0, 1, 2
_CHUNK = 64 * 1024


class StdioLink:
    """Implements :class:`~claude_sidecar.lsp.links.Link`. Make one, inside the event loop."""

    def __init__(self) -> None:
        self._input = os.dup(_STDIN)
        self._output = os.dup(_STDOUT)
        nowhere = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nowhere, _STDIN)
        os.close(nowhere)
        os.dup2(_STDERR, _STDOUT)
        if sys.platform != "win32":  # a parent may have left its ends unable to block
            os.set_blocking(self._input, True)
            os.set_blocking(self._output, True)
        self._loop = asyncio.get_running_loop()
        self._received: asyncio.Queue[bytes] = asyncio.Queue()
        self._room = threading.Semaphore(16)  # chunks read ahead of who handles them
        self._outbox: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._unsent = 0
        self._broken = False
        self._drained = asyncio.Event()
        self._drained.set()
        for work in (self._read, self._write):
            threading.Thread(target=work, name=f"stdio{work.__name__}", daemon=True).start()

    async def messages(self) -> AsyncIterator[bytes | Malformed]:
        """Until standard input ends, or the client no longer reads."""
        frames = Frames()
        while not self._broken:
            data = await self._received.get()
            if not data:
                return
            self._room.release()
            for item in frames.feed(data):
                yield item

    def send(self, body: bytes) -> None:
        """See :class:`~claude_sidecar.lsp.links.Link`."""
        if self._broken:
            return
        data = frame(body)
        self._unsent += len(data)
        if self._unsent > UNREAD_LIMIT:
            logger.error("The client does not read what it is sent: giving it up.")
            self._break()
            return
        self._drained.clear()
        self._outbox.put(data)

    async def drain(self) -> None:
        """See :class:`~claude_sidecar.lsp.links.Link`."""
        await self._drained.wait()

    def _break(self) -> None:
        self._broken = True
        self._drained.set()
        self._received.put_nowait(b"")

    def _sent(self, amount: int) -> None:
        self._unsent -= amount
        if self._unsent == 0:
            self._drained.set()

    def _tell_loop(self, callback: Callable[..., None], *arguments: object) -> bool:
        """From a thread; False when the loop is gone, and with it all reason to go on."""
        try:
            self._loop.call_soon_threadsafe(callback, *arguments)
        except RuntimeError:
            return False
        return True

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._input, _CHUNK)
            except OSError:
                data = b""
            self._room.acquire()
            if not self._tell_loop(self._received.put_nowait, data) or not data:
                return

    def _write(self) -> None:
        while True:
            data = self._outbox.get()
            try:
                _write_all(self._output, data)
            except OSError:
                self._tell_loop(self._break)
                return
            if not self._tell_loop(self._sent, len(data)):
                return


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]

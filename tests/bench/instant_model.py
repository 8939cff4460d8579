"""A Messages API that answers at once, with bytes prepared beforehand: a program of its own.

What is timed against it is overhead alone, down to where a server that reads and thinks would
itself be most of it. `instant_model.py N` streams every reply in N pieces; the first line of its
output is its URL. `GET /last` gives the body of the last call that streamed.
"""

from __future__ import annotations

import asyncio
import itertools
import sys

from claude_sidecar.offline import wire
from claude_sidecar.offline.messages import parse_request
from claude_sidecar.offline.replies import Reply, Say

_MODEL = "claude-of-the-benchmarks"
_ID = "msg_000000000000"


class InstantModel:
    """Serves connections that are kept alive."""

    def __init__(self, pieces: int) -> None:
        request = parse_request({"model": _MODEL, "stream": True}, {})
        reply = Reply((Say(tuple(f"word {number} " for number in range(pieces))),))
        steps = wire.event_steps(request, reply, _ID)
        self._reply = b"".join(step for step in steps if isinstance(step, bytes))
        self._numbers = itertools.count(1)
        self._last = b"{}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection's requests until it is closed."""
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                body = await reader.readexactly(_length(head))
                writer.write(self._answer(head, body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _answer(self, head: bytes, body: bytes) -> bytes:
        if head.startswith(b"GET /last"):
            return _response(b"application/json", self._last)
        if b'"stream":true' not in body:
            return _response(b"application/json", b'{"input_tokens":1}')
        self._last = body
        unique = b"msg_%012d" % next(self._numbers)
        return _response(b"text/event-stream", self._reply.replace(_ID.encode(), unique))


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


def _response(kind: bytes, body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b" % (
        kind,
        len(body),
        body,
    )


async def main() -> None:
    """Serve until the standard input ends."""
    model = InstantModel(int(sys.argv[1]))
    server = await asyncio.start_server(model.serve, "127.0.0.1", 0, limit=2**26)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)  # noqa: T201
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())

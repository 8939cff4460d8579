"""Messages cut out of a stream of bytes, by LSP's base protocol; no input or output of its own.

What is not a message does not end the stream: it is given as a `Malformed`, and the next thing
that looks like a header begins the next message. A header may so stand in the middle of a line,
after a body that was longer than announced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

BODY_LIMIT = 256 * 1024 * 1024
"""Bytes; a message that announces more is not waited for."""
_HEADER_LIMIT = 16 * 1024
_LENGTH = re.compile(rb"content-length:[ \t]*([^\r\n]*?)[ \t]*\r?\n", re.IGNORECASE)
_BLANK = re.compile(rb"\n\r?\n")
_HEADER_LINE = re.compile(rb"[A-Za-z][A-Za-z0-9-]*:[^\r\n]*\r?\n")
_LONGEST_NUMBER = 18
_LONGEST_START = len(b"content-length: ") + _LONGEST_NUMBER


@dataclass(frozen=True, slots=True)
class Malformed:
    """What stood where a message should have been."""

    problem: str


def frame(body: bytes) -> bytes:
    """A message with its header."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


class Frames:
    """Feed it bytes as they come; it gives the bodies of the messages that are complete.

    :ivar body_limit: bytes; a message that announces more is not waited for.
    """

    def __init__(self, body_limit: int = BODY_LIMIT) -> None:
        self.body_limit = body_limit
        self._buffer = bytearray()
        self._body: int | None = None  # its length, once the header was read
        self._lost = False  # skipping to the next header, having told so

    def feed(self, data: bytes) -> Iterator[bytes | Malformed]:
        """Take more bytes. Exhaust the iterator before feeding again."""
        self._buffer += data
        while (item := self._next()) is not None:
            told = self._lost
            self._lost = isinstance(item, Malformed)
            if not (told and self._lost):
                yield item

    def _next(self) -> bytes | Malformed | None:
        if self._body is None:
            problem = self._read_header()
            if problem is not None or self._body is None:
                return problem
        if len(self._buffer) < self._body:
            return None
        body = bytes(self._buffer[: self._body])
        del self._buffer[: self._body]
        self._body = None
        return body

    def _read_header(self) -> Malformed | None:
        """Sets the body's length when a whole header is there; takes what is none away."""
        match = _LENGTH.search(self._buffer)
        blank = _BLANK.search(self._buffer)
        if match is None or (blank is not None and blank.start() < match.start()):
            return self._without_length(blank)
        end = self._end_of_header(match.end())
        if end is None:
            return None
        value = match.group(1)
        before = _HEADER_LINE.sub(b"", self._buffer[: match.start()]).strip()
        del self._buffer[:end]
        if not value.isdigit() or len(value) > _LONGEST_NUMBER or int(value) > self.body_limit:
            return Malformed(f"Content-Length is {bytes(value[:40])!r}.")
        self._body = int(value)
        return Malformed("Something that is no header stood before a message.") if before else None

    def _without_length(self, blank: re.Match[bytes] | None) -> Malformed | None:
        if blank is None and len(self._buffer) <= _HEADER_LIMIT:
            return None
        end = len(self._buffer) - _LONGEST_START if blank is None else blank.end()
        said = bytes(self._buffer[:end]).strip()
        del self._buffer[:end]
        return Malformed("A header without Content-Length.") if said else self._read_header()

    def _end_of_header(self, start: int) -> int | None:
        """Where the blank line ends that closes the header; None while it is not there yet."""
        at = start
        while (newline := self._buffer.find(b"\n", at)) >= 0:
            line = self._buffer[at : newline + 1]
            if not line.strip():
                return newline + 1
            if not _HEADER_LINE.fullmatch(line):
                break  # a body without the blank line before it
            at = newline + 1
        else:
            if len(self._buffer) - at <= _HEADER_LIMIT:
                return None
        return at

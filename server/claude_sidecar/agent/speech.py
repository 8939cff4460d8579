"""One speaker's text, put together from pieces that were streamed and messages that came whole.

A message that was streamed arrives a second time, whole. A stream that broke is begun again under
another id, often with the same words. Neither may show twice. Paragraphs that were separate blocks
stay separate.
"""

from __future__ import annotations

_SEPARATOR = "\n\n"


class Speech:
    """What one speaker has said in a turn."""

    def __init__(self) -> None:
        self._streamed: set[str] = set()
        self._message = ""
        self._spoken = False
        self._separate = False
        self._unconfirmed = ""
        self._abandoned = ""
        self._again = ""

    def begin_message(self, message_id: str) -> None:
        """A message begins to stream; one that was not finished was given up for it."""
        self._message = message_id
        self._abandoned, self._unconfirmed, self._again = self._unconfirmed, "", ""
        self._separate = self._spoken

    def begin_block(self) -> None:
        """A block of text begins within the message."""
        self._separate = self._spoken

    def streamed(self, text: str) -> str:
        """A piece of the message: what of it is new."""
        self._streamed.add(self._message)
        self._unconfirmed += text
        return self._new(text)

    def thought(self) -> None:
        """A piece of thinking was streamed."""
        self._streamed.add(self._message)

    def came_whole(self, message_id: str) -> bool:
        """Whether a finished message is news, or was streamed before."""
        if message_id in self._streamed:
            if message_id == self._message:
                self._unconfirmed = ""
            return False
        if message_id != self._message:
            self.begin_message(message_id)
        return True

    def whole(self, text: str) -> str:
        """A block of a message that was not streamed: what of it is new."""
        self.begin_block()
        return self._new(text)

    def _new(self, text: str) -> str:
        if self._abandoned:
            self._again += text
            if self._abandoned.startswith(self._again):
                return ""
            if self._again.startswith(self._abandoned):
                text, self._separate = self._again[len(self._abandoned) :], False
            else:
                text = self._again
            self._abandoned = ""
        if self._separate and text:
            text, self._separate = _SEPARATOR + text, False
        self._spoken = self._spoken or bool(text)
        return text

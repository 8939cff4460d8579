"""Pieces of a reply that come together are one; nothing waits for what has not come."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import anyio
import pytest

from claude_sidecar.agent.bursts import MarkedStream, joined

pytestmark = pytest.mark.anyio

Message = dict[str, Any]


def piece(text: str, *, index: int = 0, kind: str = "text", **rest: Any) -> Message:
    field = {"text": "text", "thinking": "thinking", "input_json": "partial_json"}[kind]
    delta = {"type": f"{kind}_delta", field: text}
    event = {"type": "content_block_delta", "index": index, "delta": delta}
    return {"type": "stream_event", "event": event, "parent_tool_use_id": None, **rest}


RESULT: Message = {"type": "result"}


class Reads:
    """What a pipe gives, one read after the other."""

    def __init__(self, *reads: bytes) -> None:
        self._reads = list(reads)

    async def receive(self, max_bytes: int = 65536) -> bytes:
        del max_bytes
        if not self._reads:
            raise anyio.EndOfStream
        return self._reads.pop(0)

    async def aclose(self) -> None:
        self._reads.clear()


def lines(*messages: Message) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in messages)


async def parsed(stream: MarkedStream) -> AsyncGenerator[Message]:
    """As the SDK does it: lines out of reads, and a message out of each."""
    rest = ""
    async for text in stream:
        *whole, rest = (rest + text).split("\n")
        for line in whole:
            if line:
                yield json.loads(line)
    if rest:
        yield json.loads(rest)


async def heard(*reads: bytes) -> list[Message]:
    stream = MarkedStream(Reads(*reads))  # pyright: ignore[reportArgumentType]
    return [message async for message in joined(parsed(stream))]


async def test_pieces_of_one_read_are_one_message() -> None:
    read = lines(piece("One"), piece(", two"), piece(", three."), RESULT)
    assert await heard(read) == [piece("One, two, three."), RESULT]


@pytest.mark.parametrize("kind", ["thinking", "input_json"])
async def test_so_are_pieces_of_other_kinds(kind: str) -> None:
    read = lines(piece('{"a"', kind=kind), piece(": 1}", kind=kind))
    assert await heard(read) == [piece('{"a": 1}', kind=kind)]


async def test_pieces_of_several_reads_are_several() -> None:
    assert await heard(lines(piece("One")), lines(piece("two"))) == [piece("One"), piece("two")]


async def test_a_piece_that_has_come_does_not_wait_for_the_next_read() -> None:
    send, receive = anyio.create_memory_object_stream[bytes](1)
    with anyio.fail_after(60):
        async with send, receive:
            messages = joined(parsed(MarkedStream(receive)))
            await send.send(lines(piece("One"), piece(", two.")))
            assert await anext(messages) == piece("One, two.")
            await messages.aclose()


async def test_a_line_that_is_cut_by_a_read_is_whole() -> None:
    read = lines(piece("Ünë"), piece(", two."))
    for cut in range(1, len(read)):
        told = await heard(read[:cut], read[cut:])
        texts = [each["event"]["delta"]["text"] for each in told]
        assert "".join(texts) == "Ünë, two."


async def test_the_last_line_needs_no_end() -> None:
    assert await heard(lines(RESULT) + json.dumps(RESULT).encode()) == [RESULT, RESULT]
    assert await heard(json.dumps(piece("One")).encode()) == [piece("One")]


@pytest.mark.parametrize(
    "other",
    [
        piece("two", index=1),
        piece("two", kind="thinking"),
        piece("two", parent_tool_use_id="toolu_1"),
        piece("two", user_message_uuids=["of-another-prompt"]),
        {"type": "stream_event", "event": {"type": "content_block_stop", "index": 0}},
        RESULT,
    ],
)
async def test_what_is_not_the_same_block_stays_apart(other: Message) -> None:
    read: Sequence[Message] = [piece("One"), other]
    assert await heard(lines(*read)) == read

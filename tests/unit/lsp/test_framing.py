"""Messages are found in any stream of bytes, however it is cut and whatever stands between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claude_sidecar.lsp.framing import Frames, Malformed, frame

BODIES = st.lists(st.binary(min_size=1, max_size=60), max_size=6)


def bodies(frames: Frames, data: bytes, size: int = 7) -> list[bytes | Malformed]:
    found: list[bytes | Malformed] = []
    for start in range(0, len(data), size):
        found.extend(frames.feed(data[start : start + size]))
    return found


@given(messages=BODIES, size=st.integers(1, 200))
def test_what_was_framed_comes_out_however_it_is_cut(messages: list[bytes], size: int) -> None:
    assert bodies(Frames(), b"".join(map(frame, messages)), size) == messages


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Length: 2\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n",
        b"Content-Type: application/vscode-jsonrpc\r\nContent-Length: 2\r\n\r\n",
        b"content-length:2\r\n\r\n",
        b"Content-Length: 2\n\n",
    ],
)
def test_headers_may_be_written_in_several_ways(header: bytes) -> None:
    assert bodies(Frames(), header + b"{}" + frame(b"next")) == [b"{}", b"next"]


@pytest.mark.parametrize(
    "garbage",
    [
        pytest.param(b"Content-Length: -5\r\n\r\n{}", id="negative"),
        pytest.param(b"Content-Length: 99999999999999999999\r\n\r\n{}", id="huge"),
        pytest.param(b"Content-Length: ten\r\n\r\n{}", id="no number"),
        pytest.param(b"Content-Type: text/plain\r\n\r\n", id="no length"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", id="HTTP"),
        pytest.param(b"\0" * 100_000, id="a long line"),
        pytest.param(
            b"Content-Length: x\r\n\r\nContent-Length: y\r\n\r\n", id="one after the other"
        ),
    ],
)
@pytest.mark.parametrize("size", [1, 1000])
def test_what_is_no_message_is_told_once_and_the_next_is_found(garbage: bytes, size: int) -> None:
    frames = Frames()
    first, *rest = bodies(frames, garbage + frame(b"next"), size)
    assert isinstance(first, Malformed)
    assert rest == [b"next"]
    assert bodies(frames, frame(b"after it")) == [b"after it"]


@given(st.binary(max_size=300), st.integers(1, 50))
def test_nothing_that_is_sent_breaks_it(data: bytes, size: int) -> None:
    for item in bodies(Frames(), data, size):
        assert isinstance(item, bytes | Malformed)


def test_a_message_longer_than_the_limit_is_not_waited_for() -> None:
    frames = Frames(body_limit=10)
    assert bodies(frames, frame(b"0123456789")) == [b"0123456789"]
    first, second = bodies(frames, frame(b"0123456789!") + frame(b"next"))
    assert isinstance(first, Malformed)
    assert second == b"next"

"""Text is joined so that a client is not flooded, without loss, delay or disorder."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import anyio
import pytest
from lsprotocol import types

from claude_sidecar.lsp.convert import Ranges
from claude_sidecar.lsp.documents import OpenDocuments
from claude_sidecar.lsp.update_shapes import UpdateShapes
from claude_sidecar.lsp.updates import ENDED_KEPT, INTERVAL, SessionUpdates
from claude_sidecar.sessions.events import (
    AgentMessageChunk,
    AgentThoughtChunk,
    AskedTurn,
    Event,
    PlanUpdated,
    TurnEnded,
    TurnStarted,
    Update,
    UsageUpdated,
)
from claude_sidecar.sessions.model import ContextSize, Key, TurnResult, Usage

pytestmark = pytest.mark.anyio


class Listener:
    """Keeps what is sent, with the time it came, and lets a test wait for it."""

    def __init__(self) -> None:
        self.sent: list[tuple[float, dict[str, Any]]] = []
        self.came = anyio.Event()
        documents = OpenDocuments("utf-16")
        self.updates = SessionUpdates(self._send, UpdateShapes(Ranges(documents)))
        self._seq = 0

    def _send(self, update: dict[str, Any]) -> None:
        self.sent.append((asyncio.get_running_loop().time(), update))
        self.came.set()
        self.came = anyio.Event()

    def happen(self, *events: Event, turn: str = "t") -> None:
        for event in events:
            self.updates.take(Update("s", turn, Key("/w"), self._seq, event))
            self._seq += 1

    @property
    def texts(self) -> list[str]:
        return [update["update"].get("text", "-") for _, update in self.sent]


async def test_the_first_piece_goes_out_at_once_and_the_rest_joined() -> None:
    listener = Listener()
    listener.happen(AgentMessageChunk("a"))
    assert listener.texts == ["a"]
    listener.happen(*(AgentMessageChunk(each) for each in "bcd"))
    assert listener.texts == ["a"]
    await listener.came.wait()
    assert listener.texts == ["a", "bcd"]
    (first, _), (second, _) = listener.sent
    assert second - first >= INTERVAL * 0.9


async def test_other_events_come_after_the_text_before_them() -> None:
    listener = Listener()
    listener.happen(AgentMessageChunk("a"), AgentMessageChunk("b"), PlanUpdated(()))
    assert listener.texts == ["a", "b", "-"]


def spent(tokens: int) -> UsageUpdated:
    return UsageUpdated(Usage(output_tokens=tokens), ContextSize())


async def test_what_was_spent_is_told_after_the_first_words() -> None:
    listener = Listener()
    listener.happen(spent(1), AgentMessageChunk("a"))
    assert listener.texts == ["a", "-"]
    listener.happen(spent(2), spent(3), AgentMessageChunk("b"), PlanUpdated(()))
    told = [update["update"] for _, update in listener.sent]
    assert [each["kind"] for each in told[2:]] == ["agent_message_chunk", "usage_update", "plan"]
    assert told[3]["usage"]["outputTokens"] == 3


async def test_what_was_spent_is_told_where_no_words_come() -> None:
    listener = Listener()
    listener.happen(spent(1))
    assert listener.sent == []
    with anyio.fail_after(60):
        await listener.came.wait()
    assert listener.sent[-1][1]["update"]["kind"] == "usage_update"


async def test_a_warning_is_told_at_once() -> None:
    listener = Listener()
    listener.happen(replace(spent(1), warning="The conversation is nearly full."))
    assert listener.sent[-1][1]["update"]["warning"] == "The conversation is nearly full."


async def test_kinds_and_speakers_are_not_mixed() -> None:
    listener = Listener()
    listener.happen(
        AgentMessageChunk("a"),
        AgentThoughtChunk("b"),
        AgentMessageChunk("c"),
        AgentMessageChunk("d"),
        AgentMessageChunk("e", agent="x"),
        PlanUpdated(()),
    )
    assert listener.texts == ["a", "b", "cd", "e", "-"]


async def test_agents_that_speak_at_once_are_each_told_in_one_piece() -> None:
    listener = Listener()
    listener.happen(AgentMessageChunk("first"))
    for piece in "abc":
        listener.happen(
            AgentMessageChunk(piece, agent="x"), AgentMessageChunk(piece.upper(), agent="y")
        )
    listener.happen(PlanUpdated(()))
    assert listener.texts == ["first", "abc", "ABC", "-"]


async def test_each_turn_counts_from_0_without_gaps() -> None:
    listener = Listener()
    for turn in ("t", "u"):
        listener.happen(TurnStarted(AskedTurn("ask", "Why?"), resumed=False), turn=turn)
        listener.happen(*(AgentMessageChunk(each) for each in "abcdef"), turn=turn)
        listener.happen(TurnEnded(TurnResult("s", turn, "end_turn", "abcdef")), turn=turn)
    for turn in ("t", "u"):
        seqs = [update["seq"] for _, update in listener.sent if update["turnId"] == turn]
        assert seqs == [0, 1, 2, 3]


async def test_a_turn_that_ended_sends_nothing_more() -> None:
    listener = Listener()
    listener.happen(AgentMessageChunk("a"), AgentMessageChunk("b"))
    listener.happen(TurnEnded(TurnResult("s", "t", "end_turn", "ab")))
    listener.happen(AgentMessageChunk("next"), turn="u")
    listener.happen(AgentMessageChunk("!"), turn="u")
    await listener.came.wait()
    assert listener.texts == ["a", "b", "-", "next", "!"]


async def test_ranges_are_counted_as_the_client_counts(anyio_backend: str) -> None:
    documents = OpenDocuments("utf-16")
    item = types.TextDocumentItem("file:///w/a", "text", 1, "\N{GRINNING FACE}x")
    documents.did_open(types.DidOpenTextDocumentParams(item))
    ranges = Ranges(documents)
    wire = types.Range(types.Position(0, 2), types.Position(0, 99))
    inside = ranges.from_client("/w/a", wire)
    assert (inside.start.character, inside.end.character) == (1, 2)
    assert ranges.to_client("/w/a", inside) == types.Range(
        types.Position(0, 2), types.Position(0, 3)
    )


async def test_what_comes_after_a_turns_end_is_numbered_on() -> None:
    listener = Listener()
    ended = TurnEnded(TurnResult("s", "t", "end_turn", ""))
    listener.happen(AgentMessageChunk("a"), ended)
    listener.happen(TurnEnded(TurnResult("s", "u", "end_turn", "")), turn="u")
    listener.happen(UsageUpdated(Usage(), ContextSize()))
    assert [update["seq"] for _, update in listener.sent if update["turnId"] == "t"] == [0, 1, 2]
    assert listener.sent[-1][1]["update"]["kind"] == "usage_update"


async def test_turns_that_ended_long_ago_are_forgotten() -> None:
    listener = Listener()
    for number in range(ENDED_KEPT + 1):
        result = TurnResult("s", str(number), "end_turn", "")
        listener.happen(TurnEnded(result), turn=str(number))
    listener.happen(UsageUpdated(Usage(), ContextSize()), turn="0")
    assert listener.sent[-1][1]["seq"] == 0

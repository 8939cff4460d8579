"""Turns run at the same time, and are seen one after the other."""

from __future__ import annotations

import queue
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from claude_sidecar.errors import InvalidRequest, StoreError
from claude_sidecar.sessions.events import AgentMessageChunk, Update
from claude_sidecar.sessions.model import Key, StopReason, TurnResult
from claude_sidecar.sessions.planning.requests import ReviewRequest, TurnRequest
from claude_sidecar.terminal.side_by_side import Item, SideBySide


@dataclass
class _Turn:
    """A turn that says its name, and is over when it is told to be."""

    turn_id: str
    items: queue.SimpleQueue[Item]
    over: queue.SimpleQueue[StopReason] = field(default_factory=queue.SimpleQueue[StopReason])

    def say(self, text: str) -> None:
        key = Key("/w", self.turn_id)
        self.items.put(Update("s", self.turn_id, key, 0, AgentMessageChunk(text)))

    async def result(self) -> TurnResult:
        from anyio.to_thread import run_sync

        return TurnResult("s", self.turn_id, await run_sync(self.over.get), "")


@dataclass
class _Turns:
    """Stands for the service: it begins turns named after their files, and cancels them."""

    items: queue.SimpleQueue[Item]
    begun: dict[str, _Turn] = field(default_factory=dict[str, _Turn])
    on_begin: Callable[[_Turn], None] = lambda _: None

    async def start(self, request: TurnRequest) -> _Turn:
        assert request.key is not None
        name = request.key.file or ""
        if name == "missing":
            raise InvalidRequest("missing: does not exist.")
        if name == "broken":
            raise StoreError("The store is damaged.")
        turn = self.begun[name] = _Turn(name, self.items)
        self.on_begin(turn)
        return turn

    async def cancel(self, *, turn_id: str) -> None:
        self.begun[turn_id].over.put("cancelled")


class _Watcher:
    """Keeps what it is shown; `on_show` may press Ctrl-C."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.on_show: Callable[[], None] = lambda: None
        self.told_of_interrupt = False

    def show(self, update: Update) -> None:
        assert isinstance(update.event, AgentMessageChunk)
        self.shown.append(update.event.text)
        self.on_show()

    def settle(self) -> None:
        pass

    def interrupted(self) -> None:
        self.told_of_interrupt = True


@pytest.fixture
def portal() -> Generator[BlockingPortal]:
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture
def turns() -> _Turns:
    return _Turns(queue.SimpleQueue())


def _side_by_side(portal: BlockingPortal, turns: _Turns) -> SideBySide:
    return SideBySide(portal, turns, turns.items, None)  # type: ignore[arg-type]


def _requests(*names: str) -> list[ReviewRequest]:
    return [ReviewRequest(Key("/w", name)) for name in names]


@contextmanager
def _ending(turns: _Turns) -> Generator[None]:
    """Whatever happens, no turn is left without an end."""
    try:
        yield
    finally:
        for turn in turns.begun.values():
            turn.over.put("end_turn")


def test_what_happens_meanwhile_is_shown_in_its_place(
    portal: BlockingPortal, turns: _Turns
) -> None:
    watcher = _Watcher()

    def begin(turn: _Turn) -> None:
        turn.say(f"{turn.turn_id} begins")
        if turn.turn_id == "b":  # it is over before the one that is shown first
            turn.say("b goes on")
            turn.over.put("end_turn")
            turns.begun["a"].say("a goes on")
            turns.begun["a"].over.put("end_turn")

    turns.on_begin = begin
    with _ending(turns):
        outcomes = _side_by_side(portal, turns).run(_requests("a", "b"), watcher, at_once=2)

        assert [each.turn_id for each in outcomes if isinstance(each, TurnResult)] == ["a", "b"]
    assert watcher.shown == ["a begins", "a goes on", "b begins", "b goes on"]


def test_no_more_run_than_may(portal: BlockingPortal, turns: _Turns) -> None:
    running_at_begin: list[int] = []
    over: set[str] = set()

    def begin(turn: _Turn) -> None:
        running_at_begin.append(len(turns.begun) - len(over))
        if len(turns.begun) - len(over) == 2:
            for each in set(turns.begun) - over:
                over.add(each)
                turns.begun[each].over.put("end_turn")

    turns.on_begin = begin
    with _ending(turns):
        outcomes = _side_by_side(portal, turns).run(
            _requests("a", "b", "c", "d"), _Watcher(), at_once=2
        )

        assert len(list(outcomes)) == 4
    assert max(running_at_begin) == 2


def test_what_cannot_begin_keeps_its_place(portal: BlockingPortal, turns: _Turns) -> None:
    turns.on_begin = lambda turn: turn.over.put("end_turn")
    with _ending(turns):
        outcomes = _side_by_side(portal, turns).run(
            _requests("a", "missing", "b"), _Watcher(), at_once=1
        )

        first, second, third = outcomes
    assert isinstance(first, TurnResult)
    assert isinstance(second, InvalidRequest)
    assert isinstance(third, TurnResult)


def test_other_failures_end_it(portal: BlockingPortal, turns: _Turns) -> None:
    outcomes = _side_by_side(portal, turns).run(_requests("broken"), _Watcher(), at_once=1)

    with pytest.raises(StoreError, match="damaged"):
        next(outcomes)


def test_ctrl_c_cancels_all_that_run_and_begins_no_more(
    portal: BlockingPortal, turns: _Turns
) -> None:
    watcher = _Watcher()

    def press_once() -> None:
        watcher.on_show = lambda: None
        raise KeyboardInterrupt

    def begin(turn: _Turn) -> None:
        if turn.turn_id == "b":
            turn.say("b begins")
            turns.begun["a"].say("a begins")

    turns.on_begin, watcher.on_show = begin, press_once
    with _ending(turns):
        outcomes = _side_by_side(portal, turns).run(_requests("a", "b", "c"), watcher, at_once=2)

        results = [each for each in outcomes if isinstance(each, TurnResult)]
    assert [(each.turn_id, each.stop_reason) for each in results] == [
        ("a", "cancelled"),
        ("b", "cancelled"),
    ]
    assert watcher.told_of_interrupt
    assert watcher.shown == ["a begins", "b begins"]
    assert "c" not in turns.begun


def test_ctrl_c_twice_gives_up(portal: BlockingPortal, turns: _Turns) -> None:
    watcher = _Watcher()

    def press() -> None:
        raise KeyboardInterrupt

    def begin(turn: _Turn) -> None:
        turn.say("once")
        turn.say("twice")

    turns.on_begin, watcher.on_show = begin, press
    with _ending(turns):
        outcomes = _side_by_side(portal, turns).run(_requests("a"), watcher, at_once=1)

        with pytest.raises(KeyboardInterrupt):
            next(outcomes)

"""A reply in 5,000 pieces, sent without delay: the whole turn, and the time on a processor."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from anyio.from_thread import BlockingPortal

from bench.comparing import WARM_UP, Comparison, Subject
from bench.processes import cpu_seconds
from bench.talkers import sidecar, warm_client, whole_turn

PIECES = 5_000


@pytest.fixture
def pieces() -> int:
    return PIECES


def test_streaming(
    comparison: Comparison, portal: BlockingPortal, environment: dict[str, str], folder: Path
) -> None:
    with (
        portal.wrap_async_context_manager(sidecar(environment, folder)) as ours,
        portal.wrap_async_context_manager(warm_client(environment, folder)) as client,
    ):
        samples: dict[str, list[float]] = {}
        comparison.run(
            f"{PIECES} pieces streamed, sent to turn's end",
            _metered(whole_turn("claude-sidecar over stdio", portal, ours), ours.pid, samples),
            _metered(
                whole_turn("ClaudeSDKClient, connected", portal, client), os.getpid(), samples
            ),
            rounds=10,
        )
    counted = {name: each[WARM_UP:] for name, each in sorted(samples.items(), reverse=True)}
    if counted:
        comparison.tell("its time on a processor, Claude Code's not counted", "ms", counted)


def _metered(subject: Subject, pid: int, samples: dict[str, list[float]]) -> Subject:
    """The same, and how long the process was on a processor."""
    started: list[float] = []
    read: Callable[[], float | None] = lambda: cpu_seconds(pid)  # noqa: E731

    def before() -> None:
        if (now := read()) is not None:
            started.append(now)

    def after() -> None:
        if (now := read()) is not None:
            samples.setdefault(subject.name, []).append(1000 * (now - started.pop()))

    return replace(subject, before=before, after=after)

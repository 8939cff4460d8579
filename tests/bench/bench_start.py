"""The start of the server: from spawning it to the answer to `initialize`, and its memory then."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.comparing import WARM_UP, Comparison, Subject
from bench.processes import memory_mb
from claude_sidecar.lsp.framing import Frames, frame

_EMPTY = str(Path(__file__).with_name("empty_server.py"))
_INITIALIZE: dict[str, Any] = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"processId": None, "rootUri": None, "capabilities": {}},
}


class Start:
    """A server that is started, asked once, and ended."""

    def __init__(self, environment: dict[str, str], *arguments: str) -> None:
        self._arguments = [sys.executable, *arguments]
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self.memory: list[float | None] = []

    def run(self) -> None:
        self._process = process = subprocess.Popen(
            self._arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self._environment,
            bufsize=0,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(frame(json.dumps(_INITIALIZE).encode()))
        frames = Frames()
        while not list(frames.feed(data := process.stdout.read(65536))):
            assert data, "the server ended"

    def end(self) -> None:
        assert self._process is not None
        self.memory.append(memory_mb(self._process.pid))
        with self._process as process:
            process.kill()

    def subject(self, name: str) -> Subject:
        return Subject(name, self.run, after=self.end)


def test_initialize(comparison: Comparison, model: object, environment: dict[str, str]) -> None:
    starts = {
        "claude-sidecar serve": Start(environment, "-m", "claude_sidecar", "serve"),
        "empty pygls server": Start(environment, _EMPTY),
        "empty pygls server, gc off while importing": Start(environment, _EMPTY, "quiet"),
    }
    first, *others = (start.subject(name) for name, start in starts.items())
    comparison.run("start, spawned to initialize answered", first, *others, rounds=15)
    memory = {name: _counted(start.memory) for name, start in starts.items()}
    if all(memory.values()):
        comparison.tell("memory when initialize is answered", "MB", memory)


def _counted(samples: Sequence[float | None]) -> list[float]:
    return [each for each in samples[WARM_UP:] if each is not None]

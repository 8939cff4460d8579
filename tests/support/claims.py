"""Findings for a scripted model to report, and an editor's typing about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import anyio

from claude_sidecar.findings.model import Finding
from claude_sidecar.findings.tracker import Edit
from claude_sidecar.offline.replies import Call
from claude_sidecar.offline.script import call
from claude_sidecar.sessions.ports import Document
from claude_sidecar.sidecar import Sidecar
from claude_sidecar.text import LineIndex
from support.sidecars import Desk

CODE = "def mean(values):\n    total = sum(values)\n    return total / len(values)\n"
FAULTY = "return total / len(values)"


def claim(**fields: Any) -> Call:
    made_up = {
        "file": "a.py",
        "quote": FAULTY,
        "severity": "error",
        "category": "bug",
        "title": "Division by zero",
        "message": "Fails for an empty list.",
    }
    return call("mcp__sidecar__report_finding", **(made_up | fields))


@dataclass
class Watcher:
    """Waits until a file's findings are as a test expects them."""

    sidecar: Sidecar
    path: str
    told: list[str] = field(default_factory=list[str])
    _news: anyio.Event = field(default_factory=anyio.Event)

    def __call__(self, path: str) -> None:
        self.told.append(path)
        self._news.set()

    async def until(self, *states: str) -> tuple[Finding, ...]:
        with anyio.fail_after(60):
            while True:
                found = self.sidecar.findings.known(self.path)
                if [each.state for each in found] == list(states):
                    return found
                await self._news.wait()
                self._news = anyio.Event()


def type_into(desk: Desk, sidecar: Sidecar, path: str, old: str, new: str) -> None:
    """Edit an open buffer as an editor would tell it."""
    buffer = desk.editor.buffers[path]
    start = buffer.text.index(old)
    range_ = LineIndex(buffer.text).range_between(start, start + len(old))
    text = buffer.text[:start] + new + buffer.text[start + len(old) :]
    version = (buffer.version or 0) + 1
    desk.editor.buffers[path] = Document(path, text, version, dirty=True)
    sidecar.findings.edited(path, [Edit(range_, old, new)])

"""What Claude Code knows of a subagent beside its transcript: a file of its own, `.meta.json`.

In a copy it is a line among the others, of a type that transcripts do not have, as the SDK does it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from claude_agent_sdk import SessionStoreEntry

from claude_sidecar.agent.entries import entry_of
from claude_sidecar.sessions.ports import TranscriptLine

_TYPE = "agent_metadata"
_MARK = f'"type":"{_TYPE}"'.encode()


def is_metadata(line: TranscriptLine) -> bool:
    """Whether a copy's line is no line of the transcript."""
    return line.uuid is None and _MARK in line.data


def read_metadata(transcript: Path) -> SessionStoreEntry | None:
    """What stands beside a transcript, as an entry; None where there is nothing to be read."""
    try:
        metadata = entry_of(_beside(transcript).read_bytes())
    except OSError:
        return None
    return None if metadata is None else cast(SessionStoreEntry, {**metadata, "type": _TYPE})


def last_metadata(lines: Sequence[TranscriptLine]) -> SessionStoreEntry | None:
    """What a copy has of it."""
    last = next((line for line in reversed(lines) if is_metadata(line)), None)
    return None if last is None else json.loads(last.data)


def put_back_metadata(transcript: Path, lines: Sequence[TranscriptLine]) -> None:
    """Write what a copy has of it, unless it is there.

    :raises OSError: if it cannot be written.
    """
    last = last_metadata(lines)
    path = _beside(transcript)
    if last is None or path.exists():
        return
    metadata = {name: value for name, value in last.items() if name != "type"}
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        json.dump(metadata, file)


def _beside(transcript: Path) -> Path:
    return transcript.with_suffix(".meta.json")

"""Claude Code's transcripts on the disk, and Claude Code itself in a terminal."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import anyio
import claude_agent_sdk

from claude_sidecar.sessions.ports import TranscriptKey, TranscriptRecords
from claude_sidecar.settings import Settings

BUNDLED = Path(claude_agent_sdk.__file__).parent / "_bundled" / "claude"
_SECONDS = 110


def projects(environment: Mapping[str, str]) -> Path:
    return Path(environment["CLAUDE_CONFIG_DIR"]) / "projects"


def transcript_of(environment: Mapping[str, str], session_id: str) -> Path:
    """The one file of a session."""
    (path,) = projects(environment).glob(f"*/{session_id}.jsonl")
    return path


def lose_transcripts(environment: Mapping[str, str]) -> None:
    for transcript in projects(environment).rglob("*.jsonl"):
        transcript.unlink()


def lose_copies(settings: Settings) -> None:
    assert settings.store_url is not None
    with closing(sqlite3.connect(settings.store_url)) as connection, connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("DELETE FROM transcripts")


async def copied(records: TranscriptRecords, transcript: Path) -> None:
    """Wait until our copy of a transcript has all of it."""
    with anyio.fail_after(_SECONDS):
        while True:
            key = TranscriptKey(transcript.parent.name, transcript.stem)
            copy = await records.transcript(key)
            if copy is not None and copy.mark.size == (await anyio.Path(transcript).stat()).st_size:
                return
            await anyio.sleep(0.01)


async def in_a_terminal(
    folder: Path, environment: Mapping[str, str], *arguments: str, claude: str = str(BUNDLED)
) -> str:
    """What `claude -p ARGUMENTS` prints, run by a person in a folder."""
    with anyio.fail_after(_SECONDS):
        run = await anyio.run_process([claude, "-p", *arguments], cwd=folder, env=dict(environment))
    return run.stdout.decode().strip()

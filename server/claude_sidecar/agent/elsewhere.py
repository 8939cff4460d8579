"""Claude Code that runs by itself: which of its processes has a session open.

Each process keeps a record in `sessions/PID.json` of its configuration folder: its session, its
`entrypoint` (`cli` for a person at a terminal) and its `status`. A record outlives a process that
was killed, and its id may be another's by then, which is told by when that began.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from claude_sidecar.sessions.ports import Occupant

_AT_A_TERMINAL = "cli"


def occupant(folder: Path, session_id: str, *, own: Collection[int]) -> Occupant | None:
    """Who else could write in a session now; None also where that cannot be told.

    :param folder: the configuration folder of Claude Code.
    :param own: the ids of the processes that are ours.
    """
    for record in _records(folder, session_id):
        process = record.get("pid")
        if not isinstance(process, int) or process in own or not _is_alive(process, record):
            continue
        busy = record.get("status") == "busy"
        if busy or record.get("entrypoint") == _AT_A_TERMINAL:
            return Occupant(process, busy)
    return None


def _records(folder: Path, session_id: str) -> Iterator[Mapping[str, Any]]:
    """What processes say of themselves that have the session."""
    paths: list[Path] = []
    with suppress(OSError):
        paths = list((folder / "sessions").glob("*.json"))
    for path in paths:
        with suppress(OSError, ValueError, RecursionError):
            text = path.read_text(encoding="utf-8")
            if session_id not in text:  # most are of others, and need not be parsed
                continue
            record = json.loads(text)
            if isinstance(record, dict):
                found = cast("dict[str, Any]", record)
                if found.get("sessionId") == session_id:
                    yield found


if sys.platform == "linux":

    def _is_alive(process: int, record: Mapping[str, Any]) -> bool:
        domain = record.get("pidDomain")
        if isinstance(domain, str) and not all(part in domain for part in _domain()):
            return False  # another container's or machine's, where the id means another process
        try:
            text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return False
        state, *fields = text.rpartition(")")[2].split()
        started = record.get("procStart")
        return state not in {"Z", "X"} and started in {None, fields[18]}

    def _domain() -> Iterator[str]:
        with suppress(OSError):
            yield str(Path("/proc/self/ns/pid").readlink())
        with suppress(OSError):
            yield Path("/etc/machine-id").read_text(encoding="utf-8").strip()

else:

    def _is_alive(process: int, record: Mapping[str, Any]) -> bool:
        import psutil

        del record
        return psutil.pid_exists(process)

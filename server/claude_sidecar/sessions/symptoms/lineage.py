"""How the lines around frames came to be: what is not committed yet, and the latest commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher, unified_diff
from typing import Final

from claude_sidecar.errors import UnusableDocument
from claude_sidecar.sessions.documents.reading import Documents
from claude_sidecar.sessions.keys import Workspaces
from claude_sidecar.sessions.ports.history import LineChange, LineHistory
from claude_sidecar.sessions.symptoms.evidence import Lineage

AROUND: Final = 5
"""Lines above and below a frame whose history is told."""
FRAMES: Final = 4
_FILE_LIMIT: Final = 512 * 1024
"""Characters of a file beyond which two of its versions are not compared."""
_PATCH_LIMIT: Final = 1_500


async def read_lineages(
    places: Sequence[tuple[str, int]],
    documents: Documents,
    history: LineHistory,
    workspaces: Workspaces,
    room: int,
) -> tuple[Lineage, ...]:
    """The history of the nearest frames' lines.

    :param places: path and line (from 0), the nearest first.
    :param room: characters there may be.
    """
    told: list[Lineage] = []
    for path, line in places[:FRAMES]:
        if any(each.path == path and each.first <= line + 1 <= each.last for each in told):
            continue
        lineage = await _lineage(path, line, documents, history, workspaces)
        if lineage is None:
            continue
        cost = len(lineage.pending) + sum(len(each.patch) + 80 for each in lineage.commits)
        if cost <= room:
            room -= cost
            told.append(lineage)
    return tuple(told)


async def _lineage(
    path: str, line: int, documents: Documents, history: LineHistory, workspaces: Workspaces
) -> Lineage | None:
    key = workspaces.key_of_file(path)
    committed = await history.committed_text(key.workspace, key.file or "")
    if committed is None:
        return None
    try:
        text = documents.read(path).text
    except UnusableDocument:
        return None
    first, last = max(0, line - AROUND), line + AROUND
    before, now = committed.splitlines(), text.splitlines()
    pending = ""
    if before != now:
        if max(len(committed), len(text)) > _FILE_LIMIT:
            return None
        pending = _pending(before, now, first, last)
        first, last = _committed_lines(before, now, first, last)
    last = min(last, len(before) - 1)
    commits = ()
    if first <= last:
        commits = await history.line_changes(key.workspace, key.file or "", first + 1, last + 1)
    if not commits and not pending:
        return None
    short = tuple(
        each if len(each.patch) <= _PATCH_LIMIT else _without_patch(each) for each in commits
    )
    return Lineage(path, line - AROUND + 1, line + AROUND + 1, short, pending)


def _pending(before: Sequence[str], now: Sequence[str], first: int, last: int) -> str:
    """The hunks of what is not committed that touch the lines."""
    lines = list(unified_diff(before, now, n=2, lineterm=""))[2:]
    hunks: list[list[str]] = []
    for each in lines:
        if each.startswith("@@ "):
            hunks.append([])
        hunks[-1].append(each)
    near = [hunk for hunk in hunks if _touches(hunk[0], first, last)]
    return "\n".join(each for hunk in near for each in hunk)[:_PATCH_LIMIT]


def _touches(head: str, first: int, last: int) -> bool:
    """Whether a hunk's head, `@@ -1,3 +1,4 @@`, is about the lines (from 0) of the new text."""
    start, _, count = head.split(" ")[2].removeprefix("+").partition(",")
    begin = int(start) - 1
    return begin <= last and first <= begin + int(count or 1)


def _committed_lines(
    before: Sequence[str], now: Sequence[str], first: int, last: int
) -> tuple[int, int]:
    """The lines of the committed text that the lines of this one came from."""
    kept = [
        block.a + number - block.b
        for block in SequenceMatcher(None, before, now, autojunk=False).get_matching_blocks()
        for number in (max(first, block.b), min(last, block.b + block.size - 1))
        if block.b <= number < block.b + block.size and first <= number <= last
    ]
    return (min(kept), max(kept)) if kept else (0, -1)


def _without_patch(change: LineChange) -> LineChange:
    return replace(change, patch="")

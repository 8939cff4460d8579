"""A change set, reviewed by rules: the changed files are read, and what is wrong on changed lines said.

Each step answers what came back of the one before: the calls that read the files, then those that
report, then the closing words. The conversation alone tells which step it is.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from claude_sidecar.offline.conversation import calls_of_turn, listing, reported
from claude_sidecar.offline.messages import MessagesRequest
from claude_sidecar.offline.prompt import Prompt, Source, numbered_source
from claude_sidecar.offline.remarks import REPORT_TOOL, Remark, report
from claude_sidecar.offline.replies import Call, Reply, Say, TokenUsage

READ_TOOL = "mcp__sidecar__read_buffer"
MOST_FILES = 50
"""Of a larger change set the first ones are read, and the closing words say so."""

Wanted: TypeAlias = Callable[[Remark, Prompt], bool]
Remarks: TypeAlias = Callable[[Source], Awaitable[tuple[list[Remark], list[str]]]]


async def review_changes(
    request: MessagesRequest, prompt: Prompt, *, remarks: Remarks, wanted: Wanted, most: int
) -> Reply | str:
    """The next step of the review: calls to be made, or the closing words.

    :param wanted: whether a remark is asked for by the prompt.
    :param most: how many remarks are reported at most.
    """
    calls = calls_of_turn(request)
    reads = {
        use.input.get("file"): result.text
        for use, result in calls
        if use.name == READ_TOOL and not result.is_error
    }
    asked = prompt.changes[:MOST_FILES]
    if not any(use.name == READ_TOOL for use, _ in calls) and asked:
        return _calls("I read the changed files.", [_read(each.path) for each in asked])
    found: list[tuple[Remark, Source]] = []
    for changed in asked:
        source = numbered_source(changed.path, reads.get(changed.path, ""))
        if source.lines:
            said, _ = await remarks(source)
            found += [
                (each, source)
                for each in said
                if each.line in changed.lines and wanted(each, prompt)
            ]
    reports = [report(remark, source) for remark, source in found[:most]]
    if reports and not any(use.name == REPORT_TOOL for use, _ in calls):
        return _calls("I look at the changed lines by rules.", reports)
    return _closing(prompt, reports, len(found) - len(reports))


def _read(path: str) -> Call:
    return Call(READ_TOOL, {"file": path})


def _calls(said: str, calls: list[Call]) -> Reply:
    return Reply((Say((said,)), *calls), usage=TokenUsage())


def _closing(prompt: Prompt, reports: list[Call], left_out: int) -> str:
    count = len(prompt.changes)
    parts = [f"Rules were applied to the changed lines of {count} file{'' if count == 1 else 's'}."]
    found = [reported(each.input) for each in reports]
    parts.append(f"Found:\n{listing(found)}" if found else "They found nothing.")
    if left_out:
        parts.append(f"{left_out} more are left out.")
    if count > MOST_FILES:
        parts.append(f"Only the first {MOST_FILES} files were looked at.")
    return "\n\n".join(parts)

"""What Claude is told after it has used tools: where the host knows better than the disk.

`PostToolUse` puts another text in the place of one that `Read` gave. `PostToolBatch` comes once
for all the calls of a message, also for those that Claude Code itself has refused.

An edit that the host has carried out in its own way leaves a receipt. Hooks can change a tool's
input and its output, but not keep it from running and call that a success; so the tool is let
write to a file of its own, which is removed, and its output is made to name the file that is meant.
Observed with Claude Code 2.1.330; should another version refuse that, Claude is told by a remark.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from claude_agent_sdk import HookContext, HookInput, HookJSONOutput

from claude_sidecar.agent.turn import ActiveTurn
from claude_sidecar.sessions.model import JsonObject
from claude_sidecar.sessions.ports import Done, Excerpt, ToolUse, TurnHost, UsedTool

logger = logging.getLogger(__name__)

READ = "Read"
_EDIT, _WRITE = "Edit", "Write"
_SHOWN_ANSWER = 20_000
"""Characters of an answer that the host gets to see."""


@dataclass(frozen=True, slots=True)
class _Receipt:
    use: ToolUse
    done: Done
    folder: Path


class Afterwards:
    """Serves the hooks that run after tools.

    :param turn: the turn that runs now, if one does.
    """

    def __init__(self, turn: Callable[[], ActiveTurn | None]) -> None:
        self._turn = turn
        self._receipts: dict[str, _Receipt] = {}

    def stand_in(self, use: ToolUse, done: Done) -> JsonObject | None:
        """The input with which `Edit` or `Write` succeeds and changes nothing that is the user's;
        None where there is no place for a receipt.
        """
        try:
            folder = Path(tempfile.mkdtemp(prefix="claude-sidecar-"))
        except OSError:
            logger.exception("There is no place for a receipt")
            return None
        self._receipts[use.id] = _Receipt(use, done, folder)
        aside: JsonObject = {"file_path": str(folder / "receipt")}
        if use.name == _WRITE:
            return {**aside, "content": ""}
        return {**aside, "old_string": "", "new_string": " ", "replace_all": False}

    def leave(self) -> None:
        """The turn is over: what was not called for will not be."""
        for receipt in self._receipts.values():
            _remove(receipt.folder)
        self._receipts.clear()

    async def after_use(
        self, given: HookInput, tool_use_id: str | None, _context: HookContext
    ) -> HookJSONOutput:
        """`PostToolUse`, of `Read`, `Edit` and `Write`."""
        if given["hook_event_name"] != "PostToolUse":
            return {}
        use = ToolUse(tool_use_id or given["tool_use_id"], given["tool_name"], given["tool_input"])
        receipt = self._receipts.pop(use.id, None)
        if receipt is not None:
            _remove(receipt.folder)
            return _replaced(_edited(receipt), receipt.done.note)
        host = self._host
        excerpt = await host.reread(use) if host is not None and use.name == READ else None
        return {} if excerpt is None else _replaced(_read(use, excerpt))

    async def after_batch(
        self, given: HookInput, _tool_use_id: str | None, _context: HookContext
    ) -> HookJSONOutput:
        """`PostToolBatch`."""
        host = self._host
        if host is None:
            return {}
        calls: list[Any] = cast("Any", given).get("tool_calls") or []
        remark = await host.remark([_used(call) for call in calls])
        lost = self._lost_receipts(frozenset(call["tool_use_id"] for call in calls))
        parts = [*lost, *([remark] if remark else [])]
        if not parts:
            return {}
        # The SDK's union has no input for this event yet, only its output.
        return {
            "hookSpecificOutput": {
                "hookEventName": "PostToolBatch",
                "additionalContext": "\n\n".join(parts),
            }
        }

    @property
    def _host(self) -> TurnHost | None:
        turn = self._turn()
        return None if turn is None else turn.host

    def _lost_receipts(self, ended: frozenset[str]) -> list[str]:
        """Of edits that are done though Claude Code said that they failed."""
        lost = [self._receipts.pop(each) for each in ended.intersection(self._receipts)]
        for each in lost:
            logger.warning("Claude Code took no receipt for %s", each.use.name)
            _remove(each.folder)
        return [carried_out(each.use, each.done) for each in lost]


def carried_out(use: ToolUse, done: Done) -> str:
    """What Claude is told of an edit that is done though the tool itself failed."""
    return f"{use.name} of {use.input.get('file_path')} was carried out all the same. {done.note}"


def _used(call: Any) -> UsedTool:
    answer = call.get("tool_response")
    return UsedTool(
        ToolUse(call["tool_use_id"], call["tool_name"], call["tool_input"]),
        (answer if isinstance(answer, str) else str(answer))[:_SHOWN_ANSWER],
    )


def _replaced(output: JsonObject, note: str | None = None) -> HookJSONOutput:
    if note is None:
        return {"hookSpecificOutput": {"hookEventName": "PostToolUse", "updatedToolOutput": output}}
    return {
        "hookSpecificOutput": {
            "hookEventName": "PostToolUse",
            "updatedToolOutput": output,
            "additionalContext": note,
        }
    }


def _read(use: ToolUse, excerpt: Excerpt) -> JsonObject:
    """The output of `Read`."""
    return {
        "type": "text",
        "file": {
            "filePath": use.input.get("file_path"),
            "content": "\n".join(excerpt.lines),
            "numLines": len(excerpt.lines),
            "startLine": excerpt.first + 1,
            "totalLines": excerpt.total,
        },
    }


def _edited(receipt: _Receipt) -> JsonObject:
    """The output of `Edit` or `Write`, as if it had done it."""
    given = receipt.use.input
    common: JsonObject = {
        "filePath": given.get("file_path"),
        "structuredPatch": [],
        "originalFile": receipt.done.old_text,
        "userModified": False,
    }
    if receipt.use.name == _WRITE:
        return {**common, "type": "update", "content": given.get("content")}
    return {
        **common,
        "oldString": given.get("old_string"),
        "newString": given.get("new_string"),
        "replaceAll": given.get("replace_all") is True,
    }


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)

"""What a kind of turn may do with Claude Code's tools.

A review reads and reports. A debugging turn may also run commands. Only what the user asks for in
words may edit. The decision is made for each use of a tool, because one process serves all kinds
of turns; what is left to Claude Code's own rules follows the user's permission mode.
"""

from __future__ import annotations

from pathlib import Path

from typing_extensions import assert_never

from claude_sidecar.sessions.keys import canonical_path, is_inside
from claude_sidecar.sessions.model import TurnKind
from claude_sidecar.sessions.ports import Allow, Ask, Defer, Deny, ToolUse

SIDECAR_PREFIX = "mcp__sidecar__"
QUESTION_TOOL = "AskUserQuestion"

_READING = frozenset({"Read", "NotebookRead", "Grep", "Glob", "LS"})
_THINKING = frozenset(
    {"TodoWrite", "TodoRead", "TaskCreate", "TaskUpdate", "TaskGet", "TaskList", "ReportFindings"}
)
_DELEGATING = frozenset({"Task", "Agent", "TaskOutput", "TaskStop", "ToolSearch"})
_EDITING = frozenset({"Edit", "MultiEdit", "Write", "NotebookEdit"})
_PATH_ARGUMENTS = ("file_path", "path", "notebook_path")


def judge(kind: TurnKind, workspace: str, use: ToolUse) -> Allow | Defer | Ask | Deny:
    """Whether a turn of this kind may use the tool so.

    :param workspace: the canonical path of the workspace; what lies outside is not read unasked.
    """
    if use.name.startswith(SIDECAR_PREFIX) or use.name in _THINKING or use.name in _DELEGATING:
        return Allow()
    if use.name == QUESTION_TOOL:
        return Ask()
    if use.name in _READING:
        return _reading(kind, workspace, use)
    match kind:
        case "review" | "compact":
            return Deny(
                f"{use.name} is not available in a review: read and report only. Propose changes "
                "as findings; the developer can ask for them afterwards."
            )
        case "debug":
            return _debugging(use)
        case "ask" | "fix" | "step":
            return Defer()
        case _:
            assert_never(kind)


def _reading(kind: TurnKind, workspace: str, use: ToolUse) -> Allow | Ask | Deny:
    outside = [path for path in _paths(workspace, use) if not _within(path, workspace)]
    if not outside:
        return Allow()
    if kind == "review":
        return Deny(f"{outside[0]} is outside the workspace; a review stays inside it.")
    return Ask()


def _debugging(use: ToolUse) -> Defer | Deny:
    if use.name in _EDITING:
        return Deny(
            "Finding the cause comes first: describe the change instead of making it. The "
            "developer can ask for it afterwards."
        )
    return Defer()


def _paths(workspace: str, use: ToolUse) -> list[str]:
    names = (*_PATH_ARGUMENTS, "pattern") if use.name == "Glob" else _PATH_ARGUMENTS
    given = [use.input[name] for name in names if isinstance(use.input.get(name), str)]
    return [canonical_path(Path(workspace, Path(path).expanduser())) for path in given]


def _within(path: str, workspace: str) -> bool:
    return path == workspace or is_inside(path, workspace)

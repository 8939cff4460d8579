"""What the tools do, by name: the sorts that the policy tells apart.

A tool that is not in the table (one of an MCP server, one of a later Claude Code) is `other`: it is
neither trusted to only read nor known to confine itself. Names and inputs as in
https://docs.claude.com/en/docs/claude-code/settings#tools-available-to-claude.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from claude_sidecar.sessions.model import JsonObject

ToolSort: TypeAlias = Literal[
    "free", "read", "edit", "run", "web", "question", "plan", "to_plan", "other"
]
"""What using a tool comes to:

- `free`: nothing outside the conversation
- `read`: a file, or names of files
- `edit`: a file is changed
- `run`: a command
- `web`: something leaves this machine
- `question`: the user is asked something
- `plan`: a plan is put before the user; `to_plan`: Claude would rather plan first
"""

SIDECAR_PREFIX: Final = "mcp__sidecar__"
MCP_PREFIX: Final = "mcp__"
QUESTION_TOOL: Final = "AskUserQuestion"
PLAN_TOOL: Final = "ExitPlanMode"
TO_PLAN_TOOL: Final = "EnterPlanMode"

_SORTS: Final[Mapping[str, ToolSort]] = {
    "Read": "read",
    "NotebookRead": "read",
    "Grep": "read",
    "Glob": "read",
    "LS": "read",
    "LSP": "read",
    "Edit": "edit",
    "MultiEdit": "edit",
    "Write": "edit",
    "NotebookEdit": "edit",
    f"{SIDECAR_PREFIX}edit_buffer": "edit",
    f"{SIDECAR_PREFIX}rename_file": "edit",
    f"{SIDECAR_PREFIX}delete_file": "edit",
    "Bash": "run",
    "BashOutput": "run",
    "KillShell": "run",
    "PowerShell": "run",
    "Monitor": "run",
    "WebFetch": "web",
    "WebSearch": "web",
    QUESTION_TOOL: "question",
    PLAN_TOOL: "plan",
    TO_PLAN_TOOL: "to_plan",
    "TodoWrite": "free",
    "TodoRead": "free",
    "TaskCreate": "free",
    "TaskUpdate": "free",
    "TaskGet": "free",
    "TaskList": "free",
    "ReportFindings": "free",
    "Task": "free",
    "Agent": "free",
    "TaskOutput": "free",
    "TaskStop": "free",
    "ToolSearch": "free",
}

_PATHS: Final = ("file_path", "notebook_path", "path", "filePath", "file", "new_file")


def sort_of(name: str, arguments: JsonObject) -> ToolSort:
    """What a use of the tool comes to. Our own tools read, where they are given a file."""
    known = _SORTS.get(name)
    if known is not None:
        return known
    if name.startswith(SIDECAR_PREFIX):
        return "read" if paths_of(arguments) else "free"
    return "other"


def paths_of(arguments: JsonObject) -> dict[str, str]:
    """The fields of a tool's input that name a file or a folder."""
    return {name: value for name in _PATHS if isinstance(value := arguments.get(name), str)}

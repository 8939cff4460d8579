"""What a use of a tool looks like to a person: its kind, its title, the places it touches.

Claude Code's tools are known by name; those of MCP servers are shown by their own name. Names and
inputs as in https://docs.claude.com/en/docs/claude-code/settings#tools-available-to-claude.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from claude_sidecar.sessions.events import FileDiff, PlanEntry
from claude_sidecar.sessions.model import JsonObject, Location, ToolCall, ToolKind
from claude_sidecar.visible import visible

TITLE_LIMIT = 120
AGENT_TOOLS = frozenset({"Agent", "Task"})
DEFAULT_AGENT = "general-purpose"
PLAN_TOOL = "TodoWrite"

_KINDS: Mapping[str, ToolKind] = {
    "Read": "read",
    "NotebookRead": "read",
    "LSP": "read",
    "ListMcpResourcesTool": "read",
    "ReadMcpResourceTool": "read",
    "Edit": "edit",
    "MultiEdit": "edit",
    "Write": "edit",
    "NotebookEdit": "edit",
    "Glob": "search",
    "Grep": "search",
    "LS": "search",
    "ToolSearch": "search",
    "WebSearch": "fetch",
    "WebFetch": "fetch",
    "Bash": "execute",
    "BashOutput": "execute",
    "KillShell": "execute",
    "PowerShell": "execute",
    "Agent": "think",
    "Task": "think",
    "TodoWrite": "think",
    "EnterPlanMode": "think",
    "ExitPlanMode": "think",
    "mcp__sidecar__read_buffer": "read",
    "mcp__sidecar__edit_buffer": "edit",
    "mcp__sidecar__rename_file": "move",
    "mcp__sidecar__delete_file": "delete",
    "mcp__sidecar__get_diagnostics": "read",
    "mcp__sidecar__get_selection": "read",
    "mcp__sidecar__get_debug_state": "read",
    "mcp__sidecar__find_definition": "search",
    "mcp__sidecar__find_references": "search",
    "mcp__sidecar__get_hover": "read",
    "mcp__sidecar__get_symbols": "search",
}

_TITLES: Mapping[str, str] = {
    PLAN_TOOL: "Update the to-do list",
    "EnterPlanMode": "Make a plan first",
    "ExitPlanMode": "Go ahead with this plan",
}

# The input field that best says what a tool is used on, the first present one of these.
_TELLING = (
    "file_path",
    "notebook_path",
    "command",
    "pattern",
    "url",
    "query",
    "description",
    "skill",
    "title",
    "file",
    "path",
)
_PATHS = ("file_path", "notebook_path", "path", "file")
_LINES = ("line", "start_line", "offset")


def describe(tool_use_id: str, name: str, arguments: JsonObject, cwd: str) -> ToolCall:
    """A tool call that has just been made.

    :param cwd: the folder that relative paths in the input belong to.
    """
    return ToolCall(
        id=tool_use_id,
        title=title_of(name, arguments, cwd),
        kind=kind_of(name),
        locations=_locations(name, arguments, cwd),
    )


def kind_of(name: str) -> ToolKind:
    """The kind of a tool; `other` for one that is not known."""
    return _KINDS.get(name, "other")


def title_of(name: str, arguments: JsonObject, cwd: str) -> str:
    """The tool's name and what it is used on, on one line."""
    shown = name.rpartition("__")[2].replace("_", " ") if name.startswith("mcp__") else name
    if name in _TITLES:
        return _TITLES[name]
    telling = next(
        (value for field in _TELLING if isinstance(value := arguments.get(field), str) and value),
        "",
    )
    title = " ".join(visible(f"{shown} {_relative(telling, cwd)}").split())
    return title if len(title) <= TITLE_LIMIT else title[: TITLE_LIMIT - 1] + "…"


def agent_of(arguments: JsonObject) -> str:
    """The type of the subagent that a call of the Agent tool starts."""
    named = arguments.get("subagent_type")
    return named if isinstance(named, str) and named else DEFAULT_AGENT


def plan_of(arguments: JsonObject) -> tuple[PlanEntry, ...] | None:
    """The to-do list that `TodoWrite` is given; None if its input is not one."""
    todos = arguments.get("todos")
    if not isinstance(todos, list):
        return None
    entries: list[PlanEntry] = []
    for todo in cast("list[Any]", todos):
        match todo:
            case {"content": str(content), "status": str(status)}:
                entries.append(PlanEntry(content, status))
            case _:
                return None
    return tuple(entries)


def diff_of(name: str, arguments: JsonObject, result: Any, cwd: str) -> FileDiff | None:
    """What an edit that succeeded made of the text.

    :param result: the structured result that Claude Code gives beside the text for the model.
    """
    path = arguments.get("file_path")
    if not isinstance(path, str):
        return None
    path = _absolute(path, cwd)
    match name, arguments:
        case "Edit", {"old_string": str(old), "new_string": str(new)}:
            return FileDiff(path, old, new)
        case "Write", {"content": str(new)}:
            return FileDiff(path, _text_before(result), new)
        case _:
            return None


def _text_before(result: Any) -> str:
    match result:
        case {"originalFile": str(text)}:
            return text
        case _:
            return ""


def _locations(name: str, arguments: JsonObject, cwd: str) -> tuple[Location, ...]:
    path = next((arguments[field] for field in _PATHS if arguments.get(field)), None)
    if not isinstance(path, str) or kind_of(name) in {"execute", "fetch", "think"}:
        return ()
    line = next((arguments[field] for field in _LINES if arguments.get(field)), None)
    at = line - 1 if isinstance(line, int) and line > 0 else None
    return (Location(_absolute(path, cwd), at),)


def _absolute(path: str, cwd: str) -> str:
    return os.path.normpath(Path(cwd, path)).replace(os.sep, "/")


def _relative(text: str, cwd: str) -> str:
    return text.removeprefix(cwd.rstrip("/") + "/")

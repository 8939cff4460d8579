"""A tool that Claude uses: the use, what may become of it, and what Claude is told of it."""

from __future__ import annotations

from dataclasses import dataclass

from claude_sidecar.sessions.model import JsonObject


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Rules that the CLI suggests to keep.

    :param rules: as they are written in settings, `Bash(npm test *)`.
    :param lasting: whether they are meant for the workspace, and not only for the session.
    """

    rules: tuple[str, ...]
    lasting: bool


@dataclass(frozen=True, slots=True)
class ToolUse:
    """Claude is about to use a tool.

    :param name: the CLI's name of it, `mcp__SERVER__NAME` for an MCP server's.
    :param agent: the type of the subagent that uses it, if it is one.
    :param title: how the CLI would put it to the user, where it says.
    :param reason: why it is asked about, as `Ask` or the CLI says.
    :param suggestions: rules that would answer the question for good, as the CLI suggests them.
    """

    id: str
    name: str
    input: JsonObject
    agent: str | None = None
    title: str | None = None
    reason: str | None = None
    suggestions: tuple[Suggestion, ...] = ()


@dataclass(frozen=True, slots=True)
class Allow:
    """The tool may be used, with another input where one is given."""

    updated_input: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class Defer:
    """Claude Code's own rules decide: the permission mode, `allowed_tools`, what only reads. Where
    they would ask the user, `TurnHost.permit` is called.
    """


@dataclass(frozen=True, slots=True)
class Ask:
    """The tool may be used once the user has agreed, whatever Claude Code's own rules say.

    :param reason: why it is asked about, where that is not plain; the user is told.
    """

    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Deny:
    """The tool may not be used; `reason` is told to Claude."""

    reason: str


@dataclass(frozen=True, slots=True)
class Done:
    """What `Edit` or `Write` would have done is done, in another way. Claude is told that the tool
    succeeded; the file on the disk is not touched by it.

    :param note: told to Claude on top.
    :param old_text: the file's text as it was before, whole.
    """

    note: str
    old_text: str


@dataclass(frozen=True, slots=True)
class UsedTool:
    """Claude has used a tool; `answer` is what it was told, cut where it is long."""

    use: ToolUse
    answer: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of a file, to be shown to Claude in place of those that `Read` gave.

    :param first: the number of the first of them, from 0.
    :param total: how many lines the file has.
    """

    lines: tuple[str, ...]
    first: int
    total: int


@dataclass(frozen=True, slots=True)
class ToolReply:
    """What one of our own tools answers Claude."""

    text: str
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """One of our own tools, as Claude is told of it; `schema` is a JSON Schema of its input."""

    name: str
    description: str
    schema: JsonObject
    read_only: bool

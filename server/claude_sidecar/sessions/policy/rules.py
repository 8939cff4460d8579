"""Rules about tools, as Claude Code writes them: `Bash(npm test *)`, `Read(//etc/**)`, `WebFetch`.

A rule is a tool's name and, in parentheses, what it may be used on. `Edit` stands for all tools
that change a file, `Read` for all that read one, `mcp__SERVER` for all of a server's. As in
https://docs.claude.com/en/docs/claude-code/settings#permission-settings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from claude_sidecar.sessions.model import JsonObject
from claude_sidecar.sessions.policy.commands import is_plain, simple_commands
from claude_sidecar.sessions.policy.confinement import Confinement
from claude_sidecar.sessions.policy.tools import MCP_PREFIX, paths_of, sort_of


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    :param tool: the tool's name, or the one that stands for several.
    :param content: what it may be used on; None for everything.
    """

    tool: str
    content: str | None = None

    def __str__(self) -> str:
        """As it is written in settings."""
        return self.tool if self.content is None else f"{self.tool}({self.content})"


def parse_rule(text: str) -> Rule:
    """A rule as it is written in settings."""
    found = re.fullmatch(r"\s*([^()\s]+)\s*\((.*)\)\s*", text, re.DOTALL)
    if found is None:
        return Rule(text.strip())
    content = found.group(2)
    return Rule(found.group(1), None if content in {"", "*"} else content)


def covers(
    rules: tuple[Rule, ...],
    name: str,
    arguments: JsonObject,
    confinement: Confinement,
    *,
    named: bool = False,
    any_part: bool = False,
) -> bool:
    """Whether rules are about a use of a tool: all of it, where a command has several parts.

    :param named: whether only a rule counts that names the very place or command, because the use
        leads out of the workspace or to a secret.
    :param any_part: whether one part of a command is enough, as it is for rules that refuse.
    """
    mine = [rule for rule in rules if _is_about(rule.tool, name, arguments)]
    if not mine:
        return False
    command = arguments.get("command")
    if isinstance(command, str):
        return _covers_command(mine, command, named=named, any_part=any_part)
    if any(rule.content is None for rule in mine) and not named:
        return True
    contents = [rule.content for rule in mine if rule.content is not None]
    url = arguments.get("url")
    if isinstance(url, str):
        return any(_is_of_domain(url, content) for content in contents)
    places = [confinement.resolve(path) for path in paths_of(arguments).values()]
    return bool(places) and all(
        place is not None and any(_meets(content, place, confinement) for content in contents)
        for place in places
    )


def _is_about(rule_tool: str, name: str, arguments: JsonObject) -> bool:
    if rule_tool == name:
        return True
    if rule_tool.startswith(MCP_PREFIX):
        return name.startswith(rule_tool.removesuffix("*").removesuffix("__") + "__")
    sort = sort_of(name, arguments)
    return (rule_tool, sort) in {("Edit", "edit"), ("Write", "edit"), ("Read", "read")}


def _covers_command(rules: list[Rule], command: str, *, named: bool, any_part: bool) -> bool:
    if any(rule.content == command for rule in rules):
        return True
    if named:
        return False
    if any(rule.content is None for rule in rules):
        return True
    parts = simple_commands(command) if any_part or is_plain(command) else None
    patterns = [_command_pattern(rule.content) for rule in rules if rule.content is not None]
    met = [any(each.fullmatch(" ".join(part)) for each in patterns) for part in parts or ()]
    return any(met) if any_part else bool(met) and all(met)


def _command_pattern(content: str) -> re.Pattern[str]:
    """`npm test:*` and `npm test *` mean `npm test` with anything after it, or nothing."""
    for ending in (":*", " *"):
        if content.endswith(ending):
            head = _wild(content.removesuffix(ending))
            return re.compile(rf"{head}(\s.*)?", re.DOTALL)
    return re.compile(_wild(content), re.DOTALL)


def _wild(text: str) -> str:
    return ".*".join(re.escape(part) for part in text.split("*"))


def _is_of_domain(url: str, content: str) -> bool:
    from urllib.parse import urlsplit

    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    wanted = content.removeprefix("domain:")
    return content.startswith("domain:") and re.fullmatch(_wild(wanted), host) is not None


def _meets(content: str, place: str, confinement: Confinement) -> bool:
    """Whether a pattern of paths meets a canonical one: `//x` from the root, `~/x` from home, others
    from the workspace; without a `/` it is a name at any depth.
    """
    if content.startswith("//"):
        pattern = content[1:]
    elif content.startswith("~/"):
        pattern = Path(content).expanduser().as_posix()
    else:
        inner = content.removeprefix("./")
        anywhere = "" if "/" in inner else "**/"
        pattern = f"{confinement.workspace.rstrip('/')}/{anywhere}{inner.lstrip('/')}"
    return re.fullmatch(_path_pattern(pattern), place) is not None


def _path_pattern(pattern: str) -> str:
    pieces = re.split(r"(\*\*/|/\*\*$|\*\*|\*|\?)", pattern)
    wild = {"**/": "(?:.*/)?", "/**": "(?:/.*)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "".join(wild.get(piece, re.escape(piece)) for piece in pieces)

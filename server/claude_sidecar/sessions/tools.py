"""Our own tools, as Claude is told of them, and what they do: the MCP server `sidecar`.

A tool answers with text for the model. What the model got wrong comes back as an error that says
how to mend the call; it never ends the turn.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claude_sidecar.errors import InvalidRequest, SidecarError
from claude_sidecar.findings.anchor import Located, locate, without_indent
from claude_sidecar.findings.model import CATEGORIES, SEVERITIES, TITLE_LIMIT, Finding
from claude_sidecar.sessions import own_review
from claude_sidecar.sessions.documents import Documents
from claude_sidecar.sessions.fences import numbered
from claude_sidecar.sessions.findings import FindingService
from claude_sidecar.sessions.keys import canonical_path, is_inside
from claude_sidecar.sessions.model import JsonObject
from claude_sidecar.sessions.ports import ToolReply, ToolSpec
from claude_sidecar.text import LineIndex

logger = logging.getLogger(__name__)

READ_BUFFER_LIMIT = 2_000
"""Lines that one call of `read_buffer` gives."""

_FILE = {"type": "string", "description": "Path relative to the workspace, or absolute inside it."}

REPORT_FINDING = ToolSpec(
    name="report_finding",
    description=(
        "Report one finding of a review. It is anchored to the quoted text and shown to the "
        "developer in the editor at once. Answers with the place where it was anchored, or with "
        "an error that says how to mend the call."
    ),
    schema={
        "type": "object",
        "properties": {
            "file": _FILE,
            "quote": {
                "type": "string",
                "description": "The exact text the finding is about, without line numbers.",
            },
            "line": {
                "type": "integer",
                "minimum": 1,
                "description": "The line where the quote begins, counted from 1.",
            },
            "severity": {"type": "string", "enum": list(SEVERITIES)},
            "category": {"type": "string", "enum": list(CATEGORIES)},
            "title": {"type": "string", "description": f"At most {TITLE_LIMIT} characters."},
            "message": {"type": "string", "description": "Why it matters, in Markdown."},
            "failure_scenario": {
                "type": "string",
                "description": "Concrete input or events, and what then goes wrong.",
            },
            "replacement": {
                "type": "string",
                "description": "The whole text to put in place of the quote, if it is certain.",
            },
        },
        "required": ["file", "quote", "severity", "category", "title", "message"],
        "additionalProperties": False,
    },
    read_only=True,
)

READ_BUFFER = ToolSpec(
    name="read_buffer",
    description=(
        "Read a file as the developer's editor has it now, changes that are not saved included. "
        f"Gives numbered lines, at most {READ_BUFFER_LIMIT} in one call, and the buffer's version."
    ),
    schema={
        "type": "object",
        "properties": {
            "file": _FILE,
            "start_line": {"type": "integer", "minimum": 1, "description": "From 1."},
            "end_line": {"type": "integer", "minimum": 1, "description": "This line included."},
        },
        "required": ["file"],
        "additionalProperties": False,
    },
    read_only=True,
)

TOOL_SPECS = (REPORT_FINDING, READ_BUFFER)


@dataclass(frozen=True, slots=True)
class TurnTools:
    """The tools as one turn has them.

    :param on_finding: told of each finding once it is recorded.
    """

    session_id: str
    turn_id: str
    workspace: str
    documents: Documents
    findings: FindingService
    on_finding: Callable[[Finding], None]

    async def call(self, name: str, arguments: JsonObject) -> ToolReply:
        """Carry out a call that Claude makes."""
        try:
            if name == REPORT_FINDING.name:
                return await self._report_finding(arguments)
            if name == READ_BUFFER.name:
                return self._read_buffer(arguments)
        except SidecarError as error:
            return ToolReply(str(error), is_error=True)
        return ToolReply(f"There is no tool {name!r}.", is_error=True)

    async def _report_finding(self, arguments: JsonObject) -> ToolReply:
        _check(REPORT_FINDING, arguments)
        path = self._resolved(arguments["file"])
        index = LineIndex(self.documents.read(path).text)
        hint = arguments.get("line")
        located = locate(index, arguments["quote"], None if hint is None else hint - 1)
        located, replacement = without_indent(index, located, arguments.get("replacement"))
        finding = Finding(
            severity=arguments["severity"],
            category=arguments["category"],
            title=_title(arguments["title"]),
            message=arguments["message"],
            failure_scenario=arguments.get("failure_scenario") or None,
            suggestion=replacement,
            **self._origin(path, located),
        )
        return await self._recorded(finding, index)

    async def take_own_review(self, arguments: JsonObject) -> None:
        """Take in what Claude reports with its own tool; what cannot be placed is left out."""
        for entry in own_review.entries(arguments):
            try:
                path = self._resolved(str(entry["file"]))
                index = LineIndex(self.documents.read(path).text)
            except SidecarError as error:
                logger.info("A finding of Claude's own review was left out: %s", error)
                continue
            finding = Finding(
                severity=own_review.severity(entry),
                category=own_review.category(entry),
                title=_title(own_review.title(entry)),
                message=str(entry["summary"]),
                failure_scenario=str(entry.get("failure_scenario") or "") or None,
                verdict=own_review.verdict(entry),
                **self._origin(path, own_review.located(index, entry)),
            )
            await self._recorded(finding, index)

    def _origin(self, path: str, located: Located) -> dict[str, Any]:
        return {
            "id": str(uuid.uuid4()),
            "file": path,
            "range": located.range,
            "quote": located.quote,
            "session_id": self.session_id,
            "turn_id": self.turn_id,
            "created_at": time.time(),
        }

    async def _recorded(self, finding: Finding, index: LineIndex) -> ToolReply:
        reported = await self.findings.report(finding, index)
        if reported.settled:
            reason = f" ({reported.finding.reason})" if reported.finding.reason else ""
            return ToolReply(
                f"Not shown: the developer has dismissed this claim about this code{reason}. "
                "It is settled; go on."
            )
        self.on_finding(reported.finding)
        return ToolReply(f"Recorded on line {finding.range.start.line + 1}.")

    def _read_buffer(self, arguments: JsonObject) -> ToolReply:
        _check(READ_BUFFER, arguments)
        document = self.documents.read(self._resolved(arguments["file"]))
        index = LineIndex(document.text)
        first = int(arguments.get("start_line") or 1) - 1
        last = min(int(arguments.get("end_line") or len(index)), first + READ_BUFFER_LIMIT)
        if first >= len(index):
            return ToolReply(f"The file has {len(index)} lines.", is_error=True)
        lines = [index.line(number) for number in range(first, min(last, len(index)))]
        version = "" if document.version is None else f", version {document.version}"
        state = "with unsaved changes" if document.dirty else "as saved"
        head = f"{len(index)} lines{version}, {state}; lines {first + 1} to {first + len(lines)}:"
        return ToolReply(f"{head}\n{numbered(lines, first)}")

    def _resolved(self, file: str) -> str:
        path = canonical_path(Path(self.workspace, file))
        if not is_inside(path, self.workspace):
            raise InvalidRequest(f"{file!r} is outside the workspace {self.workspace}.")
        return path


_TYPES: dict[str, type] = {"string": str, "integer": int}


def _check(spec: ToolSpec, arguments: JsonObject) -> None:
    """Check arguments against the tool's schema: what JSON Schema says of flat objects like ours.

    :raises InvalidRequest: naming every field that is wrong, so that one more call is enough.
    """
    properties: dict[str, dict[str, Any]] = spec.schema["properties"]
    wrong = [f"`{name}` is missing" for name in spec.schema["required"] if name not in arguments]
    for name, value in arguments.items():
        schema = properties.get(name)
        if schema is None:
            wrong.append(f"`{name}` is not one of {', '.join(properties)}")
        elif not isinstance(value, _TYPES[schema["type"]]) or isinstance(value, bool):
            wrong.append(f"`{name}` must be of type {schema['type']}")
        elif "enum" in schema and value not in schema["enum"]:
            wrong.append(f"`{name}` must be one of {', '.join(schema['enum'])}")
        elif value < schema.get("minimum", value):
            wrong.append(f"`{name}` must be at least {schema['minimum']}")
    if wrong:
        raise InvalidRequest(f"{spec.name}: {'; '.join(wrong)}.")


def _title(title: str) -> str:
    line = " ".join(title.split())
    return line if len(line) <= TITLE_LIMIT else line[: TITLE_LIMIT - 1].rstrip() + "…"

"""What our own tools do, those of the MCP server `sidecar`.

A tool answers with text for the model. What the model got wrong comes back as an error that says
how to mend the call; it never ends the turn.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from claude_sidecar.errors import SidecarError
from claude_sidecar.findings.anchor import Located, locate, without_indent
from claude_sidecar.findings.model import TITLE_LIMIT, Finding
from claude_sidecar.sessions.documents.reading import Documents
from claude_sidecar.sessions.findings.service import FindingService
from claude_sidecar.sessions.model import JsonObject
from claude_sidecar.sessions.ports import ToolReply
from claude_sidecar.sessions.prompts.tools import (
    DELETE_FILE,
    EDIT_BUFFER,
    READ_BUFFER,
    RENAME_FILE,
    REPORT_FINDING,
    check,
)
from claude_sidecar.sessions.tools import code_review
from claude_sidecar.sessions.tools.buffer_tools import BufferTools
from claude_sidecar.sessions.tools.context_tools import CONTEXT_TOOLS, ContextTools
from claude_sidecar.text import LineIndex
from claude_sidecar.visible import visible

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TurnTools:
    """The tools as one turn has them.

    :param on_finding: told of each finding once it is recorded.
    """

    buffers: BufferTools
    documents: Documents
    findings: FindingService
    on_finding: Callable[[Finding], None]

    async def call(self, name: str, arguments: JsonObject) -> ToolReply:
        """Carry out a call that Claude makes."""
        carry_out = self._table().get(name)
        try:
            if carry_out is not None:
                return await carry_out(arguments)
            if name in CONTEXT_TOOLS:
                return await ContextTools(self.buffers, self.documents).call(name, arguments)
        except SidecarError as error:
            return ToolReply(str(error), is_error=True)
        return ToolReply(f"There is no tool {name!r}.", is_error=True)

    def _table(self) -> Mapping[str, Callable[[JsonObject], Awaitable[ToolReply]]]:
        return {
            REPORT_FINDING.name: self._report_finding,
            READ_BUFFER.name: self.buffers.read,
            EDIT_BUFFER.name: self.buffers.edit,
            RENAME_FILE.name: self.buffers.rename,
            DELETE_FILE.name: self.buffers.delete,
        }

    async def _report_finding(self, arguments: JsonObject) -> ToolReply:
        check(REPORT_FINDING, arguments)
        path = self.buffers.resolved(arguments["file"])
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
        for entry in code_review.entries(arguments):
            try:
                path = self.buffers.resolved(str(entry["file"]))
                index = LineIndex(self.documents.read(path).text)
            except SidecarError as error:
                logger.info("A finding of Claude's own review was left out: %s", error)
                continue
            finding = Finding(
                severity=code_review.severity(entry),
                category=code_review.category(entry),
                title=_title(code_review.title(entry)),
                message=str(entry["summary"]),
                failure_scenario=str(entry.get("failure_scenario") or "") or None,
                verdict=code_review.verdict(entry),
                **self._origin(path, code_review.located(index, entry)),
            )
            await self._recorded(finding, index)

    def _origin(self, path: str, located: Located) -> dict[str, Any]:
        return {
            "id": str(uuid.uuid4()),
            "file": path,
            "range": located.range,
            "quote": located.quote,
            "session_id": self.buffers.author.session_id,
            "turn_id": self.buffers.author.turn_id,
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


def _title(title: str) -> str:
    line = " ".join(visible(title).split())
    return line if len(line) <= TITLE_LIMIT else line[: TITLE_LIMIT - 1].rstrip() + "…"

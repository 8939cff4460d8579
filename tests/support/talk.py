"""A conversation with the reviewer, held as Claude Code would hold it, without Claude Code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from claude_sidecar.findings.model import Finding
from claude_sidecar.offline.messages import parse_request
from claude_sidecar.offline.remarks import REPORT_TOOL
from claude_sidecar.offline.replies import Reply
from claude_sidecar.offline.reviewer import Reviewer
from claude_sidecar.offline.wire import message_json
from claude_sidecar.sessions.ports import Document
from claude_sidecar.sessions.prompts.material import Subject
from claude_sidecar.sessions.prompts.turns import ReviewWishes, ask_prompt, review_prompt
from claude_sidecar.sessions.symptoms.prompts import debug_prompt
from claude_sidecar.text import Range

Call = dict[str, Any]


class Talk:
    """Prompts go in as the sidecar writes them; `calls` are the findings that were reported.

    :param refuse: for which calls the tool answers with an error.
    """

    def __init__(
        self,
        path: str = "app/main.py",
        text: str = "",
        *,
        tools: bool = True,
        refuse: Callable[[Call], bool] = lambda _: False,
    ) -> None:
        language = None if Path(path).suffix else "plaintext"
        self.subject = Subject(path, Document(path=f"/w/{path}", text=text, language=language))
        self.calls: list[Call] = []
        self._tools = [{"name": REPORT_TOOL}] if tools else []
        self._refuse = refuse
        self._reviewer = Reviewer()
        self.messages: list[dict[str, Any]] = []

    async def review(
        self,
        *,
        lines: Range | None = None,
        focus: str | None = None,
        reviewers: tuple[str, ...] = (),
        min_severity: str = "hint",
        known: Sequence[Finding] = (),
    ) -> str:
        subject = Subject(self.subject.path, self.subject.document, lines)
        return await self.say(
            review_prompt(
                subject,
                ReviewWishes(focus=focus, reviewers=reviewers, min_severity=min_severity),
                known=known,
            )
        )

    async def ask(self, text: str, *, shown: bool = False) -> str:
        return await self.say(ask_prompt(self.subject, text, document_is_news=shown))

    async def debug(self, error: str | None) -> str:
        return await self.say(debug_prompt(self.subject, error=error, diagnostics=()))

    async def say(self, prompt: str) -> str:
        """One turn: what the reviewer said in the end."""
        content: list[dict[str, Any]] = [{"type": "text", "text": prompt}]
        while True:
            self.messages.append({"role": "user", "content": content})
            request = parse_request({"messages": self.messages, "tools": self._tools}, {})
            reply = await self._reviewer(request)
            assert isinstance(reply, Reply)
            message = message_json(request, reply, f"msg_{len(self.messages)}")
            self.messages.append({"role": "assistant", "content": message["content"]})
            uses = [block for block in message["content"] if block["type"] == "tool_use"]
            if not uses:
                return "".join(block["text"] for block in message["content"])
            self.calls.extend(use["input"] for use in uses)
            content = [self._result(use) for use in uses]

    def _result(self, use: dict[str, Any]) -> dict[str, Any]:
        refused = self._refuse(use["input"])
        return {
            "type": "tool_result",
            "tool_use_id": use["id"],
            "content": "The quote is not in the file." if refused else "Recorded.",
            "is_error": refused,
        }

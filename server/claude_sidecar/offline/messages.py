"""A request to the Messages API, as something that answers it wants to read it.

`MessagesRequest` is a frozen view of one `POST /v1/messages`: the conversation in typed parts, and
who is asking. Claude Code says the latter in headers (`x-claude-code-agent-id`) and in the first
line of the system prompt (`cc_is_subagent=true`); both were observed with Claude Code 2.1.330.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from claude_sidecar.sessions.model import JsonObject

_CLAUDE_CODES_OWN = (
    "<system-reminder>",
    "<local-command-",
    "<command-name>",
    "[Request interrupted by user",
    "Your response above was ",  # cut off, or refused
    "Output token limit hit.",
)
_SUMMARY_REQUEST = "Your task is to create a detailed summary of"


@dataclass(frozen=True, slots=True)
class TextPart:
    """Words, of the user's, of Claude Code's or of the model's."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolUsePart:
    """The model called a tool."""

    id: str
    name: str
    input: JsonObject


@dataclass(frozen=True, slots=True)
class ToolResultPart:
    """What a tool answered."""

    tool_use_id: str
    text: str
    is_error: bool


Part: TypeAlias = TextPart | ToolUsePart | ToolResultPart


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the conversation; thinking and images are left out of `parts`.

    :param role: `system` is for what Claude Code tells the model in mid-conversation.
    """

    role: Literal["user", "assistant", "system"]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class MessagesRequest:
    """One request, parsed.

    :param body: the JSON body, whole.
    :param headers: with lower-case names.
    :param system: the system prompt's text.
    :param tools: the tools on offer, by name.
    """

    body: JsonObject
    headers: Mapping[str, str]
    messages: tuple[Message, ...]
    system: str
    tools: Mapping[str, JsonObject]

    @property
    def model(self) -> str:
        """The model that was asked for."""
        return str(self.body.get("model", ""))

    @property
    def stream(self) -> bool:
        """Whether the reply is wanted as server-sent events."""
        return self.body.get("stream") is True

    @property
    def session_id(self) -> str:
        """Claude's session id; empty when something other than Claude Code asks."""
        return self.headers.get("x-claude-code-session-id", "")

    @property
    def agent(self) -> str | None:
        """The id of the subagent that asks; None in the main conversation."""
        return self.headers.get("x-claude-code-agent-id")

    @property
    def is_subagent(self) -> bool:
        """Whether a subagent asks, and not the main conversation."""
        return self.agent is not None or "cc_is_subagent=true" in self.system[:400]

    @property
    def is_auxiliary(self) -> bool:
        """Whether Claude Code asks for a purpose of its own: a title, a probe, a summary."""
        if self.headers.get("x-claude-code-auxiliary-type") or self.is_compaction:
            return True
        return self.body.get("max_tokens") == 1 or (not self.tools and self._wants_json)

    @property
    def is_compaction(self) -> bool:
        """Whether Claude Code asks for the summary that will replace the conversation."""
        return _SUMMARY_REQUEST in self.last_prompt[:600]

    @property
    def prompts(self) -> tuple[str, ...]:
        """What the user said, in order; what Claude Code adds of its own is left out."""
        return tuple(
            part.text
            for message in self.messages
            if message.role == "user"
            for part in message.parts
            if isinstance(part, TextPart) and is_prompt(part.text)
        )

    @property
    def last_prompt(self) -> str:
        """What the user said last; empty when there is nothing."""
        prompts = self.prompts
        return prompts[-1] if prompts else ""

    @property
    def replies(self) -> tuple[str, ...]:
        """What the model has said so far: the text of each of its messages that has any."""
        texts = (
            _text_of(message.parts) for message in self.messages if message.role == "assistant"
        )
        return tuple(text for text in texts if text)

    @property
    def tool_results(self) -> tuple[ToolResultPart, ...]:
        """The results that this request brings back: those after the model's last message."""
        results: list[ToolResultPart] = []
        for message in reversed(self.messages):
            if message.role == "assistant":
                break
            results[:0] = [part for part in message.parts if isinstance(part, ToolResultPart)]
        return tuple(results)

    @property
    def tool_uses(self) -> tuple[ToolUsePart, ...]:
        """Every tool call of the conversation so far."""
        return tuple(
            part
            for message in self.messages
            for part in message.parts
            if isinstance(part, ToolUsePart)
        )

    @property
    def all_text(self) -> str:
        """The conversation's words and tool results, one after the other: to search in."""
        return "\n".join(
            part.text
            for message in self.messages
            for part in message.parts
            if not isinstance(part, ToolUsePart)
        )

    @property
    def _wants_json(self) -> bool:
        output: Any = self.body.get("output_config", {})
        return isinstance(output, dict) and "format" in output


def parse_request(body: JsonObject, headers: Mapping[str, str]) -> MessagesRequest:
    """Read a body as Claude Code sends it; parts of kinds unknown here are left out."""
    return MessagesRequest(
        body=body,
        headers={name.lower(): value for name, value in headers.items()},
        messages=tuple(
            Message(role=message["role"], parts=tuple(_parts(message["content"])))
            for message in body.get("messages", [])
        ),
        system=_text_of(_parts(body.get("system", ""))),
        tools={tool["name"]: tool for tool in body.get("tools", [])},
    )


def is_prompt(text: str) -> bool:
    """Whether a text in a user's message is the user's, and not one that Claude Code adds."""
    return bool(text.strip()) and not text.startswith(_CLAUDE_CODES_OWN)


def _parts(content: Any) -> Iterable[Part]:
    blocks: list[JsonObject] = (
        [{"type": "text", "text": content}] if isinstance(content, str) else content
    )
    for block in blocks:
        match block.get("type"):
            case "text":
                yield TextPart(block["text"])
            case "tool_use":
                yield ToolUsePart(block["id"], block["name"], block["input"])
            case "tool_result":
                yield ToolResultPart(
                    block["tool_use_id"],
                    _text_of(_parts(block.get("content", ""))),
                    block.get("is_error") is True,
                )
            case _:
                pass


def _text_of(parts: Iterable[Part]) -> str:
    return "\n".join(part.text for part in parts if isinstance(part, TextPart))


def estimate_tokens(value: object) -> int:
    """About how many tokens a JSON value takes: one for four characters, at least one."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return max(1, (len(text) + 3) // 4)

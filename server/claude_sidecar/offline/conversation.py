"""What has been said and found so far, read from the conversation that a request brings along.

Findings are known from the calls that reported them. Where a conversation was summarised or taken
over from a lost one, the calls are gone; then the numbered lists that the reviewer itself wrote
are read back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from claude_sidecar.findings.model import SEVERITIES, Severity
from claude_sidecar.offline.messages import (
    Message,
    MessagesRequest,
    TextPart,
    ToolResultPart,
    ToolUsePart,
    is_prompt,
)
from claude_sidecar.offline.prompt import Prompt, Source, read_prompt
from claude_sidecar.offline.remarks import REPORT_TOOL
from claude_sidecar.sessions.model import JsonObject

_SUMMARISED = "This session is being continued from a previous conversation"
_LISTED = re.compile(r"^(\d+)\. `([^`\n]+)` line (\d+), (\w+): (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Reported:
    """A finding that was reported earlier in the conversation.

    :param message: empty where only the list it stood in is left.
    :param example: how such code can be written instead.
    """

    file: str
    line: int
    severity: Severity
    title: str
    quote: str = ""
    message: str = ""
    failure_scenario: str | None = None
    replacement: str | None = None
    example: str | None = None


_AGAIN = frozenset({"continue", "again"})


@dataclass(frozen=True, slots=True)
class Conversation:
    """The conversation up to the prompt that is to be answered.

    :param prompt: that prompt.
    :param earlier: the prompts before it, oldest first.
    :param findings: the newest review's findings, in the order they were reported.
    :param older: those of reviews before it.
    :param source: the newest text of a file that was shown.
    :param last_answer: what the reviewer said last, to know what "it" means.
    """

    prompt: Prompt
    earlier: tuple[Prompt, ...]
    findings: tuple[Reported, ...]
    older: tuple[Reported, ...]
    source: Source | None
    last_answer: str


def read_conversation(request: MessagesRequest) -> Conversation:
    """Read a request's conversation."""
    asked = [text for text in request.prompts if not text.startswith(_SUMMARISED)]
    prompts = [read_prompt(text) for text in asked]
    prompts = prompts or [Prompt("", "")]
    # What is to be gone on with, or done again, is what was asked for before.
    meant = next((each for each in reversed(prompts) if each.task not in _AGAIN), prompts[-1])
    groups = list(_groups(request.messages))
    sources = [prompt.source for prompt in prompts if prompt.source is not None]
    return Conversation(
        prompt=meant,
        earlier=tuple(each for each in prompts if each is not meant),
        findings=groups[-1] if groups else (),
        older=tuple(finding for group in groups[:-1] for finding in group),
        source=sources[-1] if sources else None,
        last_answer=request.replies[-1] if request.replies else "",
    )


def current_results(request: MessagesRequest) -> tuple[ToolResultPart, ...]:
    """The results of the calls the reviewer has just made; empty when a new prompt came."""
    results: list[ToolResultPart] = []
    for message in reversed(request.messages):
        if message.role == "assistant":
            break
        if message.role != "user":
            continue
        if any(isinstance(part, TextPart) and is_prompt(part.text) for part in message.parts):
            return ()
        results[:0] = [part for part in message.parts if isinstance(part, ToolResultPart)]
    return tuple(results)


def calls_of_turn(request: MessagesRequest) -> list[tuple[ToolUsePart, ToolResultPart]]:
    """The calls made since the last prompt that have their results, in order."""
    results: dict[str, ToolResultPart] = {}
    uses: list[ToolUsePart] = []
    for message in request.messages:
        for part in message.parts:
            match part:
                case TextPart(text) if message.role == "user" and is_prompt(text):
                    uses.clear()
                case ToolUsePart():
                    uses.append(part)
                case ToolResultPart():
                    results[part.tool_use_id] = part
                case _:
                    pass
    return [(use, results[use.id]) for use in uses if use.id in results]


def listing(findings: Iterable[Reported]) -> str:
    """Findings as a numbered list, in the form that is read back."""
    return "\n".join(
        f"{number}. `{each.file}` line {each.line}, {each.severity}: {each.title}"
        for number, each in enumerate(findings, 1)
    )


def reported(arguments: JsonObject) -> Reported:
    """A finding, from the arguments of the call that reports it."""
    return Reported(
        file=arguments["file"],
        line=arguments["line"],
        severity=arguments["severity"],
        title=arguments["title"],
        quote=arguments["quote"],
        message=arguments["message"],
        failure_scenario=arguments.get("failure_scenario"),
        replacement=arguments.get("replacement"),
    )


def _groups(messages: Iterable[Message]) -> Iterator[tuple[Reported, ...]]:
    """The findings of each turn that has any."""
    results = {
        part.tool_use_id: part
        for message in messages
        for part in message.parts
        if isinstance(part, ToolResultPart)
    }
    calls: list[Reported] = []
    for message in messages:
        for part in message.parts:
            match part:
                case TextPart(text) if message.role == "user" and is_prompt(text):
                    if calls:
                        yield tuple(calls)
                        calls = []
                    yield from _lists_in(text)
                case ToolUsePart() if part.name == REPORT_TOOL:
                    result = results.get(part.id)
                    if result is not None and not result.is_error:
                        calls.append(reported(part.input))
                case _:
                    pass
    if calls:
        yield tuple(calls)


def _lists_in(text: str) -> Iterator[tuple[Reported, ...]]:
    """The lists in the history of a conversation that this one takes the place of."""
    prompt = read_prompt(text)
    group: list[Reported] = []
    for match in _LISTED.finditer(prompt.request if not prompt.task else prompt.history or ""):
        severity: Severity | None = next((each for each in SEVERITIES if each == match[4]), None)
        if severity is None:
            continue
        if match[1] == "1" and group:
            yield tuple(group)
            group = []
        group.append(Reported(match[2], int(match[3]), severity, match[5]))
    if group:
        yield tuple(group)

"""A scripted model: what it answers is written down beforehand, as a short readable script.

    script = Script()
    script.reply(say("I'll look."), call("Read", file_path="a.py")).reply(say("Fine."))
    script.when("b.py").fail(529, times=2).reply(think("Hm."), say("Broken."), cut())

A rule's replies are given in order, one a request. The rules are tried from the last written to
the first, by what is asked: a rule holds for a whole turn, so its later replies follow its tool
calls. A model that has nothing left to say says so, and `problems` has it for the test to fail on.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from typing_extensions import Self

from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.messages import MessagesRequest
from claude_sidecar.offline.replies import (
    Answer,
    ApiError,
    Call,
    Cut,
    Delay,
    ErrorType,
    Reply,
    ReplyPart,
    Say,
    Stop,
    Think,
    TokenUsage,
    Wait,
)

Condition: TypeAlias = Callable[[MessagesRequest], bool]
Written: TypeAlias = Reply | ApiError | Callable[[MessagesRequest], Answer]

SUMMARY = "<summary>\nWhat was said so far, by the scripted model.\n</summary>"
"""What the scripted model says when Claude Code asks for the summary that compaction needs."""

_ERROR_TYPES: dict[int, ErrorType] = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}


def say(*chunks: str) -> Say:
    """Text; each argument is streamed as a piece of its own."""
    return Say(chunks)


def think(*chunks: str) -> Think:
    """Thinking; each argument is streamed as a piece of its own."""
    return Think(chunks)


def call(tool: str, /, **arguments: Any) -> Call:
    """A tool call; the reply then ends with `tool_use`."""
    return Call(tool, arguments)


def pause(gate: Gate) -> Wait:
    """Wait here until `gate.open()`; `gate.reached` tells that the reply has come here."""
    return Wait(gate)


def delay(seconds: float) -> Delay:
    """Take so long. For demonstrations and benchmarks; a test wants :func:`pause`."""
    return Delay(seconds)


def cut() -> Cut:
    """The connection breaks.

    If Claude Code has seen some text by then, it keeps it and asks for the rest; else it starts
    over. Which of the two is settled by a :func:`pause` before it, opened when the text has come.
    """
    return Cut()


def fail(status: int, message: str | None = None, *, retry_after: float | None = None) -> ApiError:
    """An API error.

    :param retry_after: seconds Claude Code is told to wait before it tries again.
    """
    kind = _ERROR_TYPES.get(status, "api_error")
    headers = {} if retry_after is None else {"retry-after": f"{retry_after:g}"}
    return ApiError(status, kind, message or f"Scripted {kind}", headers)


@dataclass(slots=True)
class Rule:
    """Replies for the requests that meet a condition, in order; the last may be repeated."""

    script: Script
    holds: Condition
    name: str
    lines: list[Written] = field(default_factory=list[Written])
    used: int = 0
    repeats: bool = False

    def reply(
        self, *parts: ReplyPart, stop: Stop | None = None, usage: TokenUsage | None = None
    ) -> Self:
        """Next, this reply.

        :param stop: the stop reason, where it is not `end_turn` or, after a tool call, `tool_use`.
        :param usage: what it is billed for, where that matters.
        """
        return self.answer(Reply(parts, stop, usage))

    def fail(
        self,
        status: int,
        message: str | None = None,
        *,
        times: int = 1,
        retry_after: float | None = None,
    ) -> Self:
        """Next, this API error, so many times over.

        Claude Code repeats most by itself, and a 400 twice, leaving out beta headers: where the
        prompt is to fail, write `times=3` or :meth:`forever`.
        """
        error = fail(status, message, retry_after=retry_after)
        for _ in range(times):
            self.answer(error)
        return self

    def refuse(self, text: str = "I can't help with that.", *, times: int = 2) -> Self:
        """Next, a refusal; Claude Code asks once more after one, so it takes two."""
        for _ in range(times):
            self.reply(say(text), stop="refusal")
        return self

    def answer(self, line: Written) -> Self:
        """Next, this; a function makes it out of the request."""
        self.lines.append(line)
        return self

    def forever(self) -> Self:
        """The last reply is given again and again."""
        self.repeats = True
        return self

    def when(self, condition: str | Condition) -> Rule:
        """Another rule: see :meth:`Script.when`."""
        return self.script.when(condition)

    def next(self) -> Written | None:
        """The reply that is due, which is then used up; None when there is none left."""
        if self.used < len(self.lines):
            self.used += 1
            return self.lines[self.used - 1]
        return self.lines[-1] if self.repeats and self.lines else None


class Script:
    """A responder for :class:`~.server.MessagesServer`, written before or while it serves."""

    def __init__(self) -> None:
        self._otherwise = Rule(self, lambda _: True, "any other prompt")
        self._rules: list[Rule] = []
        self.problems: list[str] = []

    def reply(
        self, *parts: ReplyPart, stop: Stop | None = None, usage: TokenUsage | None = None
    ) -> Rule:
        """Next, this reply, to prompts that no rule is for: see :meth:`Rule.reply`."""
        return self._otherwise.reply(*parts, stop=stop, usage=usage)

    def fail(
        self,
        status: int,
        message: str | None = None,
        *,
        times: int = 1,
        retry_after: float | None = None,
    ) -> Rule:
        """Next, this API error, to prompts that no rule is for: see :meth:`Rule.fail`."""
        return self._otherwise.fail(status, message, times=times, retry_after=retry_after)

    def answer(self, line: Written) -> Rule:
        """Next, this, to prompts that no rule is for: see :meth:`Rule.answer`."""
        return self._otherwise.answer(line)

    def when(self, condition: str | Condition) -> Rule:
        """A rule for the turns whose prompt contains a text, or for requests of some kind."""
        if isinstance(condition, str):
            text = condition
            rule = Rule(self, lambda request: text in request.last_prompt, f"prompts with {text!r}")
        else:
            rule = Rule(self, condition, getattr(condition, "__name__", "a condition"))
        self._rules.append(rule)
        return rule

    async def __call__(self, request: MessagesRequest) -> Answer:
        """Answer a request."""
        rule = next(rule for rule in self._in_order() if rule.holds(request))
        if request.is_auxiliary and rule is self._otherwise:
            return Reply((Say((SUMMARY,)),))
        line = rule.next()
        if line is None:
            problem = (
                f"The script has no reply left for {rule.name}: {request.last_prompt[-300:]!r}"
            )
            self.problems.append(problem)
            return Reply((Say((problem,)),))
        return line(request) if callable(line) else line

    def _in_order(self) -> Iterable[Rule]:
        return itertools.chain(reversed(self._rules), (self._otherwise,))


def subagent(request: MessagesRequest) -> bool:
    """A condition: a subagent asks."""
    return request.is_subagent

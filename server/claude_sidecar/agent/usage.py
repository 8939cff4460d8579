"""How many tokens a turn took, and how full the conversation is.

Claude Code tells totals with each result: `model_usage` counts everything since the conversation
began, subagents included and over resumes. A turn's share is the difference to the result before
it. Where there was none in this process (the first turn after a resume) or no result came (the
process died), the turn's messages are added up instead; a subagent's messages tell what they read
but only part of what they wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from claude_agent_sdk import ResultMessage

from claude_sidecar.sessions.model import ContextSize, Usage


def usage_of(raw: Mapping[str, Any]) -> Usage:
    """Tokens as the Messages API writes them."""
    return Usage(
        input_tokens=raw.get("input_tokens") or 0,
        output_tokens=raw.get("output_tokens") or 0,
        cache_read_tokens=raw.get("cache_read_input_tokens") or 0,
        cache_write_tokens=raw.get("cache_creation_input_tokens") or 0,
    )


class Ledger:
    """The totals of one process, from one result to the next.

    :param begun: whether the conversation was resumed, so that its first totals are not its own.
    """

    def __init__(self, *, begun: bool) -> None:
        self._total: Usage | None = None if begun else Usage()
        self._windows: dict[str, int] = {}

    def window(self, model: str | None) -> int:
        """The size of a model's context window in tokens; 0 until it is known."""
        return self._windows.get(model or "", 0)

    def settle(self, result: ResultMessage) -> Usage | None:
        """Take in a result's totals: what was used since the one before; None if not known."""
        models = result.model_usage or {}
        total = Usage()
        for model, used in models.items():
            self._windows[model] = used.get("contextWindow", 0)
            total += Usage(
                input_tokens=used.get("inputTokens", 0),
                output_tokens=used.get("outputTokens", 0),
                cache_read_tokens=used.get("cacheReadInputTokens", 0),
                cache_write_tokens=used.get("cacheCreationInputTokens", 0),
            )
        before, self._total = self._total, total
        return None if before is None else _difference(total, before)


class Meter:
    """What the messages of one turn say of tokens, added up as they come."""

    def __init__(self) -> None:
        self._messages: dict[str, Usage] = {}
        self._latest: Usage | None = None
        self.model: str | None = None

    @property
    def total(self) -> Usage:
        """All messages so far."""
        return sum(self._messages.values(), Usage())

    def context(self, window: int) -> ContextSize:
        """How full the conversation was at the main thread's last message."""
        used = self._latest
        if used is None:
            return ContextSize(0, window)
        read = used.input_tokens + used.cache_read_tokens + used.cache_write_tokens
        return ContextSize(read + used.output_tokens, window)

    def note(self, message_id: str, raw: Mapping[str, Any], *, main: bool) -> None:
        """A message's usage: of the main thread, or of a subagent."""
        before = self._messages.get(message_id, Usage())
        told = usage_of(raw)
        # The end of a message repeats some numbers and leaves out others: none ever shrinks.
        merged = Usage(
            max(before.input_tokens, told.input_tokens),
            max(before.output_tokens, told.output_tokens),
            max(before.cache_read_tokens, told.cache_read_tokens),
            max(before.cache_write_tokens, told.cache_write_tokens),
        )
        self._messages[message_id] = merged
        if main:
            self._latest = merged


def _difference(total: Usage, before: Usage) -> Usage | None:
    difference = Usage(
        total.input_tokens - before.input_tokens,
        total.output_tokens - before.output_tokens,
        total.cache_read_tokens - before.cache_read_tokens,
        total.cache_write_tokens - before.cache_write_tokens,
    )
    smallest = min(
        difference.input_tokens,
        difference.output_tokens,
        difference.cache_read_tokens,
        difference.cache_write_tokens,
    )
    return difference if smallest >= 0 else None

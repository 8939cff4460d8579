"""How many tokens a turn took, what they cost, and how full the conversation is.

Claude Code keeps totals for a conversation, by model, subagents and its own calls included. It
tells them with each result, and when it is asked (`cashier`). They go on over resume and fork from
where the transcript's last process left them, which after a kill is earlier than where it was; so
they are only ever compared within one process. A turn's share is what came on top while it ran.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from claude_sidecar.sessions.costs.prices import priced
from claude_sidecar.sessions.costs.spending import Bill, Spent
from claude_sidecar.sessions.model import ContextSize, Usage

_CHARACTERS_PER_TOKEN = 4


def usage_of(raw: Mapping[str, Any]) -> Usage:
    """Tokens as the Messages API writes them."""
    return Usage(
        input_tokens=raw.get("input_tokens") or 0,
        output_tokens=raw.get("output_tokens") or 0,
        cache_read_tokens=raw.get("cache_read_input_tokens") or 0,
        cache_write_tokens=raw.get("cache_creation_input_tokens") or 0,
    )


class Till:
    """The totals of one process, and what of them no turn has claimed yet.

    :param opening: the totals it starts with; None where they are not known.
    """

    def __init__(self, opening: Bill | None) -> None:
        self.opening = opening
        self._told = opening
        self._claimed = opening or Bill()
        self._windows: dict[str, int] = {}

    @property
    def billed_usd(self) -> float | None:
        """The running total when last heard; None where it was never told."""
        return None if self._told is None else self._told.cost_usd

    @property
    def exact(self) -> bool:
        """Whether what is claimed is all there was."""
        return self._told is not None

    @property
    def known(self) -> Bill:
        """What was paid before, to tell prices from."""
        return self._told or Bill()

    def window(self, model: str | None) -> int:
        """The size of a model's context window in tokens; 0 until it is known."""
        return self._windows.get(model or "", 0)

    def tell(self, model_usage: Mapping[str, Any]) -> None:
        """Claude Code's `modelUsage`, with a result or when asked."""
        for model, used in model_usage.items():
            self._windows[model] = used.get("contextWindow") or self._windows.get(model, 0)
        totals = totals_of(model_usage)
        if self._told is None:
            self._claimed = totals  # how much of it was there before nobody knows
        elif totals.cost_usd < self._told.cost_usd:  # it began anew
            self._claimed = self._claimed - self._told
        self._told = totals

    def claim(self) -> Bill:
        """What came on top since the last claim."""
        told = self._told or Bill()
        came = told - self._claimed
        self._claimed = told
        return came


def totals_of(model_usage: Mapping[str, Any]) -> Bill:
    """`modelUsage` as a bill."""
    return Bill(
        {
            model: Spent(
                Usage(
                    input_tokens=used.get("inputTokens", 0),
                    output_tokens=used.get("outputTokens", 0),
                    cache_read_tokens=used.get("cacheReadInputTokens", 0),
                    cache_write_tokens=used.get("cacheCreationInputTokens", 0),
                ),
                used.get("costUSD", 0.0),
            )
            for model, used in model_usage.items()
        }
    )


class Meter:
    """What the messages of one turn say of tokens, added up as they come.

    A subagent's messages tell what they read but only part of what they wrote. A message is `open`
    until totals were told that have it.
    """

    def __init__(self) -> None:
        self._messages: dict[str, tuple[str, Usage]] = {}
        self._open: set[str] = set()
        self._ended: set[str] = set()
        self._latest: str | None = None
        self._written = 0
        self._compacted: int | None = None
        self.model: str | None = None

    def context(self, window: int) -> ContextSize:
        """How full the conversation was at the main thread's last message."""
        if self._compacted is not None:
            return ContextSize(self._compacted, window)
        if self._latest is None:
            return ContextSize(0, window)
        _, used = self._messages[self._latest]
        read = used.input_tokens + used.cache_read_tokens + used.cache_write_tokens
        return ContextSize(read + used.output_tokens, window)

    def note(self, message_id: str, model: str, raw: Mapping[str, Any], *, main: bool) -> None:
        """A message's usage: of the main thread, or of a subagent."""
        _, before = self._messages.get(message_id, (model, Usage()))
        told = usage_of(raw)
        # The end of a message repeats some numbers and leaves out others: none ever shrinks.
        merged = Usage(
            max(before.input_tokens, told.input_tokens),
            max(before.output_tokens, told.output_tokens),
            max(before.cache_read_tokens, told.cache_read_tokens),
            max(before.cache_write_tokens, told.cache_write_tokens),
        )
        if message_id not in self._messages:
            self._open.add(message_id)
            self._written = 0 if main else self._written
        self._messages[message_id] = (model, merged)
        if main:
            self._latest = message_id
            self._compacted = None
        else:
            self._ended.add(message_id)

    def compacted(self, tokens: int) -> None:
        """The conversation was summarised: its size until the next message."""
        self._compacted = tokens

    def wrote(self, characters: int) -> int:
        """The main thread's message grew: by how many characters it has in all."""
        self._written += characters
        return self._written

    def end_message(self) -> None:
        """The main thread's message is complete."""
        self._written = 0
        if self._latest is not None:
            self._ended.add(self._latest)

    def complete(self) -> frozenset[str]:
        """Messages that totals which are asked for now will have."""
        return frozenset(self._open & self._ended)

    def settle(self, messages: frozenset[str] | None = None) -> None:
        """Totals came that have these messages; None: all of them."""
        self._open -= self._open if messages is None else messages

    def estimate(self, known: Bill) -> Bill:
        """What the open messages cost, about."""
        return self._priced(self._open, known)

    def all(self, known: Bill) -> Bill:
        """What all messages cost, about."""
        return self._priced(self._messages.keys(), known)

    def _priced(self, messages: Iterable[str], known: Bill) -> Bill:
        bill = Bill()
        for message in messages:
            model, usage = self._messages[message]
            if message == self._latest and message not in self._ended:
                told = max(usage.output_tokens, self._written // _CHARACTERS_PER_TOKEN)
                usage = replace(usage, output_tokens=told)
            bill += Bill({model: priced(usage, model, known)})
        return bill

"""Amounts: tokens, dollars, and how full a conversation is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens. Those read from and written to the prompt cache are not in `input_tokens`."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cache_read_tokens + other.cache_read_tokens,
            self.cache_write_tokens + other.cache_write_tokens,
        )

    def __sub__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens - other.input_tokens,
            self.output_tokens - other.output_tokens,
            self.cache_read_tokens - other.cache_read_tokens,
            self.cache_write_tokens - other.cache_write_tokens,
        )


@dataclass(frozen=True, slots=True)
class Cost:
    """What a turn cost so far, and its session with it."""

    turn_usd: float = 0.0
    session_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class ContextSize:
    """How much of the model's context window the conversation fills; 0 of 0 when unknown."""

    used_tokens: int = 0
    max_tokens: int = 0

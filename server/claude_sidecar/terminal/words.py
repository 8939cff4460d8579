"""Small words that people read: numbers of things, money, tokens, how long ago."""

from __future__ import annotations

from datetime import datetime, timezone

from claude_sidecar.sessions.model import Usage

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def number_of(count: int, noun: str) -> str:
    """`1 turn`, `2 turns`; what cannot be counted (`information`) stays as it is."""
    return f"{count:,} {noun}{'' if count == 1 or noun == 'information' else 's'}"


def money(dollars: float) -> str:
    """Dollars, with as many digits as an amount of that size needs."""
    return f"${dollars:.2f}" if dollars >= 1 else f"${dollars:.4f}"


def tokens_in(usage: Usage) -> int:
    """Tokens that went in, from the cache or not."""
    return usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens


def tokens(usage: Usage) -> str:
    """Tokens that went in, from the cache or not, and came out."""
    return f"{tokens_in(usage):,} tokens in, {usage.output_tokens:,} out"


def short(count: int) -> str:
    """A number in four characters or so.

    >>> [short(count) for count in (950, 1_234, 45_678, 1_234_567)]
    ['950', '1.2k', '46k', '1.2M']
    """
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if count >= size:
            amount = count / size
            return f"{amount:.1f}{letter}" if amount < 10 else f"{amount:.0f}{letter}"
    return str(count)


def age(then: float, now: float) -> str:
    """How long ago, in the largest unit that fits: `3 h ago`; a date after a month."""
    seconds = max(0.0, now - then)
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE:.0f} min ago"
    if seconds < _DAY:
        return f"{seconds // _HOUR:.0f} h ago"
    if seconds < 31 * _DAY:
        return f"{seconds // _DAY:.0f} d ago"
    return local_time(then).date().isoformat()


def local_time(seconds: float) -> datetime:
    """Seconds since the epoch as the user's own clock shows them."""
    return datetime.fromtimestamp(seconds, timezone.utc).astimezone()

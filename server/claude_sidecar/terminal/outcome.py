"""How a turn ended: in words, as an exit status, what it cost, and how to go on."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Sequence

from typing_extensions import assert_never

from claude_sidecar.sessions.conversations.recovery import recovery_told
from claude_sidecar.sessions.model import StopReason, TurnResult, Verification
from claude_sidecar.terminal.configuration import Flags
from claude_sidecar.terminal.program import FINE, INTERRUPTED, TURN_FAILED, UNVERIFIED
from claude_sidecar.terminal.screen import Screen
from claude_sidecar.terminal.words import money, tokens


def exit_status(result: TurnResult) -> int:
    """0 for a turn that came to its end; one that stopped short of it has failed. Where there was a
    test, it must have been seen to pass.
    """
    unseen = result.verification is not None and result.verification.state != "verified"
    if unseen and result.stop_reason == "end_turn":
        return UNVERIFIED
    match result.stop_reason:
        case "end_turn":
            return FINE
        case "cancelled":
            return INTERRUPTED
        case "max_turns" | "max_budget" | "refusal" | "error":
            return TURN_FAILED
        case _:
            assert_never(result.stop_reason)


def tell_ending(screen: Screen, result: TurnResult) -> None:
    """Say what kept a turn from ending well, and if its session had to be mended."""
    if result.recovered is not None and result.recovered.by == "copy":
        screen.note(recovery_told(result.recovered))
    if result.verification is not None:
        _tell_verification(screen, result.verification)
    if result.error is not None:
        screen.fail(result.error.message, result.error.hint)
    elif (text := _ENDINGS[result.stop_reason]) is not None:
        screen.warn(text)


def verification_words(seen: Verification) -> str:
    """What was seen of a fix."""
    what = f" ({seen.command})" if seen.command else ""
    if seen.state == "verified":
        return f"Verified: it passes now{what}."
    told = f": {seen.failure or seen.reason}" if seen.failure or seen.reason else ""
    return f"{seen.state.capitalize()}{what}{told}"


def _tell_verification(screen: Screen, seen: Verification) -> None:
    tell = screen.note if seen.state == "verified" else screen.warn
    tell(verification_words(seen))


def ending(result: TurnResult) -> str | None:
    """What kept a turn from ending well, in words; None where it did."""
    if result.error is not None:
        return f"{result.error.message} {result.error.hint}"
    return _ENDINGS[result.stop_reason]


_ENDINGS: dict[StopReason, str | None] = {
    "end_turn": None,
    "max_turns": "Claude stopped after the rounds it is allowed; --max-turns allows more.",
    "max_budget": "The budget is spent; the budget settings allow more.",
    "cancelled": "Cancelled. The conversation can be continued.",
    "refusal": "Claude declined to answer.",
    "error": "The turn failed.",
}


def spent(result: TurnResult, *, offline: bool) -> str:
    """What a turn cost: `$0.0123 (session $0.4567) · 1,234 tokens in, 56 out · context 12%`."""
    if offline and not result.cost.turn_usd:
        return "offline, no cost"
    parts = [money(result.cost.turn_usd)]
    if result.cost.session_usd > result.cost.turn_usd:
        parts[0] += f" (session {money(result.cost.session_usd)})"
    parts.append(tokens(result.usage))
    if result.context.max_tokens:
        parts.append(f"context {result.context.used_tokens / result.context.max_tokens:.0%}")
    return " · ".join(parts)


def follow_up(flags: Flags, *arguments: str) -> str:
    """A command line that goes on from here, with the flags of this one that it needs too."""
    words = ["claude-sidecar", *arguments]
    for name in ("workspace", "store", "config", "model"):
        value: str | None = getattr(flags, name)
        if value is not None:
            words += [f"--{name}", value]
    if flags.offline:
        words.append("--offline")
    return quoted(words)


def quoted(words: Sequence[str]) -> str:
    """A command line as this system's shell wants it."""
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)

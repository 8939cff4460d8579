"""Every way in which Claude or its process fails, as the domain's errors. Mapped here and only here.

Claude Code retries failed calls by itself; what arrives here is what it gave up on. An API error
comes as a result with `is_error` whose kind is told by the assistant message's `error`, the HTTP
status, or, where there was no answer at all, only by the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from claude_agent_sdk import CLINotFoundError, ResultError

from claude_sidecar.agent.options import Conversation
from claude_sidecar.errors import ErrorKind, SessionNotResumable, TurnFailure
from claude_sidecar.sessions.model import TurnError
from claude_sidecar.sessions.ports import AgentOptions

_NOT_FOUND = "No conversation found"
_IN_USE = "is already in use"
_DROP_REFUSED = "Resume rejected"

_BY_NAME: dict[str, ErrorKind] = {
    "authentication_failed": "authentication",
    "billing_error": "billing",
    "rate_limit": "rate_limit",
    "overloaded": "overloaded",
}
_BY_STATUS: dict[int, ErrorKind] = {
    401: "authentication",
    402: "billing",
    403: "authentication",
    429: "rate_limit",
    529: "overloaded",
}
_NO_ANSWER = re.compile(
    r"ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|certificate"
    r"|connection|unable to connect|socket|timed? ?out|fetch failed",
    re.IGNORECASE,
)

_HINTS: dict[ErrorKind, str] = {
    "authentication": "Log in with `claude` and /login, or set ANTHROPIC_API_KEY where the editor "
    "is started (or in the setting claudeSidecar.env).",
    "billing": "Check the credit and the plan of your Anthropic account.",
    "rate_limit": "Wait a little and ask again, or check the limits of your plan.",
    "overloaded": "Claude is busy. Ask again in a minute.",
    "network": "Check the connection, the proxy and, if you set it, ANTHROPIC_BASE_URL.",
    "api": "Ask again. If it keeps failing, start a new session.",
    "process": "Ask again: the conversation is kept and Claude Code is started anew.",
    "internal": "Ask again, and report it if it keeps happening.",
}
_RETRYABLE: frozenset[ErrorKind] = frozenset({"rate_limit", "overloaded", "network", "process"})


@dataclass(frozen=True, slots=True)
class ApiFailure:
    """A call to the API that Claude Code gave up on.

    :param name: the assistant message's `error`, such as `rate_limit`.
    :param status: the HTTP status, where there was an answer.
    :param reason: the result's `terminal_reason`.
    """

    text: str
    name: str | None
    status: int | None
    reason: str | None


def api_error(failure: ApiFailure, options: AgentOptions) -> TurnError:
    """What a failed call to the API means for the turn."""
    kind = _kind(failure)
    hint = _HINTS[kind]
    server_side = failure.status is not None and failure.status >= 500
    if failure.reason == "prompt_too_long":
        hint = "The conversation is too long. Start a new session, or ask about a smaller range."
    elif failure.name == "model_not_found":
        named = f" ({options.model!r})" if options.model else ""
        hint = (
            f"Correct the setting claudeSidecar.model{named}, or leave it out to use the default."
        )
    elif kind == "api" and server_side:
        hint = "The fault is on the server's side and usually passes. Ask again in a minute."
    return TurnError(kind, failure.text, hint, retryable=kind in _RETRYABLE or server_side)


def _kind(failure: ApiFailure) -> ErrorKind:
    if failure.status in _BY_STATUS:
        return _BY_STATUS[failure.status]
    if failure.name in _BY_NAME:
        return _BY_NAME[failure.name]
    if failure.status is None and _NO_ANSWER.search(failure.text):
        return "network"
    return "api"


def not_compacted(text: str | None) -> TurnError:
    """Claude Code did not summarise the conversation."""
    return TurnError(
        "api",
        f"The conversation was not compacted. {text or 'Claude Code did not say why.'}",
        "Ask on all the same: where it does not fit any more, it goes on in a new session that is "
        "told what was said.",
        retryable=True,
    )


def internal_error(text: str) -> TurnError:
    """Claude Code ended the turn in a way that is not known here."""
    return TurnError("internal", text, _HINTS["internal"], retryable=False)


def death(error: Exception | None, last_words: str) -> TurnError:
    """The process ended in the middle of the turn."""
    what = "Claude Code ended in the middle of the turn"
    code = getattr(error, "exit_code", None)
    if isinstance(code, int):
        what += f" (exit code {code})"
    elif error is not None:
        what += f" ({error})"
    return TurnError("process", _with_last_words(what, last_words), _HINTS["process"], True)


def silence(seconds: float) -> TurnError:
    """The process took the prompt and gave no sign of life."""
    return TurnError(
        "process",
        f"Claude Code gave no sign of life for {seconds:.0f} seconds and was ended.",
        _HINTS["process"],
        retryable=True,
    )


def in_use(last_words: str) -> bool:
    """Whether a process did not start because the session that was to be new exists."""
    return _IN_USE in last_words


def drop_refused(error: Exception, last_words: str) -> bool:
    """Whether a process did not start because more than one turn would have been forgotten."""
    return _DROP_REFUSED in last_words or _DROP_REFUSED in str(error)


def start_failure(
    error: Exception, last_words: str, conversation: Conversation, options: AgentOptions
) -> TurnFailure:
    """Why a process did not start."""
    refused = isinstance(error, ResultError) or _NOT_FOUND in last_words
    if conversation.begun and refused:
        told = error.errors if isinstance(error, ResultError) else []
        reason = "; ".join(told) or last_words or str(error)
        if _NOT_FOUND in reason:
            reason = "its transcript is gone or cannot be read"
        return SessionNotResumable(conversation.session_id, reason)
    if isinstance(error, CLINotFoundError):
        return TurnFailure(
            "process",
            f"Claude Code was not found: {error}",
            hint="Correct the setting claudeSidecar.cliPath, or leave it out to use the one that "
            "comes with the Claude Agent SDK.",
            retryable=False,
        )
    what = "Claude Code did not start in time" if isinstance(error, TimeoutError) else str(error)
    named = f" at {options.cli_path}" if options.cli_path else ""
    return TurnFailure(
        "process",
        _with_last_words(f"Claude Code{named} could not be started: {what}", last_words),
        hint="Run `claude-sidecar doctor` to see what is missing.",
        retryable=True,
    )


def _with_last_words(what: str, last_words: str) -> str:
    return f"{what}. It last said:\n{last_words}" if last_words else f"{what}."

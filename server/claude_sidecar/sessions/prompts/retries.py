"""What Claude is told when a turn that stopped short is gone on with or done again."""

from __future__ import annotations

from collections.abc import Sequence

from claude_sidecar.sessions.model import Turn
from claude_sidecar.sessions.ports import TurnTrace
from claude_sidecar.sessions.prompts.fences import code_span, fence

_CALLS_SHOWN = 50
_TEXT_SHOWN = 20_000
_LINE_SHOWN = 120


def continue_prompt(turn: Turn, missing: str, *, asked: bool) -> str:
    """Go on from where a turn stopped.

    :param missing: what Claude may not remember of it, as `missing_from` has it.
    :param asked: whether it may not remember what was asked either.
    """
    parts = [
        "# Task: continue",
        f"The task named below was cut off before it was done ({_why(turn)}). Go on with it from "
        "where it stopped. What it asked for, and what it allowed, still holds. Do not repeat what "
        "was said, and do not do again what was done: look first where you cannot be sure.",
        _named(turn),
    ]
    if asked:
        parts.append(f"It asked for this:\n{fence('request', turn.prompt)}")
    if missing:
        parts.append(missing)
    return "\n\n".join(parts)


def retry_prompt(turn: Turn) -> str:
    """Do a turn again whose prompt is in the conversation already."""
    return (
        f"# Task: again\n\nThe task named below did not come to its end ({_why(turn)}). Do it again "
        "from the beginning, as if it had not been tried: what it asked for, and what it allowed, "
        f"still holds.\n\n{_named(turn)}"
    )


def rewound_notice(turn: Turn, workspace: str, paths: Sequence[str]) -> str:
    """Files are not any more as a turn and those since have left them."""
    inside = [path.removeprefix(f"{workspace.rstrip('/')}/") for path in paths]
    listed = "\n".join(f"- {code_span(path)}" for path in inside[:_CALLS_SHOWN])
    more = f"\n- and {len(inside) - _CALLS_SHOWN} more" if len(inside) > _CALLS_SHOWN else ""
    return (
        "Since then the developer has put these files back to how they were before the task named "
        "below. What you remember of them from later on does not hold any more; read them again "
        f"where it matters:\n{listed}{more}\n\n{_named(turn)}"
    )


def missing_from(turn: Turn, trace: TurnTrace | None) -> str:
    """What was said and done in a turn and Claude's transcript lacks; empty where it has it all."""
    said = turn.text.strip()
    if trace is not None and _squeezed(said) in _squeezed(trace.text):
        said = ""
    known = frozenset[str]() if trace is None else trace.tool_calls
    calls = [call for call in turn.tool_calls if call.id not in known]
    parts: list[str] = []
    if said:
        parts.append(f"You said:\n{said[-_TEXT_SHOWN:]}")
    if calls:
        listed = "\n".join(f"- {call.title} ({call.status})" for call in calls[-_CALLS_SHOWN:])
        parts.append(f"You used these tools:\n{listed}")
    if not parts:
        return ""
    return "This had happened in it by then, and may be missing from what you remember:\n" + fence(
        "history", "\n\n".join(parts)
    )


def _named(turn: Turn) -> str:
    """Which task is meant, by its first line. That can have words of a file's in it, or of a
    model's, so that it is fenced.
    """
    line = turn.prompt.strip().splitlines()[0] if turn.prompt.strip() else turn.kind
    return fence("history", line if len(line) <= _LINE_SHOWN else f"{line[:_LINE_SHOWN]}…")


def _why(turn: Turn) -> str:
    match turn.stop_reason:
        case None:
            return "the sidecar ended in the middle of it"
        case "cancelled":
            return "the developer stopped it"
        case "max_turns":
            return "it had used the rounds it was allowed"
        case "max_budget":
            return "its budget was spent"
        case "refusal":
            return "it was declined"
        case _:
            return "an error ended it"


def _squeezed(text: str) -> str:
    return "".join(text.split())

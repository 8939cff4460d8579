"""A symptom's text within a limit: what tells of the failure, and the end of the output."""

from __future__ import annotations

from typing import Final

from claude_sidecar.debugging.failures import Symptom

_TAIL: Final = 2_000


def report_of(symptom: Symptom, limit: int) -> str:
    """As much of the text as is told, with what was left out said in its place.

    :param limit: characters; what is added in words comes on top.
    """
    text = symptom.text.strip("\n")
    if len(text) <= limit:
        return text
    tail = min(_TAIL, limit // 4)
    main = symptom.main
    if main is None:
        return _joined(
            symptom.text, [(0, limit - tail), (len(symptom.text) - tail, len(symptom.text))]
        )
    parts = _within(main.start, main.end, limit - tail)
    parts.append((len(symptom.text) - tail, len(symptom.text)))
    return _joined(symptom.text, parts)


def _within(start: int, end: int, limit: int) -> list[tuple[int, int]]:
    """The failure's own text: whole, or its beginning and, as that tells most, more of its end."""
    if end - start <= limit:
        return [(start, end)]
    return [(start, start + limit // 3), (end - 2 * limit // 3, end)]


def _joined(text: str, parts: list[tuple[int, int]]) -> str:
    told: list[str] = []
    at = 0
    for start, end in parts:
        begin = max(start, at)
        if begin >= end:
            continue
        if begin > at:
            told.append(f"[... {begin - at:,} characters left out ...]")
        told.append(text[begin:end].strip("\n"))
        at = end
    if at < len(text):
        told.append(f"[... {len(text) - at:,} characters left out ...]")
    return "\n".join(told)

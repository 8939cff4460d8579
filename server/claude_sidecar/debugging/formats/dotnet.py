""".NET: exceptions with those inside them, which are told first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from claude_sidecar.debugging.lines import Reader
from claude_sidecar.debugging.model import Failure, Frame, Related
from claude_sidecar.debugging.reading import limited, message_of

NAME: Final = ".NET"
WORDS: Final = ("   at ", " ---> ")

_PLACE = re.compile(r"(.+):line (\d{1,9})$")
_TYPE = re.compile(
    r"(?:Unhandled [Ee]xception[.:] )?((?:\w+\.)+\w*(?:Exception|Error)\w*)(?: \(0x[0-9A-Fa-f]+\))?(?:: (.*))?$"
)
_TYPE_INSIDE = re.compile(r"(?<![\w.])((?:\w+\.)+\w*Exception)(?: \(0x[0-9A-Fa-f]+\))?(?:: (.*))?$")
_INNER = re.compile(r"\s*---> (?:\(Inner Exception #\d+\) )?(.*?)(?:<---)?$")
_INNER_END = "--- End of inner exception stack trace ---"
_SEAM = "--- End of stack trace from previous location"
_LIBRARY = ("System.", "Microsoft.", "Xunit.", "NUnit.", "lambda_method")
_DEPTH = 32


def read(reader: Reader) -> Sequence[Failure]:
    """An exception, from its head above or from the line here on."""
    line = reader.line or ""
    if _INNER.match(line) is None and _method(line) is None:
        return ()
    heads = _heads(reader)
    if not heads:
        return ()
    return _read(reader, heads)


def _read(reader: Reader, heads: list[tuple[str, str]]) -> Sequence[Failure]:
    """`heads` are the exceptions that are open, the outermost first."""
    done: list[tuple[int, Failure]] = []
    frames: list[Frame] = []
    seen = False
    while (line := reader.line) is not None:
        told = line.strip()
        if (frame := _method(line)) is not None:
            frames.append(frame)
            seen = True
        elif told.startswith(_INNER_END):
            if len(heads) < 2:
                break
            done.append((len(heads) - 1, _failure(heads.pop(), frames)))
            frames = []
        elif (inner := _INNER.match(line)) and (typed := _typed(inner[1])) and len(heads) < _DEPTH:
            heads.append(typed)
        elif not told.startswith(_SEAM) and (seen or not told or len(heads) == 1):
            break
        reader.advance()
    failure = _failure(heads[0], frames)
    if not seen:
        return ()
    inside: Failure | None = None
    for _, each in done:  # the innermost was over first
        inside = each if inside is None else replace(each, related=(Related("caused by", inside),))
    if inside is not None:
        failure = replace(failure, related=(Related("caused by", inside),))
    return (failure,)


def _method(line: str) -> Frame | None:
    told = line.strip()
    if not told.startswith("at "):
        return None
    call, mark, place = told[3:].partition(") in ")
    name, opened, _ = call.partition("(")
    if not opened or "." not in name or "/" in name or not (mark or call.endswith(")")):
        return None
    placed = _PLACE.match(place)
    if mark and placed is None:
        return None
    library = name.startswith(_LIBRARY)
    if placed is None:
        return Frame(name, library=library)
    return Frame(name, placed[1], int(placed[2]), library=library)


def _typed(told: str) -> tuple[str, str] | None:
    matched = _TYPE.match(told.strip()) or _TYPE_INSIDE.search(told)
    return None if matched is None else (matched[1], (matched[2] or "").strip())


def _heads(reader: Reader) -> list[tuple[str, str]]:
    """The exception told in the line above, and what it says there of those inside it."""
    below: list[str] = []
    inner: list[tuple[str, str]] = []
    for position, line in reader.above(25):
        if _method(line) is not None:
            break
        matched = _INNER.match(line)
        if matched is not None and (typed := _typed(matched[1])):
            inner.insert(0, (typed[0], message_of([typed[1], *reversed(below)])))
            below = []
            continue
        head, _, follows = line.partition(" ---> ")
        typed = _typed(head)
        if typed is not None:
            reader.begin_at(position)
            on_line = [each for part in follows.split(" ---> ") if (each := _typed(part))]
            own = (typed[0], message_of([typed[1], *reversed(below)]))
            return [own, *on_line[:_DEPTH], *inner]
        below.append(line.strip())
    return []


def _failure(head: tuple[str, str], frames: Sequence[Frame]) -> Failure:
    kept, omitted = limited(frames)
    return Failure(NAME, "exception", head[0], head[1], kept, omitted=omitted)

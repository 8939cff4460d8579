"""Python: tracebacks of the interpreter, whatever printed them.

Chained exceptions, exception groups, notes, `SyntaxError`, `faulthandler` and warnings. The order on
paper is the outermost call first, the last exception last; here the last exception comes first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from claude_sidecar.debugging.formats.python_groups import GUTTER, HEAD, read_group
from claude_sidecar.debugging.formats.python_warnings import read_warning
from claude_sidecar.debugging.lines import Lines, Reader, Shifted
from claude_sidecar.debugging.model import Failure, Frame, Related, Relation
from claude_sidecar.debugging.reading import limited, message_of

NAME: Final = "Python"
WORDS: Final = (
    "Traceback (most recent call last):",
    '  File "',
    "(most recent call first):",
    "Warning: ",
)

_HEADER = "Traceback (most recent call last):"
_FAULT = "(most recent call first):"
_FRAME = re.compile(r'\s*File "([^"]+)", line (\d{1,9})(?:,? in (.*))?$')
_REPEATED = re.compile(r"\s*\[Previous line repeated (\d{1,9}) more times?\]")
_MARKS = frozenset("^~ ")
_EXCEPTION = re.compile(r"((?:[^\W\d]\w*\.)*[^\W\d]\w*)(?:\[.*\])?(?:: ?(.*))?$")
_CHAINS: dict[str, Relation] = {
    "The above exception was the direct cause of the following exception:": "caused by",
    "During handling of the above exception, another exception occurred:": "while handling",
}
_UNITTEST = re.compile(r"(?:FAIL|ERROR): (\w.*)$")
# What is no longer part of a message: a log's next entry, a shell's prompt, a report's rulers.
_ELSEWHERE = re.compile(
    r"\d{4}-\d\d-\d\d|\[\d|[A-Z]{4,8}[: ]|[$#%>] |[=_-]{5,}|(?:make|npm|Process|The command|FAILED|Ran)\b"
)
_ABOVE = 6
_NOTES_KEPT = 12


def read(reader: Reader) -> Sequence[Failure]:
    """A traceback, a warning, or nothing."""
    line = reader.line or ""
    if _FAULT in line:
        return _read_fault(reader)
    if _HEADER in line:
        before = line.partition(_HEADER)[0]
        if HEAD in line:
            return _one(_with_cause_above(reader, read_chain(reader)))
        failure = _with_cause_above(reader, read_chain(_unshifted(reader, before)))
        return _one(_as_test(reader, failure))
    if _FRAME.match(line):
        return _one(read_chain(reader))
    return _one(read_warning(reader, NAME))


def read_chain(lines: Lines) -> Failure | None:
    """A traceback with those that are chained to it, from its header or its first frame on."""
    before: Failure | None = None
    relation: Relation = "while handling"
    while True:
        line = lines.line or ""
        if HEAD in line:
            failure = read_group(lines, read_chain)
        else:
            if _HEADER in line:
                lines.advance()
            failure = _read_one(lines)
        if failure is None:
            return before
        if before is not None:
            failure = replace(failure, related=(Related(relation, before), *failure.related))
        before = failure
        following = _chained(lines)
        if following is None:
            return before
        relation = following


def is_frame(line: str) -> bool:
    """Whether it names a frame as the interpreter does."""
    return _FRAME.match(line) is not None


def exception_of(line: str) -> tuple[str, str] | None:
    """The type and the message that a line tells, where it does."""
    matched = _EXCEPTION.match(line)
    if matched is None or (matched[2] is None and not _is_exception_name(matched[1])):
        return None
    return matched[1], matched[2] or ""


def _is_exception_name(name: str) -> bool:
    last = name.rpartition(".")[2]
    return last[:1].isupper() or "." in name


def _one(failure: Failure | None) -> Sequence[Failure]:
    return () if failure is None else (failure,)


def _with_cause_above(reader: Reader, failure: Failure | None) -> Failure | None:
    """A cause that was never raised has no traceback: one line above the words that chain it."""
    relation: Relation | None = None
    for position, line in reader.above(_ABOVE):
        told = line.strip()
        if relation is None and told in _CHAINS:
            relation = _CHAINS[told]
        elif told and (relation is None or exception_of(told) is None):
            break
        elif told and relation is not None and failure is not None:
            reader.begin_at(position)
            type_, message = exception_of(told) or ("", "")
            cause = Failure(NAME, "exception", type_, message)
            return replace(failure, related=(*failure.related, Related(relation, cause)))
    return failure


def _as_test(reader: Reader, failure: Failure | None) -> Failure | None:
    """`unittest` names the test above its traceback, over a ruler."""
    for position, line in Reader(reader.text, reader.start).above(3):
        matched = _UNITTEST.match(line)
        if matched is not None and failure is not None:
            reader.begin_at(position)
            return replace(failure, kind="test", test=matched[1])
    return failure


def _unshifted(reader: Reader, before: str) -> Lines:
    """A log can put a column of its own before each line of a traceback, as wide as before its head."""
    following = reader.peek() or ""
    if not before or is_frame(following) or not is_frame(following[len(before) :]):
        return reader
    return Shifted(reader, len(before))


def _read_one(lines: Lines) -> Failure | None:
    """Frames and the exception below them."""
    frames, omitted = _frames(lines)
    said = _exception(lines)
    if said is None:
        if not frames:
            return None
        return _failure(frames, omitted, "", "", ())
    type_, message, notes = said
    return _failure(frames, omitted, type_, message, notes)


def _failure(
    frames: list[Frame], omitted: int, type_: str, message: str, notes: tuple[str, ...]
) -> Failure:
    kept, more = limited(frames[::-1])
    return Failure(
        NAME, "exception", type_ or None, message, kept, omitted=omitted + more, notes=notes
    )


def _frames(lines: Lines) -> tuple[list[Frame], int]:
    frames: list[Frame] = []
    repeated = 0
    while (line := lines.line) is not None:
        if matched := _FRAME.match(line):
            frames.append(Frame(_function(matched[3]), matched[1], int(matched[2])))
        elif again := _REPEATED.match(line):
            repeated += int(again[1])
        elif frames and line[:1] in (" ", "\t"):
            if frames[-1].code is None and not _MARKS.issuperset(line.strip()):
                frames[-1] = replace(frames[-1], code=line.strip())
        else:
            break
        lines.advance()
    return frames, repeated


def _function(name: str | None) -> str | None:
    return None if name is None else name.strip()


def _exception(lines: Lines) -> tuple[str, str, tuple[str, ...]] | None:
    """The exception's line, and what is said below it: more of its message, or notes."""
    said = exception_of(lines.line or "")
    if said is None:
        return None
    lines.advance()
    more: list[str] = []
    while (line := lines.line) is not None and len(more) < _NOTES_KEPT:
        if not line.strip() or _HEADER in line or is_frame(line) or _ELSEWHERE.match(line):
            break
        if GUTTER.match(line):
            break
        more.append(line)
        lines.advance()
    return said[0], message_of([said[1]]), tuple(more)


def _chained(lines: Lines) -> Relation | None:
    """How the next traceback belongs to this one; the reader then stands at its head."""
    blank = 0
    while blank < 3 and lines.peek(blank) is not None and not (lines.peek(blank) or "").strip():
        blank += 1
    relation = _CHAINS.get((lines.peek(blank) or "").strip())
    if relation is None:
        return None
    for _ in range(blank + 1):
        lines.advance()
    for _ in range(3):
        if (lines.line or "").strip():
            break
        lines.advance()
    return relation


def _read_fault(reader: Reader) -> Sequence[Failure]:
    """What `faulthandler` writes: one stack for each thread, the innermost call first."""
    title = ""
    for position, line in reader.above(4):
        if "Fatal Python error:" in line or line.startswith("Timeout ("):
            title = line.partition("Fatal Python error:")[2].strip() or line.strip()
            reader.begin_at(position)
            break
    threads: list[Failure] = []
    while _FAULT in (line := reader.line or "") and len(threads) < 64:
        thread = line.partition(_FAULT)[0].strip()
        reader.advance()
        frames, omitted = _frames(reader)
        kept, more = limited(frames)
        threads.append(
            Failure(
                NAME, "exception", title or None, "", kept, omitted=omitted + more, thread=thread
            )
        )
        while (
            reader.line is not None and not reader.line.strip() and _FAULT in (reader.peek() or "")
        ):
            reader.advance()
    first = next((each for each in threads if "Current" in (each.thread or "")), threads[0])
    if not any(each.frames for each in threads):
        return ()
    others = tuple(Related("another thread", each) for each in threads if each is not first)
    return (replace(first, related=others),)

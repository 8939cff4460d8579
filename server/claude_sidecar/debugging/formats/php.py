"""PHP: uncaught exceptions with those before them, errors and warnings, PHPUnit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from claude_sidecar.debugging.lines import Lines, Reader
from claude_sidecar.debugging.model import Failure, FailureKind, Frame, Related
from claude_sidecar.debugging.reading import limited, message_of

NAME: Final = "PHP"
WORDS: Final = (
    "Fatal error: ", "Parse error: ", "Warning: ", "Notice: ", "Deprecated: ", "Stack trace:",
    "[stacktrace]", "\n#0 ",
)  # fmt: skip

_ERROR = re.compile(
    r".*?(Fatal error|Parse error|Recoverable fatal error|Warning|Notice|Deprecated): +(.*)$"
)
_PLACE = re.compile(r"(.*)(?::| on line )(\d{1,9})$")
_EVALUATED = re.compile(r"\(\d+\) : eval\(\)'d code$")
_THROWN = re.compile(r"(?:Uncaught )?([A-Z\\][\w\\]*)(?:: (.*))?$", re.DOTALL)
_FRAME = re.compile(r"\s*#(\d{1,6}) (.*)$")
_CALL = re.compile(r"(\S.*?)\((\d{1,9})\): (.*)$")
_LARAVEL = re.compile(
    r".*?((?:[A-Za-z_]\w*\\)*[A-Z]\w*)\(code: .*?\): (.*) at (\S.*?):(\d{1,9})\)?"
)
_KINDS: dict[str, FailureKind] = {
    "Warning": "warning",
    "Notice": "warning",
    "Deprecated": "warning",
    "Parse error": "compiler",
}


def read(reader: Reader) -> Sequence[Failure]:
    """An exception or an error."""
    line = reader.line or ""
    matched = _ERROR.match(line)
    if matched is not None and "Stack trace:" not in line:
        return _told(reader, matched[1], matched[2])
    if line.startswith("#0 ") or "Stack trace:" in line or "[stacktrace]" in line:
        return _trace_alone(reader)
    return ()


def _placed(line: str) -> tuple[str, Frame] | None:
    """`message in /a.php:3` or `... on line 3`: the message, and the place."""
    matched = _PLACE.match(line)
    said, mark, file = (matched[1] if matched else "").rpartition(" in ")
    if matched is None or not mark or not file:
        return None
    return said, Frame(None, _EVALUATED.sub("", file), int(matched[2]))


def _told(reader: Reader, what: str, said: str) -> Sequence[Failure]:
    """`PHP Fatal error:  Uncaught E: message in /a.php:3`, with a stack below where there is one."""
    lines = [said]
    for ahead in range(1, 12):
        if _placed(lines[-1]):
            break
        following = reader.peek(ahead)
        if following is None or following.startswith(("#", "Stack trace:", "PHP ")):
            break
        lines.append(following)
    placed = _placed(lines[-1])
    if placed is None:
        return ()
    for _ in lines:
        reader.advance()
    message, frame = message_of([*lines[:-1], placed[0]]), placed[1]
    kind = _KINDS.get(what, "exception")
    if not message.startswith("Uncaught "):
        return (Failure(NAME, kind, what, message, (frame,)),)
    return (_chain(reader, message, frame),)


def _chain(lines: Lines, message: str, place: Frame) -> Failure:
    """The stack below the head, and `Next E: ...`, which names the exception that came of it."""
    whole = _exception(lines, message, place)
    for _ in range(16):
        ahead = 0
        while ahead < 2 and lines.peek(ahead) is not None and not (lines.peek(ahead) or "").strip():
            ahead += 1
        line = lines.peek(ahead) or ""
        placed = _placed(line.removeprefix("Next ")) if line.startswith("Next ") else None
        if placed is None:
            break
        for _ in range(ahead + 1):
            lines.advance()
        later = _exception(lines, placed[0], placed[1])
        whole = replace(later, related=(Related("caused by", whole),))
    if (lines.line or "").strip().startswith("thrown in "):
        lines.advance()
    return whole


def _exception(lines: Lines, message: str, place: Frame) -> Failure:
    thrown = _THROWN.match(message)
    type_, said = (thrown[1], thrown[2] or "") if thrown else (None, message)
    if (lines.line or "").strip() == "Stack trace:":
        lines.advance()
    kept, omitted = limited(_frames(lines, place))
    return Failure(NAME, "exception", type_, message_of([said]), kept, omitted=omitted)


def _frames(lines: Lines, place: Frame) -> list[Frame]:
    """Each line names a call and where it was made; so a place goes with the call of the next."""
    frames: list[Frame] = []
    file, number, library = place.file, place.line, False
    while matched := _FRAME.match((lines.line or "").removeprefix("PHP ")):
        told = matched[2]
        call = _CALL.match(told)
        name = call[3] if call else told.removeprefix("[internal function]: ")
        if told.strip() != "{main}":
            frames.append(Frame(_function(name), file, number, library=library))
            file, number = (call[1], int(call[2])) if call else (None, None)
            library = call is None
        else:
            frames.append(Frame(None, file, number))
            file = None
        lines.advance()
    if not frames or file is not None:
        frames.append(Frame(None, file, number))
    return frames


def _function(told: str) -> str:
    r"""`App\f('a', 3)` without its arguments, which are cut and can hold anything."""
    return told.partition("(")[0].strip().replace("\\\\", "\\")  # Laravel writes JSON


def _trace_alone(reader: Reader) -> Sequence[Failure]:
    """A stack whose head is another program's: a log's, a test runner's."""
    place, type_, message = Frame(None), None, ""
    for position, line in reader.above(6):
        laravel = _LARAVEL.match(line)
        placed = None if laravel else _placed(line.strip())
        if laravel is not None:
            type_, message = laravel[1], laravel[2].replace('\\"', '"')
            place = Frame(None, laravel[3], int(laravel[4]))
        elif placed is not None:
            thrown = _THROWN.match(placed[0])
            type_, message = (thrown[1], thrown[2] or "") if thrown else (None, placed[0])
            place = placed[1]
        else:
            continue
        reader.begin_at(position)
        break
    if not (reader.line or "").startswith("#"):
        reader.advance()
    if _FRAME.match(reader.line or "") is None or not _is_php(reader.line or ""):
        return ()
    kept, omitted = limited(_frames(reader, place))
    kept = tuple(each for each in kept if each.function or each.file)
    return (Failure(NAME, "exception", type_, message_of([message]), kept, omitted=omitted),)


def _is_php(line: str) -> bool:
    matched = _FRAME.match(line)
    told = matched[2] if matched else ""
    return told == "{main}" or told.startswith("[internal function]") or bool(_CALL.match(told))

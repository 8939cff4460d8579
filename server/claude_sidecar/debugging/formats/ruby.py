"""Ruby: uncaught errors with their causes, logs of Rails, failures of RSpec and Minitest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from claude_sidecar.debugging.lines import Lines, Reader
from claude_sidecar.debugging.model import Failure, Frame, Related
from claude_sidecar.debugging.reading import limited, message_of

NAME: Final = "Ruby"
WORDS: Final = (":in `", ":in '", "Failure/Error:", ": syntax error", ") Failure:")

_PLACE = re.compile(r"\s*(?:from |# |\d+: from )?(\S.*?):(\d{1,9}):in [`'](.*)$")
_BARE = re.compile(r"\s*# (\S.*?\.rb):(\d{1,9})$")
_HEAD = re.compile(r"(.*)\(([A-Z][\w:]*)\)$")
_TYPED = re.compile(r"([A-Z][\w:]*(?:Error|Exception|NotFound|Invalid)\b)(?: \((.*)|: ?(.*))?$")
_SYNTAX = re.compile(r"(?:.*?: )?(\S+\.(?:rb|ru|rake)):(\d{1,9}): (syntax errors?\b.*)$")
_MINITEST = re.compile(r"(\S.*?) \[(\S.*):(\d{1,9})\]:$")
_EXAMPLE = re.compile(r"\s*\d+\) (.+)$")


def read(reader: Reader) -> Sequence[Failure]:
    """An error with its frames."""
    line = reader.line or ""
    if "Failure/Error:" in line:
        return _rspec(reader)
    if line.rstrip().endswith(") Failure:"):
        return _minitest(reader)
    if matched := _SYNTAX.match(line):
        reader.advance()
        place = Frame(None, matched[1], int(matched[2]))
        return (Failure(NAME, "compiler", "SyntaxError", message_of([matched[3]]), (place,)),)
    frame, told = _frame(line)
    if frame is None:
        return ()
    if told and (head := _HEAD.match(told)):
        failures = [_uncaught(reader, frame, head[1].strip(), head[2])]
        while len(failures) < 16:  # causes stand below, each with a head of its own
            inner, said = _frame(reader.line or "")
            matched = _HEAD.match(said or "")
            if inner is None or matched is None:
                break
            failures.append(_uncaught(reader, inner, matched[1].strip(), matched[2]))
        whole = failures.pop()
        while failures:
            whole = replace(failures.pop(), related=(Related("caused by", whole),))
        return (whole,)
    if told and (following := _multiline(reader, told)):
        return (_uncaught(reader, frame, following[0], following[1], taken=True),)
    return _logged(reader)


def _frame(line: str) -> tuple[Frame | None, str | None]:
    """A frame, and what is said behind it on its line."""
    matched = _PLACE.match(line)
    if matched is None:
        bare = _BARE.match(line)
        return (None, None) if bare is None else (Frame(None, bare[1], int(bare[2])), None)
    name, mark, told = matched[3].partition("'")
    if not mark:
        return None, None
    name = name.lstrip("`")
    while told[:1] not in ("", ":") and "'" in told:  # the name itself can have a quote
        more, _, told = told.partition("'")
        name += "'" + more
    frame = Frame(name, matched[1], int(matched[2]), library=matched[1].startswith("<internal:"))
    return frame, told[1:].strip() if told.startswith(":") else None


def _uncaught(
    lines: Lines, first: Frame, message: str, type_: str, *, taken: bool = False
) -> Failure:
    """`a.rb:3:in 'f': bad (KeyError)` and the `from` lines below."""
    if not taken:
        lines.advance()
        _skip_marks(lines)
    kept, omitted = limited([first, *_frames(lines, only_from=True)])
    return Failure(NAME, "exception", type_, message_of([message]), kept, omitted=omitted)


def _skip_marks(lines: Lines) -> None:
    """Below the first line Ruby shows the code with the place marked, and what it would suggest."""
    for ahead in range(9):
        line = lines.peek(ahead)
        if line is None:
            return
        if line.lstrip().startswith("from ") and _frame(line)[0] is not None:
            for _ in range(ahead):
                lines.advance()
            return


def _frames(lines: Lines, *, only_from: bool) -> list[Frame]:
    frames: list[Frame] = []
    while (line := lines.line) is not None:
        frame, told = _frame(line)
        if frame is not None and not told and (not only_from or "from " in line[:12]):
            frames.append(frame)
        elif not (frames and line.strip().startswith("... ")):
            break
        lines.advance()
    return frames


def _multiline(reader: Reader, told: str) -> tuple[str, str] | None:
    """A message of several lines ends with the type in brackets, on its first line or its last."""
    said = [told]
    for ahead in range(1, 12):
        line = reader.peek(ahead)
        if line is None or _frame(line)[0] is not None:
            return None
        said.append(line)
        if (matched := _HEAD.match(line)) and line.strip().endswith(")"):
            for _ in range(ahead + 1):
                reader.advance()
            return message_of([*said[:-1], matched[1]]), matched[2]
    return None


def _logged(reader: Reader) -> Sequence[Failure]:
    """Frames alone, with the error's name above them."""
    type_, message = None, ""
    below: list[str] = []
    for position, line in reader.above(12):
        matched = _TYPED.search(line.strip())
        if matched is not None:
            type_ = matched[1]
            said = message_of([matched[2] or matched[3] or "", *reversed(below)])
            message = said.removesuffix(":").removesuffix(")") if matched[2] else said
            reader.begin_at(position)
            break
        if _frame(line)[0] is not None:
            break
        below.append(line.strip())
    frames = _frames(reader, only_from=False)
    if type_ is None and len(frames) < 2:
        return ()
    kept, omitted = limited(frames)
    return (Failure(NAME, "exception", type_, message, kept, omitted=omitted),)


def _minitest(reader: Reader) -> Sequence[Failure]:
    """`1) Failure:`, then `Class#test [file:line]:` and what was expected."""
    matched = _MINITEST.match(reader.advance() or "")
    if matched is None:
        return ()
    message: list[str] = []
    while (line := reader.advance()) is not None and line.strip() and len(message) < 60:
        message.append(line)
    frame = Frame(matched[1], matched[2], int(matched[3]))
    return (Failure(NAME, "test", None, message_of(message), (frame,), test=matched[1]),)


def _rspec(reader: Reader) -> Sequence[Failure]:
    """`1) name`, `Failure/Error: code`, what was expected, and `# ./spec/a_spec.rb:5:in ...`."""
    test = None
    for position, line in reader.above(4):
        if matched := _EXAMPLE.match(line):
            test = matched[1].strip()
            reader.begin_at(position)
            break
    message: list[str] = []
    reader.advance()
    while (line := reader.line) is not None and len(message) < 60:
        if line.strip().startswith("# ") and _frame(line)[0] is not None:
            break
        if _EXAMPLE.match(line):
            return ()
        message.append(line.strip())
        reader.advance()
    frames = _frames(reader, only_from=False)
    if not frames:
        return ()
    told = [line for line in message if line]
    typed = _TYPED.match(told[0].removesuffix(":")) if told else None
    kept, omitted = limited(frames)
    type_ = typed[1] if typed else None
    said = message_of(told[1:] if typed and not typed[3] else told)
    return (Failure(NAME, "test", type_, said, kept, omitted=omitted, test=test),)

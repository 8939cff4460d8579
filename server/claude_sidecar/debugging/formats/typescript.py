"""The TypeScript compiler: its errors, plain (`a.ts(3,5): error TS2322: ...`) and pretty."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from claude_sidecar.debugging.lines import Reader
from claude_sidecar.debugging.model import Failure, Frame
from claude_sidecar.debugging.reading import message_of

NAME: Final = "TypeScript"
WORDS: Final = ("error TS",)

_PLAIN = re.compile(r"(.+?)\((\d{1,9}),(\d{1,9})\): error (TS\d{1,6}): (.*)$")
_PRETTY = re.compile(r"(.+?):(\d{1,9}):(\d{1,9}) - error (TS\d{1,6}): (.*)$")
_GLOBAL = re.compile(r".*?error (TS\d{1,6}): (.*)$")
_GUTTER = re.compile(r"\s*\d+(?: .*)?$")


def read(reader: Reader) -> Sequence[Failure]:
    """One error of the compiler."""
    line = (reader.line or "").strip()
    matched = _PLAIN.match(line) or _PRETTY.match(line)
    if matched is None:
        told = _GLOBAL.match(line)
        if told is None:
            return ()
        reader.advance()
        return (Failure(NAME, "compiler", told[1], message_of([told[2]])),)
    reader.advance()
    more: list[str] = []
    while (following := reader.line) is not None and following.startswith("  ") and len(more) < 12:
        more.append(following)
        reader.advance()
    code = None
    if reader.line == "" and _GUTTER.match(reader.peek() or ""):
        reader.advance()
        code = (reader.take() or "").strip().partition(" ")[2].strip() or None
    frame = Frame(None, matched[1].strip(), int(matched[2]), int(matched[3]), code)
    return (Failure(NAME, "compiler", matched[4], message_of([matched[5], *more]), (frame,)),)

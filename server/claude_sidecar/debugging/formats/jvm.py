"""Java, Kotlin and other languages of the JVM: stack traces with causes and what was suppressed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from claude_sidecar.debugging.lines import Lines, Reader
from claude_sidecar.debugging.model import Failure, Frame, Related, Relation
from claude_sidecar.debugging.reading import limited, message_of

NAME: Final = "Java"
WORDS: Final = ("\tat ", "    at ")

_NAME = re.compile(r"[\w$.<>\- ]+$")
_MORE = re.compile(r"\s*\.\.\. (\d{1,6}) (?:more|common frames omitted)\s*$")
_CAUSED = re.compile(r"(\s*)(Caused by|Suppressed|Wrapped by): (.*)$")
_TYPE = re.compile(
    r"(?:Exception in thread \"(.*?)\" )?((?:[a-z_][\w$]*\.)+[A-Z_][\w$.]*)(?:: (.*))?$"
)
_TYPE_INSIDE = re.compile(
    r"(?<![\w$.])((?:[a-z_][\w$]*\.)+[A-Z][\w$]*(?:Exception|Error|Throwable))(?:: (.*))?$"
)
_LIBRARY = (
    "java.", "javax.", "jdk.", "sun.", "com.sun.", "kotlin.", "kotlinx.", "scala.", "groovy.",
    "org.junit.", "junit.", "org.gradle.", "org.apache.", "org.springframework.", "org.testng.",
    "io.netty.", "android.", "androidx.", "com.android.", "clojure.", "worker.org.gradle.",
)  # fmt: skip
_RELATED_KEPT = 64


def read(reader: Reader) -> Sequence[Failure]:
    """A stack trace with its causes."""
    if _frame(reader.line or "") is None:
        return ()
    thread, type_, message = _head(reader)
    failure = _trace(reader, type_, message, depth=0)
    return (replace(failure, thread=thread),)


def _frame(line: str) -> Frame | None:
    told = line.strip()
    if not told.startswith("at "):
        return None
    name, _, rest = told[3:].partition("(")
    place, closed, behind = rest.partition(")")
    name = name.rpartition("/")[2]  # behind a class loader and a module
    if not closed or "." not in name or name[-1:] == " " or not _NAME.match(name):
        return None
    if place.count(":") > 1 or "/" in place:
        return None
    if behind and not behind.lstrip(" ~").startswith("["):  # Logback names the archive there
        return None
    file, _, number = place.rpartition(":")
    if not file:
        file, number = place, ""
    named = file if "." in file and " " not in file else None
    owner = name.rpartition(".")[0]
    package = "/".join(part for part in owner.split(".")[:-1] if not part[:1].isupper())
    return Frame(
        name,
        named,
        int(number) if number.isdecimal() and len(number) < 10 else None,
        library=name.startswith(_LIBRARY),
        package=package,
    )


def _head(reader: Reader) -> tuple[str | None, str | None, str]:
    """The thread, the type and the message, from above the first frame."""
    below: list[str] = []
    for position, line in reader.above(25):
        matched = _TYPE.match(line) or _TYPE.match(line.strip())
        inside = None if matched else _TYPE_INSIDE.search(line)
        if matched is not None:
            reader.begin_at(position)
            return matched[1], matched[2], message_of([matched[3] or "", *reversed(below)])
        if inside is not None:
            reader.begin_at(position)
            return None, inside[1], message_of([inside[2] or "", *reversed(below)])
        if _frame(line) is not None:
            break
        below.append(line)
    return None, None, ""


def _trace(lines: Lines, type_: str | None, message: str, *, depth: int) -> Failure:
    """The frames, then what is further in (suppressed), then what is at the same column (the cause)."""
    frames: list[Frame] = []
    more = 0
    while (line := lines.line) is not None:
        if (frame := _frame(line)) is not None:
            frames.append(frame)
        elif counted := _MORE.match(line):
            more += int(counted[1])
        else:
            break
        lines.advance()
    kept, omitted = limited(frames)
    failure = Failure(NAME, "exception", type_, message, kept, omitted=omitted + more)
    return replace(failure, related=tuple(_nested(lines, depth))) if depth == 0 else failure


def _nested(lines: Lines, depth: int) -> list[Related]:
    """Causes and suppressed ones, each with how far in it stands; what is further in belongs to it."""
    flat: list[tuple[int, Relation, Failure]] = []
    while matched := _CAUSED.match(lines.line or ""):
        lines.advance()
        told = [matched[3]]
        while (line := lines.line) is not None and len(told) < 25:
            if _frame(line) is not None or _MORE.match(line) or _CAUSED.match(line):
                break
            if not line.strip() and _frame(lines.peek() or "") is None:
                break
            told.append(line)
            lines.advance()
        typed = _TYPE.match(told[0])
        type_, said = (typed[2], typed[3] or "") if typed else (None, told[0])
        failure = _trace(lines, type_, message_of([said, *told[1:]]), depth=depth + 1)
        relation: Relation = "suppressed" if matched[2] == "Suppressed" else "caused by"
        if len(flat) < _RELATED_KEPT:
            flat.append((len(matched[1].expandtabs(4)), relation, failure))
    return _as_tree(flat)


def _as_tree(flat: list[tuple[int, Relation, Failure]]) -> list[Related]:
    """Each belongs to the nearest before it that stands less far in; a cause at the same column
    belongs to the one that it caused.
    """
    top: list[Related] = []
    while flat:
        indent, relation, failure = flat.pop()
        owner = next(
            (
                at
                for at in range(len(flat) - 1, -1, -1)
                if flat[at][0] < indent or (flat[at][0] == indent and relation == "caused by")
            ),
            None,
        )
        if owner is None:
            top.insert(0, Related(relation, failure))
        else:
            column, how, holder = flat[owner]
            related = (Related(relation, failure), *holder.related)
            flat[owner] = (column, how, replace(holder, related=related))
    return top

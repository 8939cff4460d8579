"""C and C++ (and what else they debug) from gdb and lldb, and assertions of the C library."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from claude_sidecar.debugging.lines import Lines, Reader
from claude_sidecar.debugging.model import Failure, Frame, Related, Variable
from claude_sidecar.debugging.reading import limited, message_of

NAME: Final = "C/C++"
WORDS: Final = ("\n#0  ", "frame #0: ", "Assertion ")

_GDB = re.compile(r"#(\d{1,6})\s+(?:0x[0-9a-fA-F]+ in )?(.*)$")
_GDB_PLACE = re.compile(r"(.*?)(?: (?:at (\S.*?):(\d{1,9})|from (\S.*)))?$")
_LOCAL = re.compile(r"        ([^\W\d]\w*) = (.*)$")
_THREAD = re.compile(r"Thread (\d+) \((.*)\)(?:.*):?$")
_SIGNAL = re.compile(
    r".*?(?:received signal|terminated with signal|Program terminated with signal) (SIG\w+), (.*?)\.?$"
)
_LLDB = re.compile(r"\s*(\*)?\s*frame #(\d{1,6}): (?:0x[0-9a-fA-F]+ )?(.*)$")
_LLDB_PLACE = re.compile(r" at (\S+?):(\d{1,9})(?::(\d{1,9}))?(?: \[[^\]]*\])?$")
_LLDB_THREAD = re.compile(r"\s*\*? ?thread #(\d+).*?(?:stop reason = (.*))?$")
_ASSERTION = re.compile(r"(?:.*?: )?(\S.*?):(\d{1,9}): (\S.*?): Assertion [`'](.*)' failed\.?$")
_MAC_ASSERTION = re.compile(r"Assertion failed: \((.*)\), function (.*), file (.*), line (\d{1,9})")
_THREADS_KEPT = 32


def read(reader: Reader) -> Sequence[Failure]:
    """The stacks that a debugger printed, or a failed assertion."""
    line = reader.line or ""
    if "ssertion" in line:
        return _assertion(reader)
    return _lldb(reader) if "frame #0: " in line else _gdb(reader)


def _gdb(reader: Reader) -> Sequence[Failure]:
    """`bt`, `bt full` and `thread apply all bt`."""
    type_, message = _signal(reader)
    stacks: list[Failure] = []
    thread, current = _thread_above(reader), None
    while _GDB.match(reader.line or "") and len(stacks) < _THREADS_KEPT:
        frames = _gdb_frames(reader)
        kept, omitted = limited(frames)
        if frames:
            stacks.append(
                Failure(NAME, "exception", type_, message, kept, omitted=omitted, thread=thread)
            )
        current = _current_thread(reader) or current
        thread = _next_thread(reader)
        if thread is None:
            break
    if not stacks:
        return ()
    first = next((each for each in stacks if each.thread and each.thread == current), stacks[0])
    others = tuple(
        Related("another thread", replace(each, type=None, message=""))
        for each in stacks
        if each is not first and each.thread not in (current, None)
    )
    return (replace(first, related=others),)


def _gdb_frames(lines: Lines) -> list[Frame]:
    frames: list[Frame] = []
    locals_: list[Variable] = []
    while (line := lines.line) is not None:
        matched = _GDB.match(line)
        if matched is not None:
            if frames and matched[1] == "0":
                break
            told = matched[2]
            following = lines.peek() or ""
            if " at " not in told and following.startswith("    at "):  # gdb breaks long lines
                lines.advance()
                told = f"{told.rstrip()} {following.strip()}"
            _note_locals(frames, locals_)
            frame = _gdb_frame(told)
            if frame is None:
                break
            frames.append(frame)
        elif frames and line.startswith("        "):
            if (local := _LOCAL.match(line)) and len(locals_) < 60:
                locals_.append(Variable(local[1], local[2]))
        elif not (frames and (line.startswith("No locals") or _is_source(line))):
            break
        lines.advance()
    _note_locals(frames, locals_)
    return frames


def _is_source(line: str) -> bool:
    return bool(re.match(r"\d{1,9}\t", line)) or line.startswith("(More stack frames follow")


def _note_locals(frames: list[Frame], locals_: list[Variable]) -> None:
    if frames and locals_:
        frames[-1] = replace(frames[-1], variables=(*frames[-1].variables, *locals_))
    locals_.clear()


def _gdb_frame(told: str) -> Frame | None:
    if told.startswith("<signal handler called>"):
        return Frame("<signal handler called>", library=True)
    head, place = told, ""
    at = max(told.rfind(") at "), told.rfind(") from "))
    if at >= 0:
        head, place = told[: at + 1], told[at + 1 :]
    name, arguments = _call(head)
    placed = _GDB_PLACE.match(place)
    if placed is None or not name:
        return None
    if placed[2] is None:
        return Frame(name, placed[4], variables=arguments, library=True)
    return Frame(name, placed[2], int(placed[3]), variables=arguments)


def _call(head: str) -> tuple[str, tuple[Variable, ...]]:
    """`f (p=0x0, n=3)` or `f(p=0x0)`: the name and the arguments."""
    head = head.strip()
    if not head.endswith(")"):
        return head, ()
    depth = 0
    for at in range(len(head) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(head[at], 0)
        if depth == 0:
            break
    else:
        return head, ()
    variables: list[Variable] = []
    for part in _parts(head[at + 1 : -1]):
        name, mark, value = part.partition("=")
        if mark:
            variables.append(Variable(name.strip(), value.strip()))
    return head[:at].strip(), tuple(variables)


def _parts(arguments: str) -> list[str]:
    """What stands between commas that are in no brackets and no quotes."""
    parts: list[str] = []
    depth, quoted, begin = 0, False, 0
    for at, character in enumerate(arguments):
        if character == '"':
            quoted = not quoted
        elif not quoted:
            depth += {"(": 1, "{": 1, "[": 1, "<": 1, ")": -1, "}": -1, "]": -1, ">": -1}.get(
                character, 0
            )
            if character == "," and depth <= 0:
                parts.append(arguments[begin:at])
                begin = at + 1
    parts.append(arguments[begin:])
    return parts


def _signal(reader: Reader) -> tuple[str | None, str]:
    for position, line in reader.above(12):
        if matched := _SIGNAL.match(line):
            reader.begin_at(position)
            return matched[1], matched[2]
    return None, ""


def _thread_above(reader: Reader) -> str | None:
    for position, line in reader.above(2):
        if matched := _THREAD.match(line):
            reader.begin_at(position)
            return f"thread {matched[1]}"
    return None


def _next_thread(reader: Reader) -> str | None:
    """Of `thread apply all bt`: the reader then stands at its first frame."""
    for ahead in range(4):
        line = reader.peek(ahead)
        if line is None:
            return None
        if matched := _THREAD.match(line):
            for _ in range(ahead + 1):
                reader.advance()
            return f"thread {matched[1]}"
        if line.strip() and not line.startswith("["):
            return None
    return None


def _current_thread(reader: Reader) -> str | None:
    """When gdb opens a core it shows the innermost frame, and whose it is."""
    matched = re.match(r"\[Current thread is (\d+) ", reader.line or "")
    return None if matched is None else f"thread {matched[1]}"


def _lldb(reader: Reader) -> Sequence[Failure]:
    reason, thread = None, None
    for position, line in reader.above(4):
        if (matched := _LLDB_THREAD.match(line)) and "thread #" in line:
            thread, reason = f"thread {matched[1]}", matched[2]
            reader.begin_at(position)
            break
    frames: list[Frame] = []
    while matched := _LLDB.match(reader.line or ""):
        if frames and matched[2] == "0":
            break
        frames.append(_lldb_frame(matched[3]))
        reader.advance()
    signal = re.match(r"signal (SIG\w+)(?:: (.*))?", reason or "")
    type_, message = (signal[1], signal[2] or "") if signal else (None, reason or "")
    kept, omitted = limited(frames)
    failure = Failure(NAME, "exception", type_, message, kept, omitted=omitted, thread=thread)
    return (failure,)


def _lldb_frame(told: str) -> Frame:
    """``a.out`f(p=0x0) at a.c:4:10``; what follows the module's name is the call."""
    module, mark, call = told.partition("`")
    if not mark:
        return Frame(told.strip() or None, library=True)
    placed = _LLDB_PLACE.search(call)
    if placed is None:
        name, arguments = _call(call.rpartition(" + ")[0] or call)
        return Frame(name, module, variables=arguments, library=True)
    name, arguments = _call(call[: placed.start()])
    column = None if placed[3] is None else int(placed[3])
    return Frame(name, placed[1], int(placed[2]), column, variables=arguments)


def _assertion(reader: Reader) -> Sequence[Failure]:
    line = (reader.line or "").strip()
    if matched := _ASSERTION.match(line):
        frame = Frame(matched[3], matched[1], int(matched[2]), code=matched[4])
        said = matched[4]
    elif matched := _MAC_ASSERTION.match(line):
        frame = Frame(matched[2], matched[3], int(matched[4]), code=matched[1])
        said = matched[1]
    else:
        return ()
    reader.advance()
    return (Failure(NAME, "exception", "assertion", message_of([said]), (frame,)),)

"""Evidence in words for Claude: each part in its fence, the nearest to the cause first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from claude_sidecar.debugging.debugger import described
from claude_sidecar.debugging.model import Failure, Frame
from claude_sidecar.debugging.origins import library_name
from claude_sidecar.debugging.placing import PlacedFrame
from claude_sidecar.sessions.model import Key
from claude_sidecar.sessions.prompts.fences import code_span, fence, numbered
from claude_sidecar.sessions.prompts.material import diagnostic_line
from claude_sidecar.sessions.symptoms.evidence import (
    BUDGET_TOKENS,
    CHARACTERS_PER_TOKEN,
    STACK_SHARE,
    Evidence,
    Lineage,
    Source,
)

STACK_LIMIT = int(BUDGET_TOKENS * CHARACTERS_PER_TOKEN * STACK_SHARE)
_LIBRARY_FRAMES = 2
"""Frames of libraries in a row that are named; of more, it is said how many there are."""
_VARIABLES = 12
_NOTES = 6


def evidence_parts(evidence: Evidence) -> list[str]:
    """The parts of a prompt that tell of a failure."""
    parts: list[str] = []
    if evidence.report:
        parts.append("The failure, as the developer saw it:\n" + fence("error", evidence.report))
    if evidence.failure is not None:
        lines = _failure_lines(evidence.failure, _by_frame(evidence), evidence.key, "")
        told = _within(lines, STACK_LIMIT)
        parts.append(
            "What it says, read out of it; frames with the innermost first, and lines as they were "
            f"then:\n{fence('stack', told)}"
        )
    if evidence.state is not None:
        stopped = replace(evidence.state, frames=())  # the stack tells of them
        parts.append("What the debugger shows:\n" + fence("debugger", described(stopped)))
    if evidence.more_failures:
        listed = "\n".join(f"- {each}" for each in evidence.more_failures)
        parts.append(
            "The output tells of more, which may have the same cause:\n" + fence("failures", listed)
        )
    parts += [_source_part(each) for each in evidence.sources]
    if evidence.diagnostics:
        listed = "\n".join(f"{path}:{diagnostic_line(each)}" for path, each in evidence.diagnostics)
        parts.append("What other tools say of these files now:\n" + fence("diagnostics", listed))
    if evidence.lineages:
        told = "\n\n".join(_lineage_text(each, evidence.key) for each in evidence.lineages)
        parts.append("How the lines around the frames came to be:\n" + fence("changes", told))
    if evidence.maps:
        names = ", ".join(code_span(each) for each in evidence.maps)
        parts.append(
            f"There are source maps, which were not read: {names}. The scripts were made from other "
            "files; a fix belongs there."
        )
    if evidence.left_out:
        parts.append(f"Left out for want of room: {'; '.join(evidence.left_out)}.")
    return parts


def _within(lines: Iterator[str], limit: int) -> str:
    """As many lines as there is room for, and a word where there are more."""
    told: list[str] = []
    for line in lines:
        limit -= len(line) + 1
        if limit < 0:
            told.append("... the rest of the stack is left out")
            break
        told.append(line)
    return "\n".join(told)


def _by_frame(evidence: Evidence) -> dict[int, PlacedFrame]:
    return {id(each.frame): each for each in evidence.frames}


def _failure_lines(
    failure: Failure, placed: dict[int, PlacedFrame], key: Key, indent: str
) -> Iterator[str]:
    language = "" if indent else f"{failure.language}: "
    yield f"{indent}{language}{failure.title or 'a failure'}"
    about = [f"test {failure.test}" if failure.test else "", failure.thread or ""]
    if any(about):
        yield f"{indent}  in {', '.join(part for part in about if part)}"
    if failure.times > 1:
        yield f"{indent}  (told {failure.times} times in all)"
    for note in failure.notes[:_NOTES]:
        yield f"{indent}  note: {note}"
    yield from _frame_lines(failure.frames, placed, key, f"{indent}  ")
    if failure.omitted:
        yield f"{indent}  ({failure.omitted} frames of the middle left out)"
    for each in failure.related:
        yield f"{indent}{each.relation}:"
        yield from _failure_lines(each.failure, placed, key, f"{indent}  ")


def _frame_lines(
    frames: Sequence[Frame], placed: dict[int, PlacedFrame], key: Key, indent: str
) -> Iterator[str]:
    def is_own(frame: Frame) -> bool:
        return id(frame) in placed and placed[id(frame)].origin != "library"

    number = 0
    for own, group in groupby(frames, is_own):
        row = list(group)
        for frame in row if own else row[:_LIBRARY_FRAMES]:
            number += 1
            yield f"{indent}{number}. {_frame_text(frame, placed.get(id(frame)), key)}"
            for each in frame.variables[:_VARIABLES] if own else ():
                kind = f": {each.type}" if each.type else ""
                yield f"{indent}     {each.name}{kind} = {each.value}"
        if not own and len(row) > _LIBRARY_FRAMES:
            number += len(row) - _LIBRARY_FRAMES
            yield f"{indent}   ... {len(row) - _LIBRARY_FRAMES} more frames of libraries"


def _frame_text(frame: Frame, placed: PlacedFrame | None, key: Key) -> str:
    name = frame.function or "(module)"
    line = f":{frame.line}" if frame.line is not None else ""
    if placed is not None and placed.path is not None:
        return f"{_named(placed.path, key)}{line} in {name}"
    if frame.file is None:
        return f"{name}{' (library)' if frame.library else ''}"
    if placed is not None and placed.origin == "library":
        return f"{library_name(frame.file)}{line} in {name} (library)"
    return f"{frame.file}{line} in {name}"


def _source_part(source: Source) -> str:
    remarks = "; ".join(source.remarks)
    unsaved = ", with changes that are not saved" if source.unsaved else ""
    fenced = fence(
        "document",
        numbered(source.lines, source.first),
        path=source.path,
        language=source.language or "",
    )
    return f"The code as the developer has it now{unsaved} ({remarks}):\n{fenced}"


def _lineage_text(lineage: Lineage, key: Key) -> str:
    lines = [
        f"{_named(lineage.path, key)}, around lines {max(1, lineage.first)} to {lineage.last}:"
    ]
    if lineage.pending:
        lines += ["not committed yet:", lineage.pending]
    for each in lineage.commits:
        lines.append(f"{each.date} {each.commit} {each.subject}")
        if each.patch:
            lines.append(each.patch)
    return "\n".join(lines)


def _named(path: str, key: Key) -> str:
    folder = key.workspace.rstrip("/") + "/"
    return path.removeprefix(folder)

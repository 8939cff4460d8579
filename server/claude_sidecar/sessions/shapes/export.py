"""A session as a document to keep or to hand on: Markdown for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal, TypeAlias, get_args

from claude_sidecar.findings.model import Finding
from claude_sidecar.sessions.model import Session, Turn, Verification
from claude_sidecar.sessions.shapes.findings import finding_shape
from claude_sidecar.sessions.shapes.sessions import session_shape
from claude_sidecar.sessions.shapes.turns import turn_shape
from claude_sidecar.sessions.shapes.values import code_point_range, time_shape

ExportFormat: TypeAlias = Literal["markdown", "json"]
EXPORT_FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
FILE_SUFFIXES: dict[ExportFormat, str] = {"markdown": ".md", "json": ".json"}


def exported(
    session: Session,
    turns: Sequence[Turn],
    findings: Sequence[Finding],
    export_format: ExportFormat,
) -> str:
    """The whole session; ranges in JSON are counted in code points."""
    if export_format == "json":
        return json.dumps(
            {
                "session": session_shape(session),
                "turns": [turn_shape(turn) for turn in turns],
                "findings": [finding_shape(each, code_point_range) for each in findings],
            },
            ensure_ascii=False,
            indent=2,
        )
    return _markdown(session, turns, {finding.id: finding for finding in findings})


def _markdown(session: Session, turns: Sequence[Turn], findings: dict[str, Finding]) -> str:
    parts = [
        f"# {session.title}",
        f"- session: `{session.id}`\n"
        f"- workspace: `{session.key.workspace}`\n"
        f"- file: `{session.key.file or '(the workspace)'}`\n"
        f"- created: {time_shape(session.created_at)}\n"
        f"- cost: ${session.cost_usd:.4f}",
    ]
    for number, turn in enumerate(turns, 1):
        parts.append(f"## {number}. {turn.kind}, {time_shape(turn.started_at)}")
        parts.append("\n".join(f"> {line}" for line in turn.prompt.splitlines()))
        reported = [findings[each] for each in turn.findings if each in findings]
        parts.extend(_finding_line(each) for each in reported)
        parts.append(turn.text.strip() or "(no reply)")
        if turn.verification is not None:
            parts.append(verification_told(turn.verification))
        if turn.stop_reason != "end_turn":
            why = f": {turn.error.message}" if turn.error else ""
            parts.append(f"*{turn.stop_reason or turn.state}{why}*")
    return "\n\n".join(parts) + "\n"


def verification_told(seen: Verification) -> str:
    """What was seen of a fix, in Markdown."""
    what = f" by `{seen.command}`" if seen.command else ""
    told = seen.failure or seen.reason
    return f"**{seen.state.capitalize()}**{what}" + (f": {told}" if told else ".")


def _finding_line(finding: Finding) -> str:
    place = f"{finding.file}:{finding.range.start.line + 1}"
    return (
        f"- **{finding.severity}** ({finding.category}, {finding.state}) `{place}` "
        f"{finding.title}\n\n  {finding.message}"
    )

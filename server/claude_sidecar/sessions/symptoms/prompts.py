"""What is said to Claude in a debugging turn."""

from __future__ import annotations

from collections.abc import Sequence

from claude_sidecar.sessions.ports import EditorDiagnostic
from claude_sidecar.sessions.prompts.fences import code_span, fence
from claude_sidecar.sessions.prompts.material import Subject, diagnostic_line, shown
from claude_sidecar.sessions.symptoms.evidence import Evidence
from claude_sidecar.sessions.symptoms.words import evidence_parts

_CAUSE = """\
Find the cause of this failure. Reason from the evidence: say what the symptom shows, which
hypotheses fit it, and what in the code tells them apart; read the code you need. Name the cause
with file and line, explain how it leads to the symptom, and propose the smallest change that
removes the cause rather than the symptom. Say what you could not verify. Change no file in this
task; report the cause with report_finding if it is in a file of the workspace."""

_MEND = """\
Find the cause of this failure and remove it. Reason from the evidence: say what the symptom shows,
which hypotheses fit it, and what in the code tells them apart; read the code you need. Then make the
smallest change that removes the cause rather than the symptom; a test is changed only where it is
the test that is wrong, and then say so. When you have finished, the developer's command is run again
and you are told what came of it: do not run it yourself. End with the cause, with file and line, and
what you changed."""

_AGAIN = """\
Your change did not remove the failure. Think again about what the new output tells, and whether
your hypothesis was wrong: take back what did not help, and mend the cause."""


def debug_prompt(
    subject: Subject,
    *,
    error: str | None = None,
    diagnostics: Sequence[EditorDiagnostic] = (),
    evidence: Evidence | None = None,
    command: str | None = None,
) -> str:
    """Ask for the cause of a failure.

    :param evidence: what was read out of `error`, which is then told as a part of it.
    :param command: what shows the failure; where there is one, the cause is to be mended too.
    """
    parts = ["# Task: debug", _CAUSE if command is None else _MEND]
    if subject.path:
        parts.append(f"The file at hand is {code_span(subject.path)}.")
    if command is not None:
        parts.append("The command that shows the failure:\n" + fence("command", command))
    if evidence is not None:
        parts += evidence_parts(evidence)
    elif error:
        parts.append("The failure, as the developer saw it:\n" + fence("error", error))
    if diagnostics:
        listed = "\n".join(diagnostic_line(each) for each in diagnostics)
        parts.append("What other tools say of the file:\n" + fence("diagnostics", listed))
    parts.extend(shown(subject))
    return "\n\n".join(parts)


def again_prompt(evidence: Evidence, *, attempt: int, attempts: int) -> str:
    """Say that the failure is still there, and what it is now."""
    head = f"# Task: debug, attempt {attempt} of {attempts}"
    return "\n\n".join([head, _AGAIN, *evidence_parts(evidence)])

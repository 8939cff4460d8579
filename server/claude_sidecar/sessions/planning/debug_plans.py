"""Plans of debugging turns, also of those that have a test to be passed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from claude_sidecar.sessions.documents.reading import Documents
from claude_sidecar.sessions.model import Key
from claude_sidecar.sessions.planning.plans import Composed, Course, Known, TurnPlan
from claude_sidecar.sessions.planning.requests import DebugRequest
from claude_sidecar.sessions.planning.subjects import (
    described,
    hash_of,
    if_shown,
    path_of,
    readable,
)
from claude_sidecar.sessions.prompts.material import Subject
from claude_sidecar.sessions.symptoms.evidence import Evidence, TestWish
from claude_sidecar.sessions.symptoms.prompts import debug_prompt

PlanFor: TypeAlias = Callable[[Evidence, bool], TurnPlan]
"""Makes a plan for evidence; the flag says whether there is a test to be passed."""
MakeCourse: TypeAlias = Callable[[TestWish, PlanFor], Course]

_SYMPTOM_LIMIT = 8_000


@dataclass(frozen=True, slots=True)
class DebugPlanner:
    """Makes them.

    :param tests: makes the course of a turn that has a test.
    """

    documents: Documents
    tests: MakeCourse | None = None

    def plan(self, request: DebugRequest, key: Key) -> TurnPlan:
        """A debugging turn about `key`, with all the evidence that there is."""
        document = readable(self.documents, key, request.range)
        evidence = request.evidence
        gathered = evidence is not None and bool(evidence.sources)
        beside = gathered and request.range is None  # the evidence shows the code already
        shown = None if beside else if_shown(document, request.range)
        subject = Subject(key.file, shown, request.range)
        known_after = document if evidence is not None and evidence.document_shown else shown

        def compose(_: Known) -> Composed:
            prompt = debug_prompt(
                subject,
                error=request.error,
                diagnostics=request.diagnostics,
                evidence=evidence,
                command=request.command,
            )
            return Composed(prompt, hash_of(known_after))

        prompt = f"Debug {described(key, request.range)}{_symptom(request)}"
        may = None if request.command is None else "edit"
        plan = TurnPlan("debug", key, prompt, compose, path_of(key), request.range, allowance=may)
        return replace(plan, course=self._course(request))

    def _course(self, request: DebugRequest) -> Course | None:
        """What is done around the prompts of a debugging turn that has a test."""
        wish = request.test
        if wish is None or self.tests is None:
            return None

        def plan(evidence: Evidence, failing: bool) -> TurnPlan:
            command = wish.command if failing else None
            later = replace(
                request, key=evidence.key, evidence=evidence, test=None, command=command
            )
            return self.plan(later, evidence.key)

        return self.tests(wish, plan)


def _symptom(request: DebugRequest) -> str:
    """What the user came with, as the journal keeps it."""
    if request.test is not None:
        return f"\n\n{request.test.command}"
    if request.evidence is not None:
        told = request.evidence.report
    else:
        told = request.error or "\n".join(each.message for each in request.diagnostics)
    if len(told) > _SYMPTOM_LIMIT:
        told = (
            f"{told[:_SYMPTOM_LIMIT]}\n[... {len(told) - _SYMPTOM_LIMIT:,} characters left out ...]"
        )
    return f"\n\n{told}" if told else ""

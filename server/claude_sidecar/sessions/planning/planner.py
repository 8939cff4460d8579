"""From what a user asks for to what is done in a turn.

A plan is made when the turn is asked for, with the text that the user saw then; its words for
Claude are made when it runs, because only then it is known what the conversation has been shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from typing_extensions import assert_never

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.sessions.documents.reading import Documents, check_range, document_hash
from claude_sidecar.sessions.model import Allowance, Key
from claude_sidecar.sessions.planning.plans import Composed, Course, Known, TurnPlan
from claude_sidecar.sessions.planning.requests import (
    AskRequest,
    DebugRequest,
    FixRequest,
    PlannedRequest,
    ReviewChangesRequest,
    ReviewRequest,
    StepsRequest,
    VerifyRequest,
)
from claude_sidecar.sessions.ports import Document
from claude_sidecar.sessions.prompts.material import SHOWN_DOCUMENT_LIMIT, Subject
from claude_sidecar.sessions.prompts.turns import (
    ReviewWishes,
    ask_prompt,
    fix_prompt,
    review_changes_prompt,
    review_prompt,
    step_prompt,
    verify_prompt,
)
from claude_sidecar.sessions.symptoms.evidence import Evidence, TestWish
from claude_sidecar.sessions.symptoms.prompts import debug_prompt
from claude_sidecar.settings import REVIEWERS, Settings
from claude_sidecar.text import Range

PlanFor: TypeAlias = Callable[[Evidence, bool], TurnPlan]
"""Makes a plan for evidence; the flag says whether there is a test to be passed."""
MakeCourse: TypeAlias = Callable[[TestWish, PlanFor], Course]
CheckFix: TypeAlias = Callable[[FixRequest, Key], Course | None]

_SYMPTOM_LIMIT = 8_000


@dataclass(frozen=True, slots=True)
class Planner:
    """Makes plans out of requests, with the documents and settings of this moment.

    :param tests: makes the course of a turn that has a test; `fixes`, that of a fix.
    """

    documents: Documents
    settings: Callable[[str], Settings]
    tests: MakeCourse | None = None
    fixes: CheckFix | None = None

    def plan(self, request: PlannedRequest, key: Key) -> TurnPlan:
        """The plan of a review, a debugging turn or a question about `key`.

        :raises InvalidRequest: naming the field that is wrong.
        :raises UnusableDocument: if the file cannot be worked on.
        """
        match request:
            case ReviewRequest():
                return self._review(request, key)
            case ReviewChangesRequest():
                return self._review_changes(request)
            case DebugRequest():
                return self._debug(request, key)
            case AskRequest():
                return self._ask(request, key)
            case VerifyRequest():
                return self._verify(request, key)
            case FixRequest():
                return self._fix(request, key)
            case _:
                assert_never(request)

    def steps(self, request: StepsRequest) -> tuple[TurnPlan, ...]:
        """One plan for each step.

        :raises InvalidRequest: if a step is empty.
        """
        for number, step in enumerate(request.steps, 1):
            if not step.strip():
                raise InvalidRequest(f"Step {number} of `steps` is empty.", field="steps")
        document = self._readable(request.key, None)
        return tuple(
            self._step(request, document, number) for number in range(1, len(request.steps) + 1)
        )

    def _review(self, request: ReviewRequest, key: Key) -> TurnPlan:
        wishes = self._wishes(request, key)
        document = (
            None if key.file is None else self.documents.read_for_review(key.path, request.range)
        )
        subject = Subject(key.file, document, request.range)

        def compose(known: Known) -> Composed:
            prompt = review_prompt(subject, wishes, known=known.findings)
            return Composed(prompt, None if document is None else document_hash(document))

        prompt = f"Review {_described(key, request.range)}{_looking_for(request.focus)}"
        everything = not (request.range or request.focus or wishes.reviewers)
        complete = everything and key.file is not None and wishes.min_severity == "hint"
        return TurnPlan(
            "review",
            key,
            prompt,
            compose,
            _path(key),
            request.range,
            complete,
            confirmed=request.confirmed,
        )

    def _review_changes(self, request: ReviewChangesRequest) -> TurnPlan:
        changes = request.changes
        wishes = self._wishes(request, changes.key)

        def compose(known: Known) -> Composed:
            return Composed(review_changes_prompt(changes, wishes, known=known.findings))

        prompt = f"Review {changes.described}{_looking_for(request.focus)}"
        return TurnPlan("review", changes.key, prompt, compose, confirmed=request.confirmed)

    def _wishes(self, request: ReviewRequest | ReviewChangesRequest, key: Key) -> ReviewWishes:
        settings = self.settings(key.workspace)
        reviewers = request.reviewers or settings.review_reviewers
        for name in reviewers:
            if name not in REVIEWERS:
                raise InvalidRequest(
                    f"{name!r} is not a reviewer. There are: {', '.join(REVIEWERS)}.",
                    field="reviewers",
                )
        return ReviewWishes(
            focus=request.focus,
            reviewers=reviewers,
            verify=request.verify or settings.review_verify,
            min_severity=settings.review_min_severity,
        )

    def _debug(self, request: DebugRequest, key: Key) -> TurnPlan:
        document = self._readable(key, request.range)
        evidence = request.evidence
        gathered = evidence is not None and bool(evidence.sources)
        beside = gathered and request.range is None  # the evidence shows the code already
        shown = None if beside else _if_shown(document, request.range)
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
            return Composed(prompt, _hash(known_after))

        prompt = f"Debug {_described(key, request.range)}{_symptom(request)}"
        may = None if request.command is None else "edit"
        plan = TurnPlan("debug", key, prompt, compose, _path(key), request.range, allowance=may)
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
            return self._debug(later, evidence.key)

        return self.tests(wish, plan)

    def _ask(self, request: AskRequest, key: Key) -> TurnPlan:
        if not request.text.strip():
            raise InvalidRequest("`text` is empty: what do you want to ask?", field="text")
        document = self._readable(key, request.range)

        def compose(known: Known) -> Composed:
            news = _is_news(document, request.range, known)
            subject = Subject(key.file, document, request.range)
            prompt = ask_prompt(
                subject,
                request.text,
                document_is_news=news,
                finding=request.finding,
                diagnostics=request.diagnostics,
                read_only=request.read_only,
            )
            return Composed(prompt, _hash(document) if news else None)

        allowance: Allowance | None = "read" if request.read_only else None
        return TurnPlan(
            "ask",
            key,
            request.text,
            compose,
            _path(key),
            request.range,
            allowance=allowance,
        )

    def _verify(self, request: VerifyRequest, key: Key) -> TurnPlan:
        finding = request.finding
        document = self.documents.read(key.path)
        around = Subject(key.file, _if_shown(document, finding.range), finding.range)

        def compose(_: Known) -> Composed:
            return Composed(verify_prompt(around, finding), _hash(around.document))

        prompt = f"Verify: {finding.title} ({_described(key, finding.range)})"
        return TurnPlan("review", key, prompt, compose, _path(key), finding.range, confirmed=True)

    def _fix(self, request: FixRequest, key: Key) -> TurnPlan:
        finding = request.finding
        range_ = request.range or (finding.range if finding else None)
        document = self._readable(key, range_)
        if finding is None and not request.diagnostics and range_ is None:
            raise InvalidRequest(
                "Say what is to be fixed: a finding, diagnostics, or a range.", field="findingId"
            )

        def compose(known: Known) -> Composed:
            news = _is_news(document, range_, known)
            prompt = fix_prompt(
                Subject(key.file, document, range_),
                finding=finding,
                diagnostics=request.diagnostics,
                document_is_news=news,
            )
            return Composed(prompt, _hash(document) if news else None)

        titles = [finding.title] if finding else [each.message for each in request.diagnostics]
        prompt = f"Fix {'; '.join(titles) or 'this'} ({_described(key, range_)})"
        course = None if self.fixes is None else self.fixes(request, key)
        return TurnPlan("fix", key, prompt, compose, _path(key), range_, course=course)

    def _step(self, request: StepsRequest, document: Document | None, number: int) -> TurnPlan:
        text, count = request.steps[number - 1], len(request.steps)

        def compose(known: Known) -> Composed:
            news = _is_news(document, None, known)
            subject = Subject(request.key.file, document)
            prompt = step_prompt(subject, text, number=number, count=count, document_is_news=news)
            return Composed(prompt, _hash(document) if news else None)

        return TurnPlan("step", request.key, text, compose, _path(request.key))

    def _readable(self, key: Key, range_: Range | None) -> Document | None:
        """The file's text; None for the workspace itself."""
        if key.file is None:
            return None
        document = self.documents.read(key.path)
        check_range(document, range_)
        return document


def without_document(request: AskRequest, key: Key) -> TurnPlan:
    """The plan of a question in a conversation whose file is gone."""

    def compose(_: Known) -> Composed:
        return Composed(ask_prompt(Subject(key.file), request.text, document_is_news=False))

    allowance: Allowance | None = "read" if request.read_only else None
    return TurnPlan("ask", key, request.text, compose, _path(key), allowance=allowance)


def _is_news(document: Document | None, range_: Range | None, known: Known) -> bool:
    """Whether a document is to be shown: it fits, and was not shown as it is now."""
    return _if_shown(document, range_) is not None and known.shown != _hash(document)


def _if_shown(document: Document | None, range_: Range | None) -> Document | None:
    fits = document is not None and len(document.text) <= SHOWN_DOCUMENT_LIMIT
    return document if fits or range_ is not None else None


def _hash(document: Document | None) -> str | None:
    return None if document is None else document_hash(document)


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


def _path(key: Key) -> str | None:
    return None if key.file is None else key.path


def _looking_for(focus: str | None) -> str:
    return f", looking for: {focus}" if focus else ""


def _described(key: Key, range_: Range | None) -> str:
    if key.file is None:
        return "the workspace"
    if range_ is None:
        return key.file
    return f"{key.file}, lines {range_.start.line + 1} to {range_.end.line + 1}"

"""From what a user asks for to what is done in a turn.

A plan is made when the turn is asked for, with the text that the user saw then; its words for
Claude are made when it runs, because only then it is known what the conversation has been shown.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from typing_extensions import assert_never

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.sessions.documents.reading import Documents
from claude_sidecar.sessions.model import Allowance, Key
from claude_sidecar.sessions.planning.debug_plans import DebugPlanner, MakeCourse
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
from claude_sidecar.sessions.planning.review_plans import ReviewPlanner
from claude_sidecar.sessions.planning.subjects import described, hash_of, is_news, path_of, readable
from claude_sidecar.sessions.ports import Document
from claude_sidecar.sessions.prompts.material import Subject
from claude_sidecar.sessions.prompts.turns import ask_prompt, fix_prompt, step_prompt
from claude_sidecar.settings import Settings

CheckFix: TypeAlias = Callable[[FixRequest, Key], Course | None]


class Planner:
    """Makes plans out of requests, with the documents and settings of this moment.

    :param tests: makes the course of a turn that has a test; `fixes`, that of a fix.
    """

    def __init__(
        self,
        documents: Documents,
        settings: Callable[[str], Settings],
        tests: MakeCourse | None = None,
        fixes: CheckFix | None = None,
    ) -> None:
        self._documents = documents
        self._fixes = fixes
        self._reviews = ReviewPlanner(documents, settings)
        self._debugging = DebugPlanner(documents, tests)

    def plan(self, request: PlannedRequest, key: Key) -> TurnPlan:
        """The plan of a review, a debugging turn or a question about `key`.

        :raises InvalidRequest: naming the field that is wrong.
        :raises UnusableDocument: if the file cannot be worked on.
        """
        match request:
            case ReviewRequest():
                return self._reviews.file(request, key)
            case ReviewChangesRequest():
                return self._reviews.changes(request)
            case DebugRequest():
                return self._debugging.plan(request, key)
            case AskRequest():
                return self._ask(request, key)
            case VerifyRequest():
                return self._reviews.verification(request, key)
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
        document = readable(self._documents, request.key, None)
        return tuple(
            self._step(request, document, number) for number in range(1, len(request.steps) + 1)
        )

    def _ask(self, request: AskRequest, key: Key) -> TurnPlan:
        if not request.text.strip():
            raise InvalidRequest("`text` is empty: what do you want to ask?", field="text")
        document = readable(self._documents, key, request.range)

        def compose(known: Known) -> Composed:
            news = is_news(document, request.range, known)
            subject = Subject(key.file, document, request.range)
            prompt = ask_prompt(
                subject,
                request.text,
                document_is_news=news,
                finding=request.finding,
                diagnostics=request.diagnostics,
                read_only=request.read_only,
            )
            return Composed(prompt, hash_of(document) if news else None)

        allowance: Allowance | None = "read" if request.read_only else None
        return TurnPlan(
            "ask",
            key,
            request.text,
            compose,
            path_of(key),
            request.range,
            allowance=allowance,
        )

    def _fix(self, request: FixRequest, key: Key) -> TurnPlan:
        finding = request.finding
        range_ = request.range or (finding.range if finding else None)
        document = readable(self._documents, key, range_)
        if finding is None and not request.diagnostics and range_ is None:
            raise InvalidRequest(
                "Say what is to be fixed: a finding, diagnostics, or a range.", field="findingId"
            )

        def compose(known: Known) -> Composed:
            news = is_news(document, range_, known)
            prompt = fix_prompt(
                Subject(key.file, document, range_),
                finding=finding,
                diagnostics=request.diagnostics,
                document_is_news=news,
            )
            return Composed(prompt, hash_of(document) if news else None)

        titles = [finding.title] if finding else [each.message for each in request.diagnostics]
        prompt = f"Fix {'; '.join(titles) or 'this'} ({described(key, range_)})"
        course = None if self._fixes is None else self._fixes(request, key)
        return TurnPlan("fix", key, prompt, compose, path_of(key), range_, course=course)

    def _step(self, request: StepsRequest, document: Document | None, number: int) -> TurnPlan:
        text, count = request.steps[number - 1], len(request.steps)

        def compose(known: Known) -> Composed:
            news = is_news(document, None, known)
            subject = Subject(request.key.file, document)
            prompt = step_prompt(subject, text, number=number, count=count, document_is_news=news)
            return Composed(prompt, hash_of(document) if news else None)

        return TurnPlan("step", request.key, text, compose, path_of(request.key))


def without_document(request: AskRequest, key: Key) -> TurnPlan:
    """The plan of a question in a conversation whose file is gone."""

    def compose(_: Known) -> Composed:
        return Composed(ask_prompt(Subject(key.file), request.text, document_is_news=False))

    allowance: Allowance | None = "read" if request.read_only else None
    return TurnPlan("ask", key, request.text, compose, path_of(key), allowance=allowance)

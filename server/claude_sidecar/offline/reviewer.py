"""The rule-based reviewer: what answers when there is no Claude.

It reads the conversation that Claude Code sends and answers as a model would: a review by calls of
`report_finding` and then a summary, a failure by what its text and place tell, a question from what
was found. The same conversation is always answered the same. It says that it is not Claude.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from claude_sidecar.findings.model import SEVERITIES, Category, at_least
from claude_sidecar.offline import patterns
from claude_sidecar.offline.answers import SIGNATURE, answer
from claude_sidecar.offline.change_review import review_changes
from claude_sidecar.offline.conversation import (
    Conversation,
    Reported,
    current_results,
    listing,
    read_conversation,
    reported,
)
from claude_sidecar.offline.failures import Failure, Place, read_failure, usual_cause
from claude_sidecar.offline.messages import MessagesRequest, ToolResultPart
from claude_sidecar.offline.prompt import Prompt, Source
from claude_sidecar.offline.remarks import REPORT_TOOL, Remark, merged, report
from claude_sidecar.offline.replies import Answer, Reply, Say, TokenUsage
from claude_sidecar.offline.ruff import Ruff, RuffUnavailable

_RUFF_RULE = re.compile(r"\(Ruff (\w+)\)$")
MOST_REMARKS = 40
"""Of more findings in one review the gravest are reported, and the summary says so."""

_FREE = TokenUsage()
"""Nobody bills for rules; tokens would be shown as dollars, and count against a budget."""

_IN_PYTHON_TOO = {"merge-conflict", "private-key", "access-token", "tls-unverified", "open-task"}
_CATEGORIES: dict[str, tuple[Category, ...]] = {
    "correctness": ("bug", "error-handling", "consistency"),
    "security": ("security",),
    "performance": ("performance",),
    "concurrency": ("concurrency",),
    "tests": ("testing",),
    "api": ("consistency", "documentation"),
    "readability": ("readability", "naming", "documentation"),
}


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the rules have to say to one prompt.

    :param lead: the first sentence of what is said in the end.
    :param notes: what else is to be said there.
    """

    remarks: tuple[Remark, ...]
    lead: str
    notes: tuple[str, ...] = ()


class Reviewer:
    """A responder for :class:`~.server.MessagesServer`."""

    def __init__(self) -> None:
        self._ruff = Ruff()

    async def __call__(self, request: MessagesRequest) -> Answer:
        """Answer a request."""
        conversation = read_conversation(request)
        if request.is_auxiliary:
            return _said(_summary(conversation))
        match conversation.prompt.task:
            case "review" if conversation.prompt.changes:
                step = await review_changes(
                    request,
                    conversation.prompt,
                    remarks=self._remarks,
                    wanted=_wanted,
                    most=MOST_REMARKS,
                )
                return step if isinstance(step, Reply) else _said(f"{step}\n\n{SIGNATURE}")
            case "review":
                opinion = await self._review(conversation.prompt)
            case "debug":
                opinion = await self._debug(conversation.prompt)
            case _:
                return _said(answer(await self._informed(conversation)))
        source = conversation.prompt.source
        results = current_results(request)
        if results or not opinion.remarks or source is None or REPORT_TOOL not in request.tools:
            return _said(_closing(opinion, source, results))
        calls = [report(remark, source) for remark in opinion.remarks]
        return Reply((Say((f"I look at `{source.path}` by rules.",)), *calls), usage=_FREE)

    async def _informed(self, conversation: Conversation) -> Conversation:
        """With what the rules find in a file that was shown and never reviewed, and examples."""
        findings = conversation.findings
        source = conversation.source
        if not findings and source is not None:
            remarks = (await self._remarks(source))[0]
            findings = tuple(reported(report(remark, source).input) for remark in remarks)
        findings = tuple([await self._with_example(each) for each in findings])
        return replace(conversation, findings=findings)

    async def _with_example(self, finding: Reported) -> Reported:
        code = _RUFF_RULE.search(finding.message)
        if code is None:
            return finding
        try:
            explanation = await self._ruff.explain(code[1])
        except RuffUnavailable:
            return finding
        return replace(finding, example=explanation.instead if explanation else None)

    async def _review(self, prompt: Prompt) -> Opinion:
        source = prompt.source
        if source is None:
            return Opinion((), "I was shown no file, and I read none by myself: review one file.")
        remarks, notes = await self._remarks(source)
        remarks = [remark for remark in remarks if _wanted(remark, prompt)]
        if prompt.request:
            notes.append("What you wanted me to look at above all I cannot weigh: rules are fixed.")
        if len(remarks) > MOST_REMARKS:
            notes.append(f"{len(remarks) - MOST_REMARKS} milder ones are left out.")
            gravest = sorted(remarks, key=lambda each: SEVERITIES.index(each.severity))
            kept = set(map(id, gravest[:MOST_REMARKS]))
            remarks = [remark for remark in remarks if id(remark) in kept]
        checked = "Ruff's rules" if source.language == "python" else "A few general rules"
        return Opinion(tuple(remarks), f"{checked} were applied to `{source.path}`.", tuple(notes))

    async def _remarks(self, source: Source) -> tuple[list[Remark], list[str]]:
        general = patterns.check(source)
        if source.language != "python":
            return merged(general), []
        general = [each for each in general if each.rule.removeprefix("rule ") in _IN_PYTHON_TOO]
        try:
            found = await self._ruff.check(source)
        except RuffUnavailable as error:
            return merged(general), [
                f"Ruff did not run, so only general rules were applied: {error}"
            ]
        return merged(sorted([*found, *general], key=lambda remark: remark.line)), []

    async def _debug(self, prompt: Prompt) -> Opinion:
        failure = read_failure(prompt.error or prompt.request)
        if failure is None:
            return Opinion((), "I find no error message or traceback in what I was sent.")
        said = f"{failure.type}: {failure.message}".rstrip(": ")
        notes = [usual_cause(failure) or "What commonly causes it I do not know."]
        place = failure.place_in(prompt.source) if prompt.source else None
        if prompt.source is None or place is None:
            notes.append(_where(failure))
            return Opinion((), f"It failed with `{said}`.", tuple(notes))
        remarks = [_cause(failure, place, prompt.source, said)]
        remarks += [
            remark
            for remark in (await self._remarks(prompt.source))[0]
            if abs(remark.line - place.line) <= 2 and remark.category == "bug"
        ]
        lead = f"It failed with `{said}` on line {place.line} of `{prompt.source.path}`."
        return Opinion(tuple(remarks), lead, tuple(notes))


def _wanted(remark: Remark, prompt: Prompt) -> bool:
    if (remark.line, remark.category) in prompt.settled:
        return False
    last = remark.line + remark.quote.count("\n")
    if prompt.lines and not (remark.line <= prompt.lines[1] and prompt.lines[0] <= last):
        return False
    if prompt.mildest in SEVERITIES and not at_least(remark.severity, prompt.mildest):
        return False
    categories = {each for name in prompt.reviewers for each in _CATEGORIES.get(name, ())}
    return not prompt.reviewers or remark.category in categories


def _cause(failure: Failure, place: Place, source: Source, said: str) -> Remark:
    cause = usual_cause(failure)
    return Remark(
        line=place.line,
        quote=source.line(place.line) or "",
        severity="error",
        category="bug",
        title=said,
        message=f"The failure came from this line. {cause or ''}".rstrip(),
        rule="the failure's own text",
        failure_scenario=f"As you saw it: {said}",
    )


def _where(failure: Failure) -> str:
    if not failure.places:
        return "Its text names no place."
    place = failure.places[0]
    within = f" in `{place.function}`" if place.function else ""
    return f"It came from `{place.file}` line {place.line}{within}, which I was not shown."


def _closing(opinion: Opinion, source: Source | None, results: tuple[ToolResultPart, ...]) -> str:
    """What is said once all is reported; it lists the findings so that they can be read back."""
    parts = [opinion.lead]
    refused = [result for result in results if result.is_error]
    if source is not None:
        parts.append(_tally(opinion, source) if opinion.remarks else "They found nothing.")
    if refused:
        parts.append(f"{len(refused)} could not be recorded: {refused[0].text}")
    parts.extend(opinion.notes)
    return "\n\n".join([*parts, SIGNATURE])


def _tally(opinion: Opinion, source: Source) -> str:
    found = [reported(report(remark, source).input) for remark in opinion.remarks]
    heading = "One finding" if len(found) == 1 else f"{len(found)} findings"
    return f"{heading}:\n{listing(found)}"


def _summary(conversation: Conversation) -> str:
    """What is kept of a conversation that is compacted."""
    asked = [re.sub(r"\s+", " ", each.request)[:200] for each in conversation.earlier]
    found = [*conversation.older, *conversation.findings]
    said = "\n".join(f"- {each}" for each in asked if each)
    summary = (
        f"Asked so far:\n{said or '- a review'}\n\nFound so far:\n{listing(found) or 'Nothing.'}"
    )
    return f"<summary>\n{summary}\n</summary>"  # without the tags Claude Code asks again


def _said(text: str) -> Reply:
    """A reply of text, streamed a paragraph at a time."""
    paragraphs = re.split(r"(?<=\n\n)", text)
    return Reply((Say(tuple(paragraph for paragraph in paragraphs if paragraph)),), usage=_FREE)

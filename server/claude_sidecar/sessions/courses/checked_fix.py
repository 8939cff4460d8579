"""A fix that is checked: the diagnostic must be gone, or the finding not be found again.

A finding is checked alone, in a prompt of its own that may only read, and closed only if it is gone.
A diagnostic is for its own language server to withdraw; where the editor does not tell what the
servers say, nothing was seen.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

import anyio

from claude_sidecar.errors import UnusableDocument
from claude_sidecar.findings.model import Finding
from claude_sidecar.sessions.documents.reading import Documents
from claude_sidecar.sessions.model import Key, Verification, VerificationState
from claude_sidecar.sessions.planning.plans import CourseHost, TurnPlan
from claude_sidecar.sessions.planning.requests import FixRequest
from claude_sidecar.sessions.ports import EditorDiagnostic
from claude_sidecar.sessions.prompts.material import SHOWN_DOCUMENT_LIMIT, Subject
from claude_sidecar.sessions.prompts.turns import verify_prompt
from claude_sidecar.sessions.symptoms.gathering import diagnostics_of

DIAGNOSTICS_SECONDS: Final = 5.0
"""How long it is waited for a language server to take notice of a change."""
_LOOK_SECONDS: Final = 0.25
_QUIET: Final = 2
"""How often in a row it must be gone: servers withdraw all they have said before they say it anew."""

_Named: TypeAlias = tuple[str, str | None, str | None]


class ClosesFindings(Protocol):
    """What is needed of the service of findings."""

    async def get(self, finding_id: str) -> Finding:
        """A finding as it is now."""
        ...

    async def fixed(self, finding_id: str) -> Finding:
        """It is gone."""
        ...


@dataclass(frozen=True, slots=True)
class FixChecks:
    """Makes the courses of fixes."""

    documents: Documents
    findings: ClosesFindings

    def __call__(self, request: FixRequest, key: Key) -> CheckedFix | None:
        """The course of a fix; None where there is nothing that could be checked."""
        if request.finding is None and not request.diagnostics:
            return None
        return CheckedFix(self, request, key)


class CheckedFix:
    """The course of one fix."""

    ending: str | None = None

    def __init__(self, checks: FixChecks, request: FixRequest, key: Key) -> None:
        self._documents = checks.documents
        self._findings = checks.findings
        self._request = request
        self._key = key
        self._text: str | None = None
        self._before: Counter[_Named] | None = None
        self._known: dict[str, Finding] | None = None
        self.verification = Verification("not verified", reason="The turn did not come to its end.")

    async def begin(self, host: CourseHost, plan: TurnPlan) -> TurnPlan:
        """Keep what there is before the change."""
        del host
        self._text = self._read()
        if self._request.finding is None:
            self._before = await self._diagnosed()
        return plan

    async def go_on(self, host: CourseHost) -> str | None:
        """After the change, have it checked; after that, take in what was found."""
        if self._known is not None:
            await self._take_in(host, self._known)
            return None
        if self._read() == self._text:
            self._conclude("not verified", "Nothing was changed in the file.")
            return None
        finding = self._request.finding
        if finding is None:
            await self._await_diagnostics()
            return None
        host.only_read()
        self._known = dict(host.findings)
        self.verification = Verification("not verified", attempts=1, reason="It was not checked.")
        return verify_prompt(self._subject(finding), await self._findings.get(finding.id))

    async def _take_in(self, host: CourseHost, known: dict[str, Finding]) -> None:
        """Whatever was reported in the check is the finding, in today's words."""
        finding = self._request.finding
        again = [each for name, each in host.findings.items() if known.get(name) is not each]
        if finding is None:
            return
        if again:
            self._conclude("still failing", None, again[0].title)
            return
        await self._findings.fixed(finding.id)
        self._conclude("verified", None)

    async def _await_diagnostics(self) -> None:
        """Wait until the diagnostics are gone that were to be mended, or for as long as it may take."""
        wanted = Counter(_named(each) for each in self._request.diagnostics)
        before = self._before
        if before is None or any(not before[name] for name in wanted):
            self._conclude("not verified", "The editor does not tell what its other servers say.")
            return
        gone, left = 0, set(wanted)
        with anyio.move_on_after(DIAGNOSTICS_SECONDS):
            while gone < _QUIET:
                await anyio.sleep(_LOOK_SECONDS)
                now = await self._diagnosed()
                if now is None:
                    self._conclude("not verified", "The editor did not tell what its servers say.")
                    return
                left = {name for name in wanted if now[name] > before[name] - wanted[name]}
                gone = 0 if left else gone + 1
        if gone >= _QUIET:
            self._conclude("verified", None)
        else:
            self._conclude("still failing", None, "; ".join(sorted(name[0] for name in left)))

    def _conclude(
        self, state: VerificationState, reason: str | None, failure: str | None = None
    ) -> None:
        attempts = (
            0 if reason is not None and state == "not verified" and self._known is None else 1
        )
        self.verification = Verification(
            state,
            attempts=attempts,
            failure=failure,
            reason=reason,
        )

    async def _diagnosed(self) -> Counter[_Named] | None:
        found = await diagnostics_of(self._documents.editor, self._key.path)
        return None if found is None else Counter(map(_named, found))

    def _subject(self, finding: Finding) -> Subject:
        try:
            document = self._documents.read(self._key.path)
        except UnusableDocument:
            return Subject(self._key.file, None, finding.range)
        short = len(document.text) <= SHOWN_DOCUMENT_LIMIT
        return Subject(self._key.file, document if short else None, finding.range)

    def _read(self) -> str | None:
        try:
            return self._documents.read(self._key.path).text
        except UnusableDocument:
            return None


def _named(diagnostic: EditorDiagnostic) -> _Named:
    return diagnostic.message, diagnostic.source, diagnostic.code

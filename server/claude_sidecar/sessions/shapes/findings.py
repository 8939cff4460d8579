"""A finding in the shape of the public protocol."""

from __future__ import annotations

from claude_sidecar.findings.model import Finding
from claude_sidecar.sessions.keys import uri_from_path
from claude_sidecar.sessions.model import (
    JsonObject,
)
from claude_sidecar.sessions.shapes.values import (
    RangeShape,
    present,
)


def finding_shape(finding: Finding, range_shape: RangeShape) -> JsonObject:
    """`Finding`."""
    suggestion = None if finding.suggestion is None else {"newText": finding.suggestion}
    return present(
        id=finding.id,
        uri=uri_from_path(finding.file),
        range=range_shape(finding.file, finding.range),
        severity=finding.severity,
        category=finding.category,
        title=finding.title,
        message=finding.message,
        failureScenario=finding.failure_scenario,
        quote=finding.quote,
        suggestion=suggestion,
        verdict=finding.verdict,
        state=finding.state,
        anchor=finding.anchor,
        reviewers=list(finding.reviewers),
        sessionId=finding.session_id,
        turnId=finding.turn_id,
    )

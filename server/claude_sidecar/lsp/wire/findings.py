"""What findings are asked for with, and decided about."""

from __future__ import annotations

import attrs

from claude_sidecar.findings.model import FINDING_STATES, SEVERITIES, FindingState, Severity
from claude_sidecar.lsp.arguments import (
    choice,
    optional,
    required,
    text,
    words,
)
from claude_sidecar.lsp.wire.place import Place, place


@attrs.frozen
class FindingListArguments:
    """`finding.list`; here an absent `uri` leaves the list unrestricted."""

    workspace: str | None = optional(words)
    uri: Place = place()
    state: FindingState | None = optional(choice(FINDING_STATES))


@attrs.frozen
class FindingApplyArguments:
    """`finding.apply`."""

    finding_id: str = required(words)


@attrs.frozen
class FindingReopenArguments:
    """`finding.reopen`."""

    finding_id: str = required(words)


@attrs.frozen
class FindingVerifyArguments:
    """`finding.verify`."""

    finding_id: str = required(words)


@attrs.frozen
class FindingApplyAllArguments:
    """`finding.applyAll`: all suggestions for a file."""

    uri: Place = place()


@attrs.frozen
class FindingDismissArguments:
    """`finding.dismiss`."""

    finding_id: str = required(words)
    reason: str | None = optional(text)


@attrs.frozen
class FindingDismissAllArguments:
    """`finding.dismissAll`: all open findings of a file that have the severity."""

    severity: Severity = required(choice(SEVERITIES))
    uri: Place = place()
    reason: str | None = optional(text)

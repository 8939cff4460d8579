"""What reports are asked for with."""

from __future__ import annotations

import attrs

from claude_sidecar.lsp.arguments import (
    optional,
    words,
)


@attrs.frozen
class UsageArguments:
    """`usage`."""

    workspace: str | None = optional(words)
    since: str | None = optional(words)


@attrs.frozen
class StatusArguments:
    """`status`, which takes nothing."""

"""What Claude Code bills for tokens, so that a test can tell a cost exactly.

`billed_usd(model.billed)` is what `total_cost_usd` of the last result must be, in a test of one
session with the default model. A reply's usage is counted by `claude_sidecar.offline.wire`, or is
the one that the script gives.
"""

from __future__ import annotations

from claude_sidecar.offline.replies import TokenUsage

INPUT, OUTPUT, CACHE_WRITE, CACHE_READ = 4.0, 20.0, 5.0, 0.2
"""US dollars for a million tokens of the model that Claude Code 2.1.330 takes by default."""


def billed_usd(usage: TokenUsage) -> float:
    """US dollars for a usage."""
    return (
        usage.input * INPUT
        + usage.output * OUTPUT
        + usage.cache_write * CACHE_WRITE
        + usage.cache_read * CACHE_READ
    ) / 1_000_000

"""What an estimate is asked for with."""

from __future__ import annotations

import attrs
from lsprotocol import types

from claude_sidecar.lsp.arguments import flag, optional, range_, words
from claude_sidecar.lsp.wire.place import Place, place


@attrs.frozen
class EstimateArguments:
    """`estimate`: of a review, or with `base` of a review of changes."""

    uri: Place = place()
    range: types.Range | None = optional(range_)
    fresh: bool = optional(flag, default=False)
    workspace: str | None = optional(words)
    base: str | None = optional(words)

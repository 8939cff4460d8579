"""What was asked for, as the journal keeps it until the turn has ended well: a JSON object.

It is taken apart and put together by the records' own types, so that a field which is added to one
is kept with it. What this version cannot put together, because another wrote it, is not there.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Any, TypeAlias

from claude_sidecar.sessions.requests import (
    AskRequest,
    DebugRequest,
    FixRequest,
    PlannedRequest,
    ReviewChangesRequest,
    ReviewRequest,
    StepsRequest,
    VerifyRequest,
)

Repeatable: TypeAlias = PlannedRequest | StepsRequest

_KINDS: dict[str, type[Any]] = {
    "review": ReviewRequest,
    "reviewChanges": ReviewChangesRequest,
    "debug": DebugRequest,
    "ask": AskRequest,
    "fix": FixRequest,
    "verify": VerifyRequest,
    "steps": StepsRequest,
}


def written(request: Repeatable, *, step: int = 1) -> str | None:
    """A request as text; None for one that is not kept.

    :param step: which of several steps it is, counted from 1.
    """
    from cattrs import Converter

    kind = next((name for name, each in _KINDS.items() if type(request) is each), None)
    if kind is None:
        return None
    fields = Converter(omit_if_default=True).unstructure(request)
    return json.dumps({"kind": kind, "step": step, "request": fields})


def read(text: str) -> tuple[Repeatable, int] | None:
    """A request, and which step it is; None where it cannot be put together."""
    from cattrs import Converter
    from cattrs.errors import BaseValidationError

    try:
        record = json.loads(text)
        structure = partial(Converter().structure, record["request"])
        return structure(_KINDS[record["kind"]]), int(record["step"])
    except (BaseValidationError, ValueError, TypeError, KeyError):
        return None

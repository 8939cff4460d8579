"""What was asked for, as the journal keeps it until the turn has ended well: a JSON object.

It is taken apart and put together by the records' own types, so that a field which is added to one
is kept with it. What this version cannot put together, because another wrote it, is not there.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

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

if TYPE_CHECKING:
    from cattrs import Converter

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


class RequestRecords:
    """Writes requests and reads them. Keep one: its converter is made once, and costs milliseconds."""

    def written(self, request: Repeatable, *, step: int = 1) -> str | None:
        """A request as text; None for one that is not kept.

        :param step: which of several steps it is, counted from 1.
        """
        kind = next((name for name, each in _KINDS.items() if type(request) is each), None)
        if kind is None:
            return None
        fields = self._converter.unstructure(request)
        return json.dumps({"kind": kind, "step": step, "request": fields})

    def read(self, text: str) -> tuple[Repeatable, int] | None:
        """A request, and which step it is; None where it cannot be put together."""
        from cattrs.errors import BaseValidationError, StructureHandlerNotFoundError

        try:
            record = json.loads(text)
            request = self._converter.structure(record["request"], _KINDS[record["kind"]])
            return request, int(record["step"])
        except (BaseValidationError, StructureHandlerNotFoundError):
            return None
        except (ValueError, TypeError, KeyError):
            return None

    @cached_property
    def _converter(self) -> Converter:
        from cattrs import Converter

        return Converter(omit_if_default=True)

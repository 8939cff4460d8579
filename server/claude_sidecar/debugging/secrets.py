"""Values that are nobody's business are not told: variables whose names say that they are secret, and
what stands behind such names inside other values.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from claude_sidecar.debugging.model import Failure, Related, Variable

VARIABLES_LIMIT: Final = 60
"""Of one frame."""
VALUE_LIMIT: Final = 500
REDACTED: Final = "(left out: its name says that it is secret)"

_SECRET: Final = re.compile(
    r"(?:^|[_.\-])(?:pass|passwd|passphrase|pwd|pin|otp|salt|auth|creds?|key|token|secrets?)$"
    r"|passw|secret|api[_\-]?key|private[_\-]?key|access[_\-]?key|signing[_\-]?key|encryption[_\-]?key"
    r"|token$|credential|authorization|bearer|cookie|session[_\-]?id|ssn|credit[_\-]?card|connection[_\-]?string",
    re.IGNORECASE,
)
# It begins with what makes a name secret, and not with the name: to look for where a name may begin
# takes a hundred times as long, and a debugger shows thousands of values.
_INNER: Final = re.compile(
    r"((?:passw|passphrase|secret|token|api[_\-]?key|private[_\-]?key|credential|authorization|cookie)"
    r"[\w\-]{0,60}[\"']?\s{0,4}[:=]\s{0,4})"
    r"(?:\"[^\"]{0,2000}\"|'[^']{0,2000}'|(?:bearer |basic )?[^\s,})\]]{1,2000})",
    re.IGNORECASE,
)
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def looks_secret(name: str) -> bool:
    """Whether a variable's name says that its value is nobody's business.

    >>> looks_secret("apiKey"), looks_secret("tokenizer"), looks_secret("keyboard")
    (True, False, False)
    """
    snake = _CAMEL.sub("_", name.strip("'\"")).lower()
    matched = _SECRET.search(snake)
    return matched is not None


def without_secrets(text: str) -> str:
    """A value without what stands behind such names inside it: in a dict, a header, a query."""
    return _INNER.sub(lambda found: f"{found[1]}{REDACTED}", text)


def redacted(failure: Failure) -> Failure:
    """A failure whose variables are told without secrets, and cut where they are long."""
    frames = tuple(
        replace(frame, variables=tuple(map(told, frame.variables[:VARIABLES_LIMIT])))
        for frame in failure.frames
    )
    related = tuple(Related(each.relation, redacted(each.failure)) for each in failure.related)
    return replace(failure, frames=frames, related=related)


def told(variable: Variable) -> Variable:
    """A variable as it may be told: its value without secrets, and cut where it is long."""
    if looks_secret(variable.name):
        return replace(variable, value=REDACTED)
    value = without_secrets(variable.value[: 2 * VALUE_LIMIT])
    if len(variable.value) > VALUE_LIMIT:
        value = f"{value[:VALUE_LIMIT]}… ({len(variable.value)} characters)"
    return replace(variable, value=value)

r"""Half characters, which JSON can carry (`"\ud83d"`) and no encoder of ours accepts.

Each is replaced by U+FFFD, which takes as many code units in every encoding that LSP knows, so
that positions stay what they were.
"""

from __future__ import annotations

import re
from typing import Any, cast

_ESCAPED = re.compile(rb"\\u[dD][89a-fA-F]")
_LONE = re.compile("[\ud800-\udfff]")


def without_lone_surrogates(body: bytes, value: Any) -> Any:
    """`value` as it was read from `body`, with lone surrogates replaced."""
    return _cleaned(value) if _ESCAPED.search(body) else value


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return _LONE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_cleaned(item) for item in cast(list[Any], value)]
    if isinstance(value, dict):
        pairs = cast(dict[str, Any], value).items()
        return {_cleaned(key): _cleaned(item) for key, item in pairs}
    return value

"""Whose code a frame is, by its path alone: that of a library or a standard library, or perhaps the
user's own.
"""

from __future__ import annotations

import re
from typing import Final

_NOT_FILES: Final = re.compile(
    r"<(?!anonymous)[^>]*>$|<(?:frozen|internal):?|node:|internal/|deno:|ext:|chrome-extension:"
)
_LIBRARIES: Final = re.compile(
    r"/site-packages/|/dist-packages/|/node_modules/|/bower_components/"
    r"|/lib(?:64)?/python\d|/python\d+\.zip|/python\d+/lib/|/python\.framework/"
    r"|^/?/rustc/|/\.cargo/(?:registry|git)/|/rustlib/"
    r"|/go/src/(?!github|gitlab|bitbucket)|/lib/go-[\d.]+/|/pkg/mod/|/go\d[\d.]*/src/"
    r"|/gems/|/lib/ruby/|/rubygems/|/vendor/"
    r"|^/usr/(?!src/|local/src/|local/app/)|^/lib(?:64)?/|^/nix/store/|^/opt/homebrew/"
    r"|/sysdeps/|/\.\./csu/|/libsanitizer/|/nptl/|^/\./(?:csu|stdlib|nptl|assert|string)/"
    r"|^[a-z]:/(?:program files|windows)"
)
_PACKAGE: Final = re.compile(
    r".*(?:/site-packages/|/dist-packages/|/node_modules/|/gems/|/registry/src/[^/]{1,200}/|/pkg/mod/|/vendor/)"
    r"(.+)$"
)


def is_library(path: str) -> bool:
    """Whether a path, as it was printed or relative to a workspace, lies in a library."""
    if _NOT_FILES.match(path):
        return True
    plain = path.replace("\\", "/").lower()
    return (
        _LIBRARIES.search(plain if plain[:1] == "/" or plain[1:2] == ":" else f"/{plain}")
        is not None
    )


def library_name(path: str) -> str:
    """A library's file, short enough for a list: from the package on, else its last parts.

    >>> library_name("/srv/.venv/lib/python3.11/site-packages/requests/api.py")
    'requests/api.py'
    """
    plain = path.replace("\\", "/")
    matched = _PACKAGE.match(plain)
    if matched is not None:
        return matched[1]
    parts = plain.split("/")
    return plain if len(parts) <= 3 else "/".join(parts[-2:])

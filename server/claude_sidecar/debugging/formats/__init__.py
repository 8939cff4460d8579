"""The table of formats: a small parser for each language, in a file of its own.

No library on PyPI reads these out of arbitrary text: `tblib` and `boltons` each read one Python
traceback that stands alone, and none of the others has a parser that is kept up.
"""

from __future__ import annotations

from typing import Final

from claude_sidecar.debugging.formats import (
    debuggers,
    dotnet,
    go,
    javascript,
    jvm,
    php,
    pytest,
    python,
    ruby,
    rust,
    sanitizers,
    typescript,
)
from claude_sidecar.debugging.reading import Format

FORMATS: Final = tuple(
    Format(module.NAME, module.WORDS, module.read)
    for module in (
        # A report of pytest holds tracebacks of Python, a sanitizer's stacks look like gdb's, and
        # Rust's and Java's frames begin like those of JavaScript.
        pytest,
        python,
        sanitizers,
        debuggers,
        typescript,
        go,
        rust,
        jvm,
        javascript,
        dotnet,
        ruby,
        php,
    )
)
"""In the order in which they are tried: what one has taken, those after it leave alone."""

"""The classes of the commands' arguments, by their names."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

import attrs

from claude_sidecar.lsp import wire


def argument_classes() -> dict[str, type[attrs.AttrsInstance]]:
    """All that there are. A name that stands in two files is a mistake.

    :raises ValueError: if one does.
    """
    found: dict[str, type[attrs.AttrsInstance]] = {}
    for each in iter_modules(wire.__path__, f"{wire.__name__}."):
        module = import_module(each.name)
        for name, value in vars(module).items():
            if attrs.has(value) and value.__module__ == each.name:
                if name in found:
                    raise ValueError(name)
                found[name] = value
    return found

"""Code review and debugging sessions with Claude that stay with your code, in any LSP editor.

The public Python API::

    from claude_sidecar import Settings, open_sidecar

    async with open_sidecar(Settings(model="...")) as sidecar:
        result = await sidecar.review("app.py")
        result = await sidecar.ask("Which of these matters most?", path="app.py")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from claude_sidecar.app import open_sidecar
    from claude_sidecar.errors import SidecarError
    from claude_sidecar.sessions.model import TurnResult
    from claude_sidecar.settings import Settings
    from claude_sidecar.sidecar import Sidecar, Status

__version__ = "0.1.0"
__all__ = ["Settings", "Sidecar", "SidecarError", "Status", "TurnResult", "open_sidecar"]

_HOMES = {
    "Settings": "claude_sidecar.settings",
    "Sidecar": "claude_sidecar.sidecar",
    "SidecarError": "claude_sidecar.errors",
    "Status": "claude_sidecar.sidecar",
    "TurnResult": "claude_sidecar.sessions.model",
    "open_sidecar": "claude_sidecar.app",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for only then: the language server must start without the rest."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

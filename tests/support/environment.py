"""An environment that owes nothing to whoever runs the tests."""

from __future__ import annotations

import os
from pathlib import Path

from claude_sidecar.offline.backend import environment_for

_NEEDED = ("PATH", "LANG", "SYSTEMROOT", "PATHEXT")


def clean_environment(folder: Path, base_url: str) -> dict[str, str]:
    """The whole environment for a process: its own home in `folder`, its model at `base_url`."""
    home = folder / "home"
    places = {
        "HOME": home,
        "USERPROFILE": home,
        "CLAUDE_CONFIG_DIR": home / "claude",
        "XDG_CONFIG_HOME": home / "config",
        "XDG_DATA_HOME": home / "data",
        "XDG_STATE_HOME": home / "state",
        "XDG_CACHE_HOME": home / "cache",
        "XDG_RUNTIME_DIR": home / "run",
        "TMPDIR": folder / "tmp",
    }
    for place in places.values():
        place.mkdir(parents=True, exist_ok=True)
    inherited = {name: os.environ[name] for name in _NEEDED if name in os.environ}
    told = {name: value for name, value in environment_for(base_url).items() if value}
    return inherited | told | {name: str(place) for name, place in places.items()}

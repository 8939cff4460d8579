"""An extension of the tests' own, which brings what others' extensions would: a terminal that needs no
process, a test that fails, a language's intelligence, a workspace that is on no disk.
"""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

_SOURCES = Path(__file__).parent / "companion"
VIRTUAL_FOLDER = "companion:/virtual"
"""A folder that its file system has, with `far.py` in it."""


def packaged(folder: Path) -> Path:
    """Its package, made in a folder, as VS Code installs it."""
    path = folder / "companion.vsix"
    with ZipFile(path, "w") as package:
        for source in sorted(_SOURCES.iterdir()):
            package.write(source, f"extension/{source.name}")
    return path

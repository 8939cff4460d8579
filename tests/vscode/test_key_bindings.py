"""The extension's key bindings take none of VS Code's own, on any system, nor of the extensions in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from support.vscode import parts

OURS: list[dict[str, str]] = json.loads(
    (parts.ROOT / "client-vscode" / "package.json").read_text(encoding="utf-8")
)["contributes"]["keybindings"]

# How VS Code's own code writes keys: bits of modifiers, and a number for each key (keyCodes.ts).
CONTROL, SHIFT, ALT = 2048, 1024, 512
CONTROL_K = CONTROL + 41
KEY_A = 31
MODIFIERS = {"ctrl": CONTROL, "cmd": CONTROL, "shift": SHIFT, "alt": ALT}


def number(keys: str) -> int:
    """A letter with its modifiers, as VS Code's code writes it."""
    *modifiers, letter = keys.split("+")
    assert re.fullmatch("[a-z]", letter), keys
    return sum(MODIFIERS[each] for each in modifiers) + KEY_A + ord(letter) - ord("a")


def taken_by_vscode() -> set[int]:
    """What follows Ctrl+K, or Cmd+K on a Mac, in a binding of VS Code's own."""
    script = parts.VSCODE / "out" / "vs" / "code" / "browser" / "workbench" / "workbench.js"
    chords = re.findall(rf"\w\({CONTROL_K},(\d+)\)", script.read_text(encoding="utf-8"))
    return {int(second) for second in chords}


def taken_by_extensions() -> Iterator[str]:
    """The keys of the extensions that come with VS Code."""
    for manifest in (parts.VSCODE / "extensions").glob("*/package.json"):
        content: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
        for binding in content.get("contributes", {}).get("keybindings", []):
            yield from (binding[system] for system in ("key", "mac") if system in binding)


def test_no_key_binding_takes_one_of_vscodes_own() -> None:
    taken = taken_by_vscode()
    # Comment a line, save all, show the keyboard shortcuts: what was read is what it is taken for.
    assert {number("ctrl+c"), number("s"), number("ctrl+s")} <= taken
    for binding in OURS:
        first, second = binding["key"].split(" ")
        assert first == "ctrl+k", binding
        assert number(second) not in taken, binding
        assert binding["mac"] == f"cmd+k {second}"


def test_no_key_binding_takes_one_of_the_extensions_that_come_along() -> None:
    taken = set(taken_by_extensions())
    assert len(taken) > 10
    assert taken.isdisjoint({keys for each in OURS for keys in (each["key"], each["mac"])})


def test_no_two_key_bindings_are_the_same() -> None:
    assert len({binding["key"] for binding in OURS}) == len(OURS)

"""How the panel looks and reads: in every kind of theme, narrow, and to assistive technology.

The screenshots are kept in `dist/pictures`, for people to look at.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from claude_sidecar.offline.script import call, say, think
from support.model import Model
from support.vscode import parts
from vscode.conftest import Opener

THEMES = {
    "light": "Default Light Modern",
    "dark": "Default Dark Modern",
    "high-contrast": "Default High Contrast",
    "high-contrast-light": "Default High Contrast Light",
}
REPLY = """\
`mean()` **divides by zero** where the list is empty:

1. `len(numbers)` is 0
2. so the division fails, see [stats.py](stats.py#L2)

```python
def mean(numbers: list[float]) -> float:
    \"\"\"The mean, or 0 of nothing.\"\"\"
    return sum(numbers) / len(numbers) if numbers else 0.0  # no division
```

| case | result |
| --- | --- |
| empty | `0.0` |

> A caller that wants an error should ask for it.
"""
PLAN = [
    {"content": "Read stats.py", "status": "completed", "activeForm": "Reading stats.py"},
    {"content": "Guard the division", "status": "in_progress", "activeForm": "Guarding"},
]


@pytest.mark.parametrize("theme", THEMES)
def test_a_conversation_is_legible_and_accessible(
    open_window: Opener, project: Path, scripted: Model, theme: str
) -> None:
    scripted.script.reply(
        think("What if there are none?"),
        call("TodoWrite", todos=PLAN),
        call("Read", file_path=str(project / "stats.py")),
    ).reply(say(REPLY)).reply(
        call(
            "Edit",
            file_path=str(project / "stats.py"),
            old_string="    return sum(numbers) / len(numbers)\n",
            new_string="    return sum(numbers) / len(numbers) if numbers else 0.0\n",
        )
    ).reply(say("Then it stays as it is."))
    settings = {"workbench.colorTheme": THEMES[theme], "claudeSidecar.budget.sessionUsd": 1}
    window = open_window(project, settings)
    window.open_file("stats.py")
    panel = window.panel()
    expect(panel.state.get_by_role("button", name="Review stats.py")).to_be_visible()
    assert panel.violations() == []
    panel.say("What is wrong with mean()?")
    expect(panel.turns.locator(".hljs-comment")).to_be_visible()
    expect(panel.turns.get_by_text("Working…")).to_be_hidden()
    panel.say("Mend it")
    expect(panel.asks).to_be_visible()
    panel.type("/")
    expect(panel.inside.get_by_role("listbox")).to_be_visible()
    assert panel.violations() == []
    panel.prompt.press("Escape")
    panel.prompt.fill("")
    window.picture(parts.PICTURES / f"conversation-{theme}.png")
    panel.choose("Refuse")
    expect(panel.turns.last).to_contain_text("Then it stays as it is.")


def test_the_panel_holds_together_at_200_pixels(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    old = "    return sum(numbers) / len(numbers)\n"
    new = "".join(f"    assert numbers[{number}] is not None\n" for number in range(30)) + old
    scripted.script.reply(call("Read", file_path=str(project / "stats.py")))
    scripted.script.reply(
        call("Edit", file_path=str(project / "stats.py"), old_string=old, new_string=new)
    ).reply(say(REPLY))
    window = open_window(project)
    window.open_file("stats.py")
    panel = window.panel()
    panel.say("What is wrong with mean()?")
    expect(panel.asks).to_be_visible()
    sash = window.page.locator(".monaco-sash.vertical").nth(1)
    box = sash.bounding_box()
    assert box is not None
    window.page.mouse.move(box["x"] + 2, box["y"] + 300)
    window.page.mouse.down()
    window.page.mouse.move(250, box["y"] + 300, steps=5)
    window.page.mouse.up()
    frame = panel.frame
    expect(panel.asks.get_by_role("button", name="Refuse")).to_be_in_viewport(ratio=1)
    panel.picture(parts.PICTURES / "narrow-asking.png")
    panel.choose("Refuse")
    expect(panel.turns.locator(".hljs-comment")).to_be_attached()
    expect(panel.turns.get_by_text("Working…")).to_be_hidden()
    panel.picture(parts.PICTURES / "narrow.png")
    width = frame.evaluate("window.innerWidth")
    assert width <= 210
    assert frame.evaluate("document.scrollingElement.scrollWidth") <= width
    assert frame.evaluate("document.querySelector('.transcript').scrollWidth") <= width
    assert panel.violations() == []


def test_what_went_wrong_is_said_with_what_to_do(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    scripted.script.fail(401, times=20)
    window = open_window(project, {"claudeSidecar.env": {"CLAUDE_CODE_MAX_RETRIES": "0"}})
    window.open_file("stats.py")
    panel = window.panel()
    panel.say("Hello")
    expect(panel.turns.get_by_role("button", name="Log in")).to_be_visible()
    expect(panel.turns.get_by_role("button", name="Try again")).to_be_visible()
    assert panel.violations() == []
    panel.picture(parts.PICTURES / "not-logged-in.png")

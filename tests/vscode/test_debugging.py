"""A program that is stopped in VS Code's debugger, and what Claude learns of it and of the code."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import expect

from claude_sidecar.offline.script import call, say
from support.model import Model
from support.vscode import parts
from vscode.conftest import Opener

PROGRAM = """\
function mean(numbers) {
  const total = numbers.reduce((sum, each) => sum + each, 0);
  debugger;
  return total / numbers.length;
}

console.log(mean([]));
"""


def test_a_stopped_program_goes_to_claude_with_its_variables(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    (project / "mean.js").write_text(PROGRAM, encoding="utf-8")
    launch = {
        "version": "0.2.0",
        "configurations": [
            {
                "type": "node",
                "request": "launch",
                "name": "mean",
                "program": "${workspaceFolder}/mean.js",
                "runtimeExecutable": str(parts.NODE),
            }
        ],
    }
    (project / ".vscode").mkdir()
    (project / ".vscode" / "launch.json").write_text(json.dumps(launch), encoding="utf-8")
    scripted.script.reply(
        say("Let me look."),
        call("mcp__sidecar__get_debug_state"),
    ).reply(say("The list is empty."))
    window = open_window(project)
    window.open_file("mean.js")
    window.page.keyboard.press("F5")
    expect(window.page.locator(".debug-toolbar")).to_be_visible()
    expect(window.page.locator(".debug-top-stack-frame-line").first).to_be_attached()
    window.page.locator(".debug-toolbar").get_by_role(
        "button", name="Debug Stopped Program"
    ).click()
    panel = window.panel()
    expect(panel.turns).to_contain_text("The list is empty.")
    asked = str(scripted.requests[0].messages)
    assert "numbers" in asked
    assert "total" in asked
    looked_up = str(scripted.requests[-1].messages[-1])
    assert "numbers" in looked_up
    assert "mean.js" in looked_up
    window.page.keyboard.press("Shift+F5")

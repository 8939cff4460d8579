"""What other extensions show and know: terminals, failed tests, a language's intelligence, all of it
taken to Claude. The tests' own extension stands in for those of others.
"""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import expect

from claude_sidecar.offline.script import call, say
from support.model import Model
from support.vscode import parts
from support.vscode.shown_terminal import ShownTerminal
from support.vscode.views import Views
from vscode.conftest import Opener

TERMINAL = """\
$ python main.py
Traceback (most recent call last):
  File "{folder}/main.py", line 3, in <module>
    print(mean([]))
  File "{folder}/stats.py", line 2, in mean
    return sum(numbers) / len(numbers)
ZeroDivisionError: division by zero
$ make release
tar: cannot stat 'dist/notes.md'
"""
FAILED = {
    "label": "test_mean_of_nothing",
    "file": "test_stats.py",
    "line": 3,
    "message": "ZeroDivisionError in mean()",
    "expected": "0.0",
    "actual": "an exception",
}


def test_what_a_terminal_shows_is_debugged_by_its_link_and_by_what_is_selected(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    text = TERMINAL.format(folder=project)
    (project / "terminal.txt").write_text(text, encoding="utf-8")
    scripted.script.reply(say("The list is empty.")).reply(say("There are no notes."))
    window = open_window(project)
    window.open_file("ledger.py")
    panel = window.panel()
    window.command("Companion: Show Its Terminal")
    terminal = ShownTerminal(window.page)
    terminal.follow("ZeroDivisionError")
    expect(window.tab).to_contain_text("stats.py")
    expect(panel.turns).to_contain_text("The list is empty.")
    window.picture(parts.PICTURES / "terminal-link.png")
    asked = scripted.requests[0].last_prompt
    assert "ZeroDivisionError: division by zero" in asked
    assert f'File "{project}/stats.py", line 2, in mean' in asked

    terminal.select("cannot stat")
    window.command("Claude Sidecar: Debug Terminal Selection")
    expect(panel.turns.last).to_contain_text("There are no notes.")
    asked = scripted.requests[-1].last_prompt
    assert "tar: cannot stat 'dist/notes.md'" in asked
    assert "ZeroDivisionError" not in asked


def test_a_failed_test_is_debugged_from_its_message_and_from_the_lists(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    test = "from stats import mean\n\n\ndef test_mean_of_nothing():\n    assert mean([]) == 0.0\n"
    (project / "test_stats.py").write_text(test, encoding="utf-8")
    (project / "test.json").write_text(json.dumps(FAILED), encoding="utf-8")
    scripted.script.reply(say("It divides by zero.")).reply(say("I ran it.")).reply(say("Again."))
    window = open_window(project)
    window.open_file("test_stats.py")
    panel = window.panel()
    window.command("Companion: Fail Its Test")
    window.editor.get_by_text("an exception != 0.0").first.click()
    peek = window.page.locator(".peekview-widget")
    expect(peek).to_contain_text("ZeroDivisionError in mean()")
    window.picture(parts.PICTURES / "failed-test.png")
    peek.get_by_text("Debug Failed Test with Claude").click()
    expect(panel.turns).to_contain_text("It divides by zero.")
    asked = scripted.requests[0].last_prompt
    assert f"test_mean_of_nothing failed at {project}/test_stats.py:4" in asked
    assert "ZeroDivisionError in mean()" in asked
    assert "Expected: 0.0" in asked
    assert "Actual: an exception" in asked

    window.command("Testing: Focus on Test Explorer View")
    row = window.page.locator(".test-explorer .monaco-list-row").filter(has_text="mean_of_nothing")
    Views(window.page).choose(row, "Debug Failed Test with Claude")
    expect(panel.turns.last).to_contain_text("I ran it.")
    assert "test_mean_of_nothing failed" in scripted.requests[-1].last_prompt

    window.command("Test Results: Focus on Test Results View")
    results = window.page.locator("[id='workbench.parts.panel'] .test-output-peek-tree")
    result = results.locator(".monaco-list-row")
    Views(window.page).choose(
        result.filter(has_text="mean_of_nothing"), "Debug Failed Test with Claude"
    )
    expect(panel.turns.last).to_contain_text("Again.")
    assert "test_mean_of_nothing failed" in scripted.requests[-1].last_prompt


def test_claude_is_told_what_the_editors_languages_know(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    main = 'from stats import mean\n\nprint(mean([]), "mean")\n'
    (project / "main.py").write_text(main, encoding="utf-8")
    scripted.script.reply(
        call("mcp__sidecar__get_hover", file="stats.py", line=1, symbol="mean"),
        call("mcp__sidecar__find_definition", file="stats.py", line=5, symbol="loudest"),
        call("mcp__sidecar__find_references", file="stats.py", symbol="seen"),
        call("mcp__sidecar__get_symbols", file="stats.py"),
    ).reply(say("I know it now."))
    window = open_window(project)
    window.open_file("stats.py")
    window.command("Companion: Know Python")
    panel = window.panel()
    panel.say("What is there?")
    expect(panel.turns).to_contain_text("I know it now.")
    told = str(scripted.requests[-1].messages[-1])
    assert "The companion knows `mean`." in told
    assert "stats.py:5" in told
    assert "stats.py:7" in told
    assert "stats.py:10" in told
    assert "loudest" in told


def test_what_claude_edits_is_saved_as_the_user_would_save_it(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    old = "    total = 0\n"
    new = "    total = 0.0   \n"
    scripted.script.reply(
        call("Read", file_path=str(project / "ledger.py")),
    ).reply(
        call("Edit", file_path=str(project / "ledger.py"), old_string=old, new_string=new),
    ).reply(say("Saved."))
    settings = {
        "claudeSidecar.permissionMode": "acceptEdits",
        "files.trimTrailingWhitespace": True,
    }
    window = open_window(project, settings)
    window.open_file("ledger.py")
    panel = window.panel()
    panel.say("Make it a float")
    expect(panel.turns).to_contain_text("Saved.")
    expect(window.editor).to_contain_text("total = 0.0")
    expect(window.tab).not_to_contain_class("dirty")
    assert "    total = 0.0\n" in (project / "ledger.py").read_text(encoding="utf-8")

"""Two windows on one folder: who has a conversation, who waits for it, and what each sees of the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.script import pause, say
from support.model import Model
from support.processes import hanging
from support.vscode import parts
from support.vscode.panel import Panel
from support.vscode.serving import CodeServer
from support.vscode.views import Views
from vscode.conftest import Opener
from vscode.test_starting import servers_of


def waits(panel: Panel) -> Locator:
    """What the panel says of a turn that waits for another process."""
    return panel.turns.get_by_text("Waiting for another window or terminal")


class TwoWindows:
    """Both in one file, with their panels.

    :ivar process: the language server of the first.
    """

    def __init__(self, open_window: Opener, served: CodeServer, project: Path) -> None:
        earlier = servers_of(served)
        self.one = open_window(project)
        self.one.open_file("stats.py")
        (self.process,) = servers_of(served) - earlier
        self.other = open_window(project)
        self.other.open_file("stats.py")
        self.first, self.second = self.one.panel(), self.other.panel()


def test_a_window_waits_for_another_one_and_sees_what_it_does(
    open_window: Opener, served: CodeServer, project: Path, scripted: Model
) -> None:
    gate = Gate()
    scripted.script.when("first?").reply(say("It begins, "), pause(gate), say("and it ends."))
    scripted.script.when("second?").reply(say("Second."))
    scripted.script.when("third?").reply(say("Third."))
    windows = TwoWindows(open_window, served, project)
    first, second = windows.first, windows.second
    first.say("first?")
    expect(first.turns).to_contain_text("It begins,")
    second.say("second?")
    expect(waits(second)).to_contain_text(f"process {windows.process}")
    expect(second.turns).to_contain_text(["first?", "second?"])
    expect(second.turns.first).to_contain_text("It begins,")
    expect(second.stop).to_be_visible()
    windows.other.picture(parts.PICTURES / "waiting.png")
    assert second.violations() == []

    windows.one.command("Claude Sidecar: Focus on Sessions View")
    sessions = Views(windows.one.page).rows("Sessions")
    expect(sessions.filter(has_text="First?")).to_be_visible()
    first.prompt.click()  # the focus is in a page of its own, of which VS Code hears nothing
    with windows.one.away():
        gate.open()
        expect(second.turns.first).to_contain_text("and it ends.")
        expect(second.turns.last).to_contain_text("Second.")
        expect(waits(second)).to_have_count(0)
        expect(second.stop).to_be_hidden()
        windows.other.command("Claude Sidecar: Rename Session")
        windows.other.answer("The mean")
        expect(second.title).to_contain_text("The mean")
        expect(sessions.filter(has_text="First?")).to_be_visible()
    expect(sessions.filter(has_text="The mean")).to_be_visible()
    expect(first.title).to_contain_text("The mean")
    expect(first.turns.last).to_contain_text("Second.")
    windows.one.picture(parts.PICTURES / "what-another-window-did.png")
    lenses = windows.one.editor.locator(".codelens-decoration")
    expect(lenses.filter(has_text="2 turns")).to_be_visible()

    with windows.one.away():
        windows.other.command("Claude Sidecar: New Session")
        expect(second.state).to_contain_text("No conversation about stats.py yet")
        second.say("third?")
        expect(second.turns).to_contain_text("Third.")
    expect(first.turns).to_have_count(1)
    expect(first.turns).to_contain_text("Third.")
    expect(lenses.filter(has_text="1 turn ")).to_be_visible()


@pytest.mark.timeout(300, func_only=True)
def test_a_window_that_waits_in_vain_says_so_and_what_to_do(
    open_window: Opener, served: CodeServer, project: Path, tmp_path: Path, scripted: Model
) -> None:
    gate = Gate()
    scripted.script.when("first?").reply(say("It begins, "), pause(gate), say("and it ends."))
    scripted.script.when("Explain this file").reply(say("It is explained."))
    windows = TwoWindows(open_window, served, project)
    windows.first.say("first?")
    expect(windows.first.turns).to_contain_text("It begins,")
    panel = windows.second
    with hanging(windows.process, tmp_path / "store.sqlite3"):
        windows.other.command("Claude Sidecar: Explain")
        expect(waits(panel)).to_be_visible()
        # It gives up after so many looks, and on a busy machine each look takes its time.
        expect(windows.other.toasts.filter(has_text="is in use")).to_be_visible(timeout=150_000)
        expect(panel.turns.last).to_contain_text(f"process {windows.process}")
        expect(waits(panel)).to_have_count(0)
        windows.other.picture(parts.PICTURES / "waited-in-vain.png")
    gate.open()
    expect(panel.turns.first).to_contain_text("and it ends.")
    expect(panel.stop).to_be_hidden()
    panel.turns.last.get_by_role("button", name="Try again").click()
    expect(panel.turns.last).to_contain_text("It is explained.")
    expect(panel.stop).to_be_hidden()

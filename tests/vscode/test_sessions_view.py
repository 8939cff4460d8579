"""The list of sessions: found, resumed, renamed, deleted and given to another file."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, expect

from claude_sidecar.offline.script import say
from support.model import Model
from support.vscode import parts
from support.vscode.panel import Panel
from support.vscode.views import Views
from support.vscode.window import Window
from vscode.conftest import Opener

SESSIONS = "Sessions"


class Listed:
    """The view, and what one does in it."""

    def __init__(self, window: Window) -> None:
        self.views = Views(window.page)
        self.rows = self.views.rows(SESSIONS)
        window.command("Claude Sidecar: Focus on Sessions View")

    def row(self, text: str) -> Locator:
        """A file or a session."""
        return self.rows.filter(has_text=text)

    def drop_on_editor(self, row: Locator, window: Window) -> None:
        """Drag a session into the active editor's text, as VS Code wants it: with Shift held."""
        row.hover()
        mouse = window.page.mouse
        mouse.down()
        box = window.editor.bounding_box()
        assert box is not None
        for step in (0.4, 0.45, 0.5):
            mouse.move(box["x"] + box["width"] * step, box["y"] + box["height"] * step)
            window.page.keyboard.down("Shift")
        mouse.up()
        window.page.keyboard.up("Shift")

    def expect(self, *texts: str) -> None:
        """The rows from top to bottom, each by words of it."""
        expect(self.rows).to_contain_text(list(texts))
        expect(self.rows).to_have_count(len(texts))

    def expect_current(self, title: str, *, current: bool = True) -> None:
        """Whether a session is marked as its file's current one, to eyes and to ears."""
        row = self.row(title)
        expect(row.locator(".codicon-circle-filled")).to_have_count(int(current))
        expect(row.and_(row.page.get_by_label(f"{title}, current"))).to_have_count(int(current))


def asked(window: Window, model: Model) -> Panel:
    """Ask twice about one file, in two sessions, and once about the other."""
    for answer in ("Divides by their number.", "Linear time.", "Adds the amounts."):
        model.script.reply(say(answer))
    window.open_file("stats.py")
    panel = window.panel()
    panel.say("What is it for?")
    expect(panel.turns).to_contain_text("Divides by their number.")
    window.page.get_by_role("button", name="New Session").click()
    expect(panel.state).to_contain_text("No conversation about stats.py yet")
    panel.say("Is it quick?")
    expect(panel.turns).to_contain_text("Linear time.")
    window.open_file("ledger.py")
    panel.say("And this one?")
    expect(panel.turns).to_contain_text("Adds the amounts.")
    return panel


def test_sessions_are_found_and_put_in_order_in_their_view(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    window = open_window(project)
    panel = asked(window, scripted)
    listed = Listed(window)
    everything = ("ledger.py", "And this one?", "stats.py", "Is it quick?", "What is it for?")
    listed.expect(*everything)
    listed.expect_current("Is it quick?")
    listed.expect_current("And this one?")
    listed.expect_current("What is it for?", current=False)
    window.picture(parts.PICTURES / "sessions-view.png")

    listed.views.press(SESSIONS, "Search Sessions")
    window.answer("Divides")
    listed.expect("stats.py", "What is it for?")
    expect(listed.views.pane(SESSIONS)).to_contain_text("Sessions with “Divides”")
    listed.views.press(SESSIONS, "Clear Search")
    listed.expect(*everything)

    listed.views.act(listed.row("What is it for?"), "Resume Session")
    expect(panel.turns).to_contain_text("Divides by their number.")
    expect(window.tab).to_contain_text("stats.py")
    listed.expect_current("What is it for?")
    listed.expect_current("Is it quick?", current=False)

    listed.views.choose(listed.row("What is it for?"), "Rename Session")
    window.answer("The mean")
    expect(listed.row("The mean")).to_be_visible()
    expect(panel.title).to_contain_text("The mean")

    listed.views.act(listed.row("The mean"), "Delete Session")
    window.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    listed.expect("ledger.py", "And this one?", "stats.py", "Is it quick?")


def test_a_session_is_bound_to_another_file_by_dragging_one_of_them(
    open_window: Opener, project: Path, scripted: Model
) -> None:
    (project / "other.py").write_text("OTHER = 1\n", encoding="utf-8")
    window = open_window(project)
    panel = asked(window, scripted)
    listed = Listed(window)
    listed.row("What is it for?").drag_to(listed.row("ledger.py"))
    expect(window.tab).to_contain_text("ledger.py")
    expect(panel.turns).to_contain_text("Divides by their number.")
    listed.expect_current("What is it for?")
    listed.expect_current("And this one?", current=False)
    listed.expect("ledger.py", "And this one?", "What is it for?", "stats.py", "Is it quick?")

    listed.drop_on_editor(listed.row("Is it quick?"), window)
    expect(panel.turns).to_contain_text("Linear time.")
    listed.expect_current("Is it quick?")
    listed.expect("ledger.py", "And this one?", "Is it quick?", "What is it for?")
    expect(window.tab).not_to_contain_class("dirty")

    window.open_file("stats.py")
    window.tab.drag_to(listed.row("And this one?"))
    expect(panel.turns).to_contain_text("Adds the amounts.")
    listed.expect_current("And this one?")
    listed.expect("stats.py", "And this one?", "ledger.py", "Is it quick?", "What is it for?")
    window.picture(parts.PICTURES / "sessions-dropped.png")

    window.command("View: Move View")
    window.rows.filter(has_text="Sessions").first.click()
    window.rows.filter(has_text="New Secondary Side Bar Entry").click()
    aside = window.page.locator("[id='workbench.parts.auxiliarybar'] .monaco-list-row")
    expect(aside.filter(has_text="Is it quick?")).to_be_visible()
    window.command("View: Show Explorer")
    file = window.page.locator(".explorer-folders-view .monaco-list-row")
    file.filter(has_text="other.py").drag_to(aside.filter(has_text="Is it quick?"))
    expect(window.tab).to_contain_text("other.py")
    expect(panel.turns).to_contain_text("Linear time.")
    expect(aside.filter(has_text="other.py")).to_be_visible()

"""The moving line never touches what stands above it."""

from claude_sidecar.sessions.events import AskedTurn, TurnStarted, UsageUpdated
from claude_sidecar.sessions.model import ContextSize, Usage
from claude_sidecar.terminal.progress import Progress
from support.terminal import readable_screen

UP = "\x1b[1A"


def test_a_long_line_that_comes_back_does_not_erase_what_was_written_meanwhile() -> None:
    screen = readable_screen(terminal=True, err_terminal=True)

    with Progress(screen.screen.err) as progress:
        progress.say("Checking " + "a very long thing " * 30)
        progress.show()
        progress.pause()
        before = len(screen.asides)
        progress.show()

    above, drawn, _ = screen.asides[before:].partition("Checking a very long thing")
    assert drawn
    assert UP not in above


def test_nothing_moves_where_nobody_watches() -> None:
    screen = readable_screen(terminal=False)

    with Progress(screen.screen.err) as progress:
        progress.say("Checking")
        progress.show()

    assert screen.asides == ""


def test_tokens_are_those_of_the_turn_that_runs() -> None:
    screen = readable_screen(terminal=True, err_terminal=True)

    with Progress(screen.screen.err) as progress:
        progress.follow(UsageUpdated(Usage(output_tokens=1), ContextSize()))
        progress.show()
        progress.pause()
        before = len(screen.asides)
        progress.follow(TurnStarted(AskedTurn("ask", "And now?"), resumed=False))
        progress.show()

    assert "· 1 token" in screen.asides[:before]
    assert "tokens" not in screen.asides
    assert "token" not in screen.asides[before:]

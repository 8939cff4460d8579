"""Draws `run.svg`, the README's picture: a real run on a terminal, offline, in a temporary folder.

Run it with `.venv/bin/python docs/draw_run.py` whenever the command line looks different. It takes
a Unix terminal, and a few seconds.
"""

import contextlib
import io
import os
import pty
import re
import shlex
import subprocess
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

WIDTH = 100
SAMPLE = '''\
"""What a basket costs."""

PRICES = {"apple": 30, "bread": 220}


def total(items):
    cents = 0
    for item in items:
        cents += PRICES[item]
    if cents > LIMIT:
        cents -= 100
    return cents
'''
COMMANDS = (
    ("review", "basket.py"),
    ("ask", "--file", "basket.py", "Which line was that, and what did I ask before?"),
)
FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def main() -> None:
    """Run, record and draw."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder, "project")
        workspace.mkdir()
        Path(workspace, "basket.py").write_text(SAMPLE, encoding="utf-8")
        Path(folder, "config.toml").touch()
        recorded = _recorded(Path(folder))
    console = Console(record=True, width=WIDTH, file=io.StringIO())
    console.print(Text.from_ansi(recorded), soft_wrap=True)
    svg = console.export_svg(title="claude-sidecar")
    svg = FONTS.sub("", svg).replace("Fira Code", "ui-monospace")  # nothing is fetched to show it
    Path(__file__).with_name("run.svg").write_text(svg, encoding="utf-8")


def _recorded(folder: Path) -> str:
    """What the terminal received, without the progress line, which is on standard error."""
    options = ("--offline", "--workspace", folder / "project", "--store", folder / "store.sqlite3")
    hidden = shlex.join(map(str, (*options[1:], "--config", folder / "config.toml")))
    lines = [f"stty cols {WIDTH}", f"cd {shlex.quote(str(folder / 'project'))}"]
    for command in COMMANDS:
        shown = shlex.join(("claude-sidecar", *command, "--offline"))
        lines += [f"printf '\\033[1m$ %s\\033[0m\\n' {shlex.quote(shown)}"]
        lines += [f"{shown} {hidden} 2>/dev/null", "echo"]
    environment = {
        **os.environ,
        "CLAUDE_CONFIG_DIR": str(folder / "claude"),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
    }
    script = ["sh", "-ec", "\n".join(lines)]
    ours, theirs = pty.openpty()
    with subprocess.Popen(script, stdin=theirs, stdout=theirs, env=environment) as process:
        os.close(theirs)
        output = _all(ours)
    os.close(ours)
    if process.returncode != 0:
        raise SystemExit("The run that was to be drawn failed.")
    return output.decode().replace("\r", "").rstrip()


def _all(terminal: int) -> bytes:
    output = bytearray()
    with contextlib.suppress(OSError):  # Linux says so when the last of the other side is gone
        while data := os.read(terminal, 65536):
            output.extend(data)
    return bytes(output)


if __name__ == "__main__":
    main()

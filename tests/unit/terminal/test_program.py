"""Arguments: what is wrong is said, with status 2, and `serve` is handed what it was given."""

import subprocess
import sys

import pytest

from claude_sidecar.terminal.program import ServeArguments, run


def _no_serve(arguments: ServeArguments) -> int:
    raise AssertionError(arguments)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["frobnicate"], "No such command 'frobnicate'"),
        (["review"], "Name files to review, or ask for --changes"),
        (["review", "x.py", "--format", "xml"], "'xml' is not one of"),
        (["review", "x.py", "--fail-on", "grave"], "'grave' is not one of"),
        (["review", "x.py", "--max-turns", "0"], "0 is not in the range"),
        (["review", "x.py", "--config", "nowhere.toml"], "--config nowhere.toml: there is no such"),
        (["review", "x.py", "--workspace", "nowhere"], "--workspace nowhere: there is no such"),
        (["ask"], "Missing argument 'TEXT'"),
        (["findings", "dismiss"], "Missing argument 'FINDING'"),
        (["findings", "list", "--state", "gone"], "'gone' is not one of"),
        (["ask", "  "], "The question is empty"),
        (["sessions", "resume"], "Missing argument 'SESSION'"),
        (["usage", "--since", "yesterday"], "'yesterday' is not a day like"),
        (["serve", "--tcp", "9000"], "'9000' is not HOST:PORT"),
        (["serve", "--tcp", "localhost:99999"], "is not HOST:PORT"),
        (["serve", "--stdio", "--ws", "localhost:9"], "exclude each other"),
    ],
)
def test_wrong_usage_has_status_2_and_says_what_is_wrong(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments, serve=_no_serve) == 2
    assert said in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    ("arguments", "served"),
    [
        ([], ServeArguments()),
        (["--stdio", "--offline"], ServeArguments(offline=True)),
        (["--tcp", "127.0.0.1:9000"], ServeArguments(tcp=("127.0.0.1", 9000))),
        (["--ws", "[::1]:0", "--log-level", "debug"],
         ServeArguments(ws=("::1", 0), log_level="debug")),
    ],
)  # fmt: skip
def test_serve_is_given_its_arguments(arguments: list[str], served: ServeArguments) -> None:
    given: list[ServeArguments] = []

    def serve(arguments: ServeArguments) -> int:
        given.append(arguments)
        return 7

    assert run(["serve", *arguments], serve=serve) == 7
    assert given == [served]


@pytest.mark.parametrize("arguments", [["--help"], ["serve", "--help"], ["--version"]])
def test_help_and_serve_import_nothing_that_costs_time(arguments: list[str]) -> None:
    code = (
        "import sys\n"
        "from claude_sidecar.terminal.program import run\n"
        f"run({arguments!r}, serve=lambda _: 0)\n"
        "heavy = {'rich', 'anyio', 'asyncio', 'claude_agent_sdk', 'pygls', 'sqlite3'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_every_subcommand_has_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"], serve=_no_serve) == 0
    listed = capsys.readouterr().out.partition("Commands:")[2].partition("Exit status")[0]
    names = [line.split()[0] for line in listed.splitlines() if line.strip()]

    assert {"serve", "review", "ask", "chat", "debug", "sessions", "doctor", "demo"} <= set(names)
    for name in names:
        assert run([name, "--help"], serve=_no_serve) == 0
        assert f"claude-sidecar {name}" in capsys.readouterr().out

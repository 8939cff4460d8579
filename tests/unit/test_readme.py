"""The README and the contract tell of everything that is there, and of nothing else."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import attrs
import pytest

import claude_sidecar
from claude_sidecar.lsp import names
from claude_sidecar.settings import SCHEMA, Option
from claude_sidecar.terminal.program import ServeArguments, run
from support.arguments import argument_classes

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "docs/protocol.md")
COMMANDS = [command.removeprefix("claudeSidecar.") for command in names.COMMANDS]
VALUES = {"markdown", "json"}
"""What stands in code among the arguments and is the value of one."""


def section(document: str, heading: str) -> str:
    """What stands under a heading of the second level."""
    text = (ROOT / document).read_text(encoding="utf-8")
    found = re.search(
        rf"^## {re.escape(heading)}.*?\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL
    )
    assert found is not None, f"{document} has no section {heading!r}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """The cells of all rows of its tables that begin with something in code."""
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def setting_row(option: Option) -> list[str]:
    """What the README says of a setting."""
    default = json.dumps(option.default)
    return [f"`{option.name}`", f"`{default}`", option.allowed, option.description]


def subcommands(capsys: pytest.CaptureFixture[str], *group: str) -> list[str]:
    """Those that `--help` lists."""

    def serve(arguments: ServeArguments) -> int:
        raise AssertionError(arguments)

    assert run([*group, "--help"], serve=serve) == 0
    listed = capsys.readouterr().out.partition("\nCommands:\n")[2]
    return re.findall(r"^  ([a-z]+) ", listed.partition("\n\n")[0], re.MULTILINE)


def anchors(text: str) -> set[str]:
    """What its headings can be linked by."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


def test_the_readme_has_every_setting_as_it_is() -> None:
    assert rows(section("README.md", "Settings")) == [setting_row(each) for each in SCHEMA]


def test_the_readme_has_every_command() -> None:
    listed = [row[0].strip("`") for row in rows(section("README.md", "Commands"))]
    assert sorted(each for each in listed if "." in each) == sorted(names.COMMANDS)


def test_the_readme_has_every_subcommand(capsys: pytest.CaptureFixture[str]) -> None:
    told = {row[0].strip("`"): row[1] for row in rows(section("README.md", "Commands"))}
    assert [each for each in told if "." not in each] == subcommands(capsys)
    for group in ("findings", "sessions"):
        listed = set(re.findall(r"`(\w+)`", told[group]))
        assert listed == set(subcommands(capsys, group))


def test_the_contract_has_every_command() -> None:
    listed = [row[0].strip("`") for row in rows(section("docs/protocol.md", "Commands"))]
    assert sorted(listed) == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_contract_has_every_argument(command: str) -> None:
    told = {row[0].strip("`"): row[1] for row in rows(section("docs/protocol.md", "Commands"))}
    words = "".join(part[0].upper() + part[1:] for part in command.split("."))
    fields = attrs.fields(argument_classes()[f"{words}Arguments"])
    given = {_camel(each.name) + ("!" if each.default is attrs.NOTHING else "") for each in fields}
    assert set(re.findall(r"`(\w+!?)`", told[command])) - VALUES == given


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(each.capitalize() for each in rest)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_its_links_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    links = re.findall(r"\]\(([^)]+)\)", prose)
    assert links
    for link in links:
        path, _, anchor = link.partition("#")
        target = (ROOT / document).parent / path if path else ROOT / document
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text(encoding="utf-8")), link


def test_the_examples_that_the_readme_names_are_those_there_are() -> None:
    named = set(re.findall(r"`(\w+\.py)`:", section("README.md", "In Python")))
    assert named == {path.name for path in (ROOT / "server/examples").glob("*.py")}


def test_the_readmes_program_uses_what_the_package_has() -> None:
    program = re.search(
        r"^```python\n(.*?)^```", section("README.md", "In Python"), re.MULTILINE | re.DOTALL
    )
    assert program is not None
    imports = [
        alias.name
        for node in ast.walk(ast.parse(program[1]))
        if isinstance(node, ast.ImportFrom) and node.module == "claude_sidecar"
        for alias in node.names
    ]
    assert imports
    assert [name for name in imports if not hasattr(claude_sidecar, name)] == []


def test_the_picture_fetches_nothing_and_shows_what_ran() -> None:
    picture = (ROOT / "docs/run.svg").read_text(encoding="utf-8")
    assert re.findall(r"@font-face|@import|<image|(?:href|src)=|url\((?!#)", picture) == []
    shown = re.sub(r"<[^>]+>", "", picture).replace("&#160;", " ")
    assert "$ claude-sidecar review basket.py --offline" in shown
    assert "not by Claude" in shown


def test_the_contract_has_every_kind_of_code_action_and_every_message_of_its_own() -> None:
    contract = (ROOT / "docs/protocol.md").read_text(encoding="utf-8")
    messages = (names.SESSION_UPDATE, names.REQUEST_PERMISSION, names.ASK_QUESTION)
    told = (*names.ACTION_KINDS, *messages, names.CLIENT_ASK)
    assert [each for each in told if f"`{each}`" not in contract] == []

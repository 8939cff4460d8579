"""The project's own promises: lock files that name no index, one version, commands that exist."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import tomli

import claude_sidecar
from claude_sidecar import sessions
from claude_sidecar.lsp import names
from claude_sidecar.settings import SCHEMA
from claude_sidecar.terminal.program import ServeArguments, run

ROOT = Path(__file__).parents[2]
PYTHON_LOCKS = ("requirements.lock", "requirements-dev.lock")
PINNED = re.compile(r"^[a-z0-9][a-z0-9._-]*==\S+( ; .+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def code_in_readme() -> str:
    """What the README sets in code: its blocks and its spans."""
    return "\n".join(
        re.findall(r"^```.*?^```|`[^`\n]+`", read("README.md"), re.MULTILINE | re.DOTALL)
    )


def no_server(arguments: ServeArguments) -> int:
    """For command lines that start no server."""
    raise AssertionError(arguments)


def pins(lock: str) -> dict[str, set[str]]:
    """The versions that a lock file names for each package: several where markers tell apart."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9._-]+)==(\S+)", read(lock), re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


@pytest.mark.parametrize("lock", PYTHON_LOCKS)
def test_a_lock_file_holds_nothing_but_exact_versions_and_their_hashes(lock: str) -> None:
    lines = [line for line in read(lock).splitlines() if not line.lstrip().startswith("#")]
    assert len(lines) > 40
    assert [line for line in lines if not (PINNED.match(line) or HASH.match(line))] == []


@pytest.mark.parametrize("lock", PYTHON_LOCKS)
def test_a_python_lock_file_names_no_index(lock: str) -> None:
    assert "://" not in read(lock)


def test_the_clients_lock_file_names_no_index() -> None:
    packages = json.loads(read("client-vscode/package-lock.json"))["packages"]
    assert len(packages) > 100
    for package in packages.values():
        package.pop("funding", None)  # where its maker takes donations
    assert "://" not in json.dumps(packages)


def test_what_is_tested_is_what_is_run() -> None:
    development = pins("requirements-dev.lock")
    assert {
        name: versions
        for name, versions in pins("requirements.lock").items()
        if development.get(name) != versions
    } == {}


@pytest.mark.parametrize("lock", PYTHON_LOCKS)
def test_every_direct_dependency_is_locked(lock: str) -> None:
    dependencies = re.search(
        r"^dependencies = \[\n(.*?)^\]", read("pyproject.toml"), re.MULTILINE | re.DOTALL
    )
    assert dependencies is not None
    direct = re.findall(r'^    "([a-z-]+)', dependencies[1], re.MULTILINE)
    assert "pygls" in direct
    assert [name for name in direct if name not in pins(lock)] == []


def test_the_version_stands_in_one_place() -> None:
    assert "version" in re.findall(
        r"^dynamic = \[\"(\w+)\"\]$", read("pyproject.toml"), re.MULTILINE
    )
    assert f'"version": "{claude_sidecar.__version__}"' in read("client-vscode/package.json")


def test_every_habit_that_the_readme_names_is_one_of_the_makefiles() -> None:
    named = set(re.findall(r"\bmake ([a-z-]+)\b", code_in_readme()))
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    assert {"demo", "test"} <= named
    assert named <= targets


def test_every_subcommand_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"\bclaude-sidecar ([a-z]+)\b", code_in_readme()))
    assert {"review", "serve"} <= named
    assert {name: run([name, "--help"], serve=no_server) for name in named} == dict.fromkeys(
        named, 0
    )


def test_every_setting_and_command_of_the_server_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"\bclaudeSidecar\.(\w[\w.]*\w)", code_in_readme()))
    commands = {command.removeprefix("claudeSidecar.") for command in names.COMMANDS}
    assert named <= {option.name for option in SCHEMA} | commands | {"server.path"}


def test_ci_runs_the_readmes_test_command() -> None:
    assert "exec make test" in read(".ci/run").splitlines()
    assert "make test" in read("README.md")


def test_a_wrong_habit_shows_the_right_ones() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    for habit in ("demo", "test", "lint", "bench", "vsix"):
        assert f"make {habit} " in shown.stdout


def test_the_parts_of_the_domain_are_told_in_the_order_that_their_imports_hold() -> None:
    contracts = tomli.loads(read("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    [layers] = [
        contract["layers"]
        for contract in contracts
        if contract.get("containers") == ["claude_sidecar.sessions"]
    ]
    held = [sorted(layer.split(" | ")) for layer in layers]
    table = read("CONTRIBUTING.md").partition("| part of `sessions`")[2].partition("\n\n")[0]
    rows = [row.split("|")[1] for row in table.splitlines()[2:]]
    assert [sorted(re.findall(r"`(\w+)`", row)) for row in rows] == held
    listed = re.findall(r"`(\w+)`:\s", sessions.__doc__ or "")
    assert sorted(listed) == sorted(part for layer in held for part in layer)

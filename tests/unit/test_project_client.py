"""The VS Code extension says what the server says: the same names, settings and defaults.

The extension declares its settings in package.json, where the server cannot put them; what each
declaration allows is held against what the server's own schema accepts.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, cast

import pytest

from claude_sidecar import settings
from claude_sidecar.lsp import names
from claude_sidecar.settings import SCHEMA, SECTION, Option

CLIENT = Path(__file__).parents[2] / "client-vscode"
CLIENT_ONLY = {"server.path", "trace.server"}
BY_TRUST = {"trusted"}
"""VS Code has Workspace Trust for this; the extension sends what it says."""
BY_ITEMS = {f"{SECTION}.openFinding"}
"""What a list's items do when they are opened, and no menu."""
SAMPLES: tuple[Any, ...] = (
    None,
    True,
    0,
    0.5,
    1,
    7,
    10**6,
    -1,
    "",
    "text",
    [],
    ["text"],
    [1],
    {},
    {"A": "b"},
)

MANIFEST: dict[str, Any] = json.loads((CLIENT / "package.json").read_text(encoding="utf-8"))
CONTRIBUTED: dict[str, dict[str, Any]] = {
    name.removeprefix(f"{SECTION}."): declaration
    for name, declaration in MANIFEST["contributes"]["configuration"]["properties"].items()
}
SETTINGS = [option for option in SCHEMA if option.name not in BY_TRUST]


def constants(name: str) -> dict[str, str]:
    """The entries of one of the objects in names.ts."""
    source = (CLIENT / "src" / "names.ts").read_text(encoding="utf-8")
    body = re.search(
        rf"^export const {name} = \{{\n(.*?)^\}} as const;", source, re.MULTILINE | re.DOTALL
    )
    assert body is not None
    return dict(re.findall(r"^  (\w+): '([^']+)',$", body[1], re.MULTILINE))


def upper(name: str) -> str:
    """`sessionNew` as Python spells a constant."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()


@pytest.mark.parametrize("group", ["ServerCommand", "Method"])
def test_a_name_that_goes_over_the_wire_is_the_servers_own(group: str) -> None:
    mine = constants(group)
    assert len(mine) >= 3
    assert mine == {name: getattr(names, upper(name)) for name in mine}


def test_the_extension_has_a_place_for_every_command_of_the_server() -> None:
    assert set(constants("ServerCommand").values()) == set(names.COMMANDS)


@pytest.mark.parametrize("command", constants("ServerCommand"))
def test_the_extension_calls_each_command_that_it_names(command: str) -> None:
    # The list of sessions names those after which it is read anew, and calls none of them.
    others = {CLIENT / "src" / "names.ts", CLIENT / "src" / "sessionsView" / "view.ts"}
    sources = set((CLIENT / "src").rglob("*.ts")) - others
    assert any(f"'{command}'" in source.read_text(encoding="utf-8") for source in sources)


def keys_of(constant: str, file: str) -> tuple[str, ...]:
    """The keys of an object that one of the extension's modules has."""
    source = (CLIENT / "src" / file).read_text(encoding="utf-8")
    body = re.search(
        rf"^export const {constant} = \{{\n(.*?)^\}}", source, re.MULTILINE | re.DOTALL
    )
    assert body is not None
    return tuple(re.findall(r"^  (\w+):", body[1], re.MULTILINE))


def test_the_modes_and_reviewers_to_choose_from_are_the_servers() -> None:
    assert keys_of("MODES", "modes.ts") == settings.PERMISSION_MODES
    assert keys_of("REVIEWERS", "reviewers.ts") == settings.REVIEWERS


def test_the_users_commands_do_not_take_the_servers_names() -> None:
    # The language client registers the server's commands itself; VS Code refuses a second.
    assert set(constants("UserCommand").values()).isdisjoint(names.COMMANDS)


def test_the_users_commands_are_those_in_the_palette() -> None:
    contributed = [command["command"] for command in MANIFEST["contributes"]["commands"]]
    assert sorted(contributed) == sorted(constants("UserCommand").values())


def test_every_menu_entry_is_a_command_or_a_submenu() -> None:
    contributes = MANIFEST["contributes"]
    known = {command["command"] for command in contributes["commands"]}
    submenus = {submenu["id"] for submenu in contributes["submenus"]}
    for entries in contributes["menus"].values():
        for entry in entries:
            assert entry.get("command") in known or entry.get("submenu") in submenus


def places_of(command: str) -> list[tuple[str, dict[str, Any]]]:
    """The menus that a command is in, each with its entry there."""
    return [
        (menu, entry)
        for menu, entries in MANIFEST["contributes"]["menus"].items()
        for entry in entries
        if entry.get("command") == command
    ]


@pytest.mark.parametrize("command", sorted(constants("UserCommand").values()))
def test_a_users_command_has_what_people_find_it_by(command: str) -> None:
    contributed = MANIFEST["contributes"]["commands"]
    [declared] = [each for each in contributed if each["command"] == command]
    assert declared["title"]
    assert declared["category"] == MANIFEST["displayName"]
    assert re.fullmatch(r"\$\([a-z-]+\)", declared["icon"])
    places = places_of(command)
    assert any("when" in entry for _, entry in places)
    seen = {menu for menu, entry in places if entry.get("when") != "false"}
    assert seen or command in BY_ITEMS


# Where people look for it: the editor's submenu is in the editor's context menu.
EXPECTED_MENUS = {
    "editor/title": {"reviewFile", "cancelTurn"},
    "claudeSidecar.editor": {
        *("reviewFile", "reviewSelection", "reviewWorkspaceChanges", "askClaude", "explain"),
        *("fixHere", "debugError", "newSession", "resumeSession", "reviewFor", "estimateReview"),
    },
    "explorer/context": {"reviewFile"},
    "scm/title": {"reviewWorkspaceChanges"},
    "debug/toolBar": {"debugStopped"},
    "terminal/context": {"debugTerminal"},
    "testing/message/context": {"debugTest"},
    "view/title": {
        *("newSession", "resumeSession", "forkSession", "renameSession", "deleteSession"),
        *("exportSession", "continueInTerminal", "rewind", "compact", "carryOutSteps"),
        *("resumeSteps", "chooseMode", "showPermissions"),
        *("showUsage", "doctor", "restartServer"),
    },
    "view/item/context": {
        *("resumeSession", "forkSession", "renameSession", "deleteSession", "exportSession"),
        *("continueInTerminal", "rewind", "compact", "chooseMode", "continueTurn", "retryTurn"),
        *("applyFindings", "dismissFindings"),
    },
}


@pytest.mark.parametrize("menu", EXPECTED_MENUS)
def test_a_menu_has_the_commands_that_people_look_for_there(menu: str) -> None:
    entries = MANIFEST["contributes"]["menus"][menu]
    offered = {entry["command"].removeprefix(f"{SECTION}.") for entry in entries}
    assert offered >= EXPECTED_MENUS[menu]


def test_every_setting_of_the_server_is_contributed_and_no_other() -> None:
    assert set(CONTRIBUTED) == {option.name for option in SETTINGS} | CLIENT_ONLY


@pytest.mark.parametrize("option", SETTINGS, ids=lambda option: option.name)
def test_a_contributed_setting_has_the_servers_default_and_description(option: Option) -> None:
    declared = CONTRIBUTED[option.name]
    assert settings.convert(option, declared["default"]) == option.default
    assert declared["description"] == option.description


@pytest.mark.parametrize("option", SETTINGS, ids=lambda option: option.name)
def test_a_contributed_setting_allows_what_the_server_accepts(option: Option) -> None:
    declared = CONTRIBUTED[option.name]
    # A blank text, and a number next to a limit, are told apart by the server alone.
    for value in [*SAMPLES, *values_of(declared)]:
        if value == "" or (value is None and option.default is not None):
            continue
        assert allows(declared, value) == accepts(option, value), value


def test_settings_that_name_programs_or_permissions_need_trust() -> None:
    restricted = MANIFEST["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]
    needing = {"server.path", "cliPath", "env", "store.url", "permissionMode", "allowedTools"}
    assert {f"{SECTION}.{name}" for name in needing} <= set(restricted)


def test_it_runs_where_the_files_are_and_refuses_workspaces_without_any() -> None:
    # VS Code does not start it in a virtual workspace, and shows the description as the reason.
    assert MANIFEST["extensionKind"] == ["workspace"]
    virtual = MANIFEST["capabilities"]["virtualWorkspaces"]
    assert virtual["supported"] is False
    assert "files on the disk" in virtual["description"]


def values_of(declared: dict[str, Any]) -> list[Any]:
    """Values at the edges of a declaration, and just beyond."""
    members = declared.get("items", {}).get("enum", [])
    values = [*declared.get("enum", []), *([member] for member in members), ["no such name"]]
    if "minimum" in declared:
        values += [declared["minimum"], declared["minimum"] - 1]
    if "maximum" in declared:
        values += [declared["maximum"], declared["maximum"] + 1]
    return values


def accepts(option: Option, value: Any) -> bool:
    """Whether the server takes a value without a complaint."""
    _, problems = settings.parse({option.name: value})
    return not problems


def allows(schema: dict[str, Any], value: Any) -> bool:
    """Whether a JSON schema, as far as the manifest uses it, allows a value."""
    types = schema.get("type", [])
    if not any(is_of(value, kind) for kind in ([types] if isinstance(types, str) else types)):
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))
    if isinstance(value, list):
        return all(allows(schema["items"], item) for item in cast("list[Any]", value))
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value).values()
        return all(allows(schema["additionalProperties"], item) for item in items)
    return True


def is_of(value: Any, kind: str) -> bool:
    """Whether a JSON value is of a JSON type."""
    kinds: dict[str, tuple[type, ...]] = {
        "null": (type(None),),
        "boolean": (bool,),
        "integer": (int,),
        "number": (int, float),
        "string": (str,),
        "array": (list,),
        "object": (dict,),
    }
    return isinstance(value, kinds[kind]) and (isinstance(value, bool) == (kind == "boolean"))

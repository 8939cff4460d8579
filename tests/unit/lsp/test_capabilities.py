"""What the server offers, and in which units it counts."""

from __future__ import annotations

from typing import Any, cast

import pytest
from lsprotocol import types

from claude_sidecar.lsp import names
from claude_sidecar.lsp.capabilities import initialize_result, position_encoding


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (None, "utf-16"),
        ([], "utf-16"),
        (["utf-8", "utf-16"], "utf-8"),
        (["utf-32", "utf-8"], "utf-32"),
        (["utf-7", "utf-16"], "utf-16"),
        (["ebcdic"], "utf-16"),
    ],
)
def test_the_clients_first_choice_that_is_known_is_taken(
    offered: list[str] | None, chosen: str
) -> None:
    general = types.GeneralClientCapabilities(position_encodings=cast(Any, offered))
    assert position_encoding(types.ClientCapabilities(general=general)) == chosen


def test_every_command_is_offered_and_takes_a_progress_token() -> None:
    params = types.InitializeParams(capabilities=types.ClientCapabilities())
    provider = initialize_result(params).capabilities.execute_command_provider
    assert provider is not None
    assert (tuple(provider.commands), provider.work_done_progress) == (names.COMMANDS, True)


def test_renames_are_asked_for_only_where_the_client_tells_them() -> None:
    told = types.WorkspaceClientCapabilities(
        file_operations=types.FileOperationClientCapabilities(did_rename=True)
    )
    for workspace, expected in ((None, False), (told, True)):
        params = types.InitializeParams(capabilities=types.ClientCapabilities(workspace=workspace))
        offered = initialize_result(params).capabilities.workspace
        assert offered is not None
        assert (offered.file_operations is not None) is expected


def test_actions_hovers_and_lenses_are_offered() -> None:
    params = types.InitializeParams(capabilities=types.ClientCapabilities())
    offered = initialize_result(params).capabilities
    actions, lenses = offered.code_action_provider, offered.code_lens_provider
    assert isinstance(actions, types.CodeActionOptions)
    assert (tuple(actions.code_action_kinds or ()), actions.resolve_provider) == (
        names.ACTION_KINDS,
        True,
    )
    assert lenses is not None
    assert (offered.hover_provider, lenses.resolve_provider) == (True, True)

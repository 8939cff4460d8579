"""Claude Code's folders are found without the SDK, and where the SDK finds them."""

from __future__ import annotations

from pathlib import Path

import pytest
from claude_agent_sdk import project_key_for_directory

from claude_sidecar.agent.projects import Projects, is_session_id, project_name
from claude_sidecar.sessions.ports import AgentOptions, TranscriptKey

SESSION = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.mark.parametrize(
    "name", ["shop", "my.shop (2)", "Läden/дом/日本", "x" * 120 + "/" + "y" * 120]
)
def test_a_folder_is_called_as_the_sdk_calls_it(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir(parents=True)
    link = tmp_path / "link"
    link.symlink_to(folder)
    assert project_name(str(folder)) == project_key_for_directory(folder)
    assert project_name(str(link)) == project_name(str(folder))


@pytest.mark.parametrize(
    ("env", "folder"),
    [
        ({"CLAUDE_CONFIG_DIR": "/a/config"}, "/a/config"),
        ({"HOME": "/a/home"}, "/from/the/process"),
        ({}, "/from/the/process"),
    ],
)
def test_the_users_own_configuration_is_looked_in(
    monkeypatch: pytest.MonkeyPatch, env: dict[str, str], folder: str
) -> None:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", "/from/the/process")
    options = AgentOptions("/work", "", env=tuple(env.items()))
    assert Projects(options).root == Path(folder, "projects")


def test_without_one_it_is_in_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLAUDE_CONFIG_DIR", raising=False)
    options = AgentOptions("/work", "", env=(("HOME", "/a/home"),))
    assert Projects(options).root == Path("/a/home/.claude/projects")


@pytest.mark.parametrize(
    "wrong", ["", "x", "../../x", f"{SESSION}/..", f"{SESSION}.jsonl", SESSION[1:]]
)
def test_what_is_no_session_id_names_no_file(wrong: str) -> None:
    assert is_session_id(SESSION)
    assert not is_session_id(wrong)


def test_the_sessions_of_a_folder_and_the_parts_of_one(tmp_path: Path) -> None:
    options = AgentOptions(str(tmp_path), "", env=(("CLAUDE_CONFIG_DIR", str(tmp_path / "c")),))
    projects = Projects(options)
    assert (projects.sessions(), projects.find(SESSION)) == ({}, None)
    assert list(projects.parts(SESSION)) == []
    own = TranscriptKey(projects.project, SESSION)
    below = TranscriptKey(projects.project, SESSION, "subagents/workflows/run/agent-1")
    for key in (own, below):
        projects.path(key).parent.mkdir(parents=True, exist_ok=True)
        projects.path(key).write_text("{}\n")
    (projects.folder / "notes.jsonl").write_text("{}\n")
    assert list(projects.sessions()) == [SESSION]
    assert projects.sessions()[SESSION].size == 3
    assert list(projects.parts(SESSION)) == [own, below]
    assert projects.find(SESSION) == projects.project

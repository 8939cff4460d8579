"""Settings of the command line: the file's, with flags over them, and problems told by name."""

from pathlib import Path

import pytest

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.terminal.configuration import Flags, read_settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_flags_go_before_the_file(file: Path) -> None:
    file.write_text(
        '[claudeSidecar]\nmodel = "opus"\nmaxTurns = 5\n[claudeSidecar.budget]\nturnUsd = 0.5\n'
    )

    settings, problems = read_settings(Flags(config=str(file), max_turns=9, offline=True))

    assert problems == ()
    assert (settings.model, settings.max_turns, settings.offline) == ("opus", 9, True)
    assert settings.budget_turn_usd == 0.5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[claudeSidecar]\nmodle = 'x'", "claudeSidecar.modle is not a setting"),
        ("[claudeSidecar]\nmaxTurns = 'many'", "claudeSidecar.maxTurns is 'many' but must be"),
        ("model = 'x'", "'model' stands outside the table [claudeSidecar]"),
        ("[claudeSidecar", "cannot be read and is ignored"),
        ("claudeSidecar = 3", "claudeSidecar must be an object"),
    ],
    ids=["unknown", "wrong", "outside", "not toml", "no table"],
)
def test_what_is_wrong_in_the_file_is_told_and_does_not_hinder(
    file: Path, text: str, said: str
) -> None:
    file.write_text(text)

    settings, problems = read_settings(Flags(config=str(file), model="sonnet"))

    assert settings.model == "sonnet"
    assert len(problems) == 1
    assert said in problems[0].message


def test_a_file_that_is_not_utf8_is_told(file: Path) -> None:
    file.write_bytes(b"[claudeSidecar]\nmodel = '\xff'")

    _, problems = read_settings(Flags(config=str(file)))

    assert str(file) in problems[0].message


def test_a_wrong_flag_keeps_the_command_from_running(file: Path) -> None:
    file.touch()
    with pytest.raises(InvalidRequest, match=r"claudeSidecar\.model"):
        read_settings(Flags(config=str(file), model=" "))


def test_a_named_file_must_be_there(file: Path) -> None:
    with pytest.raises(InvalidRequest, match="there is no such file"):
        read_settings(Flags(config=str(file)))


def test_a_store_may_be_named_by_a_relative_path(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.touch()
    monkeypatch.chdir(file.parent)

    settings, _ = read_settings(Flags(config=str(file), store="here.sqlite3"))

    assert settings.store_url == str(file.parent / "here.sqlite3")

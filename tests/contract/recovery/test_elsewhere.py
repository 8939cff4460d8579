"""Sessions that the user begins, or goes on with, in Claude Code itself."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from claude_sidecar.errors import InvalidRequest, UnknownId
from claude_sidecar.offline.script import call, say
from claude_sidecar.sessions.model import SessionQuery
from support.model import Model
from support.sidecars import Desk
from support.transcripts import (
    copied,
    in_a_terminal,
    lose_copies,
    lose_transcripts,
    transcript_of,
)

pytestmark = pytest.mark.anyio


async def begun_in_a_terminal(
    desk: Desk, model: Model, environment: dict[str, str], *, folder: Path | None = None
) -> str:
    """A session that `claude` was asked something in: its id."""
    session_id = str(uuid.uuid4())
    read = desk.write("colours.txt", "blue\n")
    model.script.reply(say("Let me see. "), call("Read", file_path=read)).reply(say("Blue."))
    said = await in_a_terminal(
        folder or desk.folder, environment, "--session-id", session_id, "Which colour?"
    )
    assert said == "Blue."
    return session_id


async def test_a_session_of_the_workspace_is_listed_read_and_goes_on(
    desk: Desk, model: Model, environment: dict[str, str]
) -> None:
    session_id = await begun_in_a_terminal(desk, model, environment)
    model.script.reply(say("As I said: blue."))
    async with desk.open() as sidecar:
        (listed,) = (await sidecar.sessions.list(SessionQuery())).sessions
        _, (turn,) = await sidecar.sessions.history(session_id=session_id)
        result = await sidecar.ask("Really?", session_id=session_id)
        found = await sidecar.sessions.list(SessionQuery(text="colour"))
    assert (listed.id, listed.title, listed.elsewhere) == (session_id, "Which colour?", True)
    assert (listed.key.path, listed.current) == (str(desk.folder), False)
    assert (turn.prompt, turn.text, turn.elsewhere) == (
        "Which colour?", "Let me see. \n\nBlue.", True,
    )  # fmt: skip
    assert [(use.title, use.status) for use in turn.tool_calls] == [
        ("Read colours.txt", "completed")
    ]
    assert turn.ended_at is not None
    assert turn.ended_at >= turn.started_at > 0
    assert (result.session_id, result.resumed) == (session_id, True)
    assert model.requests[-1].prompts[0] == "Which colour?"
    assert 0 < result.cost.turn_usd == result.cost.session_usd, "only what was spent here"
    assert [each.id for each in found.sessions] == [session_id]


async def test_it_is_bound_to_a_file_and_continued_with_it(
    desk: Desk, model: Model, environment: dict[str, str]
) -> None:
    path = desk.write("a.py", "a = 1\n")
    session_id = await begun_in_a_terminal(desk, model, environment)
    model.script.reply(say("Yes."))
    async with desk.open() as sidecar:
        key = sidecar.workspaces.key_of_file(path)
        session, turns = await sidecar.sessions.resume(session_id, key=key)
        result = await sidecar.ask("Of this too?", path=path)
    assert (session.key, session.current) == (key, True)
    assert [turn.prompt for turn in turns] == ["Which colour?"]
    assert result.session_id == session_id
    assert "Which colour?" in model.requests[-1].prompts[0]


async def test_one_of_another_folder_is_not_listed_but_found_by_its_id(
    desk: Desk, model: Model, environment: dict[str, str], tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    path = desk.write("a.py", "a = 1\n")
    session_id = await begun_in_a_terminal(desk, model, environment, folder=other)
    async with desk.open() as sidecar:
        assert (await sidecar.sessions.list(SessionQuery())).sessions == ()
        session, turns = await sidecar.sessions.resume(session_id)
        assert (session.key.path, len(turns)) == (str(other), 1)
        with pytest.raises(InvalidRequest, match=str(other)) as refused:
            await sidecar.sessions.resume(session_id, key=sidecar.workspaces.key_of_file(path))
    assert refused.value.field == "uri"


@pytest.mark.parametrize(
    "unknown", ["00000000-0000-4000-8000-000000000000", "../../etc/passwd", "x", ""]
)
async def test_an_unknown_one_is_named(desk: Desk, unknown: str) -> None:
    async with desk.open() as sidecar:
        for wanted in (
            lambda: sidecar.sessions.resume(unknown),
            lambda: sidecar.sessions.history(session_id=unknown),
            lambda: sidecar.sessions.hand_over(unknown),
        ):
            with pytest.raises(UnknownId) as refused:
                await wanted()
            assert refused.value.field == "sessionId"
            assert repr(unknown) in str(refused.value)


async def test_one_that_was_deleted_here_does_not_come_back(
    desk: Desk, model: Model, environment: dict[str, str]
) -> None:
    path = desk.write("a.py", "a = 1\n")
    theirs = await begun_in_a_terminal(desk, model, environment)
    model.script.reply(say("Ours."))
    async with desk.open() as sidecar:
        ours = (await sidecar.ask("Whose?", path=path)).session_id
        for session_id in (theirs, ours):
            await sidecar.sessions.delete(session_id)
        assert (await sidecar.sessions.list(SessionQuery())).sessions == ()
        with pytest.raises(UnknownId):
            await sidecar.sessions.resume(theirs)
    assert transcript_of(environment, theirs).exists()


async def test_what_is_said_in_a_terminal_beside_a_warm_process_is_known_to_the_next_turn(
    desk: Desk, model: Model, environment: dict[str, str]
) -> None:
    path = desk.write("a.py", "a = 1\n")
    for reply in ("one", "two, in a terminal", "three"):
        model.script.reply(say(reply))
    async with desk.open() as sidecar:
        first = await sidecar.ask("First?", path=path)
        await copied(sidecar.store, transcript_of(environment, first.session_id))
        await in_a_terminal(desk.folder, environment, "--resume", first.session_id, "Second?")
        _, before = await sidecar.sessions.history(session_id=first.session_id)
        third = await sidecar.ask("Third?", path=path)
        _, turns = await sidecar.sessions.history(session_id=first.session_id)
    assert model.requests[-1].replies == ("one", "two, in a terminal")
    assert [turn.prompt for turn in before] == ["First?", "Second?"]
    assert [(turn.prompt, turn.elsewhere) for turn in turns] == [
        ("First?", False), ("Second?", True), ("Third?", False),
    ]  # fmt: skip
    assert third.cost.session_usd == pytest.approx(first.cost.session_usd + third.cost.turn_usd)


async def test_a_successor_knows_what_was_said_in_a_terminal(
    desk: Desk, model: Model, environment: dict[str, str]
) -> None:
    path = desk.write("a.py", "a = 1\n")
    for reply in ("one", "two, in a terminal", "three"):
        model.script.reply(say(reply))
    async with desk.open() as sidecar:
        first = await sidecar.ask("First?", path=path)
    await in_a_terminal(desk.folder, environment, "--resume", first.session_id, "Second?")
    async with desk.open() as sidecar:
        await sidecar.sessions.list(SessionQuery())
    lose_transcripts(environment)
    lose_copies(desk.settings)
    async with desk.open() as sidecar:
        third = await sidecar.ask("Third?", path=path)
        _, turns = await sidecar.sessions.history(session_id=third.session_id)
    assert third.recovered is not None
    assert third.recovered.by == "journal"
    assert "two, in a terminal" in model.requests[-1].last_prompt
    assert [turn.prompt for turn in turns] == ["First?", "Second?", "Third?"]


async def test_a_session_is_handed_over_to_a_terminal(
    desk: Desk, model: Model, environment: dict[str, str]
) -> None:
    path = desk.write("a.py", "a = 1\n")
    for reply in ("one", "two", "three"):
        model.script.reply(say(reply))
    async with desk.open() as sidecar:
        first = await sidecar.ask("First?", path=path)
        await copied(sidecar.store, transcript_of(environment, first.session_id))
        lose_transcripts(environment)
        command = await sidecar.sessions.hand_over(first.session_id)
        assert (await sidecar.status()).live_sessions == 0
        assert command.argv[1:] == ("--resume", first.session_id)
        assert command.cwd == str(desk.folder)
        claude, *rest = command.argv
        said = await in_a_terminal(Path(command.cwd), environment, *rest, "Second?", claude=claude)
        third = await sidecar.ask("Third?", path=path)
    assert said == "two"
    assert third.session_id == first.session_id
    assert model.requests[-1].replies == ("one", "two")


async def test_what_cannot_be_handed_over_says_why(
    desk: Desk, model: Model, environment: dict[str, str]
) -> None:
    async with desk.open() as sidecar:
        session = await sidecar.sessions.new(sidecar.workspaces.key_of_workspace())
        with pytest.raises(InvalidRequest, match="Nothing was said"):
            await sidecar.sessions.hand_over(session.id)


async def test_a_configuration_folder_of_the_settings_is_where_all_is_looked_for(
    desk: Desk, model: Model, environment: dict[str, str], tmp_path: Path
) -> None:
    own = {"CLAUDE_CONFIG_DIR": str(tmp_path / "own")}
    settings = {"env": {**desk.settings.env, **own}}
    session_id = await begun_in_a_terminal(desk, model, environment | own)
    model.script.reply(say("Yes.")).reply(say("Still."))
    async with desk.open(**settings) as sidecar:
        (listed,) = (await sidecar.sessions.list(SessionQuery())).sessions
        await sidecar.ask("Blue?", session_id=session_id)
    transcript_of(environment | own, session_id).unlink()
    async with desk.open(**settings) as sidecar:
        result = await sidecar.ask("Still?", session_id=session_id)
        command = await sidecar.sessions.hand_over(session_id)
    assert listed.id == session_id
    assert result.recovered is not None
    assert result.recovered.by == "copy"
    assert command.env["CLAUDE_CONFIG_DIR"] == own["CLAUDE_CONFIG_DIR"]
    assert model.requests[-1].replies[-1] == "Yes."

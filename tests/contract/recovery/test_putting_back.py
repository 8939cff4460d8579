"""A transcript that Claude Code has lost is put back from our copy, and the same session goes on.

What the model receives proves it, also when the user's own `claude --resume` goes on afterwards.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from claude_sidecar.offline.script import call, say, subagent
from claude_sidecar.sidecar import Sidecar
from support.model import Model
from support.sidecars import Desk
from support.transcripts import copied, in_a_terminal, lose_transcripts, projects, transcript_of

pytestmark = pytest.mark.anyio

Damage = Callable[[bytes], bytes | None]


def nothing_left(_: bytes) -> None:
    return None


def cut_in_mid_line(whole: bytes) -> bytes:
    return whole[: whole.rindex(b'"type":"assistant"')]


def cut_between_lines(whole: bytes) -> bytes:
    return b"".join(lines_before_last_reply(whole))


def lines_before_last_reply(whole: bytes) -> list[bytes]:
    lines = whole.splitlines(keepends=True)
    last = max(n for n, line in enumerate(lines) if b'"type":"assistant"' in line)
    return lines[:last]


def a_line_overwritten(whole: bytes) -> bytes:
    at = whole.index(b'"type":"assistant"')
    return whole[:at] + b"\0" * 40 + whole[at + 40 :]


def without_its_beginning(whole: bytes) -> bytes:
    return whole[whole.index(b"\n", whole.index(b'"type":"assistant"')) + 1 :]


def other_bytes(_: bytes) -> bytes:
    return os.urandom(4096)


async def asked_twice(desk: Desk, model: Model, path: str) -> str:
    """A session in which two things were said, and whose sidecar was closed: its id."""
    model.script.reply(say("The answer is 42.")).reply(say("Still 42."))
    async with desk.open() as sidecar:
        await sidecar.ask("What is it?", path=path)
        return (await sidecar.ask("Are you sure?", path=path)).session_id


async def asked_again(sidecar: Sidecar, model: Model, path: str) -> tuple[str, ...]:
    model.script.reply(say("For the third time: 42."))
    await sidecar.ask("Really?", path=path)
    return model.requests[-1].replies


def damage(environment: dict[str, str], session_id: str, by: Damage) -> bytes | None:
    """What is left of a transcript."""
    transcript = transcript_of(environment, session_id)
    left = by(transcript.read_bytes())
    if left is None:
        shutil.rmtree(transcript.parent)
    else:
        transcript.write_bytes(left)
    return left


@pytest.mark.parametrize(
    ("by", "reason"),
    [
        (nothing_left, "its transcript was missing"),
        (cut_in_mid_line, "its transcript was cut in mid-line"),
        (cut_between_lines, "its transcript had lost 1 of its entries"),
        (a_line_overwritten, "its transcript had damaged lines"),
        (without_its_beginning, "its transcript had lost"),
        (other_bytes, "its transcript"),
    ],
    ids=lambda value: getattr(value, "__name__", None) or "",
)
async def test_the_same_session_goes_on_whole(
    desk: Desk, model: Model, environment: dict[str, str], by: Damage, reason: str
) -> None:
    path = desk.write("a.py", "a = 1\n")
    session_id = await asked_twice(desk, model, path)
    left = damage(environment, session_id, by)
    model.script.reply(say("For the third time: 42."))
    async with desk.open() as sidecar:
        third = await sidecar.ask("Really?", path=path)
        history = (await sidecar.sessions.history(session_id=session_id))[1]
    assert (third.session_id, third.resumed) == (session_id, True)
    assert third.recovered is not None
    assert (third.recovered.from_id, third.recovered.by) == (session_id, "copy")
    assert third.recovered.reason.startswith(reason)
    assert model.requests[-1].replies == ("The answer is 42.", "Still 42.")
    assert [turn.prompt for turn in history] == ["What is it?", "Are you sure?", "Really?"]
    transcript = transcript_of(environment, session_id)
    assert transcript.stat().st_mode & 0o777 == 0o600
    aside = list(transcript.parent.glob("*.damaged-*"))
    assert [each.read_bytes() for each in aside] == ([] if left is None else [left])


async def test_the_users_own_claude_sees_every_turn_afterwards(
    desk: Desk, model: Model, environment: dict[str, str]
) -> None:
    path = desk.write("a.py", "a = 1\n")
    session_id = await asked_twice(desk, model, path)
    damage(environment, session_id, cut_in_mid_line)
    async with desk.open() as sidecar:
        await asked_again(sidecar, model, path)
    model.script.reply(say("Hello, terminal."))
    said = await in_a_terminal(desk.folder, environment, "--resume", session_id, "And here?")
    assert said == "Hello, terminal."
    assert model.requests[-1].replies == (
        "The answer is 42.",
        "Still 42.",
        "For the third time: 42.",
    )
    assert model.requests[-1].last_prompt == "And here?"


async def test_what_is_whole_is_left_as_it_is_and_what_was_put_back_is_not_put_back_again(
    desk: Desk, model: Model, environment: dict[str, str]
) -> None:
    path = desk.write("a.py", "a = 1\n")
    session_id = await asked_twice(desk, model, path)
    damage(environment, session_id, nothing_left)
    async with desk.open() as sidecar:
        await asked_again(sidecar, model, path)
    before = transcript_of(environment, session_id).read_bytes()
    model.script.reply(say("Yes."))
    async with desk.open() as sidecar:
        fourth = await sidecar.ask("Once more?", path=path)
    assert (fourth.resumed, fourth.recovered) == (True, None)
    assert transcript_of(environment, session_id).read_bytes().startswith(before)
    assert list(projects(environment).rglob("*.damaged-*")) == []


async def test_one_that_is_lost_beside_a_running_process_is_whole_after_a_restart(
    desk: Desk, model: Model, environment: dict[str, str]
) -> None:
    path = desk.write("a.py", "a = 1\n")
    for reply in ("one", "two", "three"):
        model.script.reply(say(reply))
    async with desk.open() as sidecar:
        first = await sidecar.ask("First?", path=path)
        await copied(sidecar.store, transcript_of(environment, first.session_id))
        lose_transcripts(environment)
        await sidecar.ask("Second?", path=path)  # Claude Code writes a file with this alone
    async with desk.open() as sidecar:
        third = await sidecar.ask("Third?", path=path)
    assert third.recovered is not None
    assert third.recovered.by == "copy"
    assert model.requests[-1].replies == ("one", "two")


async def test_a_transcript_with_more_than_the_copy_keeps_it_and_the_copy_learns(
    desk: Desk, model: Model, environment: dict[str, str]
) -> None:
    path = desk.write("a.py", "a = 1\n")
    session_id = await asked_twice(desk, model, path)
    model.script.reply(say("Said in a terminal."))
    await in_a_terminal(desk.folder, environment, "--resume", session_id, "And here?")
    async with desk.open() as sidecar:
        await sidecar.sessions.history(session_id=session_id)
    lose_transcripts(environment)
    async with desk.open() as sidecar:
        replies = await asked_again(sidecar, model, path)
    assert replies == ("The answer is 42.", "Still 42.", "Said in a terminal.")


async def test_a_workspace_that_was_moved_keeps_its_sessions(
    desk: Desk, model: Model, environment: dict[str, str], tmp_path: Path
) -> None:
    path = desk.write("a.py", "a = 1\n")
    session_id = await asked_twice(desk, model, path)
    moved = Desk(tmp_path / "moved", desk.settings)
    desk.folder.rename(moved.folder)
    model.script.reply(say("Here as well."))
    async with moved.open() as sidecar:
        here = sidecar.workspaces.key_of_workspace(str(moved.folder))
        session = await sidecar.sessions.get(session_id)
        await sidecar.store.move_files({type(here)(session.key.workspace): here})
        lose_transcripts(environment)
        result = await sidecar.ask("Really?", path=str(moved.folder / "a.py"))
    assert (result.session_id, result.resumed) == (session_id, True)
    assert model.requests[-1].replies == ("The answer is 42.", "Still 42.")


async def test_what_subagents_wrote_is_put_back_as_well(
    desk: Desk, model: Model, environment: dict[str, str]
) -> None:
    path = desk.write("a.py", "a = 1\n")
    model.script.reply(
        call("Agent", description="Look", prompt="Look closely.", subagent_type="general-purpose")
    ).reply(say("It looked.")).reply(say("Yes."))
    model.script.when(subagent).reply(say("I looked."))
    async with desk.open() as sidecar:
        first = await sidecar.ask("Look, please.", path=path)
    before = {
        each: each.read_bytes() for each in projects(environment).rglob("*") if each.is_file()
    }
    (subagents,) = (
        each for each in before if each.suffix == ".jsonl" and each.parent.name == "subagents"
    )
    (metadata,) = (each for each in before if each.name.endswith(".meta.json"))
    shutil.rmtree(projects(environment))
    async with desk.open() as sidecar:
        second = await sidecar.ask("Did it?", path=path)
    assert second.session_id == first.session_id
    assert subagents.read_bytes() == before[subagents]
    assert json.loads(metadata.read_bytes()) == json.loads(before[metadata])
    assert model.requests[-1].replies[-1] == "It looked."

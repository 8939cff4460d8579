"""Files are put back as they were before a turn: those that Claude changed, and no others."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest

from claude_sidecar.errors import InvalidRequest, UnknownId
from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.script import call, pause, say
from claude_sidecar.sessions.planning.requests import AskRequest
from claude_sidecar.sessions.ports import Document
from claude_sidecar.sessions.rewinding.rewinder import Rewind
from support.model import Model
from support.sidecars import Desk

pytestmark = pytest.mark.anyio


async def never(rewind: Rewind) -> bool:
    raise AssertionError(rewind)


async def no(_: Rewind) -> bool:
    return False


async def yes(_: Rewind) -> bool:
    return True


def write(path: str, content: str) -> Any:
    return call("Write", file_path=path, content=content)


def edit(path: str, old: str, new: str) -> list[Any]:
    """Claude Code edits only what was read before."""
    return [
        call("Read", file_path=path),
        call("Edit", file_path=path, old_string=old, new_string=new),
    ]


def play(model: Model, prompt: str, *uses: Any) -> None:
    """A turn in which Claude uses tools one after the other."""
    rule = model.script.when(prompt)
    for use in uses:
        rule.reply(use)
    rule.reply(say("Done."))


@pytest.fixture
def bold(desk: Desk) -> Desk:
    """A desk whose user agrees to everything."""
    desk.editor.allowing = lambda _: "allow_once"
    return desk


def text(path: str) -> str:
    with Path(path).open(encoding="utf-8", newline="") as file:
        return file.read()


def is_there(path: str) -> bool:
    return Path(path).exists()


def write_as_user(path: str, content: str) -> None:
    Path(path).write_text(content, encoding="utf-8")


async def test_edits_new_files_and_removed_files_are_taken_back_after_a_restart(
    bold: Desk, model: Model
) -> None:
    a = bold.write("a.py", "\ufeffa = 1\r\n")
    gone, other = bold.write("gone.py", "gone = 1\n"), bold.write("other.py", "other = 1\n")
    new, script = str(bold.folder / "sub" / "new.py"), bold.write("run.sh", "echo 1\n")
    await anyio.Path(script).chmod(0o755)
    play(model, "Zero", *edit(a, "a = 1", "a = 0"))
    play(model, "One", *edit(a, "a = 0", "a = 2"), write(new, "n = 1\n"))
    play(model, "Two", call("Bash", command="rm gone.py && echo 'echo 2' > run.sh; cat other.py"))
    async with bold.open() as sidecar:
        zero = await sidecar.ask("Zero", path=a)
        one = await sidecar.ask("One", path=a)
        await sidecar.ask("Two", path=a)
    assert not is_there(gone)
    assert is_there(new)
    write_as_user(other, "other = 2, by the user\n")
    async with bold.open() as sidecar:
        rewound = await sidecar.sessions.rewind(one.turn_id, never)
        assert set(rewound.restored) == {a, new, gone, script}
        assert rewound.unrestored == ()
        assert text(a) == "\ufeffa = 0\r\n"
        assert not is_there(new)
        assert text(gone) == "gone = 1\n"
        assert text(script) == "echo 1\n"
        assert (await anyio.Path(script).stat()).st_mode & 0o777 == 0o755
        assert text(other) == "other = 2, by the user\n"
        again = await sidecar.sessions.rewind(one.turn_id, never)
        assert again.restored == ()
        further = await sidecar.sessions.rewind(zero.turn_id, never)
        assert further.restored == (a,)
        assert text(a) == "\ufeffa = 1\r\n"


async def test_what_the_user_changed_since_is_asked_about_first(bold: Desk, model: Model) -> None:
    a, b = bold.write("a.py", "a = 1\n"), bold.write("b.py", "b = 1\n")
    play(model, "Change", *edit(a, "a = 1", "a = 2"), *edit(b, "b = 1", "b = 2"))
    asked: list[tuple[str, ...]] = []

    async def refusing(rewind: Rewind) -> bool:
        asked.append(rewind.changed_since)
        return False

    async with bold.open() as sidecar:
        result = await sidecar.ask("Change", path=a)
        write_as_user(a, "a = 2\nmine = 1\n")
        refused = await sidecar.sessions.rewind(result.turn_id, refusing)
        assert asked == [(a,)]
        assert refused.restored == ()
        assert {each.path for each in refused.unrestored} == {a, b}
        assert text(a) == "a = 2\nmine = 1\n"
        assert text(b) == "b = 2\n"
        agreed = await sidecar.sessions.rewind(result.turn_id, yes)
    assert set(agreed.restored) == {a, b}
    assert (text(a), text(b)) == ("a = 1\n", "b = 1\n")


async def test_an_open_buffer_is_changed_by_a_versioned_edit(bold: Desk, model: Model) -> None:
    a = bold.write("a.py", "a = 1\n")
    play(model, "Change", *edit(a, "a = 1", "a = 2"))
    async with bold.open() as sidecar:
        result = await sidecar.ask("Change", path=a)
        # The editor has read the file again, and tells that as a change.
        bold.editor.buffers[a] = Document(a, "a = 2\n", version=4, dirty=True)
        rewound = await sidecar.sessions.rewind(result.turn_id, never)
        assert rewound.restored == (a,)
        buffer = bold.editor.buffers[a]
        assert (buffer.text, buffer.version) == ("a = 1\n", 5)
        assert text(a) == "a = 2\n", "it is the user who saves"
        bold.editor.buffers[a] = replace(buffer, text="a = 1\nunsaved = 1\n")
        refused = await sidecar.sessions.rewind(result.turn_id, no)
    assert refused.restored == ()
    assert bold.editor.buffers[a].text == "a = 1\nunsaved = 1\n"


async def test_what_an_own_tool_changes_in_a_buffer_is_taken_back_there(
    desk: Desk, model: Model
) -> None:
    a = desk.write("a.py", "saved = 1\n")
    desk.editor.buffers[a] = Document(a, "unsaved = 1\n", version=1, dirty=True)
    model.script.reply(say("Done."))
    async with desk.open() as sidecar:
        result = await sidecar.ask("Change", path=a)
        async with sidecar.checkpoints.changing(result.turn_id, [a], in_editor=True):
            desk.editor.buffers[a] = Document(a, "changed = 1\n", version=2, dirty=True)
        rewound = await sidecar.sessions.rewind(result.turn_id, never)
    assert rewound.restored == (a,)
    assert desk.editor.buffers[a].text == "unsaved = 1\n"
    assert text(a) == "saved = 1\n"


async def test_a_refused_edit_and_a_file_that_is_only_read_are_nobodys_change(
    desk: Desk, model: Model
) -> None:
    a = desk.write("a.py", "a = 1\n")
    play(model, "Change", *edit(a, "a = 1", "a = 2"), call("Bash", command="cat a.py"))
    async with desk.open() as sidecar:
        result = await sidecar.ask("Change", path=a)
        assert desk.editor.asked
        write_as_user(a, "mine = 1\n")
        rewound = await sidecar.sessions.rewind(result.turn_id, never)
    assert rewound.restored == ()
    assert text(a) == "mine = 1\n"


async def test_what_the_user_did_while_being_asked_is_what_is_restored(
    desk: Desk, model: Model
) -> None:
    a = desk.write("a.txt", "one\n")

    def meanwhile(_: object) -> Any:
        write_as_user(a, "one, mine\n")
        return "allow_once"

    desk.editor.allowing = meanwhile
    play(model, "Change", call("Bash", command="echo two > a.txt"))
    async with desk.open() as sidecar:
        result = await sidecar.ask("Change", path=a)
        assert text(a) == "two\n"
        await sidecar.sessions.rewind(result.turn_id, never)
    assert text(a) == "one, mine\n"


async def test_claude_is_told_once_what_was_put_back(bold: Desk, model: Model) -> None:
    a = bold.write("a.py", "a = 1\n")
    play(model, "Change", *edit(a, "a = 1", "a = 2"))
    for question in ("One?", "Two?"):
        model.script.when(question).reply(say("Yes."))
    async with bold.open() as sidecar:
        result = await sidecar.ask("Change", path=a)
        await sidecar.sessions.rewind(result.turn_id, never)
    async with bold.open() as sidecar:
        await sidecar.ask("One?", path=a)
        told = model.requests[-1].last_prompt
        assert "before the task named below" in told
        assert "\nChange\n" in told
        assert "- `a.py`" in told
        await sidecar.ask("Two?", path=a)
        assert "put these files back" not in model.requests[-1].last_prompt


async def test_a_renamed_file_is_put_back_under_its_new_name(bold: Desk, model: Model) -> None:
    a = bold.write("a.py", "a = 1\n")
    play(model, "Change", *edit(a, "a = 1", "a = 2"))
    async with bold.open() as sidecar:
        result = await sidecar.ask("Change", path=a)
        b = str(await anyio.Path(a).rename(bold.folder / "b.py"))
        key_of = sidecar.workspaces.key_of_file
        await sidecar.store.move_files({key_of(a): key_of(b)})
        rewound = await sidecar.sessions.rewind(result.turn_id, never)
    assert rewound.restored == (b,)
    assert text(b) == "a = 1\n"
    assert not is_there(a)


async def test_a_rewind_is_refused_while_a_turn_runs_and_for_a_turn_that_is_not_there(
    desk: Desk, model: Model
) -> None:
    a = desk.write("a.py", "a = 1\n")
    gate = Gate()
    model.script.reply(say("Done.")).reply(say("It begins."), pause(gate))
    async with desk.open() as sidecar:
        first = await sidecar.ask("One", path=a)
        await sidecar.turns.start(AskRequest("Two", sidecar.workspaces.key_of_file(a)))
        await gate.reached.wait()
        with pytest.raises(InvalidRequest, match="is running"):
            await sidecar.sessions.rewind(first.turn_id, never)
        await sidecar.turns.cancel()
        with pytest.raises(UnknownId, match="nobody"):
            await sidecar.sessions.rewind("nobody", never)


def long_ago(desk: Desk, turn_id: str, days: float) -> None:
    """Have it that a turn was started so many days before it was."""
    assert desk.settings.store_url is not None
    with closing(sqlite3.connect(desk.settings.store_url)) as connection, connection:
        connection.execute(
            "UPDATE turns SET started_at = started_at - ? WHERE id = ?", (days * 86_400, turn_id)
        )


async def test_what_is_not_kept_any_more_stays_as_it_is_and_is_told(
    bold: Desk, model: Model
) -> None:
    a, b = bold.write("a.py", "a = 1\n"), bold.write("b.py", "b = 1\n")
    new = str(bold.folder / "new.py")
    play(model, "One", *edit(a, "a = 1", "a = 2"), write(new, "n = 1\n"))
    play(model, "Two", *edit(a, "a = 2", "a = 3"), *edit(b, "b = 1", "b = 2"))
    async with bold.open(rewind_keep_days=7) as sidecar:
        one = await sidecar.ask("One", path=a)
        two = await sidecar.ask("Two", path=a)
        long_ago(bold, one.turn_id, 8)
        long_ago(bold, two.turn_id, 6)
        await sidecar.pruner.prune()
        rewound = await sidecar.sessions.rewind(one.turn_id, never)
    assert sorted(rewound.restored) == [b, new]
    (left,) = rewound.unrestored
    assert left.path == a
    assert "more than 7 days ago (claudeSidecar.rewind.keepDays)" in left.reason
    assert (text(a), text(b), is_there(new)) == ("a = 3\n", "b = 1\n", False)


async def test_what_is_still_kept_is_put_back(bold: Desk, model: Model) -> None:
    a = bold.write("a.py", "a = 1\n")
    play(model, "One", *edit(a, "a = 1", "a = 2"))
    play(model, "Two", *edit(a, "a = 2", "a = 3"))
    async with bold.open(rewind_keep_days=7) as sidecar:
        one = await sidecar.ask("One", path=a)
        two = await sidecar.ask("Two", path=a)
        long_ago(bold, one.turn_id, 8)
        await sidecar.pruner.prune()
        rewound = await sidecar.sessions.rewind(two.turn_id, never)
    assert (rewound.restored, rewound.unrestored) == ((a,), ())
    assert text(a) == "a = 2\n"

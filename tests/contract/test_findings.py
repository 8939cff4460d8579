"""Findings through their life: reported, followed, dismissed, fixed; over restarts and windows."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing

import anyio
import pytest
from typing_extensions import override

from claude_sidecar.errors import UnknownId
from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.script import pause, say
from claude_sidecar.sessions.findings.open_findings import OpenFindings
from claude_sidecar.sessions.model import FindingQuery
from claude_sidecar.sessions.planning.requests import ReviewRequest
from claude_sidecar.sessions.ports import Document
from support.claims import CODE, FAULTY, Watcher, claim, type_into
from support.model import Model
from support.sidecars import Desk

pytestmark = pytest.mark.anyio


class Listener(logging.Handler):
    """Tells when something is logged."""

    def __init__(self, tell: Callable[[], None]) -> None:
        super().__init__()
        self._tell = tell

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self._tell()


@pytest.fixture
def path(desk: Desk) -> str:
    path = desk.write("a.py", CODE)
    desk.editor.buffers[path] = Document(path, CODE, version=1)
    return path


async def test_a_dismissal_is_honoured_after_a_restart_against_other_words(
    desk: Desk, model: Model, path: str
) -> None:
    model.script.reply(claim()).reply(say("One.")).reply(
        claim(title="Crash on empty input", message="len() gives 0, which cannot divide."),
        claim(title="Unused?", category="readability", quote="total = sum(values)"),
    ).reply(say("Another."))
    async with desk.open() as sidecar:
        first = await sidecar.review(path)
        await sidecar.findings.dismiss(first.findings[0].id, "callers check")
    async with desk.open() as sidecar:
        second = await sidecar.review(path, fresh=True)
        stored = await sidecar.findings.of_file(path)
    prompt = model.requests[2].last_prompt
    assert "The developer has dismissed these findings." in prompt
    assert "bug: Division by zero - dismissed: callers check" in prompt
    (told, other) = model.requests[-1].tool_results
    assert "dismissed this claim about this code (callers check)" in told.text + other.text
    assert [finding.title for finding in second.findings] == ["Unused?"]
    assert [(each.title, each.state) for each in stored] == [
        ("Unused?", "open"),
        ("Division by zero", "dismissed"),
    ]


async def test_a_dismissal_ends_with_the_code_it_was_about(
    desk: Desk, model: Model, path: str
) -> None:
    changed = "return total / count(values)"
    model.script.reply(claim()).reply(say("One.")).reply(claim(quote=changed)).reply(say("Again."))
    async with desk.open() as sidecar:
        first = await sidecar.review(path)
        await sidecar.findings.dismiss(first.findings[0].id)
        await sidecar.findings.opened(path)
        type_into(desk, sidecar, path, FAULTY, changed)
        second = await sidecar.review(path)
    assert "dismissed these findings" not in model.requests[2].last_prompt
    (finding,) = second.findings
    assert (finding.id, finding.state) == (first.findings[0].id, "open")


async def test_a_new_review_updates_what_is_known_and_ends_what_is_gone(
    desk: Desk, model: Model, path: str
) -> None:
    total = claim(quote="total = sum(values)", title="Slow", category="performance")
    mended = claim(title="Empty lists", message="Still fails.", severity="warning")
    model.script.reply(claim(), total).reply(say("Two.")).reply(mended).reply(say("One."))
    async with desk.open() as sidecar:
        first = await sidecar.review(path)
        await sidecar.findings.opened(path)
        type_into(desk, sidecar, path, "total = sum(values)", "total = fsum(values)")
        second = await sidecar.review(path)
        stored = {each.title: each for each in await sidecar.findings.of_file(path)}
    assert "These findings of earlier reviews are open." in model.requests[2].last_prompt
    division = next(each for each in first.findings if each.title == "Division by zero")
    assert [finding.id for finding in second.findings] == [division.id]
    assert {title: each.state for title, each in stored.items()} == {
        "Empty lists": "open",
        "Slow": "fixed",
    }
    assert stored["Empty lists"].severity == "warning"


async def test_what_a_review_overlooks_stays_open_while_its_code_is_unchanged(
    desk: Desk, model: Model, path: str
) -> None:
    model.script.reply(claim()).reply(say("One.")).reply(say("None."))
    async with desk.open() as sidecar:
        await sidecar.review(path)
        await sidecar.review(path)
        (finding,) = await sidecar.findings.of_file(path)
    assert finding.state == "open"


async def test_edits_while_the_turn_runs_move_what_was_reported_and_what_comes(
    desk: Desk, model: Model, path: str
) -> None:
    gate = Gate()
    model.script.reply(claim(quote="total = sum(values)", title="Early")).reply(
        say("Now "), pause(gate), claim(title="Late")
    ).reply(say("Done."))
    async with desk.open() as sidecar:
        await sidecar.findings.opened(path)
        key = sidecar.workspaces.key_of_file(path)
        turn = await sidecar.turns.start(ReviewRequest(key))
        await gate.reached.wait()
        type_into(desk, sidecar, path, "def mean", "import math\n\n\ndef mean")
        gate.open()
        await turn.result()
        found = {each.title: each for each in sidecar.findings.known(path)}
    assert found["Early"].range.start.line == 4
    assert found["Late"].range.start.line == 5
    assert {each.anchor for each in found.values()} == {"exact"}


async def test_stale_with_its_text_and_open_again_with_undo(
    desk: Desk, model: Model, path: str
) -> None:
    model.script.reply(claim()).reply(say("One."))
    async with desk.open() as sidecar:
        await sidecar.review(path)
        await sidecar.findings.opened(path)
        watcher = Watcher(sidecar, path)
        with sidecar.findings.subscribed(watcher):
            type_into(desk, sidecar, path, FAULTY, "pass")
            await watcher.until("stale")
            type_into(desk, sidecar, path, "pass", FAULTY)
            (finding,) = await watcher.until("open")
    async with desk.open() as sidecar:
        stored = await sidecar.store.findings(FindingQuery(file=path))
    assert finding.anchor == "exact"
    assert [each.state for each in stored] == ["open"]


async def test_another_window_sees_what_is_found_and_decided_in_this_one(
    desk: Desk, model: Model, path: str
) -> None:
    model.script.reply(claim()).reply(say("One."))
    async with desk.open() as sidecar, desk.open() as other:
        await sidecar.findings.opened(path)
        await other.findings.opened(path)
        watcher = Watcher(other, path)
        with other.findings.subscribed(watcher):
            result = await sidecar.review(path)
            await watcher.until("open")
            await sidecar.findings.dismiss(result.findings[0].id, "fine")
            (finding,) = await watcher.until("dismissed")
            assert finding.reason == "fine"
            await sidecar.findings.reopen(finding.id)
            await watcher.until("open")
            await sidecar.sessions.delete(result.session_id)
            await watcher.until()


async def test_a_store_that_cannot_be_looked_at_ends_nothing(
    desk: Desk, model: Model, path: str
) -> None:
    model.script.reply(say("Still here."))
    failed = anyio.Event()
    log = logging.getLogger(OpenFindings.__module__)
    watching = Listener(failed.set)
    log.addHandler(watching)
    try:
        async with desk.open() as sidecar:
            await sidecar.findings.opened(path)
            store = (await sidecar.store.health()).location
            with closing(sqlite3.connect(store)) as other, other:
                other.execute("ALTER TABLE findings RENAME TO taken_away")
            with anyio.fail_after(60):
                await failed.wait()
            with closing(sqlite3.connect(store)) as other, other:
                other.execute("ALTER TABLE taken_away RENAME TO findings")
            assert (await sidecar.ask("Are you there?", path=path)).text == "Still here."
    finally:
        log.removeHandler(watching)


async def test_a_checkout_behind_the_editors_back(desk: Desk, model: Model, path: str) -> None:
    desk.editor.buffers.clear()
    model.script.reply(claim()).reply(say("One."))
    async with desk.open() as sidecar:
        await sidecar.review(path)
        desk.write("a.py", "# moved down\n\n" + CODE)
        await sidecar.findings.changed_on_disk(path)
        (down,) = await sidecar.findings.of_file(path)
        desk.write("a.py", "nothing of it\n")
        await sidecar.findings.changed_on_disk(path)
        (gone,) = await sidecar.findings.of_file(path)
        desk.write("a.py", CODE)
        await sidecar.findings.opened(path)
        (back,) = await sidecar.findings.of_file(path)
    assert (down.range.start.line, down.state) == (4, "open")
    assert (gone.state, gone.anchor) == ("stale", "lost")
    assert (back.range.start.line, back.state) == (2, "open")


async def test_places_are_remembered_when_the_sidecar_ends(
    desk: Desk, model: Model, path: str
) -> None:
    model.script.reply(claim()).reply(say("One."))
    async with desk.open() as sidecar:
        await sidecar.review(path)
        await sidecar.findings.opened(path)
        type_into(desk, sidecar, path, "def mean", "\n\ndef mean")
    async with desk.open() as sidecar:
        (finding,) = await sidecar.findings.list(FindingQuery(workspace=str(desk.folder)))
    assert finding.range.start.line == 4


async def test_a_renamed_file_takes_its_findings_along(desk: Desk, model: Model, path: str) -> None:
    model.script.reply(claim()).reply(say("One."))
    async with desk.open() as sidecar:
        result = await sidecar.review(path)
        await sidecar.findings.opened(path)
        there = desk.write("b.py", CODE)
        await anyio.Path(path).unlink()
        keys = sidecar.workspaces
        await sidecar.store.move_files({keys.key_of_file(path): keys.key_of_file(there)})
        await sidecar.findings.moved(path, there)
        found = await sidecar.findings.of_file(there)
        left = await sidecar.findings.of_file(path)
        again = await sidecar.sessions.current(keys.key_of_file(there))
    assert [each.id for each in found] == [result.findings[0].id]
    assert left == ()
    assert again is not None
    assert again.id == result.session_id


async def test_an_unknown_finding_is_named(desk: Desk) -> None:
    async with desk.open() as sidecar:
        with pytest.raises(UnknownId, match="finding 'nothing'"):
            await sidecar.findings.dismiss("nothing")

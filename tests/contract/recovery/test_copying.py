"""A copy follows its files, whoever changes them and however, and gives back all it has seen."""

from __future__ import annotations

import json
import os
import random
import sys
import uuid
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claude_sidecar.agent.projects import Projects
from claude_sidecar.agent.transcript_copy import TranscriptCopy
from claude_sidecar.errors import SessionBusy
from claude_sidecar.sessions.ports import AgentOptions, TranscriptKey
from claude_sidecar.store.sqlite import SqliteStore, open_store
from support.records import a_session

pytestmark = pytest.mark.anyio

OURS = frozenset({"ours"})


@dataclass
class Bench:
    """One session's file and its copy."""

    store: SqliteStore
    options: AgentOptions
    session_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def key(self) -> TranscriptKey:
        return TranscriptKey(Projects(self.options).project, self.session_id)

    @property
    def path(self) -> Path:
        path = Projects(self.options).path(self.key)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def copy(self) -> TranscriptCopy:
        """As another process would have it."""
        return TranscriptCopy(self.store, self.options, self.session_id)

    def write(self, *lines: bytes) -> None:
        """Claude Code adds lines."""
        with self.path.open("ab") as file:
            file.writelines(line + b"\n" for line in lines)

    async def lines(self) -> list[bytes]:
        return [line.data for line in await self.store.transcript_lines(self.key) or ()]


@asynccontextmanager
async def bench(folder: Path) -> AsyncGenerator[Bench]:
    env = (("CLAUDE_CONFIG_DIR", str(folder / "claude")),)
    async with open_store(folder / "sidecar.sqlite3") as store:
        yield Bench(store, AgentOptions(str(folder), "", env=env))


def entry(text: str = "x", *, parent: str | None = None, **more: Any) -> bytes:
    said = {"uuid": str(uuid.uuid4()), "parentUuid": parent, "type": "assistant", "message": text}
    return json.dumps(said | more).encode()


def id_of(line: bytes) -> str:
    return str(json.loads(line)["uuid"])


async def test_it_has_what_is_whole_and_waits_for_the_rest_of_a_line(tmp_path: Path) -> None:
    async with bench(tmp_path) as there:
        copy, lines = there.copy(), [entry("é" * 2000), b'{"type":"mode"}', b'{"type":"mode"}']
        there.write(*lines)
        with there.path.open("ab") as file:
            file.write(b'{"half')
        await copy.take_in(OURS)
        assert await there.lines() == lines
        with there.path.open("ab") as file:
            file.write(b'":1}\n')
        await copy.take_in(OURS)
        await copy.take_in(OURS)
        assert await there.lines() == [*lines, b'{"half":1}']


async def test_two_that_take_in_the_same_have_it_once(tmp_path: Path) -> None:
    async with bench(tmp_path) as there:
        copies = [there.copy() for _ in range(4)]
        written: list[bytes] = []
        for _ in range(5):
            lines = [entry(), b'{"type":"mode"}']
            there.write(*lines)
            written += lines
            async with anyio.create_task_group() as tasks:
                for copy in copies:
                    tasks.start_soon(copy.take_in, OURS)
        assert await there.lines() == written


async def test_an_entry_that_claude_code_takes_back_while_it_runs_is_given_up(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as there:
        copy, first = there.copy(), entry("first")
        taken_back = entry("half a reply", parent=id_of(first))
        there.write(first, taken_back)
        await copy.take_in(OURS)
        instead = entry("the reply", parent=id_of(first))
        there.path.write_bytes(first + b"\n" + instead + b"\n")
        await copy.take_in(OURS)
        assert await there.lines() == [first, instead]
        assert await there.copy().put_back() is None


async def test_what_is_lost_beside_a_running_process_is_kept(tmp_path: Path) -> None:
    async with bench(tmp_path) as there:
        copy, first = there.copy(), entry("first")
        there.write(first)
        await copy.take_in(OURS)
        there.path.unlink()
        second = entry("second", parent=id_of(first))
        there.write(second)
        await copy.take_in(OURS)
        assert await there.copy().put_back() == "its transcript had lost 1 of its entries"
        assert there.path.read_bytes() == first + b"\n" + second + b"\n"


async def test_one_that_is_damaged_from_the_first_is_mended_as_far_as_it_can_be(
    tmp_path: Path,
) -> None:
    async with bench(tmp_path) as there:
        first, second = entry(), entry()
        there.write(first, b"\xff\xfe not JSON", b"[1]", second)
        assert await there.copy().put_back() == "its transcript had damaged lines"
        assert there.path.read_bytes() == first + b"\n" + second + b"\n"


async def test_nothing_is_made_of_nothing(tmp_path: Path) -> None:
    async with bench(tmp_path) as there:
        await there.copy().take_in()
        assert await there.copy().put_back() is None
        there.path.write_bytes(b"garbage")
        assert await there.copy().put_back() is None
        assert there.path.read_bytes() == b"garbage"
        assert list(there.path.parent.iterdir()) == [there.path]


async def test_several_damaged_ones_are_kept_beside_each_other(tmp_path: Path) -> None:
    async with bench(tmp_path) as there:
        there.write(entry(), entry())
        await there.copy().take_in()
        whole = there.path.read_bytes()
        left = {whole[:10], whole[:20], whole[:30]}
        for each in left:
            there.path.write_bytes(each)
            assert await there.copy().put_back() == "its transcript was cut in mid-line"
            assert there.path.read_bytes() == whole
        assert {each.read_bytes() for each in there.path.parent.glob("*.damaged-*")} == left


async def test_a_disk_that_cannot_be_written_is_made_up_for_later(tmp_path: Path) -> None:
    in_the_way = tmp_path / "store"
    in_the_way.write_text("not a folder")
    options = AgentOptions(str(tmp_path), "", env=(("CLAUDE_CONFIG_DIR", str(tmp_path)),))
    async with open_store(in_the_way / "sidecar.sqlite3", retry_seconds=0) as store:
        there, lines = Bench(store, options), [entry(), entry()]
        copy = there.copy()
        there.write(lines[0])
        await copy.take_in(OURS)
        assert await there.lines() == [], "kept in memory"
        in_the_way.unlink()
        await store.add_session(a_session())  # what must be written shows that it can be
        there.write(lines[1])
        await copy.take_in(OURS)
        assert await there.lines() == lines


@pytest.mark.skipif(sys.platform == "win32", reason="who runs is not told there")
async def test_nothing_is_put_in_the_place_of_a_file_that_somebody_has_open(tmp_path: Path) -> None:
    async with bench(tmp_path) as there:
        there.write(entry(), entry())
        await there.copy().take_in()
        whole = there.path.read_bytes()
        there.path.write_bytes(whole[:-20])  # as it looks while a line is being written
        record = tmp_path / "claude" / "sessions" / "1.json"
        record.parent.mkdir()
        told = {"pid": os.getpid(), "sessionId": there.session_id, "entrypoint": "cli"}
        record.write_text(json.dumps(told))
        with pytest.raises(SessionBusy, match=str(os.getpid())):
            await there.copy().put_back()
        assert there.path.read_bytes() == whole[:-20]
        record.unlink()
        assert await there.copy().put_back() == "its transcript was cut in mid-line"
        assert there.path.read_bytes() == whole


@given(data=st.data())
@settings(max_examples=25)
def test_whatever_happens_to_the_file_all_that_was_seen_is_put_back(data: st.DataObject) -> None:
    chance = data.draw(st.randoms(use_true_random=False))
    damages = data.draw(
        st.lists(st.sampled_from(["cut", "lines", "byte", "gone"]), min_size=1, max_size=4)
    )
    anyio.run(_damaged_again_and_again, damages, chance)


async def _damaged_again_and_again(damages: Sequence[str], chance: random.Random) -> None:
    async with anyio.TemporaryDirectory() as folder, bench(Path(folder)) as there:
        written: list[bytes] = []
        for damage in damages:
            parent = id_of(written[-1]) if written else None
            for _ in range(chance.randint(1, 4)):
                written.append(entry("word " * chance.randint(0, 300), parent=parent))
                there.write(written[-1])
                parent = id_of(written[-1])
            await there.copy().take_in()
            _damage(there.path, damage, chance)
            await there.copy().put_back()
            assert there.path.read_bytes().splitlines() == written


def _damage(path: Path, how: str, chance: random.Random) -> None:
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    at = chance.randrange(len(whole))
    match how:
        case "cut":
            path.write_bytes(whole[:at])
        case "lines":
            path.write_bytes(b"".join(line for line in lines if chance.random() < 0.5))
        case "byte":
            path.write_bytes(whole[:at] + b"\0" + whole[at + 1 :])
        case _:
            path.unlink()

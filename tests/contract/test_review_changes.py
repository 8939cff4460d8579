"""Reviews of what has changed: the set that git and the editor tell of, and what Claude is shown."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from claude_sidecar.errors import InvalidRequest, NothingChanged
from claude_sidecar.offline.script import call, say
from claude_sidecar.sessions.ports import Document
from support.model import Model
from support.sidecars import Desk

pytestmark = pytest.mark.anyio

Git = Callable[..., str]


@pytest.fixture
def git(desk: Desk) -> Git:
    """A repository with one commit, and a way to run git in it."""

    def run(*arguments: str) -> str:
        command = ["git", "-c", "user.name=T", "-c", "user.email=t@localhost", *arguments]
        return subprocess.check_output(command, cwd=desk.folder, text=True)

    run("init", "--quiet", "--initial-branch=main")
    desk.write("kept.py", "kept = 1\n")
    desk.write("old.py", "value = 1\nother = 2\n")
    desk.write("gone.py", "gone = True\n")
    desk.write(".gitignore", "ignored.py\n")
    run("add", ".")
    run("commit", "--quiet", "-m", "first")
    return run


async def test_all_that_is_not_committed_is_shown_and_findings_are_placed_in_its_files(
    desk: Desk, model: Model, git: Git
) -> None:
    old = desk.write("old.py", "value = 3\nother = 2\n")
    desk.write("new file.py", "fresh = 4\n")
    desk.write("ignored.py", "secret = 5\n")
    desk.write("staged.py", "staged = 6\n")
    git("add", "staged.py")
    git("rm", "--quiet", "gone.py")
    model.script.reply(
        call(
            "mcp__sidecar__report_finding",
            file="old.py",
            quote="value = 3",
            severity="warning",
            category="bug",
            title="3 is too much",
            message="m",
        )
    ).reply(say("One thing."))
    async with desk.open() as sidecar:
        result = await sidecar.review_changes(desk.folder)
        session = await sidecar.sessions.get(result.session_id)
    prompt = model.requests[0].last_prompt
    assert "uncommitted changes (4 files)" in prompt
    assert "-value = 1\n+value = 3\n other = 2" in prompt
    assert "+fresh = 4" in prompt
    assert "+staged = 6" in prompt
    assert "deleted: `gone.py`" in prompt
    assert "secret" not in prompt
    assert "kept" not in prompt
    assert [(each.file, each.quote) for each in result.findings] == [(old, "value = 3")]
    assert (session.key.file, session.title) == (None, "Review uncommitted changes (4 files)")


async def test_the_buffer_counts_and_not_the_disk(desk: Desk, model: Model, git: Git) -> None:
    old, kept = str(desk.folder / "old.py"), str(desk.folder / "kept.py")
    ignored = desk.write("ignored.py", "secret = 5\n")
    desk.write("old.py", "value = 3\nother = 2\n")
    for path, text in ((old, "value = 1\nother = 9\n"), (kept, "kept = 7\n"), (ignored, "s = 1\n")):
        desk.editor.buffers[path] = Document(path, text, 1, dirty=True)
    model.script.reply(say("Nothing."))
    async with desk.open() as sidecar:
        await sidecar.review_changes(desk.folder)
    prompt = model.requests[0].last_prompt
    assert "modified: `kept.py`, with changes that are not saved" in prompt
    assert "-kept = 1\n+kept = 7" in prompt
    assert " value = 1\n-other = 2\n+other = 9" in prompt
    assert "value = 3" not in prompt
    assert "ignored.py" not in prompt


async def test_of_what_is_staged_only_that(desk: Desk, model: Model, git: Git) -> None:
    desk.write("old.py", "value = 3\nother = 2\n")
    git("add", "old.py")
    desk.write("old.py", "value = 4\nother = 2\n")
    desk.write("untracked.py", "a = 1\n")
    model.script.reply(say("Nothing."))
    async with desk.open() as sidecar:
        await sidecar.review_changes(desk.folder, base="staged")
    prompt = model.requests[0].last_prompt
    assert "staged changes (1 file)" in prompt
    assert "+value = 3" in prompt
    assert "value = 4" not in prompt


async def test_a_revision_means_what_lies_between_the_fork_and_the_work_tree(
    desk: Desk, model: Model, git: Git
) -> None:
    git("checkout", "--quiet", "-b", "topic")
    git("mv", "kept.py", "moved.py")
    git("commit", "--quiet", "-m", "move")
    git("checkout", "--quiet", "main")
    desk.write("elsewhere.py", "main = True\n")
    git("add", ".")
    git("commit", "--quiet", "-m", "on main")
    git("checkout", "--quiet", "topic")
    desk.write("untracked.py", "a = 1\n")
    model.script.reply(say("Nothing."))
    async with desk.open() as sidecar:
        await sidecar.review_changes(desk.folder, base="main")
    prompt = model.requests[0].last_prompt
    assert "changes since main (2 files)" in prompt
    assert "renamed: `kept.py` -> `moved.py`" in prompt
    assert "+a = 1" in prompt
    assert "elsewhere" not in prompt


async def test_before_the_first_commit_everything_is_new(
    desk: Desk, model: Model, git: Git
) -> None:
    git("update-ref", "-d", "HEAD")
    git("rm", "--quiet", "--cached", "-r", ".")
    desk.write("first.py", "a = 1\n")
    model.script.reply(say("Nothing."))
    async with desk.open() as sidecar:
        await sidecar.review_changes(desk.folder)
    assert "+a = 1" in model.requests[0].last_prompt


async def test_what_is_left_out_is_named_with_its_reason(
    desk: Desk, model: Model, git: Git
) -> None:
    desk.write("long.py", "".join(f"line_{number} = {number}\n" for number in range(20_000)))
    (desk.folder / "picture.png").write_bytes(b"\x89PNG\0\0")
    desk.write("short.py", "short = 1\n")
    model.script.reply(say("Nothing."))
    async with desk.open() as sidecar:
        await sidecar.review_changes(desk.folder)
    prompt = model.requests[0].last_prompt
    assert "untracked: `long.py`, not shown: too long" in prompt
    assert "untracked: `picture.png`, not shown: is a binary file." in prompt
    assert "+short = 1" in prompt
    assert len(prompt) < 20_000


async def test_what_may_hold_secrets_is_named_and_not_shown(
    desk: Desk, model: Model, git: Git
) -> None:
    desk.write(".env", "TOKEN=canary\n")
    desk.write("config/credentials.json", '{"key": "canary"}\n')
    desk.write("short.py", "short = 1\n")
    model.script.reply(say("Nothing."))
    async with desk.open() as sidecar:
        await sidecar.review_changes(desk.folder)
    prompt = model.requests[0].last_prompt
    assert "untracked: `.env`, not shown: may hold secrets" in prompt
    assert "untracked: `config/credentials.json`, not shown: may hold secrets" in prompt
    assert "+short = 1" in prompt
    assert "canary" not in prompt


async def test_a_folder_inside_the_work_tree_is_a_world_of_its_own(
    desk: Desk, model: Model, git: Git
) -> None:
    desk.write("inner/a.py", "a = 1\n")
    desk.write("outer.py", "outer = 1\n")
    async with desk.open() as sidecar:
        key = sidecar.workspaces.key_of_workspace(str(desk.folder / "inner"))
        changes = await sidecar.changes.read(key)
        below = await sidecar.changes.read(
            sidecar.workspaces.key_of_workspace(str(desk.folder)), paths=["inner"]
        )
    assert [each.file.path for each in changes.files] == ["a.py"]
    assert [each.file.path for each in below.files] == ["inner/a.py"]


async def test_nothing_to_review_is_said_and_no_session_is_begun(desk: Desk, git: Git) -> None:
    async with desk.open() as sidecar:
        with pytest.raises(NothingChanged, match="no uncommitted changes"):
            await sidecar.review_changes(desk.folder)
        with pytest.raises(NothingChanged, match="no changes since HEAD"):
            await sidecar.review_changes(desk.folder, base="HEAD")
        assert await sidecar.sessions.current(sidecar.workspaces.key_of_workspace()) is None


@pytest.mark.parametrize("base", ["nowhere", "--output=x", "HEAD:old.py", ""])
async def test_an_unknown_base_is_named(desk: Desk, git: Git, base: str) -> None:
    async with desk.open() as sidecar:
        with pytest.raises(InvalidRequest, match="nor a revision of the repository") as raised:
            await sidecar.review_changes(desk.folder, base=base)
    assert repr(base) in str(raised.value)
    assert raised.value.field == "base"
    assert not (desk.folder / "x").exists()


async def test_a_folder_without_git_is_named(desk: Desk) -> None:
    async with desk.open() as sidecar:
        with pytest.raises(InvalidRequest, match="is not in a git repository"):
            await sidecar.review_changes(desk.folder)


async def test_git_is_not_run_in_a_workspace_that_is_not_trusted(desk: Desk, git: Git) -> None:
    desk.write("old.py", "value = 3\n")
    async with desk.open(trusted=False) as sidecar:
        with pytest.raises(InvalidRequest, match="is not trusted"):
            await sidecar.review_changes(desk.folder)


async def test_a_repository_cannot_have_its_own_programs_run(
    desk: Desk, model: Model, git: Git, tmp_path: Path
) -> None:
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n", encoding="utf-8")
    trap.chmod(0o755)
    for name in ("core.fsmonitor", "core.pager", "diff.external", "diff.evil.command"):
        git("config", name, str(trap))
    git("config", "diff.evil.textconv", str(trap))
    desk.write(".gitattributes", "*.py diff=evil\n")
    desk.write("old.py", "value = 3\n")
    model.script.reply(say("Nothing."))
    async with desk.open() as sidecar:
        await sidecar.review_changes(desk.folder)
    assert "+value = 3" in model.requests[0].last_prompt
    assert not (tmp_path / "sprung").exists()


async def test_the_offline_reviewer_looks_at_the_changed_lines_alone(desk: Desk, git: Git) -> None:
    desk.write("old.py", "import os\nvalue = 1\n")
    git("commit", "--quiet", "--all", "-m", "with a flaw")
    desk.write("old.py", "import os\nvalue = undefined\n")
    desk.write("new.py", "def f(x=[]):\n    return x\n")
    async with desk.open(offline=True) as sidecar:
        result = await sidecar.review_changes(desk.folder)
    assert result.stop_reason == "end_turn"
    # They are reported together, so that their order is left to chance.
    places = {(Path(each.file).name, each.range.start.line) for each in result.findings}
    assert (places, len(result.findings)) == ({("new.py", 0), ("old.py", 1)}, 2)

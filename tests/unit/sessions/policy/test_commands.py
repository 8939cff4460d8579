"""What a shell command reaches."""

from __future__ import annotations

from pathlib import Path

import pytest

from claude_sidecar.sessions.keys import canonical_path
from claude_sidecar.sessions.policy.commands import Reach, reach_of
from claude_sidecar.sessions.policy.confinement import Confinement


@pytest.fixture
def workspace(tmp_path: Path) -> Confinement:
    root = tmp_path / "root"
    (root / "src").mkdir(parents=True)
    (root / ".env").write_text("KEY=1")
    (root / "src" / "server.pem").write_text("KEY")
    (root / "src" / "a.py").write_text("a = 1")
    (root / "out").symlink_to("/etc")
    return Confinement(canonical_path(root))


@pytest.mark.parametrize(
    "command",
    [
        "ls",
        "ls -la src",
        "git status",
        "git log --oneline main..feature",
        "git show HEAD~2",
        "cat src/a.py | head -n 5",
        "pytest -k 'a and b' 2>&1",
        "grep -n '/api/v1/users' src/a.py",
        "ls src > /dev/null",
        "/usr/bin/python3 -m pytest",
        "echo 'a/b' \"c\"",
        "curl https://example.com/x",
    ],
)
def test_plain_commands_stay_inside(workspace: Confinement, command: str) -> None:
    assert reach_of(command, workspace) == Reach()


@pytest.mark.parametrize(
    "command",
    [
        "cat /etc/passwd",
        "cat ../other/x",
        "cat src/../../x",
        "cd / && ls",
        "cat ~/.profile",
        "cat out/passwd",
        "cat 'out'/passwd",
        "wc -l<../x",
        "diff --from-file=/etc/passwd a",
        "grep -f/etc/passwd src/a.py",
        "ls;cat /etc/passwd",
        "cat /e\\tc/passwd",
        "cat '/etc'/pass\"wd\"",
    ],
)
def test_paths_that_lead_out_are_seen(workspace: Confinement, command: str) -> None:
    assert reach_of(command, workspace).outside is not None


@pytest.mark.parametrize(
    "command",
    [
        "cat .env",
        'cat .e"n"v',
        r"cat .en\v",
        "cat .en?",
        "cat src/*",
        "cat src/*.pem",
        "head -c 10 ./src/server.pem",
        "git show HEAD:.env",
        "cat <.env",
        "sort .env>x",
    ],
)
def test_secrets_are_seen(workspace: Confinement, command: str) -> None:
    assert reach_of(command, workspace).secret is not None


@pytest.mark.parametrize(
    "command",
    [
        "cat $FILE",
        "cat `echo .e`nv",
        "cat $(ls)",
        "cat .{env,x}",
        "grep -r KEY .",
        "grep -Rn KEY",
        "rg KEY",
        "git grep KEY",
        "find . -name '.e*' -exec cat {} +",
        "ls | xargs cat",
        "bash -c 'cat x'",
        "eval x",
        "cat 'unclosed",
        "cat <<EOF\nx\nEOF",
        "tar cf - .",
    ],
)
def test_what_cannot_be_told_is_said_to_be(workspace: Confinement, command: str) -> None:
    assert reach_of(command, workspace).untold

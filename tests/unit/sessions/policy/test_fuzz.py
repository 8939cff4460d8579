"""Whatever a path is made of, what is allowed unasked lies inside."""

from __future__ import annotations

import glob
import os
import re
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from claude_sidecar.sessions.keys import canonical_path
from claude_sidecar.sessions.policy import Confinement, Situation, judge
from claude_sidecar.sessions.ports import Allow, Defer, ToolUse

SEGMENTS = [
    *("..", ".", "", "a", "b.py", "new", "out", "up", "in", "abs", "loop", "chain", "~", "~root"),
    *("\\..", "a/../..", "%2e%2e", "..\u200b", "\u2024\u2024", "*", "**", "[.][.]", "?", "{a,out}"),
    *("{..,a}", "{.,a}{.,b}", "$HOME", "`", "\0", "é", "e\u0301", "A", "CON", " "),
]
PREFIXES = [
    "",
    "/",
    "./",
    "../",
    "//",
    "{root}/",
    "{root}-sibling/",
    "{out}/",
    "file://",
    "~/",
    "/proc/self/root/",
]


def joined(prefix: str, segments: list[str]) -> str:
    return prefix + "/".join(segments)


paths = st.builds(
    joined,
    st.sampled_from(PREFIXES),
    st.lists(st.one_of(st.sampled_from(SEGMENTS), st.text(max_size=3)), max_size=6),
)


@pytest.fixture(scope="module")
def place() -> Generator[Path]:
    """A workspace with links that lead out, up, in, on, and round."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name).resolve() / "root"
        out = root.parent / "out"
        (root / "a").mkdir(parents=True)
        out.mkdir()
        (out / "b.py").write_text("outside")
        (root / "b.py").write_text("inside")
        for link, target in {
            "out": out,
            "up": "..",
            "in": "a",
            "abs": "/etc",
            "loop": "loop",
            "chain": "in/../out",
            "a/out": "../../out",
        }.items():
            (root / link).symlink_to(target)
        yield root


def situation(root: Path) -> Situation:
    return Situation("ask", "edit", Confinement(canonical_path(root)), mode="acceptEdits")


def spelled(path: str, root: Path) -> str:
    return path.replace("{root}", str(root)).replace("{out}", str(root.parent / "out"))


def inside(path: str, root: Path) -> bool:
    real = os.path.realpath(path)
    return real == str(root) or real.startswith(f"{root}/")


@given(paths, st.sampled_from(["Read", "Write", "Grep", "mcp__sidecar__read_buffer"]))
@example("chain/b.py", "Read")
@example("a/out/b.py", "Write")
@example("up/root/up/out/b.py", "Read")
def test_what_is_allowed_lies_inside_and_is_named_without_links(
    place: Path, path: str, tool: str
) -> None:
    field = {"Read": "file_path", "Write": "file_path", "Grep": "path"}.get(tool, "file")
    given_path = spelled(path, place)
    verdict = judge(situation(place), ToolUse("id", tool, {field: given_path}))
    if isinstance(verdict, Allow):
        opened = (verdict.updated_input or {field: given_path})[field]
        assert "\0" not in opened
        if not opened.startswith("~"):
            opened = os.path.join(place, opened)  # noqa: PTH118 - as a program would
        assert inside(opened, place)
        assert os.path.realpath(opened) == os.path.normpath(opened)


@given(paths)
@example("{a,out}/*")
@example("{.,a}{.,b}/out/*")
@example("in/../out/*")
def test_what_a_pattern_meets_lies_inside(place: Path, pattern: str) -> None:
    given_pattern = spelled(pattern, place)
    verdict = judge(situation(place), ToolUse("id", "Glob", {"pattern": given_pattern}))
    if not isinstance(verdict, Allow) or "\0" in given_pattern:
        return
    for alternative in expanded(given_pattern):
        if "**" in alternative:  # ripgrep follows no links below a pattern, this glob does
            continue
        base = re.split(r"[*?\[]", alternative, maxsplit=1)[0].rpartition("/")[0]
        assert inside(os.path.join(place, base), place)  # noqa: PTH118


@given(paths)
@example("out/b.py")
def test_a_command_that_is_left_to_claude_code_names_nothing_outside(
    place: Path, path: str
) -> None:
    word = spelled(path, place)
    if not re.fullmatch(r"[\w./~-]+", word, re.ASCII) or word.startswith("-"):
        return
    verdict = judge(situation(place), ToolUse("id", "Bash", {"command": f"cat {word}"}))
    if isinstance(verdict, Defer):
        met = os.path.join(place, os.path.expanduser(word))  # noqa: PTH118, PTH111 - as a shell does
        assert inside(met, place) or not os.path.exists(met)  # noqa: PTH110


def expanded(pattern: str) -> list[str]:
    """What a shell makes of braces that are not nested."""
    found = re.fullmatch(r"([^{}]*)\{([^{}]*)\}(.*)", pattern, re.DOTALL)
    if found is None:
        return [pattern]
    before, inner, after = found.groups()
    return [each for part in inner.split(",") for each in expanded(before + part + after)]


def test_the_tree_is_what_it_is_said_to_be(place: Path) -> None:
    assert glob.glob(str(place / "chain" / "b.py"))  # noqa: PTH207
    assert not inside(str(place / "chain" / "b.py"), place)

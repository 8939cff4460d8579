"""What a turn may do with which tool: the whole table, and where paths lead."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest

from claude_sidecar.sessions.keys import canonical_path
from claude_sidecar.sessions.model import Allowance, PermissionMode, TurnKind
from claude_sidecar.sessions.policy import (
    Confinement,
    Rule,
    Situation,
    Verdict,
    allowance_of,
    judge,
    parse_rule,
)
from claude_sidecar.sessions.ports import Allow, Ask, Defer, Deny, ToolUse

MODES: tuple[PermissionMode, ...] = get_args(PermissionMode)

_USES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("read inside", "Read", {"file_path": "src/a.py"}),
    ("read outside", "Read", {"file_path": "/etc/hostname"}),
    ("read a secret", "Read", {"file_path": "src/.env"}),
    ("search", "Grep", {"pattern": "x"}),
    ("search outside", "Grep", {"pattern": "x", "path": ".."}),
    ("search a secret", "Grep", {"pattern": "x", "path": ".env"}),
    ("list", "Glob", {"pattern": "**/*.py"}),
    ("list outside", "Glob", {"pattern": "../*"}),
    ("buffer", "mcp__sidecar__read_buffer", {"file": "src/a.py"}),
    ("secret buffer", "mcp__sidecar__read_buffer", {"file": ".env"}),
    ("finding", "mcp__sidecar__report_finding", {"file": "src/a.py", "quote": "a"}),
    ("to-do list", "TodoWrite", {"todos": []}),
    ("subagent", "Agent", {"prompt": "x"}),
    ("command", "Bash", {"command": "ls src"}),
    ("command outside", "Bash", {"command": "cat /etc/hostname"}),
    ("command on a secret", "Bash", {"command": "cat src/.env"}),
    ("command untold", "Bash", {"command": "cat $FILE"}),
    ("edit", "Edit", {"file_path": "src/a.py", "old_string": "a", "new_string": "b"}),
    ("edit outside", "Write", {"file_path": "/etc/made", "content": "x"}),
    ("edit a secret", "Write", {"file_path": ".env", "content": "x"}),
    ("notebook", "NotebookEdit", {"notebook_path": "a.ipynb", "new_source": "x"}),
    ("edit buffer", "mcp__sidecar__edit_buffer", {"file": "src/a.py"}),
    ("rename", "mcp__sidecar__rename_file", {"file": "src/a.py", "new_file": "src/b.py"}),
    ("rename outside", "mcp__sidecar__rename_file", {"file": "src/a.py", "new_file": "/tmp/b.py"}),
    ("delete", "mcp__sidecar__delete_file", {"file": "src/a.py"}),
    ("delete a hook", "mcp__sidecar__delete_file", {"file": ".git/hooks/x"}),
    ("fetch", "WebFetch", {"url": "https://example.com", "prompt": "x"}),
    ("web search", "WebSearch", {"query": "x"}),
    ("user's server", "mcp__other__anything", {"x": 1}),
    ("skill", "Skill", {"skill": "x"}),
    ("tomorrow's tool", "SomeToolOfTomorrow", {}),
    ("question", "AskUserQuestion", {"questions": []}),
    ("plan", "ExitPlanMode", {"plan": "x"}),
    ("to plan", "EnterPlanMode", {}),
)
USES = {name: ToolUse("id", tool, arguments) for name, tool, arguments in _USES}

# A: allowed, ?: the user is asked, d: Claude Code's own rules, -: refused.
# Modes, from left to right: default, acceptEdits, plan, dontAsk, bypassPermissions.
TABLE = """
                    |            trusted              |           not trusted
                    | read      | run       | edit    | read      | run       | edit
read inside         | AAAAA     | AAAAA     | AAAAA   | AAAAA     | AAAAA     | AAAAA
read outside        | -----     | ???-?     | ???-?   | -----     | ???-?     | ???-?
read a secret       | ???-?     | ???-?     | ???-?   | ???-?     | ???-?     | ???-?
search              | AAAAA     | AAAAA     | AAAAA   | AAAAA     | AAAAA     | AAAAA
search outside      | -----     | ???-?     | ???-?   | -----     | ???-?     | ???-?
search a secret     | ???-?     | ???-?     | ???-?   | ???-?     | ???-?     | ???-?
list                | AAAAA     | AAAAA     | AAAAA   | AAAAA     | AAAAA     | AAAAA
list outside        | -----     | ???-?     | ???-?   | -----     | ???-?     | ???-?
buffer              | AAAAA     | AAAAA     | AAAAA   | AAAAA     | AAAAA     | AAAAA
secret buffer       | ???-?     | ???-?     | ???-?   | ???-?     | ???-?     | ???-?
finding             | AAAAA     | AAAAA     | AAAAA   | AAAAA     | AAAAA     | AAAAA
to-do list          | AAAAA     | AAAAA     | AAAAA   | AAAAA     | AAAAA     | AAAAA
subagent            | AAAAA     | AAAAA     | AAAAA   | AAAAA     | AAAAA     | AAAAA
command             | -----     | ddddA     | ddddA   | -----     | -----     | -----
command outside     | -----     | ???-?     | ???-?   | -----     | -----     | -----
command on a secret | -----     | ???-?     | ???-?   | -----     | -----     | -----
command untold      | -----     | ???-A     | ???-A   | -----     | -----     | -----
edit                | -----     | -----     | dA-dA   | -----     | -----     | -----
edit outside        | -----     | -----     | ??--?   | -----     | -----     | -----
edit a secret       | -----     | -----     | ??--?   | -----     | -----     | -----
notebook            | -----     | -----     | dA-dA   | -----     | -----     | -----
edit buffer         | -----     | -----     | dA-dA   | -----     | -----     | -----
rename              | -----     | -----     | dA-dA   | -----     | -----     | -----
rename outside      | -----     | -----     | ??--?   | -----     | -----     | -----
delete              | -----     | -----     | dA-dA   | -----     | -----     | -----
delete a hook       | -----     | -----     | ??--?   | -----     | -----     | -----
fetch               | -----     | ???-A     | ???-A   | -----     | ???-?     | ???-?
web search          | -----     | ???-A     | ???-A   | -----     | ???-?     | ???-?
user's server       | -----     | ???-A     | ???-A   | -----     | -----     | -----
skill               | -----     | ???-A     | ???-A   | -----     | -----     | -----
tomorrow's tool     | -----     | ???-A     | ???-A   | -----     | -----     | -----
question            | ?????     | ?????     | ?????   | ?????     | ?????     | ?????
plan                | -----     | ?????     | ?????   | -----     | -----     | -----
to plan             | -----     | ?????     | ?????   | -----     | -----     | -----
"""
ALLOWANCES: tuple[Allowance, ...] = ("read", "run", "edit")
LETTERS: dict[str, type[Verdict]] = {"A": Allow, "?": Ask, "d": Defer, "-": Deny}
KINDS: dict[TurnKind, Allowance] = {
    "review": "read",
    "compact": "read",
    "debug": "run",
    "ask": "edit",
    "fix": "edit",
    "step": "edit",
}


def rows() -> list[Any]:
    """One case for each use, allowance, trust and mode."""
    cases: list[Any] = []
    for line in TABLE.splitlines()[3:]:
        name, *columns = (cell.strip() for cell in line.split("|"))
        places = [(trusted, allowed) for trusted in (True, False) for allowed in ALLOWANCES]
        for (trusted, allowed), letters in zip(places, columns, strict=True):
            for mode, letter in zip(MODES, letters, strict=True):
                trust = "trusted" if trusted else "untrusted"
                case_id = f"{name}-{allowed}-{trust}-{mode}"
                row = (allowed, trusted, mode, LETTERS[letter])
                cases.append(pytest.param(name, row, id=case_id))
    return cases


def test_the_table_is_whole() -> None:
    assert len(rows()) == len(USES) * len(ALLOWANCES) * 2 * len(MODES)
    assert {kind: allowance_of(kind) for kind in get_args(TurnKind)} == KINDS


@pytest.mark.parametrize(("name", "row"), rows())
def test_what_must_happen(tmp_path: Path, name: str, row: Any) -> None:
    allowance, trusted, mode, expected = row
    situation = Situation("ask", allowance, confined(tmp_path), mode=mode, trusted=trusted)
    assert type(judge(situation, USES[name])) is expected


def confined(folder: Path, *others: Path) -> Confinement:
    return Confinement(canonical_path(folder), tuple(map(canonical_path, others)))


def asking(folder: Path, *others: Path, **more: Any) -> Situation:
    return Situation("ask", "edit", confined(folder, *others), **more)


def verdict(situation: Situation, name: str, **arguments: Any) -> Verdict:
    return judge(situation, ToolUse("id", name, arguments))


@pytest.mark.parametrize(
    ("tool", "argument"), [("Read", "file_path"), ("Grep", "path"), ("Glob", "pattern")]
)
@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("src/a.py", True),
        ("{root}/src/a.py", True),
        ("{root}", True),
        ("{other}/a.py", True),
        ("../other/a.py", True),
        ("../third/a.py", False),
        ("src/../../third/a.py", False),
        ("/etc/hostname", False),
        ("~/notes", False),
        ("link/hostname", False),
        ("loop/x", True),
        ("{root}-sibling/a.py", False),
        ("nul\0/x", False),
    ],
)
def test_nothing_outside_the_open_folders_is_read_unasked(
    tmp_path: Path, tool: str, argument: str, path: str, inside: bool
) -> None:
    root, other = tmp_path / "root", tmp_path / "other"
    root.mkdir()
    other.mkdir()
    (root / "link").symlink_to("/etc")
    (root / "loop").symlink_to("loop")
    arguments = {argument: path.format(root=root, other=other)}
    review = Situation("review", "read", confined(root, other))
    assert type(verdict(review, tool, **arguments)) is (Allow if inside else Deny)
    ask = asking(root, other)
    assert type(verdict(ask, tool, **arguments)) is (Allow if inside else Ask)


@pytest.mark.parametrize(
    ("pattern", "inside"),
    [
        ("**/*.{py,ts}", True),
        ("{src,tests}/**", True),
        ("*", True),
        ("{src,../..}/*", False),
        ("{/etc,src}/*", False),
        ("*/../../x", False),
        (r"\.\./*", False),
        ("{a,{b,../../..}}/*", False),
        ("{.,x}{./,y}/*", False),
        ("{a,b}" * 40 + "/x", False),
        ("/etc/*", False),
    ],
)
def test_a_pattern_of_names_stays_inside(tmp_path: Path, pattern: str, inside: bool) -> None:
    assert isinstance(verdict(asking(tmp_path), "Glob", pattern=pattern), Allow if inside else Ask)


def test_a_link_is_followed_once_and_what_was_judged_is_what_is_opened(tmp_path: Path) -> None:
    (tmp_path / "real.py").write_text("x")
    (tmp_path / "link.py").symlink_to("real.py")
    link, real = str(tmp_path / "link.py"), str(tmp_path / "real.py")
    read = verdict(asking(tmp_path), "Read", file_path=link, limit=3)
    assert read == Allow({"file_path": real, "limit": 3})
    edit = verdict(asking(tmp_path), "Edit", file_path=link, old_string="x", new_string="y")
    assert edit == Ask(f"It goes through a link, to {real}.")
    accepting = asking(tmp_path, mode="acceptEdits")
    edit = verdict(accepting, "Write", file_path=link, content="y")
    assert edit == Allow({"file_path": real, "content": "y"})


def test_a_link_to_a_secret_is_the_secret(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("KEY=1")
    (tmp_path / "notes.txt").symlink_to(".env")
    assert isinstance(verdict(asking(tmp_path), "Read", file_path="notes.txt"), Ask)


def test_the_file_that_a_turn_is_about_was_shown_by_the_user(tmp_path: Path) -> None:
    path = canonical_path(tmp_path / ".env")
    review = Situation("review", "read", confined(tmp_path), subject=path)
    assert verdict(review, "Read", file_path=path) == Allow()
    assert isinstance(verdict(review, "Read", file_path="other.env"), Ask)


def test_a_search_leaves_secrets_out_and_keeps_its_own_pattern(tmp_path: Path) -> None:
    searched = verdict(asking(tmp_path), "Grep", pattern="x", glob="*.py")
    assert isinstance(searched, Allow)
    assert searched.updated_input is not None
    globs = searched.updated_input["glob"].split()
    assert globs[0] == "*.py"
    assert "!**/.[eE][nN][vV]" in globs
    assert all(each.startswith("!") for each in globs[1:])


def test_plan_mode_lets_claude_write_its_plan_and_nothing_else(tmp_path: Path) -> None:
    plans, workspace = tmp_path / "claude" / "plans", tmp_path / "workspace"
    workspace.mkdir()
    plan = asking(workspace, mode="plan", claude_folders=(canonical_path(plans),))
    assert verdict(plan, "Write", file_path=str(plans / "a.md"), content="# Plan") == Allow()
    assert isinstance(verdict(plan, "Write", file_path=str(plans.parent / "settings.json")), Deny)
    assert isinstance(verdict(plan, "Write", file_path="a.py"), Deny)
    default = asking(workspace, claude_folders=(canonical_path(plans),))
    assert isinstance(verdict(default, "Write", file_path=str(plans / "a.md")), Ask)


@pytest.mark.parametrize(
    ("rules", "tool", "arguments", "expected"),
    [
        (["Bash(npm test *)"], "Bash", {"command": "npm test"}, Allow),
        (["Bash(npm test:*)"], "Bash", {"command": "npm test -- x"}, Allow),
        (["Bash(npm test *)"], "Bash", {"command": "npm tester"}, Defer),
        (["Bash(npm test *)"], "Bash", {"command": "npm test && rm -rf x"}, Defer),
        (["Bash(npm test *)"], "Bash", {"command": "npm test > src/a.py"}, Defer),
        (["Bash(npm test *)"], "Bash", {"command": "npm test 2>&1 | npm test"}, Allow),
        (["Bash(npm test *)"], "Bash", {"command": "npm test $(rm x)"}, Ask),
        (["Bash(npm test *)"], "Bash", {"command": "npm test /etc/passwd"}, Ask),
        (["Bash"], "Bash", {"command": "cat .env"}, Ask),
        (["Bash(cat .env)"], "Bash", {"command": "cat .env"}, Allow),
        (["Bash"], "Bash", {"command": "make"}, Allow),
        (["Edit"], "Write", {"file_path": "a.py", "content": ""}, Allow),
        (["Edit(src/**)"], "Edit", {"file_path": "src/x/a.py"}, Allow),
        (["Edit(src/**)"], "Edit", {"file_path": "a.py"}, Defer),
        (["Edit"], "Edit", {"file_path": "/etc/hosts"}, Ask),
        (["Read"], "Read", {"file_path": "/etc/hosts"}, Ask),
        (["Read(//etc/**)"], "Read", {"file_path": "/etc/hosts"}, Allow),
        (["Read(//etc/**)"], "Read", {"file_path": "/etc/../root/x"}, Ask),
        (["Read(.env)"], "Read", {"file_path": "sub/.env"}, Allow),
        (["Read(*.env)"], "Grep", {"pattern": "x", "path": "a.env"}, Allow),
        (["WebFetch"], "WebFetch", {"url": "https://x.org"}, Allow),
        (["WebFetch(domain:x.org)"], "WebFetch", {"url": "https://x.org/a"}, Allow),
        (["WebFetch(domain:x.org)"], "WebFetch", {"url": "https://x.org@evil.com/"}, Ask),
        (["WebFetch(domain:*.x.org)"], "WebFetch", {"url": "https://a.x.org"}, Allow),
        (["mcp__git"], "mcp__git__log", {}, Allow),
        (["mcp__git__*"], "mcp__git__log", {}, Allow),
        (["mcp__git"], "mcp__github__log", {}, Ask),
    ],
    ids=str,
)
def test_rules(
    tmp_path: Path, rules: list[str], tool: str, arguments: dict[str, Any], expected: type[Verdict]
) -> None:
    allowed = tuple(map(parse_rule, rules))
    assert type(verdict(asking(tmp_path, allowed=allowed), tool, **arguments)) is expected
    distrusted = asking(tmp_path, allowed=allowed, trusted=False)
    assert not isinstance(verdict(distrusted, "Bash", command="make"), Allow)


def test_a_rule_that_refuses_goes_first_and_one_part_of_a_command_is_enough(tmp_path: Path) -> None:
    both = asking(tmp_path, allowed=(Rule("Bash"),), refused=(Rule("Bash", "rm *"),))
    assert isinstance(verdict(both, "Bash", command="ls; rm -r src"), Deny)
    assert isinstance(verdict(both, "Bash", command="ls"), Allow)

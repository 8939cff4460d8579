"""A log that other tools can trust: valid, exact to the column, and harmless."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claude_sidecar.findings.model import SEVERITIES, Finding, FindingState
from claude_sidecar.sessions.keys import Workspaces
from claude_sidecar.terminal.documents import json_text
from claude_sidecar.terminal.excerpts import Sources
from claude_sidecar.terminal.sarif import Period, Trouble, sarif_log
from support.sarif import file_of, problems, region_of, replaced, run_of, text_at
from support.terminal import found

GUID = "0123abcd-0000-4000-8000-00000000000{}"


def _run(
    findings: Sequence[Finding], *folders: Path, troubles: Sequence[Trouble] = ()
) -> dict[str, Any]:
    log = sarif_log(
        findings,
        troubles,
        workspaces=Workspaces(map(str, folders)),
        sources=Sources(),
        period=Period(1.0, 2.5),
    )
    return run_of(json_text(log))


def _result(finding: Finding, folder: Path) -> dict[str, Any]:
    [result] = _run([finding], folder)["results"]
    return result


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "shop.py").write_text("a = '👍', total(x)\n\n\tb = total(\n\t\tx)\n")
    return tmp_path / "shop.py"


def test_a_finding_becomes_a_result(file: Path, tmp_path: Path) -> None:
    finding = replace(
        found(
            file,
            "total(x)",
            severity="warning",
            title="Wrong total",
            message="It **adds** `x` twice.",
            failure_scenario="`x = 1`",
        ),
        id=GUID.format(1),
        verdict="confirmed",
        reviewers=("correctness",),
    )

    run = _run([finding], tmp_path)

    [result] = run["results"]
    assert run["tool"]["driver"]["name"] == "claude-sidecar"
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "bug"
    assert (result["kind"], result["level"], result["guid"]) == ("fail", "warning", finding.id)
    assert result["message"] == {
        "text": "Wrong total\n\nIt adds x twice.\n\nFails when: x = 1",
        "markdown": "**Wrong total**\n\nIt **adds** `x` twice.\n\n**Fails when:** `x = 1`",
    }
    assert region_of(result) == {
        "startLine": 1,
        "startColumn": 11,
        "endLine": 1,
        "endColumn": 19,
        "snippet": {"text": "total(x)"},
    }
    assert run["columnKind"] == "utf16CodeUnits"
    assert run["invocations"] == [
        {
            "executionSuccessful": True,
            "startTimeUtc": "1970-01-01T00:00:01.000Z",
            "endTimeUtc": "1970-01-01T00:00:02.500Z",
            "toolExecutionNotifications": [],
        }
    ]


def test_the_schema_refuses_what_is_wrong() -> None:
    run: dict[str, Any] = {"tool": {"driver": {"name": "t"}}, "results": [{}]}

    assert problems({"version": "2.1.0", "runs": [run]}) == [
        "runs/0/results/0: 'message' is a required property"
    ]
    assert problems({"version": "2.0.0", "runs": []}) != []


@given(
    before=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r")),
    quote=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), min_size=1),
    after=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r")),
)
def test_columns_are_exact_in_any_text(
    tmp_path_factory: pytest.TempPathFactory, before: str, quote: str, after: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    text = f"x{before}{quote}{after}"
    (folder / "any.txt").write_bytes(text.encode("utf-8"))
    finding = found(folder / "any.txt", quote, suggestion="new 👍")

    result = _result(finding, folder)

    assert text_at(text, region_of(result)) == quote
    [change] = result["fixes"][0]["artifactChanges"]
    assert replaced(text, change["replacements"][0]) == text.replace(quote, "new 👍", 1)


def test_a_suggestion_to_delete_inserts_nothing(file: Path, tmp_path: Path) -> None:
    result = _result(found(file, "total(\n\t\tx)", suggestion=""), tmp_path)

    [change] = result["fixes"][0]["artifactChanges"]
    assert "insertedContent" not in change["replacements"][0]
    assert replaced(file.read_text(), change["replacements"][0]) == "a = '👍', total(x)\n\n\tb = \n"


@pytest.mark.parametrize(
    ("state", "kind", "level", "suppressions"),
    [
        ("open", "fail", "error", []),
        ("dismissed", "fail", "error",
         [{"kind": "external", "status": "accepted", "justification": "Meant \\x1b so."}]),
        ("fixed", "pass", "none", []),
        ("stale", "open", "none", []),
    ],
)  # fmt: skip
def test_states(
    file: Path, state: FindingState, kind: str, level: str, suppressions: list[Any]
) -> None:
    reason = "Meant \x1b so." if state == "dismissed" else None

    result = _result(replace(found(file, "total(x)"), state=state, reason=reason), file.parent)

    assert (result["kind"], result["level"]) == (kind, level)
    assert result["suppressions"] == suppressions
    assert result["properties"]["state"] == state


def test_severities(file: Path, tmp_path: Path) -> None:
    run = _run([found(file, "total(x)", severity=each) for each in SEVERITIES], tmp_path)

    assert [result["level"] for result in run["results"]] == ["error", "warning", "note", "note"]


@pytest.mark.parametrize("text", [None, "quite another text\n"], ids=["deleted", "changed"])
def test_of_code_that_is_gone_lines_are_told_and_no_fix(
    file: Path, tmp_path: Path, text: str | None
) -> None:
    finding = found(file, "total(\n\t\tx)", suggestion="0")
    if text is None:
        file.unlink()
    else:
        file.write_text(text)

    result = _result(finding, tmp_path)

    assert region_of(result) == {
        "startLine": 3,
        "endLine": 4,
        "snippet": {"text": "total(\n\t\tx)"},
    }
    assert "fixes" not in result


def test_a_fingerprint_is_that_of_the_code_and_the_claim(file: Path, tmp_path: Path) -> None:
    before = found(file, "total(\n\t\tx)", title="One way to say it")
    file.write_text("# a line\n\nb = total(\n    x)\n")
    after = found(file, "total(\n    x)", title="Another way")
    other = replace(after, category="security")

    fingerprints = [_result(each, tmp_path)["partialFingerprints"] for each in (before, after)]

    assert fingerprints[0] == fingerprints[1] != _result(other, tmp_path)["partialFingerprints"]


def test_files_are_found_from_the_folders_that_they_are_relative_to(tmp_path: Path) -> None:
    names = ("one/a b#c:ü%20.py", "two/sub/x.py", "elsewhere/y.py")
    files = [tmp_path / name for name in names]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("bad\n")

    run = _run([found(file, "bad") for file in files], tmp_path / "one", tmp_path / "two")

    places = [
        result["locations"][0]["physicalLocation"]["artifactLocation"] for result in run["results"]
    ]
    assert [file_of(run, place) for place in places] == files
    assert [place["uriBaseId"] for place in places] == ["SRCROOT", "SRCROOT2", "SRCROOT3"]
    assert places[1]["uri"] == "sub/x.py"


def test_what_was_not_reviewed_is_told(tmp_path: Path) -> None:
    troubles = [
        Trouble("not-reviewed", (tmp_path / "gone.py").as_posix(), "{gone} does not \x1bexist."),
        Trouble("turn-failed", (tmp_path / "big.py").as_posix(), "Overloaded. Wait."),
    ]

    run = _run([], tmp_path, troubles=troubles)

    [invocation] = run["invocations"]
    assert not invocation["executionSuccessful"]
    first, second = invocation["toolExecutionNotifications"]
    assert first["message"]["text"] == "{{gone}} does not \\x1bexist."
    rules = run["tool"]["driver"]["notifications"]
    assert [rules[each["descriptor"]["index"]]["id"] for each in (first, second)] == [
        "not-reviewed",
        "turn-failed",
    ]
    place = second["locations"][0]["physicalLocation"]["artifactLocation"]
    assert file_of(run, place) == tmp_path / "big.py"


def test_nothing_in_it_is_obeyed_by_a_terminal_or_taken_for_a_placeholder(
    file: Path, tmp_path: Path
) -> None:
    file.write_text("x = '\x1b[2J\x9b'\n")
    finding = found(
        file, "'\x1b[2J\x9b'", title="A \x1b[31mtitle {0}", message="It \x07rings {\u202eloud}."
    )

    document = json_text(
        sarif_log(
            [finding],
            [],
            workspaces=Workspaces([str(tmp_path)]),
            sources=Sources(),
            period=Period(0.0, 0.0),
        )
    )

    assert not any(ord(each) < 0x20 or each in "\x9b\u202e" for each in document)
    [result] = run_of(document)["results"]
    assert result["message"]["text"] == "A \\x1b[31mtitle {{0}}\n\nIt \\x07rings {{\\u202eloud}}."
    assert region_of(result)["snippet"]["text"] == "'\x1b[2J\x9b'"
    assert json.loads(document)["$schema"].endswith("sarif-schema-2.1.0.json")

"""A finding is shown with its source, what marks it, and its suggestion as a diff."""

from pathlib import Path

import pytest

from claude_sidecar.findings.model import Finding
from claude_sidecar.terminal.excerpts import Sources
from claude_sidecar.terminal.findings import counted, print_finding
from support.terminal import found, readable_screen

SOURCE = """\
import os

def total(prices, seen=[]):
\tfor price in prices:
\t\tseen.append(price)
\treturn sum(seen)

def 漢字(wert): return werte
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.py").write_text(SOURCE, encoding="utf-8")
    return tmp_path / "shop.py"


def _shown(finding: Finding) -> str:
    screen = readable_screen(terminal=False)
    print_finding(screen.screen.out, finding, Sources())
    return "".join(f"{line.rstrip()}\n" for line in screen.answer.splitlines())


def test_a_finding_looks_like_a_compiler_s_error(file: Path) -> None:
    finding = found(
        file,
        "seen=[]",
        title="Mutable default",
        message="All calls **share** it.",
        failure_scenario="Call it twice.",
        suggestion="seen=None",
    )

    assert _shown(finding) == (
        "shop.py:3:19: error: Mutable default [bug]\n"
        " 3 | def total(prices, seen=[]):\n"
        "   |                   ^^^^^^^\n"
        "  All calls share it.\n"
        "  Fails when: Call it twice.\n"
        "  Suggestion:\n"
        "  - def total(prices, seen=[]):\n"
        "  + def total(prices, seen=None):\n"
    )


def test_lines_are_underlined_under_tabs_and_wide_characters(file: Path) -> None:
    assert (
        " 4 |     for price in prices:\n"
        "   |     ^^^^^^^^^^^^^^^^^^^^\n"
        " 5 |         seen.append(price)\n"
        "   |         ^^^^^^^^^^^^^^^^^^\n"
    ) in _shown(found(file, "for price in prices:\n\t\tseen.append(price)"))
    assert (" 8 | def 漢字(wert): return werte\n   |                        ^^^^^\n") in _shown(
        found(file, "werte")
    )


def test_of_a_long_finding_the_first_lines_are_shown(tmp_path: Path) -> None:
    file = tmp_path / "long.py"
    file.write_text("".join(f"line_{number}()\n" for number in range(20)), encoding="utf-8")

    shown = _shown(found(file, file.read_text(encoding="utf-8").rstrip()))

    assert "line_7()" in shown
    assert "line_8()" not in shown
    assert "… 12 more lines" in shown


def test_a_file_that_has_changed_since_does_not_mislead(file: Path) -> None:
    finding = found(file, "return sum(seen)", suggestion="return 0")
    file.write_text("something else\n" * 10, encoding="utf-8")

    shown = _shown(finding)

    assert " 6 | return sum(seen)\n" in shown
    assert "something else" not in shown
    assert "  - return sum(seen)\n  + return 0\n" in shown


def test_a_file_that_is_gone_leaves_its_quote(file: Path) -> None:
    finding = found(file, "import os")
    file.unlink()

    assert " 1 | import os\n   | ^^^^^^^^^\n" in _shown(finding)


def test_a_suggestion_that_takes_lines_away_shows_only_these(file: Path) -> None:
    shown = _shown(found(file, "import os\n", suggestion=""))

    assert shown.partition("  Suggestion:\n")[2].split() == ["-", "import", "os"]


def test_escapes_in_a_finding_are_shown(file: Path) -> None:
    file.write_text("x = '\x1b[2J'\n", encoding="utf-8")
    finding = found(file, "x = '\x1b[2J'", title="A \x1b[31mtitle", message="It \x07 rings.")

    shown = _shown(finding)

    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "A \\x1b[31mtitle" in shown
    assert " 1 | x = '\\x1b[2J'\n   | ^^^^^^^^^^^^^\n" in shown


def test_findings_are_counted_by_severity(file: Path) -> None:
    findings = [
        found(file, "import", severity=each)
        for each in ("hint", "error", "information", "error", "information")
    ]

    assert counted(findings) == "2 errors, 2 information, 1 hint"
    assert counted([]) == "no findings"


def test_columns_are_counted_as_lsp_does_by_default(tmp_path: Path) -> None:
    file = tmp_path / "emoji.py"
    file.write_text("s = '👍', bad\n", encoding="utf-8")
    finding = found(file, "bad")

    assert Sources().utf16_range(finding.file, finding.range) == {
        "start": {"line": 0, "character": 10},
        "end": {"line": 0, "character": 13},
    }

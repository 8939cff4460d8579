"""Results for other programs: JSON as the protocol has it, Markdown that nothing breaks out of."""

import json
from pathlib import Path

from claude_sidecar.sessions.model import Cost, TurnResult, Usage
from claude_sidecar.terminal.documents import result_json, review_markdown
from claude_sidecar.terminal.excerpts import Sources
from support.terminal import found


def test_json_is_the_turn_result_on_one_line(tmp_path: Path) -> None:
    file = tmp_path / "f.py"
    file.write_text("s = '👍' + bad\n", encoding="utf-8")
    result = TurnResult(
        "s1",
        "t1",
        "end_turn",
        "two\nlines \x9b",
        findings=(found(file, "bad", suggestion="good"),),
        usage=Usage(1, 2, 3, 4),
        cost=Cost(0.5, 1.5),
        resumed=True,
    )

    document = result_json(result, Sources())

    assert "\n" not in document
    assert "\x9b" not in document
    shape = json.loads(document)
    assert shape["text"] == "two\nlines \x9b"
    assert shape["cost"] == {"turnUsd": 0.5, "sessionUsd": 1.5}
    assert shape["findings"][0]["range"]["start"] == {"line": 0, "character": 11}
    assert shape["findings"][0]["suggestion"] == {"newText": "good"}


def test_markdown_has_code_behind_a_fence_that_it_cannot_close(tmp_path: Path) -> None:
    file = tmp_path / "f.md"
    file.write_text("````\ncode\n````\n")
    finding = found(file, "````\ncode\n````", title="A title", failure_scenario="Always.")
    result = TurnResult("s1", "t1", "end_turn", "In short.", findings=(finding,))

    document = review_markdown(file.as_posix(), result, [finding], Sources())

    assert "`````md\n````\ncode\n````\n`````\n" in document
    assert "### error: A title (line 1, bug)" in document
    assert "**Fails when:** Always." in document
    assert document.endswith("In short.\n")

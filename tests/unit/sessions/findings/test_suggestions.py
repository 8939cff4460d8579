"""A suggestion is carried out once, wherever in its quote it adds or takes away."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from claude_sidecar.findings.document import DocumentFindings
from claude_sidecar.findings.model import Finding
from claude_sidecar.findings.tracker import Edit
from claude_sidecar.sessions.documents.disk import DiskEditor, change_on_disk
from claude_sidecar.sessions.documents.reading import Documents
from claude_sidecar.sessions.findings.service import FindingService
from claude_sidecar.text import LineIndex

TEXT = "a = 1\nvalue = first(items)\nb = 2\n"
QUOTE = "first(items)"


@pytest.mark.parametrize(
    "wanted",
    [
        "first(items) or 0",
        "sum(first(items)",
        "first(list(items))",
        "first",
        "(items)",
        "next(iter(items))",
        "",
    ],
    ids=["behind", "before", "inside", "head alone", "tail alone", "other", "nothing"],
)
def test_what_is_carried_out_is_known_to_be(tmp_path: Path, wanted: str) -> None:
    file = tmp_path / "a.py"
    file.write_text(TEXT, encoding="utf-8")
    index = LineIndex(TEXT)
    start = TEXT.index(QUOTE)
    finding = Finding(
        id="f",
        file=str(file),
        range=index.range_between(start, start + len(QUOTE)),
        severity="warning",
        category="bug",
        title="A title",
        message="A message.",
        quote=QUOTE,
        session_id="s",
        turn_id="t",
        created_at=0.0,
        suggestion=wanted,
    )
    service = FindingService(cast(Any, None), Documents(DiskEditor()))
    followed = DocumentFindings([finding], index)
    edit = service.suggested(finding)
    assert edit is not None
    (change,) = edit.edits
    followed.edit(Edit(change.range, index.slice(change.range), change.new_text))
    change_on_disk([edit])
    assert file.read_text(encoding="utf-8") == TEXT.replace(QUOTE, wanted)
    (now,) = followed.findings()
    assert service.suggested(now) is None

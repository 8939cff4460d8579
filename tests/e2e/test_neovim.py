"""A real editor that has no plugin of ours: Neovim, with nothing but its own language client.

The development dependencies bring one for Linux; without Neovim of at least 0.11 this is skipped.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from claude_sidecar.offline.script import call, say
from support.model import Model


def _neovim() -> str | None:
    """One that is installed, beside this Python or elsewhere, and new enough."""
    found = shutil.which("nvim", path=str(Path(sys.executable).parent)) or shutil.which("nvim")
    if found is None:
        return None
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True)
    numbers = version.stdout.split()[1].lstrip("v").split("-")[0].split(".")
    return found if [int(each) for each in numbers[:2]] >= [0, 11] else None


NEOVIM = _neovim()
SCRIPT = Path(__file__).with_name("neovim.lua")
FINDING = {
    "file": "wide.py",
    "quote": "bad()",
    "severity": "error",
    "category": "bug",
    "title": "It is bad",
    "message": "As bad as can be.",
}

pytestmark = pytest.mark.skipif(NEOVIM is None, reason="there is no Neovim 0.11 or newer")


def neovim(
    environment: dict[str, str], file: Path, *steps: tuple[str, Any], script: Path = SCRIPT
) -> dict[str, Any]:
    """Start it with a file, and end it after the steps: what was to be seen."""
    out = file.parents[1] / "seen.json"
    subprocess.run(
        [str(NEOVIM), "--headless", "--clean", "-l", str(script)],
        cwd=file.parent,
        env={
            **environment,
            "FILE": str(file),
            "OUT": str(out),
            "PYTHON": sys.executable,
            "STEPS": json.dumps([each if each[1] else each[:1] for each in steps]),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=100,
        check=True,
    )
    return json.loads(out.read_text(encoding="utf-8"))


def test_a_review_its_follow_up_and_the_same_session_in_another_neovim(
    threaded_model: Model, environment: dict[str, str], workspace: Path
) -> None:
    file = workspace / "wide.py"
    file.write_text('face = "\N{GRINNING FACE}é"; bad()\n', encoding="utf-8")
    threaded_model.script.reply(call("mcp__sidecar__report_finding", **FINDING))
    for answer in ("One defect.", "Because.", "I remember."):
        threaded_model.script.reply(say(answer))

    first = neovim(environment, file, ("review", None), ("ask", {"text": "Why?"}))
    second = neovim(environment, file, ("ask", {"text": "Still?"}), ("session.history", None))

    review, ask = first["results"]
    later, history = second["results"]
    assert (review["text"], ask["text"], later["text"]) == (
        "One defect.",
        "Because.",
        "I remember.",
    )
    assert review["sessionId"] == ask["sessionId"] == later["sessionId"]
    assert [turn["kind"] for turn in history["turns"]] == ["review", "ask", "ask"]
    assert threaded_model.requests[-1].replies[-2:] == ("One defect.", "Because.")
    for seen in (first, second):  # the finding is shown again, where its text is
        assert (seen["marked"], seen["marked_after_an_edit"]) == (["bad()"], ["bad()"])
        assert (seen["encoding"], seen["file"], seen["stopped"]) == ("utf-8", "wide.py", True)
    pages = [page for seen in (first, second) for page in seen["pages"]]
    for answer in ("One defect.", "Because.", "I remember."):
        assert any(answer in page for page in pages), pages


def test_an_edit_arrives_in_a_buffer_with_unsaved_text_u_undoes_it_and_what_was_saved_is_saved(
    threaded_model: Model, environment: dict[str, str], workspace: Path
) -> None:
    file = workspace / "wide.py"
    file.write_text("one = 1\ntwo = 2\n", encoding="utf-8")
    smile = 'face = "\N{GRINNING FACE}é"; one = '
    edit = {"file": "wide.py", "old_text": f"{smile}1", "new_text": f"{smile}11"}
    threaded_model.script.reply(call("mcp__sidecar__read_buffer", file="wide.py")).reply(
        call("mcp__sidecar__edit_buffer", **edit)
    ).reply(say("Done."))
    edit_file = call("Edit", file_path=str(file), old_string="two = 2", new_string="two = 3")
    threaded_model.script.reply(edit_file).reply(edit_file).reply(say("Saved."))

    script = Path(__file__).with_name("neovim_edit.lua")
    steps = [("ask", {"text": "Add one."}), ("ask", {"text": "Add one to the other."})]
    seen = neovim(environment, file, *steps, script=script)

    assert [result["text"] for result in seen["results"]] == ["Done.", "Saved."]
    assert len(seen["asked"]) == 2  # not about the edit that could not be made
    assert (seen["typed"], seen["edited"]) == ([f"{smile}1", "two = 2"], [f"{smile}11", "two = 2"])
    assert seen["undone"] == seen["typed"]
    assert seen["on_disk"] == ["one = 1", "two = 2"]
    assert (seen["saved"], seen["modified"]) == ([f"{smile}1", "two = 3"], False)
    read, changed = (request.tool_results[0] for request in threaded_model.requests[1:3])
    assert "has changed since you read it" in threaded_model.requests[4].tool_results[0].text
    assert "with unsaved changes" in read.text
    assert "not saved" in changed.text

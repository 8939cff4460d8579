"""The offline backend: the reviewer behind the real Claude Code."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from claude_sidecar.offline.backend import offline_backend
from claude_sidecar.sessions.ports import Document
from claude_sidecar.sessions.prompts.material import Subject
from claude_sidecar.sessions.prompts.turns import ReviewWishes, ask_prompt, review_prompt
from support.claude import ask, claude_code, result
from support.environment import clean_environment

pytestmark = pytest.mark.anyio


async def test_a_review_and_a_question_cost_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = Subject("a.py", Document(path="/w/a.py", text="print(missing)\n"))
    review = review_prompt(subject, ReviewWishes())
    question = ask_prompt(subject, "How many are there?", document_is_news=False)
    async with offline_backend() as offline:
        environment = clean_environment(tmp_path, offline["ANTHROPIC_BASE_URL"])
        for variable in os.environ.keys() - environment.keys() - {"PYTEST_CURRENT_TEST"}:
            monkeypatch.delenv(variable)
        async with claude_code(tmp_path, environment | offline, verbatim_prompts=True) as claude:
            reviewed = result(await ask(claude, review))
            answered = result(await ask(claude, question))
    assert "1. `a.py` line 1, error: Undefined name `missing`" in str(reviewed.result)
    assert "One finding: 1 error." in str(answered.result)
    assert answered.total_cost_usd == 0


async def test_nothing_of_the_users_own_login_is_left() -> None:
    async with offline_backend() as environment:
        assert environment["ANTHROPIC_BASE_URL"].startswith("http://127.0.0.1:")
        assert environment["ANTHROPIC_API_KEY"] == "offline"
        assert environment["ANTHROPIC_AUTH_TOKEN"] == ""
        assert environment["CLAUDE_CODE_OAUTH_TOKEN"] == ""

"""What fails is told by kind, with what to do about it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from claude_sidecar.agent.claude import ClaudeAgent
from claude_sidecar.errors import TurnFailure
from claude_sidecar.offline.script import say
from claude_sidecar.sessions.events import RetryScheduled
from claude_sidecar.sessions.model import TurnError
from support.agents import Conversation, RecordingHost, options_in
from support.model import Model

pytestmark = pytest.mark.anyio


async def error_of(agent: ClaudeAgent, talk: Conversation, host: RecordingHost) -> TurnError:
    outcome = await agent.run(talk.request("Hello?"), host)
    assert outcome.stop_reason == "error"
    assert outcome.error is not None
    assert host.text == ""
    return outcome.error


@pytest.mark.parametrize(
    ("status", "message", "kind", "retryable", "hint"),
    [
        pytest.param(401, None, "authentication", False, "/login", id="not authenticated"),
        pytest.param(403, None, "authentication", False, "/login", id="forbidden"),
        pytest.param(402, None, "billing", False, "credit", id="payment"),
        pytest.param(
            400, "Your credit balance is too low to access the Anthropic API.", "billing", False,
            "credit", id="no credit",
        ),
        pytest.param(429, None, "rate_limit", True, "Wait", id="rate limit"),
        pytest.param(529, None, "overloaded", True, "busy", id="overloaded"),
        pytest.param(500, None, "api", True, "server's side", id="server error"),
        pytest.param(404, None, "api", False, "claudeSidecar.model", id="no such model"),
        pytest.param(
            400, "prompt is too long: 250000 tokens > 200000 maximum", "api", False, "too long",
            id="too long",
        ),
        pytest.param(400, None, "api", False, "new session", id="bad request"),
    ],
)  # fmt: skip
async def test_api_errors(  # noqa: PLR0917 - one argument for each column
    agent: ClaudeAgent,
    model: Model,
    talk: Conversation,
    status: int,
    message: str | None,
    kind: str,
    retryable: bool,
    hint: str,
) -> None:
    model.script.fail(status, message).forever()
    error = await error_of(agent, talk, RecordingHost())
    assert (error.kind, error.retryable) == (kind, retryable)
    assert hint in error.hint
    assert error.message


async def test_retries_are_shown_and_the_turn_succeeds(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.fail(529, retry_after=0).reply(say("At last."))
    host = RecordingHost()
    outcome = await agent.run(talk.request("Hello?"), host)
    assert (outcome.stop_reason, host.text) == ("end_turn", "At last.")
    (retry,) = [event for event in host.events if isinstance(event, RetryScheduled)]
    assert (retry.attempt, retry.max_attempts) == (1, 1)
    assert "overloaded" in retry.reason
    assert "529" in retry.reason


async def test_no_connection(
    agent: ClaudeAgent, talk: Conversation, environment: dict[str, str]
) -> None:
    nowhere = options_in(talk.cwd, [("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")])
    error = await error_of(agent, replace(talk, options=nowhere), RecordingHost())
    assert (error.kind, error.retryable) == ("network", True)


async def test_login_is_known_once_it_was_tried(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    assert (await agent.health()).authenticated is None
    model.script.fail(401, times=2).reply(say("Welcome."))
    await error_of(agent, talk, RecordingHost())
    assert (await agent.health()).authenticated is False
    await agent.run(talk.request("And now?", begun=True), RecordingHost())
    health = await agent.health()
    assert health.authenticated is True
    assert health.live_sessions == 1
    assert health.sdk_version
    assert health.cli_version


async def test_a_model_that_does_not_exist_names_the_setting(
    agent: ClaudeAgent, model: Model, talk: Conversation
) -> None:
    model.script.fail(404, "model: claude-nonsense").forever()
    options = replace(options_in(talk.cwd), model="claude-nonsense")
    error = await error_of(agent, replace(talk, options=options), RecordingHost())
    assert error.kind == "api"
    assert "claudeSidecar.model ('claude-nonsense')" in error.hint
    assert model.requests[0].model == "claude-nonsense"


async def test_a_folder_that_is_not_there(agent: ClaudeAgent, tmp_path: Path) -> None:
    talk = Conversation(tmp_path / "gone")
    with pytest.raises(TurnFailure, match="gone") as failure:
        await agent.run(talk.request("Hello?"), RecordingHost())
    assert (failure.value.kind, failure.value.retryable) == ("process", False)


async def test_a_claude_code_that_is_not_there(agent: ClaudeAgent, talk: Conversation) -> None:
    options = replace(options_in(talk.cwd), cli_path=str(talk.cwd / "no-claude"))
    with pytest.raises(TurnFailure, match="no-claude") as failure:
        await agent.run(replace(talk, options=options).request("Hello?"), RecordingHost())
    assert failure.value.kind == "process"
    assert "claudeSidecar.cliPath" in failure.value.hint


async def test_a_claude_code_that_does_not_start_is_quoted(
    agent: ClaudeAgent, talk: Conversation
) -> None:
    broken = talk.cwd / "claude"
    broken.write_text("#!/bin/sh\necho 'cannot find my feet' >&2\nexit 3\n")
    broken.chmod(0o755)
    options = replace(options_in(talk.cwd), cli_path=str(broken))
    with pytest.raises(TurnFailure, match="cannot find my feet") as failure:
        await agent.run(replace(talk, options=options).request("Hello?"), RecordingHost())
    assert failure.value.kind == "process"
    assert (await agent.health()).live_sessions == 0


async def test_a_file_that_cannot_be_run(agent: ClaudeAgent, talk: Conversation) -> None:
    text = talk.cwd / "claude.txt"
    text.write_text("not a program")
    options = replace(options_in(talk.cwd), cli_path=str(text))
    with pytest.raises(TurnFailure, match=r"claude\.txt may not be executed") as failure:
        await agent.run(replace(talk, options=options).request("Hello?"), RecordingHost())
    assert (failure.value.kind, failure.value.retryable) == ("process", False)
    assert "claudeSidecar.cliPath" in failure.value.hint

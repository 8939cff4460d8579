"""Failures that the contract tests cannot bring about at will."""

from __future__ import annotations

import pytest
from claude_agent_sdk import CLIConnectionError, CLINotFoundError, ProcessError, ResultError

from claude_sidecar.agent import failures
from claude_sidecar.agent.failures import ApiFailure
from claude_sidecar.agent.options import Conversation
from claude_sidecar.errors import SessionNotResumable
from claude_sidecar.sessions.ports import AgentOptions

BEGUN = Conversation("x", begun=True)
OPTIONS = AgentOptions(cwd="/", instructions="")


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (ApiFailure("Not logged in · Please run /login", "authentication_failed", None, None),
         "authentication"),
        (ApiFailure("API Error: Connection error.", "server_error", None, None), "network"),
        (ApiFailure("API Error: Request timed out.", "unknown", None, None), "network"),
        (ApiFailure("getaddrinfo ENOTFOUND example", None, None, None), "network"),
        (ApiFailure("self-signed certificate in chain", None, None, None), "network"),
        (ApiFailure("The connection was refused by policy", "unknown", 400, None), "api"),
        (ApiFailure("Something new", "something_new", None, None), "api"),
        (ApiFailure("Busy", "overloaded", None, None), "overloaded"),
    ],
)  # fmt: skip
def test_kinds(failure: ApiFailure, kind: str) -> None:
    assert failures.api_error(failure, OPTIONS).kind == kind


def test_a_refused_resume() -> None:
    data = {"errors": ["No conversation found with session ID: x"]}
    failure = failures.start_failure(ResultError("no", data, 1), "", BEGUN, OPTIONS)
    assert isinstance(failure, SessionNotResumable)
    other = failures.start_failure(ResultError("no", {"errors": ["Other"]}, 1), "", BEGUN, OPTIONS)
    assert isinstance(other, SessionNotResumable)
    assert other.reason == "Other"


def test_a_new_session_is_not_called_one_that_cannot_be_resumed() -> None:
    error = ResultError("refused", {"errors": ["Other"]}, 1)
    failure = failures.start_failure(error, "", Conversation("x", begun=False), OPTIONS)
    assert not isinstance(failure, SessionNotResumable)
    assert failure.kind == "process"


def test_a_missing_executable_names_the_setting() -> None:
    failure = failures.start_failure(CLINotFoundError(), "", BEGUN, OPTIONS)
    assert (failure.kind, failure.retryable) == ("process", False)
    assert "claudeSidecar.cliPath" in failure.hint


def test_a_slow_start() -> None:
    failure = failures.start_failure(TimeoutError(), "still loading", BEGUN, OPTIONS)
    assert "in time" in failure.message
    assert "still loading" in failure.message


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ProcessError("died", exit_code=137), "exit code 137"),
        (CLIConnectionError("pipe broke"), "pipe broke"),
        (None, "middle of the turn."),
    ],
)
def test_a_death(error: Exception | None, told: str) -> None:
    failure = failures.death(error, "")
    assert told in failure.message
    assert failure.retryable

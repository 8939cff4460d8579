"""What a name calls a secret is not told, wherever the value stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claude_sidecar.debugging.model import Failure, Frame, Variable
from claude_sidecar.debugging.secrets import REDACTED, looks_secret, redacted, without_secrets


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "user_password",
        "apiKey",
        "API_KEY",
        "token",
        "access_token",
        "sessionId",
        "auth",
        "pwd",
        "privateKey",
        "db_connection_string",
        "aws_secret_access_key",
        "Authorization",
    ],
)
def test_secret_names(name: str) -> None:
    assert looks_secret(name)


@pytest.mark.parametrize(
    "name", ["tokenizer", "keyboard", "monkey", "author", "bypass", "passed", "key_count", "tokens"]
)
def test_harmless_names(name: str) -> None:
    assert not looks_secret(name)


@pytest.mark.parametrize(
    "value",
    [
        "{'user': 'ada', 'password': 'hunter2'}",
        '{"api_key": "hunter2"}',
        "Headers(Authorization: Bearer hunter2)",
        "Config(token=hunter2, a=1)",
        "https://host/?access_token=hunter2",
    ],
)
def test_secrets_inside_values(value: str) -> None:
    told = without_secrets(value)
    assert "hunter2" not in told
    assert REDACTED in told


def test_a_failure_keeps_what_is_harmless() -> None:
    variables = (Variable("password", "hunter2"), Variable("n", "3"), Variable("s", "x" * 9000))
    frame = redacted(Failure("Python", "exception", "E", "", (Frame("f", variables=variables),)))
    secret, plain, long = frame.frames[0].variables
    assert (secret.value, plain.value) == (REDACTED, "3")
    assert len(long.value) < 600


@given(st.text())
def test_any_value(value: str) -> None:
    without_secrets(value)
    looks_secret(value)

"""Who may connect."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.lsp.admission import (
    TOKEN_VARIABLE,
    Token,
    is_loopback,
    is_own_connection,
    new_token,
    token_given,
)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.2", False),
        ("example.com", False),
        ("localhost.example.com", False),
    ],
)
def test_loopback(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_a_file_goes_before_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("the-token-of-the-file\n")
    environment = {TOKEN_VARIABLE: " the-token-of-the-environment "}
    assert token_given(file, environment) == Token("the-token-of-the-file")
    assert token_given(None, environment) == Token("the-token-of-the-environment")
    assert token_given(None, {TOKEN_VARIABLE: ""}) is None
    with pytest.raises(InvalidRequest, match="cannot be read"):
        token_given(tmp_path / "none", environment)


def test_a_token_is_shown_whole_or_not_at_all_and_never_told_by_itself() -> None:
    token = new_token()
    assert token.is_known_by(token.secret)
    for wrong in ("", token.secret[:-1], token.secret + "x", None, [token.secret], "\ud800", "é"):
        assert not token.is_known_by(wrong)
    assert token.secret not in repr(token)
    assert token != new_token()


@pytest.mark.skipif(sys.platform != "linux", reason="the system does not tell")
def test_the_owner_of_a_connection_is_found() -> None:
    for host in ("127.0.0.1", "::1"):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.create_server((host, 0), family=family) as server:
            with socket.create_connection(server.getsockname()[:2]):
                accepted, address = server.accept()
                with accepted:
                    assert is_own_connection(accepted.getsockname(), address)
                    stranger = is_own_connection(
                        accepted.getsockname(), address, user=os.getuid() + 1
                    )
                    assert stranger is (os.getuid() == 0)  # root may do as it likes anyhow
            assert not is_own_connection(("127.0.0.1", 1), ("127.0.0.1", 2))

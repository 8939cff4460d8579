"""The Messages API on loopback by itself, without Claude Code."""

from __future__ import annotations

import json
from http.client import IncompleteRead
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import anyio
import anyio.to_thread
import pytest

from claude_sidecar.offline.gate import Gate
from claude_sidecar.offline.messages import MessagesRequest
from claude_sidecar.offline.replies import Answer
from claude_sidecar.offline.script import call, delay, pause, say, think
from claude_sidecar.offline.server import MessagesServer
from support.model import Model

pytestmark = pytest.mark.anyio


async def test_a_call_that_does_not_stream_is_answered_with_one_object(model: Model) -> None:
    model.script.reply(think("Hm."), say("a", "b"), call("Read", file_path="x"))
    body = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "go"}]}
    message = await post(f"{model.url}/v1/messages", body)
    assert [block["type"] for block in message["content"]] == ["thinking", "text", "tool_use"]
    assert message["content"][1]["text"] == "ab"
    assert message["content"][2]["input"] == {"file_path": "x"}
    assert (message["stop_reason"], message["model"]) == ("tool_use", "m")
    assert message["usage"]["input_tokens"] == model.billed.input > 0


async def test_a_reply_can_take_its_time(model: Model) -> None:
    model.script.reply(say("a"), delay(0.05), say("b"))
    body = {"messages": [{"role": "user", "content": "go"}]}
    begun = anyio.current_time()
    await post(f"{model.url}/v1/messages", body)
    assert anyio.current_time() - begun >= 0.05


async def test_tokens_are_counted(model: Model) -> None:
    short = {"messages": [{"role": "user", "content": "x"}]}
    longer = {"messages": [{"role": "user", "content": "x" * 400}]}
    url = f"{model.url}/v1/messages/count_tokens"
    one, other = await post(url, short), await post(url, longer)
    assert other["input_tokens"] - one["input_tokens"] in (99, 100)


async def test_a_responder_that_fails_is_told_of_and_kept() -> None:
    async def broken(_: MessagesRequest) -> Answer:
        raise LookupError("no idea")

    async with MessagesServer(broken) as server:
        with pytest.raises(HTTPError) as raised:
            await post(f"{server.url}/v1/messages", {"messages": []})
    with raised.value as response:
        assert response.code == 400
        assert b"no idea" in response.read()
    assert [type(failure) for failure in server.failures] == [LookupError]


async def test_a_server_ends_at_once_with_a_reply_under_way() -> None:
    gate = Gate()
    model = Model()
    model.script.reply(say("never"), pause(gate))
    body = {"stream": True, "messages": [{"role": "user", "content": "go"}]}
    broken: list[Exception] = []

    async def read() -> None:
        try:
            await post(f"{model.url}/v1/messages", body)
        except IncompleteRead as error:
            broken.append(error)

    with anyio.fail_after(60):
        async with anyio.create_task_group() as group, model.server:
            group.start_soon(read)
            await gate.reached.wait()
    assert model.exchanges[0].ending == "abandoned"
    assert len(broken) == 1


async def test_two_servers_of_one_loop_do_not_mix() -> None:
    first, second = Model(), Model()
    first.script.reply(say("first"))
    second.script.reply(say("second"))
    body = {"messages": [{"role": "user", "content": "go"}]}
    async with first.server, second.server:
        answers = [await post(f"{each.url}/v1/messages", body) for each in (first, second)]
    assert [each["content"][0]["text"] for each in answers] == ["first", "second"]


async def post(url: str, body: dict[str, Any]) -> dict[str, Any]:
    """Post JSON, without Claude Code."""
    request = Request(url, json.dumps(body).encode(), {"content-type": "application/json"})

    def send() -> Any:
        with urlopen(request, timeout=60) as response:
            return json.load(response)

    return await anyio.to_thread.run_sync(send)

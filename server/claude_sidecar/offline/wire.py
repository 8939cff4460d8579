"""Replies in the shapes of the Messages API: server-sent events, or one JSON object.

The shapes are those of https://docs.anthropic.com/en/api/messages-streaming.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TypeAlias

from claude_sidecar.offline.messages import MessagesRequest, estimate_tokens
from claude_sidecar.offline.replies import (
    ApiError,
    Call,
    Cut,
    Delay,
    Reply,
    Say,
    Think,
    TokenUsage,
    Wait,
)
from claude_sidecar.sessions.model import JsonObject

Step: TypeAlias = bytes | Wait | Delay | Cut
"""What there is to do next while a reply is streamed: send these bytes, wait, or break off."""

_JSON_CHUNK = 48


def billed_usage(request: MessagesRequest, reply: Reply) -> TokenUsage:
    """What a reply to a request is billed for; the same for the same two, always.

    Counted as a prompt cache would have it: what comes after the model's last message is input;
    all before it was read from the cache; in a first request, the tools and the system prompt are
    written to the cache.
    """
    if reply.usage is not None:
        return reply.usage
    messages: list[JsonObject] = request.body.get("messages", [])
    last = max((i for i, m in enumerate(messages) if m["role"] == "assistant"), default=-1)
    fixed = estimate_tokens([request.body.get("system", ""), request.body.get("tools", [])])
    output = sum(
        estimate_tokens(part.input if isinstance(part, Call) else "".join(part.chunks))
        for part in reply.parts
        if isinstance(part, Say | Think | Call)
    )
    fresh = estimate_tokens(messages[last + 1 :])
    if last < 0:
        return TokenUsage(input=fresh, output=max(1, output), cache_write=fixed)
    known = fixed + estimate_tokens(messages[: last + 1])
    return TokenUsage(input=fresh, output=max(1, output), cache_read=known)


def message_json(request: MessagesRequest, reply: Reply, message_id: str) -> JsonObject:
    """A reply as the one JSON object of a call that does not stream."""
    blocks = [block for _, block in _blocks(reply, message_id)]
    return {
        **_envelope(request, message_id),
        "content": blocks,
        "stop_reason": reply.stop_reason,
        "usage": _usage_json(billed_usage(request, reply)),
    }


def event_steps(request: MessagesRequest, reply: Reply, message_id: str) -> Iterator[Step]:
    """A reply as server-sent events, and what is to happen between them."""
    usage = billed_usage(request, reply)
    started = _usage_json(usage) | {"output_tokens": 1}
    envelope = _envelope(request, message_id) | {"usage": started}
    yield _event("message_start", message=envelope)
    blocks = iter(_blocks(reply, message_id))
    index = 0
    for part in reply.parts:
        match part:
            case Wait() | Delay():
                yield part
            case Cut():
                yield part
                return
            case Say() | Think() | Call():
                _, block = next(blocks)
                yield from _block_events(part, block, index)
                index += 1
    yield _event(
        "message_delta",
        delta={"stop_reason": reply.stop_reason, "stop_sequence": None},
        usage={"output_tokens": usage.output},
    )
    yield _event("message_stop")


def error_json(error: ApiError) -> JsonObject:
    """An error as the API's body has it."""
    return {"type": "error", "error": {"type": error.type, "message": error.message}}


def _blocks(reply: Reply, message_id: str) -> Iterator[tuple[Say | Think | Call, JsonObject]]:
    index = 0
    for part in reply.parts:
        match part:
            case Say(chunks):
                yield part, {"type": "text", "text": "".join(chunks)}
            case Think(chunks):
                thinking = "".join(chunks)
                yield part, {"type": "thinking", "thinking": thinking, "signature": "offline"}
            case Call(name, arguments, identifier):
                identifier = identifier or f"toolu_{message_id.removeprefix('msg_')}_{index}"
                yield part, {"type": "tool_use", "id": identifier, "name": name, "input": arguments}
            case Wait() | Delay() | Cut():
                continue
        index += 1


def _block_events(part: Say | Think | Call, block: JsonObject, index: int) -> Iterator[bytes]:
    match part:
        case Say(chunks):
            empty: JsonObject = {"type": "text", "text": ""}
            deltas: list[JsonObject] = [{"type": "text_delta", "text": text} for text in chunks]
        case Think(chunks):
            empty = {"type": "thinking", "thinking": "", "signature": ""}
            deltas = [{"type": "thinking_delta", "thinking": text} for text in chunks]
            deltas.append({"type": "signature_delta", "signature": block["signature"]})
        case Call():
            empty = block | {"input": {}}
            text = json.dumps(block["input"], ensure_ascii=False)
            pieces = [text[i : i + _JSON_CHUNK] for i in range(0, len(text), _JSON_CHUNK)]
            deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
    yield _event("content_block_start", index=index, content_block=empty)
    for delta in deltas:
        yield _event("content_block_delta", index=index, delta=delta)
    yield _event("content_block_stop", index=index)


def _envelope(request: MessagesRequest, message_id: str) -> JsonObject:
    return {
        "id": message_id,
        "type": "message",
        "role": "assistant",
        "model": request.model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
    }


def _usage_json(usage: TokenUsage) -> JsonObject:
    return {
        "input_tokens": usage.input,
        "output_tokens": usage.output,
        "cache_creation_input_tokens": usage.cache_write,
        "cache_read_input_tokens": usage.cache_read,
        "service_tier": "standard",
    }


def _event(kind: str, **fields: Any) -> bytes:
    data = json.dumps({"type": kind, **fields}, ensure_ascii=False)
    return f"event: {kind}\ndata: {data}\n\n".encode()

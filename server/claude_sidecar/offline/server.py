"""The Messages API on loopback, answered by a function instead of a model.

Claude Code is pointed at it by `ANTHROPIC_BASE_URL` and runs whole: sessions, tools, hooks and
permissions are real, only the model is not. What it asked and what it was billed is kept.
"""

from __future__ import annotations

import logging
import socket
import uuid
from collections.abc import Generator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, TypeAlias

import anyio
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from typing_extensions import Self

from claude_sidecar.offline import wire
from claude_sidecar.offline.gate import Signal
from claude_sidecar.offline.messages import MessagesRequest, estimate_tokens, parse_request
from claude_sidecar.offline.replies import (
    Answer,
    ApiError,
    Cut,
    Delay,
    Reply,
    Responder,
    TokenUsage,
    Wait,
)

log = logging.getLogger(__name__)

Ending: TypeAlias = Literal["sent", "cut", "abandoned"]
_SHUTDOWN_SECONDS = 2


@dataclass(slots=True)
class Exchange:
    """One request and what became of it.

    :param answer: None until the responder has answered.
    :param usage: what it was billed for; nothing for an error or a cut or abandoned reply.
    :param ending: None while it is being answered; `abandoned`: the client hung up.
    :param ended: set once `ending` is known.
    """

    request: MessagesRequest
    answer: Answer | None = None
    usage: TokenUsage = TokenUsage()
    ending: Ending | None = None
    ended: Signal = field(default_factory=Signal)


class MessagesServer:
    """Serves inside the running event loop, from `async with` to its end, signals untouched.

    A responder that raises is answered for with status 400, and kept in `failures`.
    """

    def __init__(self, responder: Responder) -> None:
        self._responder = responder
        self._stack = AsyncExitStack()
        self._port = 0
        self.exchanges: list[Exchange] = []
        self.failures: list[Exception] = []

    @property
    def url(self) -> str:
        """Where it listens: what `ANTHROPIC_BASE_URL` wants."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def requests(self) -> list[MessagesRequest]:
        """What conversations asked, subagents' too; without Claude Code's auxiliary calls."""
        return [
            exchange.request for exchange in self.exchanges if not exchange.request.is_auxiliary
        ]

    async def __aenter__(self) -> Self:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)  # from here on a client can connect, served or not
        self._port = listener.getsockname()[1]
        server = _LoopbackServer(self._application())
        async with AsyncExitStack() as stack:
            group = await stack.enter_async_context(anyio.create_task_group())
            group.start_soon(server.serve, [listener])
            stack.callback(server.stopping.set)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        return await self._stack.__aexit__(kind, error, trace)

    def _application(self) -> Starlette:
        endpoint = _MessagesEndpoint(self._responder, self.exchanges, self.failures)
        return Starlette(
            routes=[
                Route("/v1/messages", endpoint, methods=["POST"]),
                Route("/v1/messages/count_tokens", _count_tokens, methods=["POST"]),
                Route("/", _anything_else, methods=["GET"]),
            ]
        )


class _MessagesEndpoint:
    """`POST /v1/messages`, as an ASGI application: the reply ends when the client hangs up."""

    def __init__(
        self, responder: Responder, exchanges: list[Exchange], failures: list[Exception]
    ) -> None:
        self._responder = responder
        self._exchanges = exchanges
        self._failures = failures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        exchange = Exchange(parse_request(await request.json(), request.headers))
        self._exchanges.append(exchange)
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(_hang_up_with_client, receive, group.cancel_scope)
                exchange.ending = await self._answer(exchange, scope, receive, send)
                group.cancel_scope.cancel()
        finally:
            exchange.ending = exchange.ending or "abandoned"
            exchange.ended.set()

    async def _answer(
        self, exchange: Exchange, scope: Scope, receive: Receive, send: Send
    ) -> Ending:
        try:
            answer = await self._responder(exchange.request)
        except Exception as error:
            log.exception("the responder failed")
            self._failures.append(error)
            answer = ApiError(400, "invalid_request_error", f"The responder failed: {error!r}")
        exchange.answer = answer
        match answer:
            case Reply():
                return await _send_reply(exchange, answer, send)
            case ApiError(status=status, headers=headers):
                response = JSONResponse(wire.error_json(answer), status, headers)
                await response(scope, receive, send)
                return "sent"


async def _send_reply(exchange: Exchange, reply: Reply, send: Send) -> Ending:
    request = exchange.request
    message_id = f"msg_{uuid.uuid4().hex[:20]}"
    kind = b"text/event-stream; charset=utf-8" if request.stream else b"application/json"
    headers = [(b"content-type", kind), (b"cache-control", b"no-cache")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for step in wire.event_steps(request, reply, message_id):
        match step:
            case Wait(gate):
                await gate.pass_through()
            case Delay(seconds):
                await anyio.sleep(seconds)
            case Cut():
                return "cut"  # to return without the last body message drops the connection
            case bytes() if request.stream:
                await send({"type": "http.response.body", "body": step, "more_body": True})
            case bytes():
                continue
    whole = wire.message_json(request, reply, message_id)
    body = b"" if request.stream else bytes(JSONResponse(whole).body)
    exchange.usage = wire.billed_usage(request, reply)
    await send({"type": "http.response.body", "body": body, "more_body": False})
    return "sent"


async def _hang_up_with_client(receive: Receive, scope: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()


async def _count_tokens(request: Request) -> Response:
    return JSONResponse({"input_tokens": estimate_tokens(await request.json())})


async def _anything_else(_: Request) -> Response:
    return Response()


class _LoopbackServer(uvicorn.Server):
    """uvicorn without signal handlers, stopped by an event; replies still under way are broken off."""

    def __init__(self, application: Starlette) -> None:
        super().__init__(
            uvicorn.Config(
                application,
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                log_level=logging.CRITICAL,  # a reply that is cut on purpose is an error to it
                access_log=False,
                timeout_keep_alive=300,
                timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
            )
        )
        self.stopping = anyio.Event()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave the process's signals alone."""
        yield

    async def main_loop(self) -> None:
        """Serve until told to stop, then end what is still being answered."""
        await self.on_tick(0)
        await self.stopping.wait()
        for task in self.server_state.tasks:
            task.cancel()

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until told to stop; what cancels the scope around it sets `stopping` as well."""
        with anyio.CancelScope(shield=True):
            await super().serve(sockets)

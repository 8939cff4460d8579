"""JSON-RPC for one connection: what arrives is checked, handed to its handler, and answered.

pygls gives the types, their conversion and the requests to the client. The dispatch is ours: each
request runs in a task of the connection's group, in a scope that `$/cancelRequest` cancels, and
nothing a client sends ends the server.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import anyio
import anyio.abc
from anyio.lowlevel import checkpoint
from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, default_converter
from typing_extensions import override

from claude_sidecar import __version__
from claude_sidecar.lsp import answers, faults, names
from claude_sidecar.lsp.framing import Malformed
from claude_sidecar.lsp.messages import MessageId, Unreadable, id_of, parsed

if TYPE_CHECKING:
    from claude_sidecar.lsp.links import Link

logger = logging.getLogger(__name__)

RequestHandler: TypeAlias = Callable[[Any], Awaitable[Any]]
NotificationHandler: TypeAlias = Callable[[Any], None]


class SidecarProtocol(LanguageServerProtocol):
    """Reads and answers messages.

    `requests` and `notifications` are its tables of handlers, by method. `gate` may refuse a
    request before its handler is looked up, by raising. `leaving` says that the client goes away.
    """

    def __init__(self, server: LanguageServer, converter: Any) -> None:
        super().__init__(server, converter)
        self.requests: dict[str, RequestHandler] = {}
        self.notifications: dict[str, NotificationHandler] = {}
        self.gate: Callable[[str], None] = _open_gate
        self.leaving = False
        self._tasks: anyio.abc.TaskGroup | None = None
        self._scopes: dict[MessageId, anyio.CancelScope] = {}

    def attach(self, link: Link, tasks: anyio.abc.TaskGroup) -> None:
        """Send over `link`, and run requests in `tasks`."""
        self._tasks = tasks
        self.set_writer(_Writer(link), include_headers=False)

    async def receive(self, item: bytes | Malformed) -> None:
        """Handle a message up to the point where it first waits. Never raises."""
        try:
            match item:
                case Malformed():
                    self._refuse(None, types.ErrorCodes.ParseError, item.problem)
                case _:
                    self._dispatch(parsed(item))
        except Unreadable as problem:
            self._refuse(problem.message_id, problem.code, str(problem))
        except Exception:
            logger.exception("A message could not be handled")
        await checkpoint()  # the request's task gets to its first wait before the next message

    def cancel_all(self) -> None:
        """The client is leaving: cancel every request that is being worked on."""
        self.leaving = True
        for scope in tuple(self._scopes.values()):
            scope.cancel()

    @override
    def get_result_type(  # pyright: ignore[reportIncompatibleVariableOverride] - cached there
        self, method: str
    ) -> type[Any] | None:
        return answers.RESPONSES.get(method) or super().get_result_type(method)

    def forget_request(self, message_id: MessageId) -> None:
        """Its answer is no longer waited for."""
        self._request_futures.pop(message_id, None)
        self._result_types.pop(message_id, None)

    def _dispatch(self, raw: dict[str, Any]) -> None:
        method = raw.get("method")
        if isinstance(method, str):
            if "id" in raw:
                self._start_request(method, raw)
            else:
                self._notify_handler(method, raw)
        elif "method" in raw or not ("result" in raw or "error" in raw):
            raise Unreadable(types.ErrorCodes.InvalidRequest, "No `method`.", id_of(raw))
        else:
            self._take_response(raw)

    def _start_request(self, method: str, raw: dict[str, Any]) -> None:
        message_id = id_of(raw)
        if message_id is None:
            raise Unreadable(
                types.ErrorCodes.InvalidRequest, "`id` must be a string or a whole number."
            )
        if message_id in self._scopes:
            raise Unreadable(
                types.ErrorCodes.InvalidRequest, f"Request {message_id!r} is running.", message_id
            )
        try:
            self.gate(method)
            handler = self.requests.get(method)
            if handler is None:
                raise Unreadable(
                    types.ErrorCodes.MethodNotFound, f"There is no method {method!r}.", message_id
                )
            params = self._params(raw)
        except JsonRpcException as error:
            self._send_response(message_id, error=error.to_response_error())
            return
        assert self._tasks is not None  # noqa: S101 - attached before the first message
        scope = self._scopes[message_id] = anyio.CancelScope()
        self._tasks.start_soon(self._run_request, message_id, handler, params, scope)

    async def _run_request(
        self, message_id: MessageId, handler: RequestHandler, params: Any, scope: anyio.CancelScope
    ) -> None:
        result: Any = None
        error: types.ResponseError | None = None
        try:
            with scope:
                result = await handler(params)
            if scope.cancelled_caught:
                error = faults.cancelled()
        except Exception as exception:  # noqa: BLE001 - the edge: every failure is an answer
            error = faults.response_error(exception)
        finally:
            del self._scopes[message_id]
        self._send_response(message_id, result, error)

    def _notify_handler(self, method: str, raw: dict[str, Any]) -> None:
        if method == types.CANCEL_REQUEST:
            self._cancel_request(raw)
            return
        handler = self.notifications.get(method)
        if handler is None:
            logger.debug("Ignored the notification %s", method)
            return
        try:
            handler(self._params(raw))
        except JsonRpcException:
            logger.warning("The notification %s has wrong parameters", method)
        except Exception:
            logger.exception("The notification %s could not be handled", method)

    def _cancel_request(self, raw: dict[str, Any]) -> None:
        params = raw.get("params")
        message_id = id_of(cast(dict[str, Any], params)) if isinstance(params, dict) else None
        scope = self._scopes.get(message_id) if message_id is not None else None
        if scope is not None:
            scope.cancel()

    def _take_response(self, raw: dict[str, Any]) -> None:
        message_id = id_of(raw)
        future = self._request_futures.get(message_id) if message_id is not None else None
        if message_id is None or future is None:
            logger.debug("Ignored an answer to no question")
            return
        try:
            message: Any = self.structure_message(raw)
        except JsonRpcException as error:
            self.forget_request(message_id)
            future.set_exception(error)
            return
        self._handle_response(
            message_id, getattr(message, "result", None), getattr(message, "error", None)
        )

    def _params(self, raw: dict[str, Any]) -> Any:
        """A message's parameters in their own type.

        :raises JsonRpcException: if they are not of it.
        """
        params = raw.setdefault("params", None)
        if not isinstance(params, dict | list | None):
            raise JsonRpcInvalidParams("`params` must be an object.")
        return getattr(self.structure_message(raw), "params", None)

    def _refuse(self, message_id: MessageId | None, code: int, problem: str) -> None:
        logger.warning("Refused a message: %s", problem)
        # pygls' own type leaves an id of null out
        self._send_data(
            {"jsonrpc": "2.0", "id": message_id, "error": {"code": code, "message": problem}}
        )


def new_protocol() -> tuple[LanguageServer, SidecarProtocol]:
    """The typed way of pygls to speak to a client, and the protocol below it."""
    server = _Server(
        names.SERVER_NAME,
        __version__,
        protocol_cls=SidecarProtocol,
        converter_factory=default_converter,
    )
    protocol = server.protocol
    assert isinstance(protocol, SidecarProtocol)  # noqa: S101 - made three lines above
    return server, protocol


class _Server(LanguageServer):
    @override
    def report_server_error(self, error: Exception, source: Any) -> None:
        logger.error("%s: %s", getattr(source, "__name__", source), error)


class _Writer:
    """pygls' writer over a link."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def write(self, data: bytes) -> None:
        self._link.send(data)

    def close(self) -> None:
        """Links are closed by who opened them."""


def _open_gate(method: str) -> None:
    del method

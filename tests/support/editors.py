"""An editor in a test: pytest-lsp's client around a real server process, or around a connection.

It keeps what the server told and asked it, and waits for things to happen instead of sleeping.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import anyio
import attrs
from lsprotocol import types
from pygls.protocol import default_converter
from pytest_lsp import LanguageClient
from pytest_lsp.client import register_lsp_features
from pytest_lsp.protocol import LanguageClientProtocol
from typing_extensions import override

from claude_sidecar.lsp import names

DEADLINE = 110.0


@attrs.define
class Told:
    """A notification or request of our own protocol, with its parameters as plain JSON."""

    method: str
    params: dict[str, Any]
    jsonrpc: str = "2.0"
    id: str | int | None = None


class _Protocol(LanguageClientProtocol):
    @override
    def get_message_type(  # pyright: ignore[reportIncompatibleVariableOverride] - cached there
        self, method: str
    ) -> type[Any] | None:
        if method.startswith("claudeSidecar/"):
            return Told
        return super().get_message_type(method)

    @override
    def _handle_cancel_notification(self, msg_id: str | int) -> None:
        self.on_cancelled(msg_id)
        super()._handle_cancel_notification(msg_id)

    def on_cancelled(self, message_id: str | int) -> None:
        """A test's editor listens here."""


async def no_answer(method: str, params: Any) -> None:
    """What pytest-lsp answers by itself, else null."""
    del method, params


async def silence(method: str, params: Any) -> None:
    """Never answer."""
    del method, params
    await anyio.sleep_forever()


@dataclass
class Editor:
    """One client, and what came to it."""

    client: LanguageClient
    result: types.InitializeResult | None = None
    updates: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    published: list[types.PublishDiagnosticsParams] = field(
        default_factory=list[types.PublishDiagnosticsParams]
    )
    asked: list[tuple[str, Any]] = field(default_factory=list[tuple[str, Any]])
    cancelled: list[str | int] = field(default_factory=list[str | int])
    answering: Callable[[str, Any], Awaitable[Any]] = field(default_factory=lambda: no_answer)
    _happened: anyio.Event = field(default_factory=anyio.Event)

    def happened(self) -> None:
        """Something came: whoever waits looks again."""
        self._happened.set()
        self._happened = anyio.Event()

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until something that came makes it true."""
        with anyio.fail_after(DEADLINE):
            while not condition():
                await self._happened.wait()

    @property
    def kinds(self) -> list[str]:
        """The kinds of session updates that came, in order."""
        return [update["update"]["kind"] for update in self.updates]

    @property
    def messages(self) -> list[str]:
        """What was shown by `window/showMessage`."""
        return [each.message for each in self.client.messages]

    @property
    def shown(self) -> list[str]:
        """The texts of the documents that were shown."""
        return [
            Path(each.uri.removeprefix("file://")).read_text(encoding="utf-8")
            for each in self.client.shown_documents
        ]

    def open(self, path: Path, text: str | None = None, *, language: str = "python") -> str:
        """Open a document: its URI."""
        uri = path.as_uri()
        item = types.TextDocumentItem(
            uri=uri,
            language_id=language,
            version=1,
            text=path.read_text(encoding="utf-8") if text is None else text,
        )
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    async def run(self, command: str, *, token: str | None = None, **arguments: Any) -> Any:
        """Execute a command with the fields given, and without an argument where there are none.

        :raises JsonRpcException: if it is answered by an error.
        """
        with anyio.fail_after(DEADLINE):
            return await self.start(command, token=token, **arguments)

    def start(
        self,
        command: str,
        *,
        token: str | None = None,
        request_id: str | None = None,
        **arguments: Any,
    ) -> asyncio.Future[Any]:
        """Like `run`, without waiting. `request_id` names the request, so that it can be cancelled."""
        params = types.ExecuteCommandParams(
            command=command, arguments=[arguments] if arguments else None, work_done_token=token
        )
        if token is not None:
            self.client.progress_reports[token] = []
        request = self.client.protocol.send_request_async(
            types.WORKSPACE_EXECUTE_COMMAND, params, msg_id=request_id
        )
        return asyncio.ensure_future(request)

    def cancel(self, request_id: str) -> None:
        """Send `$/cancelRequest`, and go on waiting for the answer."""
        self.client.protocol.notify(types.CANCEL_REQUEST, types.CancelParams(request_id))

    def progress(self, token: str) -> list[Any]:
        """What came under a progress token."""
        return list(self.client.progress_reports.get(token, []))


def capabilities(
    *,
    own: Mapping[str, Any] | None = None,
    encodings: Sequence[str] = (),
    window: types.WindowClientCapabilities | None = None,
    workspace: types.WorkspaceClientCapabilities | None = None,
    related: bool = True,
) -> types.ClientCapabilities:
    """What a client declares; with `own`, that it knows our protocol."""
    return types.ClientCapabilities(
        experimental=None if own is None else {names.CAPABILITY: dict(own)},
        general=types.GeneralClientCapabilities(
            position_encodings=cast(Any, list(encodings)) or None
        ),
        window=window,
        workspace=workspace,
        text_document=types.TextDocumentClientCapabilities(
            publish_diagnostics=types.PublishDiagnosticsClientCapabilities(
                related_information=related, version_support=True, data_support=True
            )
        ),
    )


PANEL = {"sessionUpdates": True, "permissions": True, "questions": True}
"""What a client declares that renders sessions itself."""


@asynccontextmanager
async def editor_on(
    environment: Mapping[str, str],
    *folders: Path,
    client_capabilities: types.ClientCapabilities | None = None,
    options: Any = None,
    arguments: Sequence[str] = (),
) -> AsyncGenerator[Editor]:
    """A server process of its own, initialized; shut down and gone on leaving."""
    editor = new_editor()
    client: Any = editor.client
    await client.start_io(
        sys.executable, "-m", "claude_sidecar", "serve", *arguments, env=dict(environment)
    )
    try:
        await initialize(editor, *folders, client_capabilities=client_capabilities, options=options)
        yield editor
        with anyio.fail_after(DEADLINE):
            await editor.client.shutdown_session()
    finally:
        await stop(editor)


async def initialize(
    editor: Editor,
    *folders: Path,
    client_capabilities: types.ClientCapabilities | None = None,
    options: Any = None,
) -> None:
    """Say `initialize` and `initialized`."""
    params = types.InitializeParams(
        capabilities=client_capabilities or capabilities(own=PANEL),
        initialization_options=options,
        workspace_folders=[types.WorkspaceFolder(each.as_uri(), each.name) for each in folders],
    )
    with anyio.fail_after(DEADLINE):
        editor.result = await editor.client.initialize_session(params)


async def stop(editor: Editor) -> None:
    """End the server process, if it did not end by itself."""
    process: asyncio.subprocess.Process | None = cast(Any, editor.client)._server
    if process is not None and process.returncode is None:
        process.kill()
    with anyio.fail_after(DEADLINE):
        await editor.client.stop()


def new_editor() -> Editor:
    """A client that is not connected yet."""
    client = LanguageClient(protocol_cls=_Protocol, converter_factory=default_converter)
    editor = Editor(client)
    register_lsp_features(client)
    _listen(editor)
    return editor


def _listen(editor: Editor) -> None:
    protocol: Any = editor.client.protocol
    features: dict[str, Any] = protocol.fm.features

    def wrapped(method: str, keep: Callable[[Any], Any]) -> None:
        before = features.pop(method, None)

        def handler(params: Any) -> Any:
            answer = before(params) if before is not None else None
            kept = keep(params)
            editor.happened()
            return answer if kept is None else kept

        features[method] = handler

    def wrapped_question(method: str) -> None:
        before = features.pop(method, None)

        async def handler(params: Any) -> Any:
            editor.asked.append((method, params))
            editor.happened()
            answer = await editor.answering(method, params)
            return answer if before is None or answer is not None else before(params)

        features[method] = handler

    def cancelled(message_id: str | int) -> None:
        editor.cancelled.append(message_id)
        editor.happened()

    protocol.on_cancelled = cancelled
    wrapped(names.SESSION_UPDATE, editor.updates.append)
    wrapped(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, editor.published.append)
    wrapped(types.WINDOW_SHOW_MESSAGE, lambda _: None)
    wrapped(types.WINDOW_SHOW_DOCUMENT, lambda _: None)
    wrapped(types.PROGRESS, lambda _: None)
    for method in (
        names.REQUEST_PERMISSION,
        names.ASK_QUESTION,
        names.EDITOR_CONTEXT,
        names.SAVE_DOCUMENT,
        types.WINDOW_SHOW_MESSAGE_REQUEST,
        types.WINDOW_WORK_DONE_PROGRESS_CREATE,
        types.WORKSPACE_CONFIGURATION,
        types.CLIENT_REGISTER_CAPABILITY,
    ):
        wrapped_question(method)

"""The client: what it declared, and what we tell it and ask it.

Nothing is asked that the client did not declare, and no question waits without a limit: some
clients never answer. A question that is given up is withdrawn by `$/cancelRequest`.
"""

from __future__ import annotations

import asyncio
import logging
import math
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

import anyio
from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcMethodNotFound

from claude_sidecar.lsp import names
from claude_sidecar.sessions.ports import CONTEXT_KINDS, ContextKind
from claude_sidecar.visible import visible

if TYPE_CHECKING:
    from claude_sidecar.lsp.protocol import SidecarProtocol

logger = logging.getLogger(__name__)

QUICK_SECONDS: Final = 5.0
"""For what the client answers by itself."""
PERSON_SECONDS: Final = 15 * 60.0
"""For what a person has to answer, where nothing else ends the wait."""

_NO_ANSWER: Final = object()


class Client:
    """One client, as its `initialize` describes it.

    :ivar unknown: the methods that it was asked by and does not know, whatever it declared.
    """

    def __init__(self, protocol: SidecarProtocol, params: types.InitializeParams) -> None:
        self._protocol = protocol
        self.unknown: Final[set[str]] = set()
        capabilities = params.capabilities
        wants = _wants(params)
        window = capabilities.window
        workspace = capabilities.workspace
        self.session_updates: Final = wants.get("sessionUpdates") is True
        self.permissions: Final = wants.get("permissions") is True
        self.questions: Final = wants.get("questions") is True
        self.context_kinds: Final = _context_kinds(wants.get("editorContext"))
        self.saves: Final = wants.get("saves") is True
        self.progress: Final = window is not None and window.work_done_progress is True
        self.message_requests: Final = window is not None and window.show_message is not None
        self.show_document: Final = (
            window is not None and window.show_document is not None and window.show_document.support
        )
        self.configuration: Final = workspace is not None and workspace.configuration is True
        self.registers_configuration: Final = (
            workspace is not None
            and workspace.did_change_configuration is not None
            and workspace.did_change_configuration.dynamic_registration is True
        )
        watching = workspace.did_change_watched_files if workspace is not None else None
        self.registers_watchers: Final = (
            watching is not None and watching.dynamic_registration is True
        )
        lenses = workspace.code_lens if workspace is not None else None
        self.refreshes_lenses: Final = lenses is not None and lenses.refresh_support is True
        edits = workspace.workspace_edit if workspace is not None else None
        self.applies_edits: Final = workspace is not None and workspace.apply_edit is True
        self.document_changes: Final = edits is not None and edits.document_changes is True
        self.resource_operations: Final = _resource_operations(edits)
        self.annotates: Final = edits is not None and edits.change_annotation_support is not None
        texts = capabilities.text_document or types.TextDocumentClientCapabilities()
        published, hover, actions = texts.publish_diagnostics, texts.hover, texts.code_action
        self.related_information: Final = bool(published and published.related_information)
        formats = (hover and hover.content_format) or ()
        self.hover_format: Final = formats[0] if formats else types.MarkupKind.PlainText
        self.action_literals: Final = bool(actions and actions.code_action_literal_support)
        resolves = actions and actions.data_support and actions.resolve_support
        self.resolves_edits: Final = bool(resolves and "edit" in resolves.properties)

    @property
    def leaving(self) -> bool:
        """Whether it is going away: it said so, or is gone."""
        return self._protocol.leaving

    def tell(self, method: str, params: Any) -> None:
        """Send a notification."""
        self._protocol.notify(method, params)

    def show_message(self, kind: types.MessageType, message: str) -> None:
        """Show the user a message."""
        self.tell(types.WINDOW_SHOW_MESSAGE, types.ShowMessageParams(kind, visible(message)))

    async def ask(self, method: str, params: Any, *, seconds: float) -> Any | None:
        """Send a request and wait for its answer.

        :returns: the answer; None when it was an error, or did not come in time.
        """
        answer = await self._question(method, params, seconds)
        return None if answer is _NO_ANSWER else answer

    async def ask_person(self, method: str, params: Any) -> Any | None:
        """Send a request that a person has to answer; how long they may take is the caller's.

        :returns: the answer; None when it was an error.
        """
        return await self.ask(method, params, seconds=math.inf)

    async def succeeds(self, method: str, params: Any, *, seconds: float) -> bool:
        """Send a request whose answer says nothing but that it was carried out."""
        return await self._question(method, params, seconds) is not _NO_ANSWER

    async def _question(self, method: str, params: Any, seconds: float) -> Any:
        message_id = str(uuid.uuid4())
        future = asyncio.wrap_future(self._protocol.send_request(method, params, msg_id=message_id))
        try:
            with anyio.fail_after(seconds):
                return await future
        except JsonRpcException as error:
            logger.info("The client refused %s with the code %d", method, error.code)
            if error.code == JsonRpcMethodNotFound.CODE:
                self.unknown.add(method)
        except TimeoutError:
            logger.warning("The client did not answer %s within %g s", method, seconds)
            self._withdraw(message_id)
        except anyio.get_cancelled_exc_class():
            self._withdraw(message_id)
            raise
        return _NO_ANSWER

    async def show_file(self, uri: str, *, focus: bool = False) -> bool:
        """Open a file beside the user's work; False where the client cannot or will not."""
        if not self.show_document:
            return False
        params = types.ShowDocumentParams(uri, take_focus=focus)
        answer = await self.ask(types.WINDOW_SHOW_DOCUMENT, params, seconds=QUICK_SECONDS)
        return isinstance(answer, types.ShowDocumentResult) and answer.success

    def _withdraw(self, message_id: str) -> None:
        self._protocol.forget_request(message_id)
        self.tell(types.CANCEL_REQUEST, types.CancelParams(message_id))


def _context_kinds(declared: Any) -> frozenset[ContextKind]:
    """What it can be asked of the editor; kinds that we do not know are passed over."""
    named: list[Any] = cast("list[Any]", declared) if isinstance(declared, list) else []
    return frozenset(kind for kind in CONTEXT_KINDS if kind in named)


def _resource_operations(
    edits: types.WorkspaceEditClientCapabilities | None,
) -> frozenset[types.ResourceOperationKind]:
    """What the client does with files by itself; only an edit with `documentChanges` can say it."""
    if edits is None or edits.document_changes is not True:
        return frozenset()
    return frozenset(edits.resource_operations or ())


def _wants(params: types.InitializeParams) -> Mapping[str, Any]:
    """The client's own object in its capabilities, else in its initialization options."""
    experimental: Any = params.capabilities.experimental
    options: Any = params.initialization_options
    for holder, name in ((experimental, names.CAPABILITY), (options, "client")):
        if isinstance(holder, Mapping):
            wants: Any = cast(Mapping[str, Any], holder).get(name)
            if isinstance(wants, Mapping):
                return cast(Mapping[str, Any], wants)
    return {}

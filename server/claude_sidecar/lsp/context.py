"""What the editor's own language servers and its debugger know, asked of the client.

`claudeSidecar/editorContext`, for the kinds that the client has declared and for no others.
"""

from __future__ import annotations

from typing import Any, Final

from claude_sidecar.errors import NoContext
from claude_sidecar.lsp import names
from claude_sidecar.lsp.client import Client
from claude_sidecar.lsp.context_shapes import ContextReader
from claude_sidecar.lsp.convert import Ranges
from claude_sidecar.lsp.documents import OpenDocuments
from claude_sidecar.sessions.keys import uri_from_path
from claude_sidecar.sessions.ports import ContextKind, ContextQuery, EditorContext
from claude_sidecar.text import Range

ANSWER_SECONDS: Final = 10.0
"""A language server that indexes a large project takes some seconds for its first references."""


class EditorContexts:
    """Asks one client. Implements :class:`~claude_sidecar.sessions.ports.ContextSource`."""

    def __init__(
        self,
        client: Client,
        documents: OpenDocuments,
        ranges: Ranges,
        seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._seconds = seconds
        self._client = client
        self._documents = documents
        self._ranges = ranges

    @property
    def context_kinds(self) -> frozenset[ContextKind]:
        """What the client has declared."""
        return self._client.context_kinds

    async def context(self, query: ContextQuery) -> EditorContext:
        """Ask the client.

        :raises NoContext: if it does not answer in time, or not in the shape it should.
        """
        params: dict[str, Any] = {"kinds": list(query.kinds)}
        if query.path is not None:
            known = self._documents.uris_of(query.path)
            params["uri"] = known[0] if known else uri_from_path(query.path)
            if query.position is not None:
                here = Range(query.position, query.position)
                params["position"] = self._ranges.shape(query.path, here)["start"]
        if query.symbol is not None:
            params["symbol"] = query.symbol
        answer = await self._client.ask(names.EDITOR_CONTEXT, params, seconds=self._seconds)
        if answer is None:
            raise NoContext("The editor did not answer.")
        return ContextReader(self._ranges, query).read(answer)

"""A yes or no of the user's, where something is about to be lost."""

from __future__ import annotations

from lsprotocol import types

from claude_sidecar.lsp.client import PERSON_SECONDS, Client

_NO = "Cancel"


class Consents:
    """Asks one client by `window/showMessageRequest`; whatever is not a clear yes is a no."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def ask(self, question: str, yes: str) -> bool:
        """Whether the user chose `yes`; no where the client cannot ask."""
        if not self._client.message_requests:
            return False
        params = types.ShowMessageRequestParams(
            type=types.MessageType.Warning,
            message=question,
            actions=[types.MessageActionItem(yes), types.MessageActionItem(_NO)],
        )
        answer = await self._client.ask(
            types.WINDOW_SHOW_MESSAGE_REQUEST, params, seconds=PERSON_SECONDS
        )
        return isinstance(answer, types.MessageActionItem) and answer.title == yes

"""Every failure as the JSON-RPC error that a client is given: mapped here and nowhere else.

`InvalidParams` has `data: {fields: [name]}`, `RequestFailed` has `data: {kind, message, hint,
retryable}`. What nobody foresaw is an `InternalError`; it is logged with its traceback, and the
client is pointed to the log.
"""

from __future__ import annotations

import logging

from lsprotocol.types import ErrorCodes, LSPErrorCodes, ResponseError
from pygls.exceptions import JsonRpcException

from claude_sidecar.errors import InvalidRequest, SidecarError, StoreError, TurnFailure

logger = logging.getLogger(__name__)


class WrongArguments(InvalidRequest):
    """A command's argument has fields that it should not have, or lacks some.

    :param fields: the wire names of all that are wrong.
    """

    def __init__(self, message: str, fields: tuple[str, ...]) -> None:
        super().__init__(message, field=fields[0] if fields else None)
        self.fields = fields


def response_error(error: Exception) -> ResponseError:
    """The error to answer a request with; logs it if it is a defect of ours."""
    match error:
        case WrongArguments():
            data = {"fields": list(error.fields)}
            return ResponseError(ErrorCodes.InvalidParams, str(error), data)
        case InvalidRequest():
            message, data = str(error), None
            if error.field is not None:
                data = {"fields": [error.field]}
                message = message if error.field in message else f"`{error.field}`: {message}"
            return ResponseError(ErrorCodes.InvalidParams, message, data)
        case TurnFailure():
            return _failed(error.kind, error.message, error.hint, retryable=error.retryable)
        case StoreError():
            hint = "`claudeSidecar.store.url` sets another place for it."
            return _failed("internal", str(error), hint, retryable=False)
        case SidecarError():
            return _failed("internal", str(error), "The log may tell more.", retryable=False)
        case JsonRpcException():
            return error.to_response_error()
        case _:
            logger.error("A request failed unexpectedly", exc_info=error)
            return ResponseError(
                ErrorCodes.InternalError,
                f"Internal error ({type(error).__name__}). This is a defect of claude-sidecar; "
                "its log, on standard error, shows where.",
            )


def cancelled() -> ResponseError:
    """The answer to a request that was cancelled by `$/cancelRequest`, or by `shutdown`."""
    return ResponseError(LSPErrorCodes.RequestCancelled, "The request was cancelled.")


def _failed(kind: str, message: str, hint: str, *, retryable: bool) -> ResponseError:
    data = {"kind": kind, "message": message, "hint": hint, "retryable": retryable}
    return ResponseError(LSPErrorCodes.RequestFailed, message, data)

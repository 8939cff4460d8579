"""A resource that is opened when it is first wanted, and closed with the sidecar.

An async context manager must be left in the task that entered it, in the reverse order of entering.
One that is entered late, by whichever task wants it first, therefore lives in a task of its own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Generic, TypeVar

import anyio
from anyio.abc import TaskGroup
from typing_extensions import Self

Resource = TypeVar("Resource")


class OnDemand(Generic[Resource]):
    """Use it with `async with`, whose end closes the resource if it was opened.

    :param make: makes the context manager; called once, in the resource's own task.
    """

    def __init__(
        self, make: Callable[[], Awaitable[AbstractAsyncContextManager[Resource]]]
    ) -> None:
        self._make = make
        self._tasks: TaskGroup | None = None
        self._started = False
        self._leaving = anyio.Event()
        self._settled = anyio.Event()
        self._failure: Exception | None = None
        self.opened: Resource | None = None
        """The resource while it is open."""

    async def __aenter__(self) -> Self:
        """Stand by."""
        self._tasks = anyio.create_task_group()
        await self._tasks.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        """Close the resource, if it was opened."""
        assert self._tasks is not None, "entered before it is left"  # noqa: S101
        self._leaving.set()
        return await self._tasks.__aexit__(kind, error, trace)

    async def get(self) -> Resource:
        """The resource, opened if it was not.

        :raises Exception: what opening it raised, at each call.
        """
        assert self._tasks is not None, "entered before it is used"  # noqa: S101
        if not self._started:
            self._started = True
            self._tasks.start_soon(self._own)
        await self._settled.wait()
        if self.opened is None:
            raise self._failure or RuntimeError("the sidecar is closing")
        return self.opened

    async def _own(self) -> None:
        try:
            manager = await self._make()
            async with manager as resource:
                self.opened = resource
                self._settled.set()
                await self._leaving.wait()
                self.opened = None
        except Exception as error:
            if self._settled.is_set():
                raise
            self._failure = error
        finally:
            self._settled.set()

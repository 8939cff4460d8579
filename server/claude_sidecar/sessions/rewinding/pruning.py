"""What files were is not kept for ever: by age and by size, as the user has set it.

Every process on the store prunes by its own settings, so that the narrowest bounds count. It begins
some time after it was started: by then it knows its settings, and a short command gives up nothing.

What is given up is told when it would be needed, by the reason that stands in its place. The rest
of a checkpoint stays, so that it is still known which files Claude has made, changed and removed.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import anyio

from claude_sidecar.errors import StoreError
from claude_sidecar.sessions.ports import CheckpointBounds, CheckpointRecords
from claude_sidecar.settings import SECTION, Settings

logger = logging.getLogger(__name__)

_EVERY_SECONDS = 600.0
_DAY_SECONDS = 86_400


class Pruner:
    """Keeps what is kept within bounds. Run :meth:`keep` beside the turns.

    :param settings: as they are now.
    """

    def __init__(self, store: CheckpointRecords, settings: Callable[[], Settings]) -> None:
        self._store = store
        self._settings = settings

    async def keep(self) -> None:
        """Prune every ten minutes, for ever. A store that fails is asked again then."""
        while True:
            await anyio.sleep(_EVERY_SECONDS)
            try:
                await self.prune()
            except StoreError:
                logger.exception("What is kept of files could not be pruned")

    async def prune(self) -> None:
        """Give up what is out of bounds."""
        settings = self._settings()
        days, megabytes = settings.rewind_keep_days, settings.rewind_keep_mb
        given_up = await self._store.prune_checkpoints(
            CheckpointBounds(
                since=time.time() - days * _DAY_SECONDS,
                max_bytes=megabytes * 1024 * 1024,
                too_old=f"it is more than {days} days ago ({SECTION}.rewind.keepDays)",
                too_much=f"more than {megabytes} MB were kept since ({SECTION}.rewind.keepMb)",
            )
        )
        if given_up:
            logger.info("What %d files were is not kept any more", given_up)

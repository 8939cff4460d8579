"""A program that asks about a file in a sidecar of its own, and writes a line once the first words of
the answer, and the first edit if one is wanted, are in the journal. Tests kill it then.

Argument: JSON with `folder`, `store`, `path`, `prompt`, `env`.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import anyio
import anyio.lowlevel

from claude_sidecar.app import open_sidecar
from claude_sidecar.sessions.keys import Workspaces
from claude_sidecar.sessions.planning.requests import AskRequest
from claude_sidecar.settings import Settings
from support.sidecars import ScriptedEditor


async def main(given: dict[str, Any]) -> None:
    settings = Settings(store_url=given["store"], live_prewarm=False, env=given["env"])
    editor = ScriptedEditor(allowing=lambda _: "allow_once")
    async with open_sidecar(
        settings, editor=editor, workspaces=Workspaces([given["folder"]])
    ) as sidecar:
        key = sidecar.workspaces.key_of_file(given["path"])
        turn = await sidecar.turns.start(AskRequest(given["prompt"], key))
        while True:
            kept = await sidecar.store.turn(turn.turn_id)
            if kept is not None and kept.text:
                break
            await anyio.lowlevel.checkpoint()
        sys.stdout.write(f"{turn.turn_id}\n")
        sys.stdout.flush()
        await turn.result()


if __name__ == "__main__":
    anyio.run(main, json.loads(sys.argv[1]))

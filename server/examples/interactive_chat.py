"""A chat about a file, streamed as it comes; it goes on where it was left the last time.

Usage: python interactive_chat.py FILE [--offline]

An empty line or the end of the input ends the chat.
"""

import sys

import anyio
import anyio.to_thread

from claude_sidecar import Settings, SidecarError, open_sidecar
from claude_sidecar.sessions.events import AgentMessageChunk, ToolCallStarted, Update


def show(update: Update) -> None:
    match update.event:
        case AgentMessageChunk(text=text, agent=None):
            print(text, end="", flush=True)
        case ToolCallStarted(call=call):
            print(f"\n  ({call.title})", flush=True)
        case _:
            pass


async def main(path: str, settings: Settings) -> None:
    async with open_sidecar(settings) as sidecar:
        with sidecar.events.subscribed(show):
            while question := await anyio.to_thread.run_sync(ask_user):
                result = await sidecar.ask(question, path=path)
                if result.error:
                    print(f"{result.error.message} {result.error.hint}", end="")
                print(f"\n[${result.cost.turn_usd:.4f}, session ${result.cost.session_usd:.4f}]")


def ask_user() -> str:
    print("\n> ", end="", flush=True)
    return sys.stdin.readline().strip()


if __name__ == "__main__":
    arguments = [each for each in sys.argv[1:] if each != "--offline"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    try:
        anyio.run(main, arguments[0], Settings(offline="--offline" in sys.argv))
    except SidecarError as error:  # a file that cannot be read, say
        sys.exit(str(error))

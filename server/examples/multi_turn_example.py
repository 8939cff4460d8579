"""A conversation over several turns and two runs of the program.

Usage: python multi_turn_example.py FILE [--offline]

The session's id is captured from the first turn; the conversation is then resumed by that id, and
continued as "the last one of this file", each time after everything was closed.
"""

import sys

import anyio

from claude_sidecar import Settings, SidecarError, open_sidecar


async def main(path: str, settings: Settings) -> None:
    async with open_sidecar(settings) as sidecar:
        review = await sidecar.review(path, fresh=True)
        print(f"[session {review.session_id}] {len(review.findings)} findings\n{review.text}\n")

    # Everything is closed: this is what tomorrow looks like.
    async with open_sidecar(settings) as sidecar:
        answer = await sidecar.ask(
            "Which of your findings matters most?", session_id=review.session_id
        )
        print(f"[resumed by id: {answer.resumed}]\n{answer.text}\n")

    async with open_sidecar(settings) as sidecar:
        answer = await sidecar.ask("What did I ask you before this?", path=path)
        same = answer.session_id == review.session_id
        print(f"[continued the file's last session: {same}]\n{answer.text}\n")
        print(f"Cost of the session: ${answer.cost.session_usd:.4f}")


if __name__ == "__main__":
    arguments = [each for each in sys.argv[1:] if each != "--offline"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    try:
        anyio.run(main, arguments[0], Settings(offline="--offline" in sys.argv))
    except SidecarError as error:  # a file that cannot be read, say
        sys.exit(str(error))

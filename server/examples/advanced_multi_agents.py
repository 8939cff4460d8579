"""Two reviewers look at one file side by side; a third weighs what they said.

Usage: python advanced_multi_agents.py FILE [--offline]

Each agent has a session of its own, so that none is swayed by another's words.
"""

import asyncio
import sys

from claude_sidecar import Settings, Sidecar, SidecarError, TurnResult, open_sidecar

AGENTS = {"correctness": "what gives wrong results", "security": "what an attacker could use"}


async def main(path: str, settings: Settings) -> None:
    async with open_sidecar(settings) as sidecar:
        results = await asyncio.gather(*(review(sidecar, path, name) for name in AGENTS))
        reviews = dict(zip(AGENTS, results, strict=True))
        for name, result in reviews.items():
            print(f"[{name}, session {result.session_id}]\n{result.text}\n")
        verdict = await sidecar.ask(question(reviews), path=path, fresh=True)
        print(f"[verdict, session {verdict.session_id}]\n{verdict.text}\n")
        total = sum(each.cost.turn_usd for each in (*reviews.values(), verdict))
        print(f"Together: ${total:.4f}")


async def review(sidecar: Sidecar, path: str, name: str) -> TurnResult:
    return await sidecar.review(path, focus=AGENTS[name], reviewers=[name], fresh=True)


def question(reviews: dict[str, TurnResult]) -> str:
    said = "\n\n".join(f"The {name} reviewer said:\n{each.text}" for name, each in reviews.items())
    return (
        f"Two reviewers looked at this file. {said}\n\n"
        "Where do they agree or contradict each other, and what is to be done first?"
    )


if __name__ == "__main__":
    arguments = [each for each in sys.argv[1:] if each != "--offline"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    try:
        asyncio.run(main(arguments[0], Settings(offline="--offline" in sys.argv)))
    except SidecarError as error:  # a file that cannot be read, say
        sys.exit(str(error))

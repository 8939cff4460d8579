"""A reply of 100,000 characters streams into the panel, and its frames take no longer than a frame
has: script, style, layout and paint together, in processor time, as fast as the model can be made to
talk. The figures are kept beside the pictures.
"""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, expect

from claude_sidecar.offline.script import say
from support.model import Model
from support.vscode import parts
from support.vscode.tracing import MARK, frame_times
from vscode.conftest import Opener

LENGTH = 100_000
FRAME_MS = 1000 / 60
PART = """\
## Part {n}

The **mean** of `numbers` is their sum divided by their count, see [stats.py](stats.py#L{n}); of none
there is none, and what a caller makes of that is for the caller to say, in _its_ words, not in ours.

- one case is the empty list, which has no mean
- another is a list of one, which is its own
- and a third the list that holds `nan`

```python
def mean_{n}(numbers: list[float]) -> float:
    if not numbers:
        raise ValueError("no numbers")
    return sum(numbers) / len(numbers)
```

| case | result |
| --- | --- |
| empty | an error |
| one | itself |

"""
WATCH = f"""() => {{
  const request = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) => request((time) => {{
    performance.mark({MARK!r});
    callback(time);
  }});
}}"""


def test_a_long_reply_streams_within_the_time_of_a_frame(
    open_window: Opener, chromium: Browser, project: Path, scripted: Model
) -> None:
    text = ""
    while len(text) < LENGTH:
        text += PART.format(n=text.count("##") + 1)
    pieces = [text[start : start + 40] for start in range(0, len(text), 40)]
    scripted.script.reply(say(*pieces, "The end."))
    window = open_window(project)
    window.open_file("stats.py")
    panel = window.panel()
    panel.frame.evaluate(WATCH)

    def stream() -> None:
        panel.say("Tell me everything")
        expect(panel.turns.get_by_text("The end.")).to_be_visible()
        expect(panel.turns.get_by_text("Working…")).to_be_hidden()
        expect(panel.turns.locator("code .hljs-keyword").last).to_be_attached()

    times = frame_times(chromium, stream)
    half = len(times) // 2
    first, second = median(times[:half]), median(times[half:])
    told = {
        "frames": len(times),
        "median_ms": median(times),
        "first_half_ms": first,
        "second_half_ms": second,
        "p95_ms": sorted(times)[int(len(times) * 0.95)],
        "worst_ms": max(times),
    }
    parts.PICTURES.mkdir(parents=True, exist_ok=True)
    (parts.PICTURES / "streaming.json").write_text(json.dumps(told, indent=2), encoding="utf-8")
    assert len(times) > 20, told
    assert told["median_ms"] < FRAME_MS, told
    assert second < 2 * first + 2, "what a frame costs grows with what is there already"
    # It is all there, as elements, and the end is in sight.
    assert panel.turns.locator("h2").count() == text.count("##")

"""What the frames of a page cost the browser's main thread, from Chromium's own trace.

Told in processor time, so that what else the machine is busy with is not counted.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser

MARK = "a frame of the panel's"
CATEGORIES = (
    "toplevel",
    "devtools.timeline",
    "disabled-by-default-devtools.timeline",
    "blink.user_timing",
)


def frame_times(browser: Browser, action: Callable[[], None]) -> list[float]:
    """Milliseconds of each frame while something is done: script, style, layout and paint.

    Counted are those in which the page has set the mark :data:`MARK` (`performance.mark`).
    """
    browser.start_tracing(categories=list(CATEGORIES))
    try:
        action()
    finally:
        trace = browser.stop_tracing()
    events: list[dict[str, Any]] = json.loads(trace)["traceEvents"]
    marks = [event for event in events if event["name"] == MARK]
    assert marks, "the page has set no mark"
    thread = (marks[0]["pid"], marks[0]["tid"])
    tasks = sorted(
        (event["ts"], event["tdur"])
        for event in events
        if event["name"] == "RunTask" and (event["pid"], event["tid"]) == thread and "tdur" in event
    )
    starts = [start for start, _ in tasks]
    frames = {bisect_right(starts, mark["ts"]) - 1 for mark in marks}
    return [tasks[frame][1] / 1000 for frame in sorted(frames)]

"""Every word that is said to Claude, but for those of a failure, which are in `symptoms`.

What turns ask (`turns`) and those that are tried again (`retries`), how our tools are told (`tools`),
and how material that is data is shown (`material`) and fenced (`fences`).
"""

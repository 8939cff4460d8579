"""Every word that is said to Claude: what turns ask (`turns`) and those that are tried again
(`retries`), how our tools are told (`tools`), and how material that is data is shown (`material`) and
fenced (`fences`). What is said of a failure is in `symptoms`.
"""

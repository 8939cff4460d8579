"""Files changed for Claude, where the user works.

Its edits (`edits`), also those of Claude Code's own tools on files that are open (`editor_first`), and
files made and moved (`file_moves`); on the text that Claude has read (`seen`), as its input wants them
(`text_changes`, `replacing`). `remarks` tells it what a tool could not know.
"""

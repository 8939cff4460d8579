"""From a symptom to what a turn is given.

The failure with the code around it (`gathering`, `excerpts`) and how that came to be (`lineage`), as
records (`evidence`) and as words for Claude (`words`, `prompts`).
"""

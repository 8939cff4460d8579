"""Taking back what a turn did to files: which files a tool may change (`touched_files`), what they
were (`states`), kept before each change (`checkpoints`, `turn_changes`) within bounds (`pruning`), and
put back (`rewinder`).
"""

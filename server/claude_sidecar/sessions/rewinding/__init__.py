"""Taking back what turns did to files.

Which files a tool may change (`touched_files`), what they were (`states`), kept before each change
(`checkpoints`, `turn_changes`) within bounds (`pruning`), and put back (`rewinder`).
"""

"""What Claude has found.

Every decision about a finding (`service`), and where those of open files are while the files are edited
(`open_findings`).
"""

"""How turns of several prompts go.

A test is run until it passes (`failing_test`), and a fix is checked (`checked_fix`).
"""

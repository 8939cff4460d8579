"""The courses of turns with several prompts: a test is run until it passes (`failing_test`), and a fix
is checked (`checked_fix`).
"""

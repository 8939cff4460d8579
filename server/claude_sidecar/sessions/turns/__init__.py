"""Turns as they are asked for.

They are taken (`service`), sent to their queues (`dispatcher`, `queues`) and cancelled (`cancelling`).
What runs and waits is told of each session (`session_states`).
"""

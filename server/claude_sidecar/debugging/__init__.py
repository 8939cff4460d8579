"""From a symptom to what a model can act on: tracebacks, frames, the state of a debugger.

Nothing here runs, asks or writes anything: text goes in, frozen records come out.
"""

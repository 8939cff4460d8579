"""The domain: conversations with Claude about code, and all that is decided about them.

Its parts from the top to the bottom; imports go down only, and parts in one line do not know each
other (`pyproject.toml` has the contract):

- `wiring`: every part is made here once.
- `library`: the sessions there are.
- `shapes`: all of the below as the public protocol has it.
- `turns`: takes what is asked for, and queues it.
- `running`: one turn from its queue to its result. `courses`: how a turn of several prompts goes.
- `tools`: what Claude is given. `consent`: what the user is asked. `budgets`: what may be spent.
  `conversations`: sessions beyond a single turn.
- `planning`: from a request to what is done in a turn. `editing`: files changed for Claude.
- `findings`: what Claude has found. `rewinding`: what files were before it changed them. `symptoms`:
  what is known of a failure.
- `prompts`: what is said to Claude.
- `documents`: text as the user sees it.
- `policy`: what a turn may do.
- `ports`: what is needed from outside.
- `events`: what happens in a turn.
- `costs`: tokens and dollars. `keys`: which session a path belongs to.
- `model`: the nouns.
"""

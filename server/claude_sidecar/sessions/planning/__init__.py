"""From what a user asks for to what is done in a turn.

A request (`requests`) becomes a plan (`plans`), made by the `planner` of its kind (`review_plans`,
`debug_plans`, `compacting`, `retrying`) about its subject (`subjects`), and a plan a turn with a handle
for its caller (`running_turn`). `debugging` makes a request of a symptom; `step_lists` looks after
several turns that were asked for at once; `records` keeps what was asked for.
"""

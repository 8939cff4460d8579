"""One turn, from its queue to its result.

The run (`runner`) and its course (`courses`), what Claude is told (`talk`), what Claude turns to
(`host`), how full the conversation is (`context_watch`), what is kept of it (`journal`), how it ends
(`conclusion`), and turns that ended before they began (`unbegun`). `surroundings` is what all work with.
"""

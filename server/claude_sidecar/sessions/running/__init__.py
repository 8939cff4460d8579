"""One turn, from its queue to its result: the run (`runner`) and its course (`courses`), what Claude is
told (`talk`), what Claude turns to (`host`), what is kept of it (`journal`, `conclusion`), how full the conversation
is (`context_watch`), and turns that ended before they began (`unbegun`).
"""

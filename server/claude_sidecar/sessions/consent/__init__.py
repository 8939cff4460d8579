"""The user's consent.

What is asked and how it goes on (`permissions`, `desk`), what is offered as an answer (`offers`), what
is shown of a change (`previews`), what was answered for good (`rulebook`), in which mode a session is
(`modes`), what is asked again after a restart (`asked_again`), and what a turn may do by all of these
(`rights`).
"""

"""The domain's records in the shapes of the public protocol.

`sessions`, `turns`, `findings`, `consent` and costs (`usage`), made of `values`; and a session as a
document (`export`). Both the language server and the command line give these, so that a result reads
the same wherever it comes from.
"""

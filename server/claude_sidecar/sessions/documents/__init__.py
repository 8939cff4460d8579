"""Text as the user sees it, in the editor or on the disk.

It is read (`reading`), held against its file (`buffers`), told apart from another text
(`minimal_edits`), written where there is no editor (`disk`), and seen as a set of changes under version
control (`change_sets`).
"""

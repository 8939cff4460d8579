"""Which file or workspace a command is about: from its `uri`, or from where the user works."""

from __future__ import annotations

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.lsp.documents import OpenDocuments
from claude_sidecar.lsp.wire.place import LastDocument, Place
from claude_sidecar.sessions.keys import Workspaces, canonical_path, path_from_uri
from claude_sidecar.sessions.model import Key


class Places:
    """Makes keys of what the client says."""

    def __init__(self, documents: OpenDocuments, workspaces: Workspaces) -> None:
        self._documents = documents
        self._workspaces = workspaces

    def key(self, place: Place) -> Key:
        """The key that is meant; the file becomes the one last worked in.

        :raises InvalidRequest: if it is no file, or none was opened yet.
        """
        match place:
            case LastDocument():
                path = self._documents.last_path
                if path is None:
                    raise InvalidRequest(
                        "No document was opened yet: name one in `uri`, or give null for the "
                        "workspace itself.",
                        field="uri",
                    )
                return self._workspaces.key_of_file(path)
            case None:
                return self._workspaces.key_of_workspace(self._workspace_worked_in())
            case _:
                path = path_from_uri(place)
                if path in self._workspaces.folders:
                    return self._workspaces.key_of_workspace(path)
                self._documents.touch(path)
                return self._workspaces.key_of_file(path)

    def key_or_workspace(self, place: Place) -> Key:
        """Like `key`; the workspace itself while no document was opened."""
        if isinstance(place, LastDocument) and self._documents.last_path is None:
            place = None
        return self.key(place)

    def filter_key(self, place: Place) -> Key | None:
        """For lists: no restriction where nothing is named."""
        return None if isinstance(place, LastDocument) else self.key(place)

    def workspace(self, uri: str | None) -> str | None:
        """The canonical path of a `workspace` field.

        :raises InvalidRequest: if it is not the URI of a folder on the disk.
        """
        if uri is None:
            return None
        return canonical_path(path_from_uri(uri, field="workspace"))

    def _workspace_worked_in(self) -> str | None:
        """Of several open workspaces, the one of the document last worked in."""
        path = self._documents.last_path
        if path is None:
            return None
        workspace = self._workspaces.key_of_file(path).workspace
        return workspace if workspace in self._workspaces.folders else None

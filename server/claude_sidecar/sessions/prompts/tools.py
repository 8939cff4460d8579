"""Our own tools as Claude is told of them: names, words and inputs.

The list is fixed when a process starts. What depends on the editor is offered where the editor can
answer it.
"""

from __future__ import annotations

from typing import Any, Final

from claude_sidecar.errors import InvalidRequest
from claude_sidecar.findings.model import CATEGORIES, SEVERITIES, TITLE_LIMIT
from claude_sidecar.sessions.model import JsonObject
from claude_sidecar.sessions.ports import ToolSpec

READ_BUFFER_LIMIT = 2_000
"""Lines that one call of `read_buffer` gives."""

FILE = {"type": "string", "description": "Path relative to the workspace, or absolute inside it."}

REPORT_FINDING = ToolSpec(
    name="report_finding",
    description=(
        "Report one finding of a review. It is anchored to the quoted text and shown to the "
        "developer in the editor at once. Answers with the place where it was anchored, or with "
        "an error that says how to mend the call."
    ),
    schema={
        "type": "object",
        "properties": {
            "file": FILE,
            "quote": {
                "type": "string",
                "description": "The exact text the finding is about, without line numbers.",
            },
            "line": {
                "type": "integer",
                "minimum": 1,
                "description": "The line where the quote begins, counted from 1.",
            },
            "severity": {"type": "string", "enum": list(SEVERITIES)},
            "category": {"type": "string", "enum": list(CATEGORIES)},
            "title": {"type": "string", "description": f"At most {TITLE_LIMIT} characters."},
            "message": {"type": "string", "description": "Why it matters, in Markdown."},
            "failure_scenario": {
                "type": "string",
                "description": "Concrete input or events, and what then goes wrong.",
            },
            "replacement": {
                "type": "string",
                "description": "The whole text to put in place of the quote, if it is certain.",
            },
        },
        "required": ["file", "quote", "severity", "category", "title", "message"],
        "additionalProperties": False,
    },
    read_only=True,
)

READ_BUFFER = ToolSpec(
    name="read_buffer",
    description=(
        "Read a file as the developer's editor has it now, changes that are not saved included. "
        f"Gives numbered lines, at most {READ_BUFFER_LIMIT} in one call, and the buffer's version."
    ),
    schema={
        "type": "object",
        "properties": {
            "file": FILE,
            "start_line": {"type": "integer", "minimum": 1, "description": "From 1."},
            "end_line": {"type": "integer", "minimum": 1, "description": "This line included."},
        },
        "required": ["file"],
        "additionalProperties": False,
    },
    read_only=True,
)

_VERSION = {
    "type": "integer",
    "description": "The version that you have read; it is refused if the text is another by now.",
}
_OLD_TEXT = {
    "type": "string",
    "description": "The exact text to replace, without line numbers; it must be there only once.",
}
_NEW_TEXT = {"type": "string", "description": "What to put in its place."}
_ALL = {"type": "boolean", "description": "Replace it wherever it stands."}

EDIT_BUFFER = ToolSpec(
    name="edit_buffer",
    description=(
        "Change a file through the developer's editor, where it is open, unsaved changes included, "
        "as one step that can be undone; on the disk elsewhere. Replaces `old_text` by `new_text`, "
        "or carries out several `edits` one after the other, all of them or none. With an empty "
        "`old_text` it makes a new file. Answers with the new version, or with the text as it is "
        "now if that has changed since you read it."
    ),
    schema={
        "type": "object",
        "properties": {
            "file": FILE,
            "old_text": _OLD_TEXT,
            "new_text": _NEW_TEXT,
            "replace_all": _ALL,
            "edits": {
                "type": "array",
                "minItems": 1,
                "description": "Instead of `old_text` and `new_text`: several of them.",
                "items": {
                    "type": "object",
                    "properties": {
                        "old_text": _OLD_TEXT,
                        "new_text": _NEW_TEXT,
                        "replace_all": _ALL,
                    },
                    "required": ["old_text", "new_text"],
                    "additionalProperties": False,
                },
            },
            "version": _VERSION,
        },
        "required": ["file"],
        "additionalProperties": False,
    },
    read_only=False,
)

RENAME_FILE = ToolSpec(
    name="rename_file",
    description=(
        "Rename or move a file or folder through the developer's editor, so that what is open in it "
        "goes along, and its findings and conversations too. Overwrites nothing."
    ),
    schema={
        "type": "object",
        "properties": {
            "file": FILE,
            "new_file": {"type": "string", "description": "Its new path, inside the workspace."},
        },
        "required": ["file", "new_file"],
        "additionalProperties": False,
    },
    read_only=False,
)

DELETE_FILE = ToolSpec(
    name="delete_file",
    description="Delete a file through the developer's editor, where that can be undone.",
    schema={
        "type": "object",
        "properties": {"file": FILE},
        "required": ["file"],
        "additionalProperties": False,
    },
    read_only=False,
)

TOOL_SPECS: Final = (REPORT_FINDING, READ_BUFFER, EDIT_BUFFER, RENAME_FILE, DELETE_FILE)


_TYPES: dict[str, type] = {"string": str, "integer": int, "boolean": bool, "array": list}


def check(spec: ToolSpec, arguments: JsonObject) -> None:
    """Check arguments against the tool's schema: what JSON Schema says of objects like ours.

    :raises InvalidRequest: naming every field that is wrong, so that one more call is enough.
    """
    properties: dict[str, dict[str, Any]] = spec.schema["properties"]
    wrong = [f"`{name}` is missing" for name in spec.schema["required"] if name not in arguments]
    for name, value in arguments.items():
        schema = properties.get(name)
        if schema is None:
            wrong.append(f"`{name}` is not one of {', '.join(properties)}")
        elif not _is_of(schema["type"], value):
            wrong.append(f"`{name}` must be of type {schema['type']}")
        elif "enum" in schema and value not in schema["enum"]:
            wrong.append(f"`{name}` must be one of {', '.join(schema['enum'])}")
        elif schema["type"] == "integer" and value < schema.get("minimum", value):
            wrong.append(f"`{name}` must be at least {schema['minimum']}")
    if wrong:
        raise InvalidRequest(f"{spec.name}: {'; '.join(wrong)}.")


def _is_of(kind: str, value: object) -> bool:
    return isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))

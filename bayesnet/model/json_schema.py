"""The format as JSON schemas, so that an editor completes keys and marks mistakes in the TOML files."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field, RootModel

from bayesnet.model.file_shapes import (
    FigureEntry,
    GroupFile,
    ModelFile,
    NumberEntry,
    NumberSourceEntry,
    SourceEntry,
    VariableEntry,
)


class _Number(NumberEntry):
    """One `[[numbers]]` with its sources."""

    sources: list[NumberSourceEntry] = Field(default_factory=list)


class _Group(GroupFile):
    """A group file: figures, variables and numbers."""

    figures: dict[str, FigureEntry] = Field(default_factory=dict)
    variables: dict[str, VariableEntry] = Field(default_factory=dict)
    numbers: list[_Number] = Field(default_factory=list)


class _Sources(RootModel[dict[str, SourceEntry]]):
    """sources.toml: publications by key."""


SCHEMAS: dict[str, type[BaseModel]] = {"model": ModelFile, "group": _Group, "sources": _Sources}
"""The kinds of file: model.toml, the group files, sources.toml."""


def json_schema(name: str) -> dict[str, Any]:
    """Return the JSON schema (2020-12) of one kind of file.

    >>> json_schema("sources")["$schema"], sorted(json_schema("group")["properties"])
    ('https://json-schema.org/draft/2020-12/schema', ['figures', 'group', 'numbers', 'variables'])
    """
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **SCHEMAS[name].model_json_schema(by_alias=True)}

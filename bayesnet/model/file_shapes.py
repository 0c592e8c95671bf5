"""The shapes of the files of a model, key by key; unknown keys and other types are refused. See docs/priors-format.md.

This module imports pydantic, so it is imported only where TOML is really read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bayesnet.errors import Problem, did_you_mean, nearest
from bayesnet.model.vocabulary import BINARY, GateKind, Grade, How, RangeKind, SourceKind, Use


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ExampleEntry(_Shape):
    """One `[[examples]]` of model.toml."""

    title: str
    evidence: str
    text: str = ""


class ModelFile(_Shape):
    """model.toml."""

    name: str
    title: str = ""
    version: str = ""
    description: str = ""
    warning: str = ""
    population: str = ""
    citation: str = ""
    asks: str = ""
    people: str = ""
    files: list[str] = Field(min_length=1)
    groups: dict[str, list[str]] = {}
    nouns: dict[str, str] = {}
    teaching: dict[str, list[str]] = {}
    examples: list[ExampleEntry] = []


class VariableEntry(_Shape):
    """One `[variables.<name>]` of a group file."""

    gate: GateKind
    label: str = ""
    meaning: str = ""
    role: str = ""
    states: list[str] = list(BINARY)
    parents: list[str] = []
    expression: str | dict[str, str] = ""
    towards: str = ""
    neutral: dict[str, str] = {}
    default: str = ""
    unit: str = ""
    cutoff: str = ""
    consequence_of: list[str] = []
    can_be_set: bool = False
    noun: str = ""
    adjectives: list[str] = Field(default=[], min_length=2, max_length=2)
    note: str = ""


class WordsFile(_Shape):
    """words.toml."""

    aliases: dict[str, list[str]] = {}
    with_state: dict[str, list[str]] = {}


class VerifiedEntry(_Shape):
    """The key `verified` of a figure."""

    how: How
    on: str = Field(default="", pattern=r"^(\d{4}-\d{2}-\d{2})?$")
    at: str = ""


class PrintedEntry(_Shape):
    """The key `printed` of a figure."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


class FigureEntry(_Shape):
    """One `[figures.<name>]` of a group file: a figure that several numbers use."""

    source: str = ""
    quantity: str = ""
    place: str = ""
    count: list[int] | None = Field(default=None, min_length=2, max_length=2)
    printed: PrintedEntry | None = None
    population: str = ""
    verified: VerifiedEntry = VerifiedEntry(how="not recorded")


class NumberSourceEntry(FigureEntry):
    """One `[[numbers.sources]]`: a figure of a publication, or, with `figure`, one of `[figures]`."""

    figure: str = ""
    name: str = ""
    use: Use = Field(default="value", alias="for")


class NumberEntry(_Shape):
    """One `[[numbers]]` of a group file."""

    id: str
    value: float
    low: float
    high: float
    range: RangeKind
    grade: Grade
    range_grade: Grade | None = None
    derivation: str = ""
    derivation_low: str = ""
    derivation_high: str = ""
    assumed: dict[str, float] = {}
    steps: list[str] = []
    reason: str = ""
    adjusted: str = ""
    not_used: str = ""
    note: str = ""
    sources: list[Any] = []
    """Each a `NumberSourceEntry`, read one by one."""


OLD_KEYS = ("source", "where", "population")
"""Keys of a number in the format before figures were data."""


class SourceEntry(_Shape):
    """One `[<key>]` of sources.toml."""

    authors: str = ""
    year: int | None = None
    title: str = ""
    journal: str = ""
    doi: str = ""
    pmid: str = ""
    url: str = ""
    not_found: str = ""
    cohort: str = ""
    note: str = ""
    kind: SourceKind = "article"
    publisher: str = ""
    isbn: str = ""


def old_form(raw: object) -> bool:
    """Return whether an entry is a number in the format before figures were data."""
    return isinstance(raw, Mapping) and "sources" not in raw and any(key in raw for key in OLD_KEYS)


class GroupFile(_Shape):
    """The frame of a group file; its figures, variables and numbers are read one by one."""

    group: str = ""
    figures: dict[str, Any] = {}
    variables: dict[str, Any] = {}
    numbers: list[Any] = []


Shape = TypeVar("Shape", bound=_Shape)


def keys_of(shape: type[BaseModel]) -> tuple[str, ...]:
    """Return the keys of an entry as they are written in a file.

    >>> keys_of(VerifiedEntry), "for" in keys_of(NumberSourceEntry)
    (('how', 'on', 'at'), True)
    """
    return tuple(field.alias or name for name, field in shape.model_fields.items())


def shaped(shape: type[Shape], raw: object, file: str, subject: str = "") -> tuple[Shape | None, list[Problem]]:
    """Read one entry.

    Parameters
    ----------
    shape
        What it should be.
    raw
        What TOML gave.
    file, subject
        Its place, for the problems.

    Returns
    -------
    The entry and what is wrong with it. A wrong value of an optional key is left out, so that what depends on the rest of the
    entry can still be checked; without a required key there is no entry.
    """
    if not isinstance(raw, Mapping):
        return None, [Problem(file, subject, "not a table", got=repr(raw), expected="keys and values")]
    try:
        return shape.model_validate(dict(raw)), []
    except ValidationError as error:
        problems = [_problem(shape, item, file, subject) for item in error.errors()]
        wrong = {item["loc"][0] for item in error.errors() if item["loc"]}
    try:
        return shape.model_validate({key: value for key, value in raw.items() if key not in wrong}), problems
    except ValidationError:
        return None, problems


def unread(shape: type[_Shape], raw: object) -> frozenset[str]:
    """Return the keys of an entry that were not read as they were meant: missing, of a wrong type, or misspelt.

    >>> sorted(unread(VariableEntry, {"gate": "table", "parrents": ["cancer"], "states": "yes, no", "colour": "red"}))
    ['parents', 'states']
    """
    if not isinstance(raw, Mapping):
        return frozenset(keys_of(shape))
    try:
        shape.model_validate(dict(raw))
    except ValidationError as error:
        wrong = {str(item["loc"][0]) for item in error.errors() if item["loc"]}
    else:
        return frozenset()
    keys = set(keys_of(shape))
    meant = {name for key in wrong - keys for name in nearest(key, keys_of(shape), count=1)}
    return frozenset((wrong & keys) | (meant - set(raw)))


def _problem(shape: type[_Shape], item: Any, file: str, subject: str) -> Problem:
    """Say one of pydantic's findings in our words."""
    key = str(item["loc"][0]) if item["loc"] else ""
    deeper = "".join(f", item {part + 1}" if isinstance(part, int) else f', "{part}"' for part in item["loc"][1:])
    if item["type"] == "extra_forbidden" and not deeper:
        hint = did_you_mean(nearest(key, keys_of(shape))) or f"the keys are {', '.join(keys_of(shape))}"
        return Problem(file, subject, f'unknown key "{key}"', way_out=hint)
    if item["type"] == "missing":
        return Problem(file, subject, f'no key "{key}"{deeper}')
    got = repr(item["input"])
    if item["type"] == "literal_error":
        expected = item["ctx"]["expected"]
    elif item["type"] == "too_short" and item["ctx"]["min_length"] > 1:
        expected = f"{item['ctx']['min_length']} items"
    else:
        expected = _EXPECTED.get(item["type"], item["msg"])
    hint = did_you_mean(nearest(str(item["input"]), expected.replace("'", "").replace(" or ", ", ").split(", ")))
    return Problem(file, subject, f'key "{key}"{deeper}', got=got, expected=expected, way_out=hint)


_EXPECTED = {
    "string_type": "a text in quotes",
    "float_type": "a number",
    "int_type": "a whole number",
    "list_type": "a list in square brackets",
    "dict_type": "a table",
    "model_type": "a table",
    "too_short": "at least one item",
    "string_pattern_mismatch": "a day such as 2026-11-29",
    "extra_forbidden": "no such key",
}

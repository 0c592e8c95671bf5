"""From a `Model` to TOML files that a clinician can read and a reviewer can diff; reading them gives the same model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

from bayesnet.errors import SpecError
from bayesnet.model.find import MODEL_FILE, OTHERS, SOURCES_FILE, WORDS_FILE
from bayesnet.model.records import CitedFigure, Example, Model, Number, Source, Variable, Verified, group_variable
from bayesnet.model.replacing import write_together
from bayesnet.model.vocabulary import BINARY, GROUPS_OF_VARIABLES, JUDGED

_HEAD = ("name", "title", "version", "description", "warning", "population", "citation", "asks", "people")
_SOURCE = (
    "authors", "year", "title", "journal", "publisher", "doi", "pmid", "isbn", "url", "kind", "not_found", "cohort", "note",
)  # fmt: skip

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPED = re.compile(r'[\\"\x00-\x1f\x7f]')
_SHORT = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}

_WIDEST_LINE = 100
"""A list longer than this is written one item a line."""


def write_model(model: Model, path: str | Path) -> None:
    """Write a model as a folder; `read_model` gives it back.

    Parameters
    ----------
    model
        A model without problems.
    path
        The folder; it is made where it is missing. Files of the same name in it are replaced, all at once, others are left alone.

    Raises
    ------
    SpecError
        Where the format cannot hold the model: a number that belongs to none of its variables.

    >>> from tempfile import TemporaryDirectory
    >>> from bayesnet.model import read_model
    >>> model = read_model("sprinkler")
    >>> with TemporaryDirectory() as folder:
    ...     write_model(model, folder)
    ...     read_model(folder) == model
    True
    """
    stray = [number.id for number in model.numbers.values() if number.variable not in model.variables]
    if stray:
        raise SpecError(model.name, [f'number "{name}": belongs to none of the variables' for name in stray])
    write_together(Path(path), model_files(model))


def model_files(model: Model) -> dict[str, str]:
    """Return the files of a model as text, by name.

    A file holds the variables that were read from a file of this name, or a run of variables of one group.

    >>> from bayesnet.model import load_model
    >>> list(model_files(load_model("sprinkler")))
    ['model.toml', 'garden.toml', 'sources.toml']
    """
    variables = list(model.variables.values())
    count = len(variables)
    # The reader puts groups last, so only a run of them at the end can go back to model.toml.
    while count and _is_group(variables[count - 1]):
        count -= 1
    numbers: dict[str, list[Number]] = {}
    for number in model.numbers.values():
        numbers.setdefault(number.variable, []).append(number)
    files: dict[str, str] = {}
    written: set[str] = set()
    for (name, group), run in groupby(variables[:count], key=lambda variable: (_file_of(variable), variable.group)):
        files[_fresh(name, files)] = _group_file(group, list(run), numbers, written)
    sources = "\n".join(_section(f"[{_key(source.key)}]", _source(source)) for source in model.sources.values())
    words = {WORDS_FILE: _words_file(model)} if model.aliases else {}
    return {MODEL_FILE: _head(model, list(files), variables[count:]), **files, SOURCES_FILE: sources, **words}


def _words_file(model: Model) -> str:
    """words.toml: the words for each meaning, then those that need a state."""
    parts = []
    for table, needs_state in (("aliases", False), ("with_state", True)):
        words: dict[str, object] = {}
        for alias in model.aliases:
            if alias.needs_state == needs_state:
                words[alias.term] = [
                    each.word for each in model.aliases if each.term == alias.term and each.needs_state == needs_state
                ]
        if words:
            parts.append(_section(f"[{table}]", words))
    return "\n".join(parts)


def _is_group(variable: Variable) -> bool:
    as_group = group_variable(variable.name, variable.parents, noun=variable.noun)
    return variable.group == GROUPS_OF_VARIABLES and variable == as_group


def _file_of(variable: Variable) -> str:
    """Return the file a variable was read from, or one named after its group."""
    file = variable.location.file
    if re.fullmatch(r"[\w -]+\.toml", file) and file not in OTHERS:
        return file
    name = re.sub(r"[^a-z0-9_-]+", "_", (variable.group or "variables").lower()) + ".toml"
    return name if name not in OTHERS else f"variables_{name}"


def _fresh(name: str, taken: Iterable[str]) -> str:
    """Return a file name that is not taken yet."""
    taken, at, candidate = {t.casefold() for t in taken}, 2, name
    while candidate.casefold() in taken:
        candidate, at = f"{name.removesuffix('.toml')}_{at}.toml", at + 1
    return candidate


def _head(model: Model, files: Sequence[str], groups: Sequence[Variable]) -> str:
    """model.toml."""
    parts = ["\n".join([*_lines(_fields(model, _HEAD)), *_lines({"files": list(files)}, long=True)]) + "\n"]
    if groups:
        parts.append(_section("[groups]", {group.name: list(group.parents) for group in groups}))
    if any(group.noun for group in groups):
        parts.append(_section("[nouns]", {group.name: group.noun for group in groups}))
    if model.teaching:
        parts.append(_section("[teaching]", {name: list(findings) for name, findings in model.teaching}))
    parts += [_section("[[examples]]", _fields(example, Example._fields)) for example in model.examples]
    return "\n".join(parts)


def _group_file(group: str, variables: Sequence[Variable], numbers: Mapping[str, Sequence[Number]], written: set[str]) -> str:
    """Return the text of a group file: figures shared and not yet `written`, then each variable with its numbers."""
    parts = [f"group = {_text(group)}\n"]
    for variable in variables:
        for figure in (figure for number in numbers.get(variable.name, ()) for figure in number.sources):
            if figure.shared and figure.shared not in written:
                written.add(figure.shared)
                parts.append(_section(f"[figures.{_key(figure.shared)}]", _figure(figure)))
    for variable in variables:
        parts.append(_section(f"[variables.{_key(variable.name)}]", _variable(variable)))
        parts += [number_text(number) for number in numbers.get(variable.name, ())]
    return "\n".join(parts)


def number_text(number: Number) -> str:
    """Write one number as the lines of a group file.

    >>> print(number_text(Number("fever=present | leak", 0.02, 0.01, 0.04, "judgement", reason="Rare.")))
    [[numbers]]
    id = "fever=present | leak"
    value = 0.02
    low = 0.01
    high = 0.04
    range = "judgement"
    grade = "judgement"
    reason = "Rare."
    <BLANKLINE>
    """
    usual = JUDGED if number.range == JUDGED else number.grade
    values = {
        **_fields(number, ("id", "value", "low", "high", "range", "grade")),
        "range_grade": number.range_grade if number.range_grade != usual else "",
        **_fields(number, ("derivation", "derivation_low", "derivation_high")),
        "assumed": dict(number.assumed),
        "steps": list(number.steps),
        **_fields(number, ("reason", "adjusted", "not_used", "note")),
    }
    parts = [_section("[[numbers]]", values)]
    for figure in number.sources:
        own = {"figure": figure.shared} if figure.shared else _figure(figure)
        about = {"name": figure.name} if figure.name else {}
        about |= {"for": figure.use} if figure.use != "value" else {}
        parts.append(_section("[[numbers.sources]]", {**about, **own}))
    return "\n".join(parts)


def _figure(figure: CitedFigure) -> dict[str, object]:
    """Return the record of a figure, without its name and use in a number."""
    verified = {name: text for name, text in asdict(figure.verified).items() if text}
    return {
        **_fields(figure, ("source", "quantity", "place")),
        "count": list(figure.count) if figure.count else [],
        "printed": {name: end for name, end in asdict(figure.printed).items() if end is not None} if figure.printed else {},
        "population": figure.population,
        "verified": verified if figure.verified != Verified() else {},
    }


def _variable(variable: Variable) -> dict[str, object]:
    """Return the TOML table of a variable, without keys at their defaults."""
    expression: object = dict(variable.expression)
    if [state for state, _ in variable.expression] == ["present"] and len(variable.states) == len(BINARY):
        expression = variable.expression[0][1]
    return {
        "label": variable.label,
        "meaning": variable.meaning,
        "role": variable.role,
        "states": list(variable.states) if not variable.binary else [],
        "parents": list(variable.parents),
        "gate": variable.gate,
        "expression": expression,
        "towards": variable.towards,
        "neutral": dict(variable.neutral),
        "default": variable.default,
        "unit": variable.unit,
        "cutoff": variable.cutoff,
        "consequence_of": list(variable.consequence_of),
        "can_be_set": variable.can_be_set,
        "noun": variable.noun,
        "adjectives": list(variable.adjectives),
        "note": variable.note,
    }


def _source(source: Source) -> dict[str, object]:
    """Return the TOML table of a publication; the kind only where it is not an article."""
    return {**_fields(source, _SOURCE), "kind": "" if source.kind == "article" else source.kind}


def _fields(record: Model | Number | CitedFigure | Source | Example, names: Sequence[str]) -> dict[str, object]:
    return {name: getattr(record, name) for name in names}


def _section(head: str, values: Mapping[str, object]) -> str:
    return "\n".join([head, *_lines(values)]) + "\n"


_REQUIRED = ("name", "title", "evidence", "files")


def _lines(values: Mapping[str, object], *, long: bool = False) -> list[str]:
    """Return one line per key; empty values are left out where the reader takes empty for granted."""
    lines = []
    for key, value in values.items():
        if (value is False or value in ("", [], {}, None)) and key not in _REQUIRED:
            continue
        line = f"{_key(key)} = {_value(value)}"
        if isinstance(value, list) and long and len(line) > _WIDEST_LINE:
            line = "\n".join([f"{_key(key)} = [", *(f"  {_value(item)}," for item in value), "]"])
        lines.append(line)
    return lines


def _value(value: object) -> str:
    """Return a value as TOML."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_value(inner)}" for key, inner in value.items()) + " }"
    return repr(value)


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _text(name)


def _text(text: str) -> str:
    return '"' + _ESCAPED.sub(lambda found: _SHORT.get(found[0], f"\\u{ord(found[0]):04x}"), text) + '"'

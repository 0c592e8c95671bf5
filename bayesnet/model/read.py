"""From the TOML files of a folder to a `Model`, or to everything that is wrong with them at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bayesnet.errors import BayesnetError, Problem, SpecError, UnknownState, UnknownVariable, did_you_mean, nearest, said
from bayesnet.model.find import MODEL_FILE, OTHERS, SOURCES_FILE, WORDS_FILE, find_model
from bayesnet.model.records import (
    Alias,
    CitedFigure,
    Example,
    Location,
    Model,
    Number,
    Printed,
    Source,
    Variable,
    Verified,
    group_variable,
)
from bayesnet.model.toml_text import read_toml
from bayesnet.model.words import read_words
from bayesnet.pattern import canonical_id, parse_number_id

if TYPE_CHECKING:
    from bayesnet.model.file_shapes import FigureEntry, GroupFile, ModelFile, VariableEntry


def read_model(path: str | Path, *, strict: bool = False) -> Model:
    """Read and check a model.

    Parameters
    ----------
    path
        The name of a shipped model, or a folder with model.toml.
    strict
        Refuse also for what no answer rests on: a source that nothing cites.

    Raises
    ------
    SpecError
        With every problem of the files and of the model in `.problems`.

    >>> read_model("mammography").numbers["positive_mammogram=present | breast_cancer=present"].value
    0.8
    """
    folder = find_model(path)
    model, problems = read_folder(folder)
    if model is None or any(problem.grave or strict for problem in problems):
        raise SpecError(shown_path(folder), problems)
    return model


def read_folder(folder: Path) -> tuple[Model | None, list[Problem]]:
    """Read a folder and give the model, as far as there is one, with everything that is wrong with it.

    The model is None where a file cannot be read at all: what it holds is unknown, so of the others only that is reported which
    does not depend on it.
    """
    from bayesnet.model.check import Broken, check_model
    from bayesnet.model.file_shapes import ModelFile, shaped

    reading = _Reading(folder)
    raw = reading.toml(MODEL_FILE)
    if raw is None:
        return None, reading.problems
    head, found = shaped(ModelFile, raw, MODEL_FILE)
    reading.problems += found
    if head is None:
        return None, reading.problems
    for name in head.files:
        reading.group_file(name, head)
    for name, members in head.groups.items():
        location = Location(MODEL_FILE, f'group "{name}"')
        reading.add_variable(group_variable(name, members, location, head.nouns.get(name, "")))
    stray, hint = [name for name in head.nouns if name not in head.groups], "give the noun of a variable in its table"
    reading.problems += [Problem(MODEL_FILE, f'noun of "{name}"', "is not one of the groups", way_out=hint) for name in stray]
    reading.source_file()
    reading.keep_numbers()
    reading.words_file()
    model = reading.model(head)
    broken = Broken(reading.broken, frozenset(reading.lost), frozenset(reading.unread))
    problems = reading.problems + check_model(model, broken=broken, cited=lambda: _cited_elsewhere(folder, head.files))
    return (None if reading.unread else model), problems


def shown_path(folder: Path) -> str:
    """Return a folder as a person would name it: relative to where they are, if it lies below."""
    resolved = folder.resolve()
    return str(resolved.relative_to(Path.cwd())) if resolved.is_relative_to(Path.cwd()) else str(folder)


@dataclass
class _Reading:
    """One folder while it is being read."""

    folder: Path
    problems: list[Problem] = field(default_factory=list)
    variables: dict[str, Variable] = field(default_factory=dict)
    numbers: dict[str, Number] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    figures: dict[str, CitedFigure] = field(default_factory=dict)
    """Figures that several numbers use, by name."""
    used: set[str] = field(default_factory=set)
    """Names of those that a number uses."""
    at: dict[str, str] = field(default_factory=dict)
    """The file of each."""
    waiting: list[tuple[str, int, Any]] = field(default_factory=list)
    """Numbers as TOML gave them, with file and position: their ids can be read when all variables are known."""
    broken: dict[str, frozenset[str]] = field(default_factory=dict)
    """Variables with keys that were not read as they were meant: what follows from those is not reported."""
    lost: set[str] = field(default_factory=set)
    """Ids of numbers that were there but could not be read."""
    aliases: list[Alias] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    """Files that are missing or not TOML."""

    def toml(self, name: str) -> dict[str, Any] | None:
        """Read one file; None, with the problem noted, where that fails."""
        try:
            return read_toml(self.folder / name)
        except SpecError as error:
            self.problems += [problem for problem in error.problems if isinstance(problem, Problem)]
            self.unread.add(name)
            return None

    def group_file(self, name: str, head: ModelFile) -> None:
        """Read the variables of a group file and put its numbers on the waiting list."""
        from bayesnet.model.file_shapes import GroupFile, VariableEntry, old_form, shaped, unread

        if Path(name).name != name or not name.endswith(".toml"):
            what = f'"{name}" is not the name of a .toml file beside {MODEL_FILE}'
            self.problems.append(Problem(MODEL_FILE, 'key "files"', what, way_out="move the file there, and name it so"))
            self.unread.add(name)
            return
        if not _is_there(self.folder / name):
            there = [path.name for path in self.folder.glob("*.toml") if path.name not in (*OTHERS, *head.files)]
            hint = did_you_mean(nearest(name, there))
            self.problems.append(Problem(MODEL_FILE, 'key "files"', f'there is no file "{name}"', way_out=hint))
            self.unread.add(name)
            return
        raw = self.toml(name)
        if raw is None:
            return
        file, found = shaped(GroupFile, raw, name)
        self.problems += found
        if file and (old := sum(1 for entry in file.numbers if old_form(entry))):
            self.problems.append(_refused(name, old))
            self.unread.add(name)
            return
        for key, entry in (file or GroupFile()).figures.items():
            self.shared_figure(key, entry, name)
        for key, entry in (file or GroupFile()).variables.items():
            location = Location(name, f'variable "{key}"')
            shape, found = shaped(VariableEntry, entry, name, location.table)
            self.problems += found
            if shape is None and isinstance(entry, Mapping):  # without its gate, the rest can still be looked at
                shape, _ = shaped(VariableEntry, {**entry, "gate": "table"}, name, location.table)
            self.add_variable(_variable(key, shape, file or GroupFile(), location), unread(VariableEntry, entry) if found else ())
        self.waiting += [(name, at, entry) for at, entry in enumerate((file or GroupFile()).numbers, start=1)]

    def add_variable(self, variable: Variable, unread: Collection[str] = ()) -> None:
        """Add a variable unless there is one of this name; `unread` are the keys of it that were not read as they were meant."""
        if unread:
            self.broken[variable.name] = frozenset(unread)
        if variable.name in self.variables:
            first = self.variables[variable.name].location
            self.problems.append(Problem(variable.location.file, variable.location.table, f"defined before, in {first.file}"))
        else:
            self.variables[variable.name] = variable

    def keep_numbers(self) -> None:
        """Read the numbers that wait, now that every variable is known."""
        states = {name: variable.states for name, variable in self.variables.items()}
        for file, at, raw in self.waiting:
            self.add_number(file, at, raw, states)
        if not self.unread and not self.lost:
            self.unused_figures()

    def add_number(self, file: str, at: int, raw: Any, states: Mapping[str, tuple[str, ...]]) -> None:
        """Read one number and add it unless there is one of this id."""
        from bayesnet.model.file_shapes import NumberEntry, shaped

        written = raw.get("id") if isinstance(raw, Mapping) else None
        subject = f'number "{written}"' if isinstance(written, str) else f"number {at} of the file"
        entry, found = shaped(NumberEntry, raw, file, subject)
        self.problems += found
        name, child = self.number_name(written, file, subject, states) if isinstance(written, str) else ("", "")
        sources, faults = self.cited_figures(entry.sources if entry else [], file, subject)
        if entry is None or found or faults:
            self.lost.add(name)
        if entry is None or not name:
            return
        if name in self.numbers:
            first = self.numbers[name].location
            self.problems.append(Problem(file, subject, f"given twice, first in {first.file}", way_out="keep one of them"))
            return
        values = entry.model_dump()
        values.update(id=name, value=entry.value + 0.0, low=entry.low + 0.0, high=entry.high + 0.0)
        values.update(sources=sources, range_grade=entry.range_grade or "", steps=tuple(entry.steps))
        values["assumed"] = tuple((key, constant + 0.0) for key, constant in entry.assumed.items())
        self.numbers[name] = Number(**values, variable=child, location=Location(file, f'number "{name}"'))

    def shared_figure(self, key: str, raw: Any, file: str) -> None:
        """Read one figure that several numbers use."""
        from bayesnet.model.file_shapes import FigureEntry, shaped

        subject = f'figure "{key}"'
        entry, found = shaped(FigureEntry, raw, file, subject)
        self.problems += found
        if key in self.figures:
            way_out = "give one of them another name"
            self.problems.append(Problem(file, subject, f"given twice, first in {self.at[key]}", way_out=way_out))
        elif entry:
            self.figures[key], self.at[key] = figure_record(entry), file

    def cited_figures(self, entries: Sequence[Any], file: str, subject: str) -> tuple[tuple[CitedFigure, ...], bool]:
        """Read the sources of one number, and say whether anything was wrong with them."""
        from bayesnet.model.file_shapes import NumberSourceEntry, shaped

        figures: list[CitedFigure] = []
        before = len(self.problems)
        for at, raw in enumerate(entries, start=1):
            within = f"{subject}, source {at}"
            entry, found = shaped(NumberSourceEntry, raw, file, within)
            self.problems += found
            if entry is None:
                continue
            if not entry.figure:
                figures.append(figure_record(entry))
                continue
            also = sorted(keys - {"figure", "name", "for"}) if (keys := set(raw)) else []
            if also:
                way_out = "the figure says it already; leave it out here"
                self.problems.append(Problem(file, within, f'keys {", ".join(also)} beside "figure"', way_out=way_out))
            if entry.figure in self.figures:
                self.used.add(entry.figure)
                shared = self.figures[entry.figure]
                figures.append(replace(shared, name=entry.name, use=entry.use, shared=entry.figure))
            elif not self.unread:
                hint = did_you_mean(nearest(entry.figure, self.figures))
                self.problems.append(Problem(file, within, f'figure "{entry.figure}" is not defined', way_out=hint))
        return tuple(figures), len(self.problems) > before

    def unused_figures(self) -> None:
        """Note the figures that no number uses."""
        for key in self.figures.keys() - self.used:
            way_out = "use it in a number, or take it out"
            self.problems.append(Problem(self.at[key], f'figure "{key}"', "no number uses it", way_out=way_out, grave=False))

    def number_name(self, written: str, file: str, subject: str, states: Mapping[str, tuple[str, ...]]) -> tuple[str, str]:
        """Return the canonical id and its variable; empty, with the problem noted, if it names what the model does not have."""
        try:
            child = parse_number_id(written).targets[0].name
            parents = self.variables[child].parents if child in self.variables else ()
            return canonical_id(written, states, parents), child
        except BayesnetError as error:
            if not self.excused(error):
                self.problems.append(Problem(file, subject, said(error)))
            return "", ""

    def excused(self, error: BayesnetError) -> bool:
        """Return whether a name may be missing only because a file or the states of a variable could not be read."""
        if isinstance(error, UnknownState):
            return "states" in self.broken.get(error.name, ())
        return bool(self.unread - {SOURCES_FILE}) and isinstance(error, UnknownVariable)

    def source_file(self) -> None:
        """Read sources.toml, if there is one."""
        from bayesnet.model.file_shapes import SourceEntry, shaped

        if not (self.folder / SOURCES_FILE).is_file():
            return
        for key, raw in (self.toml(SOURCES_FILE) or {}).items():
            entry, found = shaped(SourceEntry, raw, SOURCES_FILE, f'source "{key}"')
            self.problems += found
            values = entry.model_dump() if entry else {"authors": key, "year": None}
            self.sources[key] = Source(key=key, **values)

    def words_file(self) -> None:
        """Read words.toml, if there is one."""
        raw = self.toml(WORDS_FILE) if (self.folder / WORDS_FILE).is_file() else None
        if raw is not None:
            states = {name: variable.states for name, variable in self.variables.items()}
            self.aliases, found = read_words(raw, states, self.excused)
            self.problems += found

    def model(self, head: ModelFile) -> Model:
        """Return the model of everything that was read, numbers in the order of the variables."""
        position = {name: i for i, name in enumerate(self.variables)}
        numbers = sorted(self.numbers.values(), key=lambda number: position[number.variable])
        return Model(
            name=head.name,
            title=head.title,
            version=head.version,
            description=head.description,
            warning=head.warning,
            population=head.population,
            citation=head.citation,
            asks=head.asks,
            people=head.people,
            variables=self.variables,
            numbers={number.id: number for number in numbers},
            sources=self.sources,
            examples=tuple(Example(example.title, example.evidence, example.text) for example in head.examples),
            aliases=tuple(self.aliases),
            teaching=tuple((name, tuple(findings)) for name, findings in head.teaching.items()),
        )


def _is_there(path: Path) -> bool:
    """Return whether there is a file; one whose name is too long for the disk is not."""
    try:
        return path.is_file()
    except OSError:
        return False


def _variable(name: str, entry: VariableEntry | None, file: GroupFile, location: Location) -> Variable:
    """Return the record of one variable; bare where nothing of it could be read."""
    if entry is None:
        return Variable(name, group=file.group, location=location)
    expression: tuple[tuple[str, str], ...] = ()
    if isinstance(entry.expression, dict):
        expression = tuple(entry.expression.items())
    elif entry.expression:
        expression = (("present", entry.expression),)
    return Variable(
        name=name,
        label=entry.label,
        meaning=entry.meaning,
        group=file.group,
        role=entry.role,
        states=tuple(entry.states),
        parents=tuple(entry.parents),
        gate=entry.gate,
        expression=expression,
        towards=entry.towards,
        neutral=tuple(entry.neutral.items()),
        default=entry.default,
        unit=entry.unit,
        cutoff=entry.cutoff,
        consequence_of=tuple(entry.consequence_of),
        can_be_set=entry.can_be_set,
        noun=entry.noun,
        adjectives=tuple(entry.adjectives),
        note=entry.note,
        location=location,
    )


def figure_record(entry: FigureEntry) -> CitedFigure:
    """Return the record of one figure."""
    values = entry.model_dump(exclude={"figure"})
    values["count"] = (entry.count[0], entry.count[1]) if entry.count else None
    values["printed"] = Printed(**values["printed"]) if entry.printed else None
    values["verified"] = Verified(**values["verified"])
    return CitedFigure(**values)


def _refused(file: str, count: int) -> Problem:
    """Return the advice on a file of the earlier format."""
    what = f"{count} numbers in the earlier format, with source and where as text"
    way_out = 'run "bayesnet check MODEL --fix", which carries them over and says what is left to do'
    return Problem(file, "numbers", what, way_out=way_out)


def _cited_elsewhere(folder: Path, files: list[str]) -> set[str]:
    """Keys that are under source, sources or also in the other files of the folder (targets, claims, costs)."""
    cited: set[str] = set()
    for path in folder.glob("*.toml"):
        if path.is_file() and path.name not in (MODEL_FILE, SOURCES_FILE, *files):
            try:
                cited.update(_citations(read_toml(path)))
            except SpecError:
                continue  # whoever reads this file reports it
    return cited


def _citations(value: Any, key: str = "") -> Iterator[str]:
    """Yield every text under a key that cites."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _citations(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _citations(inner, key)
    elif isinstance(value, str) and key in ("source", "sources", "also"):
        yield from re.split(r",\s*", value)

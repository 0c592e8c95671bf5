"""The reader of lessons: strict, all problems of a file at once; what sentences take for true is checked by `truth`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from bayesnet.analysis.query.compiled import CompiledModel
from bayesnet.analysis.query.findings import Findings
from bayesnet.analysis.query.parse import read_given, read_question, read_target
from bayesnet.errors import BayesnetError, Problem, SpecError, did_you_mean, listed, nearest
from bayesnet.model.side_files import Document
from bayesnet.teach.exercises.known import DOUBLE, HINTS, PRIOR
from bayesnet.teach.exercises.literature import LITERATURE
from bayesnet.teach.lessons.lesson import PLACEHOLDER, Choice, Guess, Lesson, LessonStep, NamedError, Requirement, StudyBehind
from bayesnet.teach.lessons.quantity import ENDS, NUMBERS, WHY, GuessedProbability, LessonProbability, Quantity, plain
from bayesnet.teach.lessons.truth import check_step

T = TypeVar("T")

FOLDER = "lessons"
SLIDERS = ("percent", "frequency")
TABS = ("why", "network", "numbers", "people", "next", "advice")
OF_STEP = ("before", "after", "factor", *ENDS)
"""Quantities that every step has of what is watched; a lesson cannot give these names to its own."""

_FILE = ("title", "minutes", "teaches", "evidence", "values", "steps")
_STEP = ("text", "start", "click", "watch", "tab", "guess", "after", "holds")
_GUESS = ("question", "slider", "of", "errors", "choices")
_CHOICE = ("text", "when", "error", "why")


def lesson_names(folder: Path | None) -> tuple[str, ...]:
    """Return the names of the lessons of a model, in the order of the alphabet; none where it has no folder."""
    return tuple(sorted(path.stem for path in (folder / FOLDER).glob("*.toml"))) if folder else ()


def read_lessons(compiled: CompiledModel, names: Sequence[str] | None = None) -> tuple[Lesson, ...]:
    """Read lessons by name, all of them where no names are given.

    Raises
    ------
    BayesnetError
        When the model has no lesson of a name; offers the nearest.
    SpecError
        With every problem of a file.
    """
    there = lesson_names(compiled.folder)
    for name in names or ():
        if name not in there:
            model = compiled.model.name
            what = (
                f"{model} has no lesson {name!r}" if there else f"{model} has no lessons (no folder {FOLDER} beside its numbers)"
            )
            hint = did_you_mean(nearest(name, there)) or (f"there are {listed(there)}" if there else "")
            raise BayesnetError(f"{what}; {hint}" if hint else f"{what}.")
    if not there:
        raise BayesnetError(f"{compiled.model.name} has no lessons (no folder {FOLDER} beside its numbers).")
    assert compiled.folder is not None
    return tuple(read_lesson(compiled, compiled.folder / FOLDER / f"{name}.toml") for name in (names or there))


def read_lesson(compiled: CompiledModel, path: Path) -> Lesson:
    """Read one lesson.

    Raises
    ------
    SpecError
        With every problem of the file: a key that means nothing, findings that the model does not have, a sentence that is not
        true of its numbers.
    """
    return _Reader(compiled, path).lesson()


class _Reader:
    """Reads one file; problems are kept, and raised together at the end."""

    def __init__(self, compiled: CompiledModel, path: Path) -> None:
        self.compiled, self.document, self.name = compiled, Document(path), path.stem
        self.values: dict[str, Quantity] = {}
        self.where = "the file"

    def lesson(self) -> Lesson:
        document, table = self.document, self.document.table
        document.known(self.where, table, _FILE)
        title, teaches = document.text(self.where, table, "title"), document.text(self.where, table, "teaches")
        minutes = table.get("minutes")
        if isinstance(minutes, bool) or not isinstance(minutes, int) or not 1 <= minutes <= 90:
            document.report(self.where, '"minutes" is not a whole number from 1 to 90', got=repr(minutes))
        evidence = tuple(self.evidence(row) for row in self.rows(table, "evidence"))
        for name, given in self.table(table, "values").items():
            self.where = f'value "{name}"'
            if name in OF_STEP:
                document.report(self.where, "is the name of a quantity that every step has", way_out="choose another name")
            if quantity := self.quantity(given):
                self.values[name] = quantity
        steps: list[LessonStep] = []
        for k, row in enumerate(self.rows(table, "steps"), 1):
            self.where = f"step {k}"
            if step := self.step(row, steps[-1] if steps else None):
                steps.append(step)
        if not steps:
            document.report("the file", "has no steps", way_out="write [[steps]]")
        document.refuse()
        for k, step in enumerate(steps, 1):
            check_step(self.compiled, document, f"step {k}", step)
        document.refuse()
        return Lesson(self.name, title, int(minutes or 0), teaches, evidence, tuple(steps))

    # Parts of the file

    def rows(self, table: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
        """Return the tables of a list of tables."""
        rows = table.get(key, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self.document.report(self.where, f'"{key}" is not a list of tables', way_out=f"write [[{key}]]")
            return []
        return rows

    def table(self, table: Mapping[str, Any], key: str) -> dict[str, Any]:
        """Return a table inside a table, empty where it is left out."""
        found = table.get(key, {})
        if not isinstance(found, dict):
            self.document.report(self.where, f'"{key}" is not a table', got=repr(found))
            return {}
        return found

    def text(self, row: Mapping[str, Any], key: str, *, needed: bool = False) -> str:
        return self.document.text(self.where, row, key, needed=needed)

    def evidence(self, row: Mapping[str, Any]) -> StudyBehind:
        self.document.known("evidence", row, ("study", "use"))
        study = self.text(row, "study", needed=True)
        self.document.one_of("evidence", "study", study, LITERATURE)
        return StudyBehind(study, self.text(row, "use", needed=True))

    def quantity(self, given: Any) -> Quantity | None:
        """Read a value: a question, or a table with one formula of two questions."""
        if isinstance(given, str):
            question = self.question(given)
            return Quantity("probability", (question,)) if question else None
        if isinstance(given, dict) and len(given) == 1:
            ((formula, texts),) = given.items()
            if formula in ("ratio", "odds ratio", "difference") and _texts(texts, 2):
                found = [self.question(text) for text in texts]
                return Quantity(formula, tuple(one for one in found if one)) if all(found) else None
            if formula == "bits" and _texts(texts, 2):
                return self.bits(*texts)
            if formula == "independent" and _texts(texts):
                return self.independent(*texts)
        expected = '"target | findings", or { ratio = ["...", "..."] } and the like: difference, "odds ratio", bits, independent'
        self.document.report(self.where, "is not a question", got=repr(given), expected=expected)
        return None

    def bits(self, finding: str, about: str) -> Quantity | None:
        """Return the information that a finding gives about a target: `{ bits = ["finding", "target | findings"] }`."""
        tested, base = self.findings(finding), self.question(about)
        if not tested or not base:
            return None
        contrary = self.contrary(tested)
        if contrary is None:
            self.document.report(self.where, f'"{finding}" is not a finding of two states')
            return None
        shares = (base, LessonProbability(tested, base.given))
        return Quantity(
            "bits", (*shares, *(LessonProbability(base.wanted, base.given.with_findings(one)) for one in (tested, contrary)))
        )

    def independent(self, about: str, *findings: str) -> Quantity | None:
        """Return what independent findings would make of a target: `{ independent = ["target", "finding", ...] }`."""
        base, separate = self.question(about), [self.findings(text) for text in findings]
        contrary = base and self.contrary(base.wanted)
        if not base or not contrary or not all(separate):
            return None
        asked = GuessedProbability(base.wanted, contrary, base.given, Findings(), tuple(one for one in separate if one))
        return NUMBERS[DOUBLE](asked)

    def question(self, text: str) -> LessonProbability | None:
        """Read `target | findings`; what is wanted may be several targets."""
        return self.reading(lambda: self._question(text))

    def _question(self, text: str) -> LessonProbability:
        asked = read_question(self.compiled, text)
        wanted = read_given(self.compiled, ", ".join(map(str, asked.targets)))
        if open_ := {item.name for item in self.compiled.defaults} & {item.name for item in wanted.items}:
            raise BayesnetError(f'"{min(open_)}" is a setting with a default and cannot be asked for')
        return LessonProbability(wanted, asked.findings)

    def findings(self, text: str) -> Findings | None:
        return self.reading(lambda: read_given(self.compiled, text))

    def reading(self, read: Callable[[], T]) -> T | None:
        """Return what a reader gives; its refusal becomes a problem."""
        try:
            return read()
        except BayesnetError as error:
            self.document.report(self.where, str(error))
            return None

    def contrary(self, finding: Findings) -> Findings | None:
        """Return the finding that a variable of two states is in the other one; None for what is not one state of two."""
        if len(finding.items) != 1 or finding.interventions:
            return None
        (item,) = finding.items
        states = self.compiled.states(item.variable)
        if len(states) != 2 or item.kind != "state":
            return None
        other = states[1 - states.index(str(item.value))]
        return read_given(self.compiled, {item.name: other})

    # Steps

    def step(self, row: Mapping[str, Any], last: LessonStep | None) -> LessonStep | None:
        document = self.document
        document.known(self.where, row, _STEP)
        start = self.findings(row["start"]) if isinstance(row.get("start"), str) else last.goal if last else Findings()
        if "start" in row and not isinstance(row["start"], str):
            self.text(row, "start")
        click = self.findings(self.text(row, "click"))
        watch = last.watch if last else None
        if "watch" in row or last is None:
            wanted = self.text(row, "watch", needed=True)
            watch = self.reading(lambda: read_target(self.compiled, wanted)) if wanted else None
        tab = self.text(row, "tab") or (last.tab if last else "")
        if tab:
            document.one_of(self.where, "tab", tab, TABS)
        text, after = self.text(row, "text", needed=True), self.text(row, "after")
        if start is None or click is None or watch is None:
            return None
        goal, name = start.replaced_by(click), self.compiled.names[watch[0]]
        wanted_ = read_given(self.compiled, {name: self.compiled.states(watch[0])[watch[1]]})
        before, now = plain(wanted_, start), plain(wanted_, goal)
        quantities = {
            **self.values,
            "before": before,
            "after": now,
            "factor": Quantity("odds ratio", (*before.questions, *now.questions)),
            **{end: Quantity(end, now.questions) for end in ENDS},
        }
        separate = (*(Findings((item,)) for item in click.items), *(Findings((), (one,)) for one in click.interventions))
        holds = self.comparisons(row, "holds", quantities)
        guess = None
        if "guess" in row:
            # What is set counts among the single findings as if it were seen: it is what the error of seeing takes it for.
            seen = [read_given(self.compiled, {one.name: one.value}) for one in click.interventions]
            asked = GuessedProbability(
                wanted_, self.contrary(wanted_), start, click, (*(Findings((i,)) for i in click.items), *seen)
            )
            guess = self.guess(self.table(row, "guess"), asked, quantities)
        for part in (text, after):
            self.placeholders(part, quantities)
        return LessonStep(text, start, separate, goal, watch, tab, guess, after, holds, quantities)

    def guess(self, row: Mapping[str, Any], asked: GuessedProbability, quantities: Mapping[str, Quantity]) -> Guess:
        document = self.document
        document.known(f"{self.where}, guess", row, _GUESS)
        question = self.text(row, "question", needed=True)
        self.placeholders(question, quantities)
        slider, choices = self.text(row, "slider"), self.rows(row, "choices")
        if bool(slider) == bool(choices):
            expected = 'either slider = "percent" or "frequency", or [[steps.guess.choices]]'
            document.report(f"{self.where}, guess", "needs a slider or choices, one of the two", expected=expected)
        if slider:
            document.one_of(f"{self.where}, guess", "slider", slider, SLIDERS)
        if isinstance(of := row.get("of"), str) and (question_ := self.question(of)):
            start = asked.start.without(question_.given.variables)
            parts = tuple(Findings((item,)) for item in question_.given.items)
            asked = GuessedProbability(question_.wanted, self.contrary(question_.wanted), start, question_.given, parts)
        if slider and not of and not asked.findings.variables:
            way_out = 'write click = "...", or of = "target | findings" in the guess'
            document.report(f"{self.where}, guess", "is about no finding", way_out=way_out)
        errors = tuple(error for one in self.rows(row, "errors") if (error := self.error(one, asked, quantities)))
        return Guess(question, slider, asked, errors, tuple(self.choice(one, quantities) for one in choices))

    def error(self, row: Mapping[str, Any], asked: GuessedProbability, quantities: Mapping[str, Quantity]) -> NamedError | None:
        """Read a known error of a slider."""
        self.document.known(f"{self.where}, error", row, ("name", "why"))
        name, why = self.text(row, "name", needed=True), self.text(row, "why")
        self.placeholders(why, quantities)
        if name not in NUMBERS:
            self.document.one_of(f"{self.where}, guess", "error", name, NUMBERS)
            return None
        if name != PRIOR and asked.contrary is None:
            self.document.report(f"{self.where}, guess", f'the error "{name}" needs a target of two states')
            return None
        return NamedError(name, why or WHY[name], HINTS[name], NUMBERS[name](asked))

    def choice(self, row: Mapping[str, Any], quantities: Mapping[str, Quantity]) -> Choice:
        self.document.known(f"{self.where}, choice", row, _CHOICE)
        text, name, why = self.text(row, "text", needed=True), self.text(row, "error"), self.text(row, "why")
        for part in (text, why):
            self.placeholders(part, quantities)
        if name:
            self.document.one_of(f"{self.where}, choice", "error", name, HINTS)
        error = NamedError(name, why or WHY.get(name, ""), HINTS[name]) if name in HINTS else None
        when = self.comparisons(row, "when", quantities)
        if not when:
            self.document.report(f"{self.where}, choice", f'"{text}" has no "when"', way_out='write when = "after < before"')
        return Choice(text, when, error or (NamedError("", why, "") if why else None))

    def comparisons(self, row: Mapping[str, Any], key: str, quantities: Mapping[str, Quantity]) -> tuple[Requirement, ...]:
        """Read what must hold: comparisons, apart by commas."""
        parts = [part.strip() for part in self.text(row, key).split(",")]
        return tuple(found for part in parts if part and (found := self.comparison(part, quantities)))

    def comparison(self, text: str, quantities: Mapping[str, Quantity]) -> Requirement | None:
        expected = "as in after < before, after > 2 before or after < 0.01"
        match = re.fullmatch(r"(\w+) ([<>=]) (?:(\d+(?:\.\d+)?)(?: |$))?([A-Za-z_]\w*)?", text)
        if not match or not (match[3] or match[4]):
            self.document.report(self.where, f'"{text}" is not a comparison', expected=expected)
            return None
        for name in (match[1], match[4]):
            if name:
                self.of(name, quantities)
        if any(name and name not in quantities for name in (match[1], match[4])):
            return None
        return Requirement(text, match[1], match[2], float(match[3] or 1.0), match[4] or "")

    def placeholders(self, text: str, quantities: Mapping[str, Quantity]) -> None:
        """Report the placeholders of a text that name no quantity."""
        for name, form in PLACEHOLDER.findall(text):
            self.of(name, quantities)
            if form not in ("", "in", "odds") and not form.isdigit():
                self.document.report(self.where, f'"{{{name}:{form}}}" is not known', expected="{name}, {name:in} or {name:1000}")
        if re.search(r"[{}]", PLACEHOLDER.sub("", text)):
            self.document.report(self.where, f"a brace in {text!r} belongs to no placeholder", expected="{name} or {name:in}")

    def of(self, name: str, quantities: Mapping[str, Quantity]) -> None:
        """Report a name that is no quantity."""
        if name not in quantities:
            self.document.report(
                self.where,
                f'there is no value "{name}"',
                expected="" if nearest(name, quantities) else " or ".join(quantities),
                way_out=did_you_mean(nearest(name, quantities)),
            )


def _texts(given: Any, count: int = 0) -> bool:
    right = isinstance(given, list) and all(isinstance(one, str) for one in given)
    return right and (len(given) == count or (not count and len(given) > 1))


def problems_of(compiled: CompiledModel, folder: Path) -> list[Problem | str]:
    """Return what is wrong with all lessons in the folder of a model, for `bayesnet check`."""
    problems: list[Problem | str] = []
    for name in lesson_names(folder):
        try:
            read_lesson(compiled, folder / FOLDER / f"{name}.toml")
        except SpecError as error:
            problems += error.problems
    return problems

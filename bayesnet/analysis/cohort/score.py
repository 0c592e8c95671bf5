"""A cohort in a frame: one row in, one row out; a bad row is named and never stops the others."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bayesnet.analysis.cohort.contexts import answered
from bayesnet.analysis.differential.differential import diagnoses
from bayesnet.analysis.query.findings import Findings
from bayesnet.analysis.query.impossible import clashing
from bayesnet.analysis.query.parse import read_given, state_said
from bayesnet.analysis.query.query import defaults
from bayesnet.errors import PatternError, SpecError, UnknownState, UnknownVariable, brief, did_you_mean, nearest
from bayesnet.model.factors import IntArray
from bayesnet.pattern import Meaning, Term, parse_question

if TYPE_CHECKING:
    import pandas as pd

    from bayesnet.analysis.query.compiled import CompiledModel

_MOST = 12
"""Problems of columns that are listed; the others are counted."""
_NAMED = 200
"""Number of different impossible rows whose smallest contradictory set is searched for; others are only reported impossible."""


def score(
    compiled: CompiledModel,
    frame: pd.DataFrame,
    targets: Sequence[str] | None = None,
    workers: int | None = None,
    *,
    keep: Sequence[str] = (),
    missing: Sequence[str] = (),
) -> pd.DataFrame:
    """Return posteriors for every row of a frame; see `Network.score`. `workers` are threads; the engine decides when None."""
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        raise SpecError("the cohort", [f"expected a pandas or Dask DataFrame, or a folder; got {type(frame).__name__}"])
    keep = (keep,) if isinstance(keep, str) else tuple(keep)
    kept, frame = _parted(compiled, frame, keep)
    check_columns(compiled, frame)
    asked = _targets(compiled, targets)
    rows, problems = states_of_rows(compiled, frame, frozenset((missing,) if isinstance(missing, str) else missing))
    variables = sorted({v for v, _, _ in asked})
    log_assumed = _enter_defaults(compiled, frame, rows, variables if targets is not None else ())
    readable = np.array([not text for text in problems], dtype=bool)
    found = answered(compiled.engine, rows[readable], variables, workers)
    logs = np.full(len(frame), np.nan)
    logs[readable] = found.log_probability - log_assumed
    columns: dict[str, Any] = {}
    for v, state, label in asked:
        column = np.full(len(frame), np.nan)
        column[readable] = found.marginals[v][:, state]
        columns[label] = column
    _name_clashes(compiled, rows, logs, problems)
    texts = pd.Series(problems, index=frame.index, dtype="str")
    answers = pd.DataFrame({**columns, "log_probability": logs, "problem": texts}, index=frame.index)
    return pd.concat([kept, answers], axis=1) if keep else answers


def _parted(compiled: CompiledModel, frame: pd.DataFrame, keep: tuple[str, ...]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part the columns that are carried through from those that are findings."""
    names = [str(name) for name in frame.columns]
    problems = []
    for name in keep:
        if names.count(name) != 1:
            hint = did_you_mean(nearest(name, names))
            problems.append(
                f'there is no column "{brief(name)}" to keep' + (f"; {hint}" if hint else "")
                if name not in names
                else f'column "{brief(name)}" is given {names.count(name)} times'
            )
        elif name in compiled.index:
            problems.append(f'column "{name}" is a variable of {compiled.model.name} and cannot be carried through unread')
        elif name in ("log_probability", "problem") or name.startswith("P("):
            problems.append(f'column "{name}" has the name of an answer; rename it')
    if problems:
        raise SpecError("the frame", problems)
    carried = [name in keep for name in names]
    return frame.loc[:, carried], frame.loc[:, [not each for each in carried]]


def check_columns(compiled: CompiledModel, frame: pd.DataFrame) -> None:
    """Refuse columns, and variables in the index, that would have to be ignored."""
    names = [str(name) for name in frame.columns]
    problems = []
    read: dict[int, str] = {}
    for name in dict.fromkeys(names):
        try:
            v = compiled.variable(name)
        except UnknownVariable as error:
            hint = did_you_mean(error.nearest) or "keep it (keep=[...], --keep) or drop it"
            problems.append(f'column "{brief(name)}" is not a variable of {compiled.model.name}; {hint}')
        except PatternError as error:
            problems.append(f'column "{brief(name)}": {error.said}')
        else:
            if names.count(name) > 1:
                problems.append(f'column "{name}" is given {names.count(name)} times')
            elif v in read:
                problems.append(f'columns "{read[v]}" and "{name}" are the same variable, {compiled.names[v]}')
            read.setdefault(v, name)
    problems += [
        f'the index is the variable "{index}" and would not be read; make it a column with reset_index()'
        for index in frame.index.names
        if index in compiled.index
    ]
    if problems:
        more = [f"and {len(problems) - _MOST:,d} more columns"] if len(problems) > _MOST else []
        raise SpecError("the frame", [*problems[:_MOST], *more])


def _targets(compiled: CompiledModel, targets: Sequence[str] | None) -> list[tuple[int, int, str]]:
    """Variable, state and column name of everything asked for."""
    if targets is None:
        return [(v, state, f"P({compiled.literal(v, state)})") for v, state in diagnoses(compiled)]
    if not isinstance(targets, Iterable):
        raise SpecError("the targets", [f"expected a list of targets; got {type(targets).__name__}"])
    found: list[tuple[int, int, str]] = []
    for text in [targets] if isinstance(targets, str) else targets:
        for typed in parse_question(text, generous=True).targets:
            term = compiled.named(typed, text, bare=True)
            v = compiled.index[term.name]
            states = compiled.states(v)
            if term.states or frozenset(states) == {"absent", "present"}:
                state = compiled.state(v, compiled.resolved(term, text).states[0], text)
                found.append((v, state, f"P({term})"))
            else:
                found += [(v, k, f"P({Term(term.name, (s,))})") for k, s in enumerate(states)]
    return found


def states_of_rows(compiled: CompiledModel, frame: pd.DataFrame, missing: frozenset[str]) -> tuple[IntArray, list[str]]:
    """Return states by row and variable, -1 where unobserved, and what is wrong with each row."""
    import pandas as pd

    rows = np.full((len(frame), len(compiled.names)), -1, dtype=np.int64)
    problems = [""] * len(frame)
    for place, name in enumerate(frame.columns):
        meaning = compiled.meaning(str(name))
        v = compiled.index[meaning.name]
        column = frame.iloc[:, place]
        try:
            codes, values = pd.factorize(column)
        except TypeError:  # a list, a set or a dict in a cell
            codes, values = pd.factorize(pd.Series([_Unreadable.of(value) for value in column], dtype=object))
        known = np.full(len(values) + 1, -1, dtype=np.int64)
        for k, value in enumerate(values):
            if isinstance(value, str) and value in missing and value not in compiled.states(v):
                continue
            if problem := _state(compiled, meaning, value, known, k):
                for i in np.flatnonzero(codes == k):
                    problems[i] = "; ".join(part for part in (problems[i], problem) if part)
        rows[:, v] = known[codes]
    return rows, problems


def _state(compiled: CompiledModel, meaning: Meaning, value: Any, known: IntArray, k: int) -> str:
    """Note the state of one value of a column, or return what is wrong with it."""
    if isinstance(value, _Unreadable):
        return f'variable "{meaning.name}" takes one state in a row, or none; got {value.text}'
    try:
        known[k] = compiled.states(compiled.index[meaning.name]).index(state_said(compiled, meaning, value))
    except UnknownState as error:
        return str(error).rstrip(".")
    return ""


@dataclass(frozen=True)
class _Unreadable:
    """A value that is no state, by its text."""

    text: str

    @classmethod
    def of(cls, value: Any) -> Any:
        """Return the value, or what stands for it where it cannot be looked up."""
        try:
            hash(value)
        except TypeError:
            return cls(f"{type(value).__name__} {brief(repr(value))}")
        return value


def _enter_defaults(compiled: CompiledModel, frame: pd.DataFrame, rows: IntArray, asked: Sequence[int]) -> float:
    """Enter the default of every context variable that has no column and is not asked for; ln P of what was entered."""
    assumed = defaults(compiled, {compiled.variable(str(name)) for name in frame.columns} | set(asked))
    for item in assumed:
        rows[:, item.variable] = item.vector.index(1.0)
    return compiled.engine.log_probability(Findings(assumed).evidence()) if assumed else 0.0


def _name_clashes(compiled: CompiledModel, rows: IntArray, logs: np.ndarray, problems: list[str]) -> None:
    """Say of impossible rows which findings cannot hold together; in place."""
    seen: dict[bytes, str] = {}
    for i in np.flatnonzero(logs == -math.inf):
        key = rows[i].tobytes()
        if key not in seen:
            seen[key] = _clash(compiled, rows[i]) if len(seen) < _NAMED else "its findings cannot hold together"
        problems[i] = seen[key]


def _clash(compiled: CompiledModel, row: IntArray) -> str:
    findings = read_given(compiled, {compiled.names[v]: compiled.states(int(v))[row[v]] for v in np.flatnonzero(row >= 0)})
    return "cannot hold together: " + ", ".join(item.text for item in clashing(compiled, findings))

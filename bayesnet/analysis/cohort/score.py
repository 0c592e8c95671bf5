"""A cohort in a frame: one row in, one row out; a bad row is named and never stops the others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bayesnet.analysis.differential.differential import diagnoses
from bayesnet.analysis.query.findings import Findings
from bayesnet.analysis.query.impossible import clashing
from bayesnet.analysis.query.parse import read_given, state_name
from bayesnet.analysis.query.query import defaults
from bayesnet.errors import SpecError, UnknownState, did_you_mean, nearest
from bayesnet.model.factors import IntArray
from bayesnet.pattern import Term, parse_question

if TYPE_CHECKING:
    import pandas as pd

    from bayesnet.analysis.query.compiled import CompiledModel

_NUMERALS = {"0": 0, "1": 1, "0.0": 0, "1.0": 1, "False": 0, "True": 1, "false": 0, "true": 1}
_NAMED = 200
"""Number of different impossible rows whose smallest contradictory set is searched for; others are only reported impossible."""


def score(
    compiled: CompiledModel, frame: pd.DataFrame, targets: Sequence[str] | None = None, workers: int | None = None
) -> pd.DataFrame:
    """Return posteriors for every row of a frame; see `Network.score`. `workers` are processes; the engine decides when None."""
    import pandas as pd

    _check_columns(compiled, frame)
    asked = _targets(compiled, targets)
    rows, problems = _states(compiled, frame)
    variables = sorted({v for v, _, _ in asked})
    log_assumed = _enter_defaults(compiled, frame, rows, variables if targets is not None else ())
    readable = np.array([not text for text in problems], dtype=bool)
    found = compiled.engine.cohort(rows[readable], variables, workers)
    logs = np.full(len(frame), np.nan)
    logs[readable] = found.log_probability - log_assumed
    columns: dict[str, Any] = {}
    for v, state, label in asked:
        column = np.full(len(frame), np.nan)
        column[readable] = found.marginals[v][:, state]
        columns[label] = column
    _name_clashes(compiled, rows, logs, problems)
    return pd.DataFrame({**columns, "log_probability": logs, "problem": problems}, index=frame.index)


def _check_columns(compiled: CompiledModel, frame: pd.DataFrame) -> None:
    """Refuse columns, and variables in the index, that would have to be ignored."""
    names = [str(name) for name in frame.columns]
    problems = []
    for name in dict.fromkeys(names):
        if name not in compiled.index:
            hint = did_you_mean(nearest(name, compiled.names)) or "drop it, or move it to the index"
            problems.append(f'column "{name}" is not a variable of {compiled.model.name}; {hint}')
        elif names.count(name) > 1:
            problems.append(f'column "{name}" is given {names.count(name)} times')
    problems += [
        f'the index is the variable "{index}" and would not be read; make it a column with reset_index()'
        for index in frame.index.names
        if index in compiled.index
    ]
    if problems:
        raise SpecError("the frame", problems)


def _targets(compiled: CompiledModel, targets: Sequence[str] | None) -> list[tuple[int, int, str]]:
    """Variable, state and column name of everything asked for."""
    if targets is None:
        return [(v, state, f"P({compiled.literal(v, state)})") for v, state in diagnoses(compiled)]
    found: list[tuple[int, int, str]] = []
    for text in [targets] if isinstance(targets, str) else targets:
        for term in parse_question(text).targets:
            v = compiled.variable(term.name, text)
            states = compiled.states(v)
            if term.states or frozenset(states) == {"absent", "present"}:
                state = compiled.state(v, compiled.resolved(term, text).states[0], text)
                found.append((v, state, f"P({term})"))
            else:
                found += [(v, k, f"P({Term(term.name, (s,))})") for k, s in enumerate(states)]
    return found


def _states(compiled: CompiledModel, frame: pd.DataFrame) -> tuple[IntArray, list[str]]:
    """Return states by row and variable, -1 where unobserved, and what is wrong with each row."""
    import pandas as pd

    rows = np.full((len(frame), len(compiled.names)), -1, dtype=np.int64)
    problems = [""] * len(frame)
    for place, name in enumerate(frame.columns):
        v = compiled.variable(str(name))
        codes, values = pd.factorize(frame.iloc[:, place])
        known = np.full(len(values) + 1, -1, dtype=np.int64)
        for k, value in enumerate(values):
            try:
                known[k] = compiled.states(v).index(state_name(compiled, v, _untyped(compiled, v, value)))
            except UnknownState as error:
                for i in np.flatnonzero(codes == k):
                    problems[i] = "; ".join(part for part in (problems[i], str(error).rstrip(".")) if part)
        rows[:, v] = known[codes]
    return rows, problems


def _untyped(compiled: CompiledModel, v: int, value: Any) -> Any:
    """Read `0` and `1` as numbers where a file knows only text; a state of that name stays a state."""
    return _NUMERALS.get(value, value) if isinstance(value, str) and value not in compiled.states(v) else value


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

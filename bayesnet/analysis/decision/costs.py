"""Reads `costs.toml`: what each test costs and asks of the patient, with the source of every price."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bayesnet.analysis.decision.price_index import check_paid, read_index, unit_of
from bayesnet.analysis.query.compiled import CompiledModel, per_model
from bayesnet.model.records import Model, Source
from bayesnet.model.side_files import Document

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

_FIELDS = ("label", "gives", "groups", "value", "low", "high", "burden", "grade", "source", "where", "note", "paid")


@dataclass(frozen=True)
class TestCost:
    """One test that settles one or several variables, its price with range and source, and its burden in words."""

    name: str
    label: str
    value: float
    low: float
    high: float
    burden: str
    grade: str
    source: str
    where: str
    note: str


@dataclass(frozen=True)
class Costs:
    """The tests by the variable they settle; empty where a model has no costs."""

    unit: str
    """The unit of money, with the year whose money it is, as in `US$ (2025)`."""
    by_variable: Mapping[str, TestCost]
    sources: Mapping[str, Source]

    def cited(self, variable: str) -> str:
        """Return where the price of a variable's test is from: author and year, or the grade."""
        test = self.by_variable.get(variable)
        if test is None:
            return ""
        return self.sources[test.source].short if test.source and test.grade != "judgement" else test.grade


@per_model
def costs(compiled: CompiledModel) -> Costs:
    """Return the costs beside the numbers of a model; empty if there are none. Read once.

    Raises
    ------
    SpecError
        Where the file cannot be read or names what the model does not have; every problem at once.
    """
    path = compiled.folder / "costs.toml" if compiled.folder else None
    return read_costs(path, compiled.model) if path and path.is_file() else Costs("", {}, {})


def read_costs(path: Path, model: Model) -> Costs:
    """Read a file of costs.

    Raises
    ------
    SpecError
        With every problem of the file.
    """
    document = Document(path)
    document.known("the file", document.table, ("unit", "year", "population", "index", "tests", "sources"))
    sources = document.sources(model.sources)
    index = read_index(document, sources)
    unit = unit_of(document.text("the file", document.table, "unit"), index)
    groups = {v.group for v in model.variables.values()}
    by_variable: dict[str, TestCost] = {}
    for name, row in document.table.get("tests", {}).items():
        subject = f'test "{name}"'
        document.known(subject, row, _FIELDS)
        label, burden = document.text(subject, row, "label"), document.text(subject, row, "burden")
        value, low, high = document.ranged(subject, row)
        grade, source = document.cited(subject, row, sources)
        check_paid(document, subject, row, index, sources)
        test = TestCost(name, label, value, low, high, burden, grade, source, row.get("where", ""), row.get("note", ""))
        given = list(row.get("gives", []))
        for group in row.get("groups", []):
            if group not in groups:
                document.report(subject, f'no variable is of the group "{group}"')
            given += [v.name for v in model.variables.values() if v.group == group]
        for variable in given:
            if variable not in model.variables:
                document.report(subject, f'no variable "{variable}"')
            elif variable in by_variable:
                document.report(
                    subject, f"{variable} is settled by two tests", way_out=f"take it from {by_variable[variable].name}"
                )
            by_variable[variable] = test
    document.refuse()
    return Costs(unit, by_variable, sources)

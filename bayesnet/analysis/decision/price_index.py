"""Prices in the money of one year: amounts as paid in their own years, carried over by a published price index."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bayesnet.model.recompute import ENDS, tolerance

if TYPE_CHECKING:
    from bayesnet.model.side_files import Document

_INDEX = ("name", "country", "source", "values", "note")
_PAID = ("for", "amount", "year", "source", "money", "note")


@dataclass(frozen=True)
class PriceIndex:
    """A published index of prices by year, and the year in whose money a file counts.

    >>> round(PriceIndex(2025, {2011: 224.939, 2025: 321.943}).carried(50.0, 2011), 2)
    71.56
    """

    year: int
    values: Mapping[int, float]

    def carried(self, amount: float, year: int) -> float:
        """Return an amount of money of one year in that of the file."""
        return amount if year == self.year else amount * self.values[self.year] / self.values[year]


def read_index(document: Document, sources: Collection[str]) -> PriceIndex | None:
    """Return the year and the price index of a file; None where the file states no year."""
    table = document.table
    year, index = table.get("year"), table.get("index", {})
    if year is None and not index:
        return None
    if not isinstance(year, int) or isinstance(year, bool):
        document.report("the file", 'has no "year" whose money it counts in', expected="a year, such as 2025")
        return None
    document.known("the price index", index, _INDEX)
    if index and not document.missing("the price index", index, ("name", "source", "values")):
        document.defined("the price index", [index["source"]], sources)
    values = index.get("values", {})
    if not all(key.isdigit() for key in values) or not document.numbers("the price index", values, values):
        document.report("the price index", '"values" is not a table of years and numbers', expected="such as { 2011 = 224.939 }")
        return PriceIndex(year, {})
    return PriceIndex(year, {int(key): float(value) for key, value in values.items()})


def unit_of(unit: str, index: PriceIndex | None) -> str:
    """Return a unit of money with its year, as in `US$ (2025)`."""
    return f"{unit} ({index.year})" if unit and index else unit


def check_paid(
    document: Document,
    subject: str,
    row: Mapping[str, Any],
    index: PriceIndex | None,
    sources: Collection[str],
    money: Mapping[str, Any] | None = None,
) -> None:
    """Compute value and ends again from the amounts paid, and report where something else is written.

    Parameters
    ----------
    document, subject, row
        The file, and the test or utility in it; `paid` of the row are the amounts.
    index
        The price index of the file.
    sources
        Publications that an amount may cite.
    money
        Money for one unit of utility, its `value`, `low` and `high`: an amount is then a loss, counted at that of the three which
        `money` of the amount names.
    """
    for paid in row.get("paid", []):
        document.known(subject, paid, _PAID)
        if document.missing(subject, paid, ("for", "amount", "year")) or not document.numbers(subject, paid, ("amount", "year")):
            continue
        document.one_of(subject, "for", paid["for"], ENDS)
        document.defined(subject, [paid["source"]] if "source" in paid else [], sources)
        if index is None or (paid["year"] != index.year and not {paid["year"], index.year} <= set(index.values)):
            document.report(
                subject, f"the price index has no value of {paid['year']} or of {index.year if index else 'the file'}"
            )
            continue
        found = index.carried(paid["amount"], paid["year"])
        at = paid.get("money", "value")
        if money is not None and at in money:
            found /= -float(money[at])
        written = row.get(paid["for"])
        if isinstance(written, int | float) and abs(written - found) > tolerance(float(written)):
            made = f"{paid['amount']:g} of {paid['year']}"
            document.report(subject, f"{paid['for']} {written:g} is not what {made} gives: {found:.4g} in money of {index.year}")

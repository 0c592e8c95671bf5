"""Shared parts of all results: provenance, print, frame and JSON."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

from bayesnet.results.table import Grid, printed_at, wrapped

if TYPE_CHECKING:
    import pandas as pd

_UNBROKEN = 1_000_000
"""Columns of a paragraph that the browser breaks."""
_PROSE = "white-space: pre-wrap"


@dataclass(frozen=True)
class Provenance:
    """The provenance of an answer: the network and its digest, assumed defaults, and caveats.

    `assumed` holds the defaults of context variables that the question did not mention, as in `setting=primary_care`. `caveats`
    holds sentences about the weakest numbers behind the answer; `warning` is the model's own.
    """

    network: str = ""
    version: str = ""
    digest: str = ""
    assumed: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    warning: str = ""
    labels: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    """Labels of variables, for pictures; `!female` is that of the contrary. No part of `to_dict()`."""

    @property
    def line(self) -> str:
        """The second line of every print."""
        name = " ".join(part for part in (self.network, self.version, f"({self.digest[:8]})" if self.digest else "") if part)
        return "; ".join([name, *(f"{text} (assumed)" for text in self.assumed)])


PROVENANCE = tuple(each.name for each in fields(Provenance) if each.name != "labels")
"""The part of the provenance in `to_dict()`."""


@dataclass(frozen=True, kw_only=True)
class Result(ABC):
    """An answer: frozen, and the same shape whatever was asked.

    `title` says what was asked in the pattern language, so that it can be asked again; `provenance` what the answer rests on.
    """

    columns: ClassVar[tuple[str, ...]] = ()
    """The columns of the frame, always all of them and in this order."""
    verb: ClassVar[str] = ""
    """The first words of the heading."""

    title: str = ""
    provenance: Provenance = Provenance()

    def __getstate__(self) -> dict[str, Any]:
        """Pickle read-only dicts as dicts, because they cannot be pickled themselves."""
        return {name: dict(value) if isinstance(value, MappingProxyType) else value for name, value in vars(self).items()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Make a result from what was pickled, its dicts read-only again."""
        for name, value in state.items():
            object.__setattr__(self, name, value)
        if hasattr(self, "__post_init__"):
            self.__post_init__()

    @abstractmethod
    def rows(self) -> Sequence[tuple[Any, ...]]:
        """Return one tuple per row of the frame, in the order of `columns`."""

    def grid(self) -> Grid:
        """Return the printed table; by default every column of the frame."""
        return Grid(self.columns, tuple(tuple(_shown(value) for value in row) for row in self.rows()))

    def header(self) -> str:
        """Return the lines above the table: what was asked, of which network, what was assumed."""
        return "\n".join(wrapped(line, "  ") for line in (self.heading(), self.provenance.line) if line)

    def heading(self) -> str:
        """Return the first line, `verb: question`."""
        return f"{self.verb}: {self.subject()}" if self.verb else self.title

    def subject(self) -> str:
        """Return what the verb of the heading is about, in the pattern language."""
        return self.title

    def introduction(self) -> str:
        """Return what is printed between the header and the table."""
        return ""

    def footer(self) -> str:
        """Return the lines below the table: the caveats, and the warning."""
        lines = [*self.provenance.caveats, self.provenance.warning]
        return "\n".join(wrapped(line, "  ") for line in lines if line)

    def to_frame(self) -> pd.DataFrame:
        """Return the answer as a DataFrame with fixed columns."""
        import pandas as pd

        return pd.DataFrame(list(self.rows()), columns=list(self.columns))

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON-safe values; a number that is not one is None, an infinite one the text `inf` or `-inf`."""
        answer = {each.name: safe(getattr(self, each.name)) for each in fields(self) if each.name != "provenance"}
        return {
            "kind": type(self).__name__,
            **answer,
            **{name: safe(getattr(self.provenance, name)) for name in PROVENANCE},
        }

    def __str__(self) -> str:
        parts = [self.header(), self.introduction(), self.body(), self.footer()]
        return "\n\n".join(part for part in parts if part)

    def body(self) -> str:
        """Return the table as text."""
        return self.grid().text()

    def __repr__(self) -> str:
        return str(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """In IPython: the print, or the heading alone where the result is inside a container."""
        nested = cycle or len(printer.stack) > 1
        printer.text(f"<{type(self).__name__} {self.heading()}>" if nested else str(self))

    def _repr_html_(self) -> str:
        """In a notebook: the header, the table with bars behind the probabilities, the footer."""
        import html

        with printed_at(_UNBROKEN):
            above, below = html.escape(self.header()), html.escape(self.footer())
            middle = self.introduction_html() + self.body_html()
        return f'<div><p style="{_PROSE}">{above}</p>{middle}<p style="{_PROSE}"><small>{below}</small></p></div>'

    def introduction_html(self) -> str:
        """Return what is between the header and the table as HTML."""
        import html

        text = self.introduction()
        return f'<p style="{_PROSE}">{html.escape(text)}</p>' if text else ""

    def body_html(self) -> str:
        """Return the table as HTML, with labels for ids; the id shows where the pointer rests."""
        from bayesnet.results.labels import Names

        return self.grid().html(Names(self.provenance.labels).known)


def safe(value: Any) -> Any:
    """Turn a value into what JSON can hold: records into dicts, tuples into lists, sets into sorted lists."""
    if value is None or isinstance(value, str | bool):
        return value
    if hasattr(value, "item") and not hasattr(value, "__len__"):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None if math.isnan(value) else str(value)
    if isinstance(value, Mapping):
        return {str(key): safe(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(safe(item) for item in value)
    if hasattr(value, "tolist"):
        return safe(value.tolist())
    if isinstance(value, list | tuple):
        return [safe(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: safe(getattr(value, name)) for name in value.__dataclass_fields__}
    return value if isinstance(value, int) else str(value)


def _shown(value: Any) -> str:
    """Return one cell of the default table."""
    if isinstance(value, float):
        return "–" if math.isnan(value) else f"{value:.4g}"
    return str(value)

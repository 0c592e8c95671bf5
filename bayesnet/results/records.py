"""Results that hold records: the same look-up by name or place, the same iteration, and one line for each record."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from dataclasses import fields
from reprlib import Repr
from typing import Any, ClassVar, Generic, SupportsIndex, TypeVar, overload

from bayesnet.errors import UnknownRecord
from bayesnet.results.words import short

T = TypeVar("T")


class Record:
    """A row of a result. Its repr is one line with rounded numbers; the attributes hold them in full."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{f.name}={_ONE_LINE.repr(getattr(self, f.name))}' for f in fields(self))})"  # type: ignore[arg-type]


class Records(Generic[T]):
    """A result that is a sequence of named records: `result["fever"]`, `result[0]`, `len(result)`, `"fever" in result`.

    A name may leave out `=present`. A subclass says where the records are and which of their attributes is the name.
    """

    held_in: ClassVar[str]
    """The field that holds the records."""
    key: ClassVar[tuple[str, ...]]
    """The attributes by which a record is looked up; the first is its name, and what the error calls it."""

    @property
    def _records(self) -> Sequence[T]:
        records: Sequence[T] = getattr(self, self.held_in)
        return records

    def _names_of(self, record: T) -> tuple[str, ...]:
        return tuple(str(getattr(record, attribute)) for attribute in self.key)

    @property
    def names(self) -> tuple[str, ...]:
        """The name of every record, in their order."""
        return tuple(self._names_of(record)[0] for record in self._records)

    def __iter__(self) -> Iterator[T]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)

    def __contains__(self, record: object) -> bool:
        return self._found(record) is not None if isinstance(record, str) else record in self._records

    @overload
    def __getitem__(self, name: str | SupportsIndex) -> T: ...
    @overload
    def __getitem__(self, name: slice) -> Sequence[T]: ...
    def __getitem__(self, name: str | SupportsIndex | slice) -> T | Sequence[T]:
        if isinstance(name, slice):
            return self._records[name]
        if not isinstance(name, str) and hasattr(name, "__index__"):
            return self._records[operator.index(name)]
        record = self._found(name)
        if record is None:
            raise UnknownRecord(str(name), self.names, what=self.key[0].replace("_", " "))
        return record

    def _found(self, name: object) -> T | None:
        wanted = short(str(name))
        return next((record for record in self._records if wanted in map(short, self._names_of(record))), None)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self.names)


class _OneLine(Repr):
    """Values in the one-line form of a record: numbers to four figures, long texts and long tuples cut."""

    def __init__(self) -> None:
        super().__init__()
        self.maxstring = self.maxother = 60
        self.maxtuple = self.maxlist = self.maxdict = 4
        self.maxlevel = 2

    def repr1(self, x: Any, level: int) -> str:
        """Write numpy's numbers like Python's own."""
        if hasattr(x, "item") and not hasattr(x, "__len__"):
            x = x.item()
        return f"{x:.4g}" if isinstance(x, float) else super().repr1(x, level)


_ONE_LINE = _OneLine()

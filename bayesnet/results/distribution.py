"""The distribution of one variable, and the states by which it is asked."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bayesnet.errors import UnknownState
from bayesnet.pattern.names import as_number, numbered
from bayesnet.results.records import Record

PRESENT, ABSENT = "present", "absent"


def place_of(variable: str, states: Sequence[str], typed: object) -> int:
    """Return the place of the state that is meant: its name, a number or True and False as in findings, or its place.

    Raises
    ------
    UnknownState
        With the states there are.

    >>> place_of("dose", ("0.5", "1.0"), 1), place_of("fever", ("absent", "present"), True), place_of("smoke", ("yes", "no"), 1)
    (1, 1, 1)
    """
    if hasattr(typed, "item") and getattr(typed, "size", 1) == 1:
        typed = typed.item()
    name = str(typed)
    if name not in states and isinstance(typed, int | float):
        name = (PRESENT if typed else ABSENT) if isinstance(typed, bool) else numbered(typed, states)
    if name in states:
        return states.index(name)
    if not isinstance(typed, bool | str) and hasattr(typed, "__index__") and all(as_number(each) is None for each in states):
        place = operator.index(typed)
        if -len(states) <= place < len(states):
            return place
    raise UnknownState(variable, str(typed), states)


@dataclass(frozen=True, repr=False)
class Distribution(Record):
    """The probability of each state of one variable.

    >>> coin = Distribution("coin", ("absent", "present"), (0.25, 0.75))
    >>> coin["present"], float(coin)
    (0.75, 0.75)
    """

    variable: str
    states: tuple[str, ...]
    probabilities: tuple[float, ...]

    def __getitem__(self, state: str | float) -> float:
        return self.probabilities[place_of(self.variable, self.states, state)]

    def __contains__(self, state: object) -> bool:
        return str(state) in self.states

    def __iter__(self) -> Iterator[float]:
        return iter(self.probabilities)

    def __len__(self) -> int:
        return len(self.states)

    def _ipython_key_completions_(self) -> list[str]:
        return list(self.states)

    def __float__(self) -> float:
        return self[PRESENT]

    def items(self) -> tuple[tuple[str, float], ...]:
        """Pairs of state and probability, in the order of the states."""
        return tuple(zip(self.states, self.probabilities, strict=True))

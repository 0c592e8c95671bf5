"""States that are ranges of numbers, such as `18-39`, `80+`, `<50`: which of them a number or a range means."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

_NUMBER = r"\d+(?:\.\d+)?"
_FORMS = (
    (re.compile(rf"({_NUMBER})\s*(?:-|–|to)\s*({_NUMBER})"), "between"),
    (re.compile(rf"({_NUMBER})\s*(?:\+|or (?:more|over|older))"), "from"),
    (re.compile(rf"(?:>=|≥|at least )\s*({_NUMBER})"), "from"),
    (re.compile(rf"(?:>|over )\s*({_NUMBER})"), "over"),
    (re.compile(rf"(?:<|under )\s*({_NUMBER})"), "under"),
    (re.compile(rf"(?:<=|≤|at most )\s*({_NUMBER})|({_NUMBER})\s*or (?:less|younger)"), "to"),
)


def read_range(text: str) -> tuple[float, float] | None:
    """Return the half-open interval `[low, high)` that a text names, None where it names none.

    Both ends of `18-39` are whole numbers of the range, so that it ends where `40-49` begins; `over 50` begins at 51 years.

    >>> read_range("18-39"), read_range("80+"), read_range("under_20"), read_range("normal")
    ((18.0, 40.0), (80.0, inf), (-inf, 20.0), None)
    """
    plain = text.strip().replace("_", " ")
    for form, kind in _FORMS:
        found = form.fullmatch(plain)
        if found is None:
            continue
        first = float(found[1] or found[2])
        if kind == "between":
            last = float(found[2])
            return (first, last + 1) if first <= last else None
        through = math.nextafter(first, math.inf)
        return {
            "from": (first, math.inf),
            "over": (first + 1, math.inf),
            "under": (-math.inf, first),
            "to": (-math.inf, through),
        }[kind]
    return None


def states_in_range(typed: str, states: Sequence[str]) -> tuple[str, ...]:
    """Return the state that a number lies in, or the states that make up a range; none where the states are not ranges.

    Parameters
    ----------
    typed
        A number, `66`, or a range whose ends are ends of states, `<50`.
    states
        The states of the variable, all of them ranges.

    >>> ages = ("18-39", "40-49", "50-59", "60+")
    >>> states_in_range("66", ages), states_in_range("<50", ages), states_in_range("45-65", ages), states_in_range("7", ages)
    (('60+',), ('18-39', '40-49'), (), ())
    """
    ranges = [read_range(state) for state in states]
    known = [each for each in ranges if each is not None]
    if len(known) < len(states):
        return ()
    if re.fullmatch(_NUMBER, typed.strip()):
        number = float(typed)
        return tuple(state for state, (low, high) in zip(states, known, strict=True) if low <= number < high)[:1]
    wanted = read_range(typed)
    if wanted is None:
        return ()
    inside = [i for i, (low, high) in enumerate(known) if low < wanted[1] and wanted[0] < high]
    low, high = (min((known[i][0] for i in inside), default=0.0), max((known[i][1] for i in inside), default=0.0))
    open_low, open_high = wanted[0] == -math.inf, wanted[1] == math.inf
    whole = (low == wanted[0] or open_low) and (high == wanted[1] or open_high)
    return tuple(states[i] for i in inside) if whole else ()

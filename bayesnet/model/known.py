"""The evidence level of the numbers of a model: read from figures, or judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal

from bayesnet.model.records import Number
from bayesnet.model.vocabulary import HOW_KNOWN, JUDGED, How

Known = How | Literal["judged", "defined", "file"]
KNOWN: tuple[Known, ...] = (*HOW_KNOWN, "judged", "defined", "file")
"""The way a number is known: as the figures behind its value were read; or judged, defined, or read from a network file."""

WORDS: dict[str, str] = {
    "full text": "read in full",
    "abstract": "read in an abstract",
    "second hand": "second hand",
    "recalled": "recalled",
    "not recorded": "not recorded how",
    "judged": "judged",
    "defined": "defined",
    "file": "from a file",
}
"""Ways in which numbers are known, in the words of a print."""


def known(number: Number) -> Known:
    """Return how a number is known: the worst way in which a figure behind its value was read.

    >>> known(Number("fever=present", 0.5, 0.4, 0.6, "judgement"))
    'judged'
    """
    if number.grade == "file":
        return "file"
    if number.grade == "definition":
        return "defined"
    figures = [figure for figure in number.sources if figure.use == "value"]
    if number.grade == JUDGED or not figures:
        return "judged"
    return max((figure.verified.how for figure in figures), key=HOW_KNOWN.index)


def known_counts(numbers: Iterable[Number]) -> dict[str, int]:
    """Count the numbers by how they are known, definitions left out; only what there is, best first."""
    found = Counter(known(number) for number in numbers)
    return {how: found[how] for how in KNOWN if found[how] and how != "defined"}


def known_list(numbers: Iterable[Number]) -> str:
    """Return how many numbers are known in which way, as in `3 read in full, 1 judged`.

    >>> known_list([Number("fever=present", 0.5, 0.4, 0.6, "judgement")])
    '1 judged'
    """
    return ", ".join(f"{count:,d} {WORDS[how]}" for how, count in known_counts(numbers).items())

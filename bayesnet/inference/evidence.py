"""Evidence as inference sees it: a likelihood vector per variable, interventions, and the text it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from bayesnet.errors import BayesnetError
from bayesnet.model.factors import FloatArray


class ZeroEvidence(ValueError):  # noqa: N818 - the name says what happened
    """The evidence has probability zero under the model, so nothing can be conditioned on it."""


@dataclass(frozen=True)
class Evidence:
    """The evidence of a case; immutable.

    `likelihoods` maps a variable to one likelihood per state on any positive scale: one-hot for a hard finding, zeros and ones
    for a set of states, ratios for a virtual finding. `interventions` maps a variable to the state it is set to: the arrows into
    it are cut first, the findings condition afterwards (Pearl 2009). `text` is the evidence as typed.

    >>> Evidence.of({0: 1}, cards=(2, 3)).hard()
    {0: 1}
    """

    likelihoods: Mapping[int, FloatArray] = field(default_factory=dict)
    interventions: Mapping[int, int] = field(default_factory=dict)
    text: str = ""
    certain: Mapping[int, int] = field(default_factory=dict, repr=False, compare=False)
    """The state of each variable whose likelihood is known to be one there and zero elsewhere; others may be so too."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "likelihoods", MappingProxyType(dict(self.likelihoods)))
        object.__setattr__(self, "interventions", MappingProxyType(dict(self.interventions)))

    def __reduce__(self) -> tuple[type[Evidence], tuple[dict[int, FloatArray], dict[int, int], str]]:
        """Pickle as plain dicts, because a mapping proxy cannot be pickled."""
        return Evidence, (dict(self.likelihoods), dict(self.interventions), self.text)

    @classmethod
    def of(cls, findings: Mapping[int, int], cards: tuple[int, ...], text: str = "") -> Evidence:
        """Evidence that every variable in `findings` is in the given state; `cards[v]` is the number of states of v."""
        return cls({v: one_hot(cards[v], state) for v, state in findings.items()}, {}, text)

    def checked(self, cards: tuple[int, ...]) -> Evidence:
        """Return the same evidence, once it is sure that it fits a network whose variable v has `cards[v]` states.

        Raises
        ------
        BayesnetError
            Where it names a variable or a state that there is not, or a likelihood that is not one number for each state.

        >>> Evidence({0: np.array([1.0, 0.5])}).checked((3, 2))
        Traceback (most recent call last):
        bayesnet.errors.BayesnetError: The likelihood of variable 0 has 2 numbers; expected one for each of its 3 states.
        """
        for what, known in (("A likelihood is of", self.likelihoods), ("An intervention is on", self.interventions)):
            for v in known:
                if not 0 <= v < len(cards):
                    raise BayesnetError(f"{what} variable {v}; expected one from 0 to {len(cards) - 1}.")
        for v, vector in self.likelihoods.items():
            if len(vector) != cards[v]:
                numbers = f"{len(vector)} number{'s' if len(vector) != 1 else ''}"
                raise BayesnetError(
                    f"The likelihood of variable {v} has {numbers}; expected one for each of its {cards[v]} states."
                )
        for v, state in self.interventions.items():
            if not 0 <= state < cards[v]:
                raise BayesnetError(f"Variable {v} is set to state {state}; expected one from 0 to {cards[v] - 1}.")
        return self

    def hard(self) -> dict[int, int]:
        """Variables with exactly one state that is not ruled out, and that state (interventions not included)."""
        return {v: int(states[0]) for v, vector in self.likelihoods.items() if len(states := vector.nonzero()[0]) == 1}

    def with_likelihood(self, variable: int, vector: FloatArray) -> Evidence:
        """Return the same evidence and one more finding; findings on one variable multiply."""
        likelihoods = dict(self.likelihoods)
        likelihoods[variable] = likelihoods[variable] * vector if variable in likelihoods else np.asarray(vector, dtype=float)
        return Evidence(likelihoods, self.interventions, self.text)

    def without(self, variable: int) -> Evidence:
        """Return the same evidence without what is known or set about `variable`."""
        likelihoods = {v: vector for v, vector in self.likelihoods.items() if v != variable}
        interventions = {v: state for v, state in self.interventions.items() if v != variable}
        return Evidence(likelihoods, interventions, self.text)


def one_hot(card: int, state: int) -> FloatArray:
    """Return the likelihood vector of a hard finding: one at `state`, zero elsewhere."""
    vector = np.zeros(card)
    vector[state] = 1.0
    return vector

"""The known errors: name, one sentence, and the hint for each.

References
----------
Kahneman D, Tversky A (1973). On the psychology of prediction. Psychological Review 80(4), 237-251.
Bar-Hillel M (1980). The base-rate fallacy in probability judgments. Acta Psychologica 44(3), 211-233.
Eddy DM (1982). Probabilistic reasoning in clinical medicine: problems and opportunities. In: Kahneman D, Slovic P, Tversky A
(eds). Judgment under Uncertainty. Cambridge University Press, 249-267.
Gigerenzer G, Hoffrage U (1995). How to improve Bayesian reasoning without instruction: frequency formats. Psychological
Review 102(4), 684-704.
Villejoubert G, Mandel DR (2002). The inverse fallacy. Memory & Cognition 30(2), 171-178.

"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bayesnet.teach.marking import ODDS, tolerance

INVERSE = "inverse fallacy"
NEGLECT = "base-rate neglect"
PRIOR = "answering with the prior"
JOINT = "joint instead of conditional"
SUBTRACTION = "likelihood subtraction"
FALSE_ALARMS = "false-alarm rate as the answer"
COMPLEMENT = "complement"
PRIOR_TIMES = "probability multiplied like odds"
DOUBLE = "double counting"
FIRST_ONLY = "second finding left out"
SEEING = "seeing instead of doing"
STRATUM = "one group instead of all"
UNWEIGHTED = "plain mean instead of weighted"
CARRIED = "predictive value carried over"
HALF = "the others left out"
UNCHANGED = "second cause taken as irrelevant"
SUPPORT = "second cause taken as support"
CONGRUENCE = "the most sensitive test"
FREQUENT = "the most frequent result"
RULED = "the fewest false alarms"
WEAKER = "a weaker test"
COLLIDER_OPEN = "collider taken as open"
COLLIDER_SHUT = "collider taken as closed"
CHAIN_OPEN = "blocked path taken as open"
CHAIN_SHUT = "open path not seen"

HINTS = {
    INVERSE: "Begin with everybody who has the finding, and ask how many of them have what you look for.",
    NEGLECT: "Imagine 1,000 people first, and count how many there are of each kind before you look at the finding.",
    PRIOR: "Count again, among those with the finding only.",
    JOINT: "Divide by the number of all who have the finding.",
    SUBTRACTION: "Likelihoods are not subtracted: count true and false alarms, and take the share of the true ones.",
    FALSE_ALARMS: "Count the false alarms, then the true ones, and take the share of the true ones.",
    COMPLEMENT: "Read again which of the two is asked: with it, or without.",
    ODDS: "Odds of a to b are a probability of a / (a + b).",
    PRIOR_TIMES: "Turn the probability into odds, multiply, and turn the odds back.",
    DOUBLE: "Use what the second finding adds among those who have the first already.",
    FIRST_ONLY: "Go on: the probability after the first finding is the prior for the second.",
    SEEING: "Who sets a thing from outside learns nothing about its causes: leave the groups as large as they are in everybody.",
    STRATUM: "Do it for each group, and weight the groups by their size in everybody.",
    UNWEIGHTED: "Weight each group by how many there are of it.",
    CARRIED: "Take 1,000 people of the new kind and count afresh.",
    HALF: "Add those who have the finding without it.",
    UNCHANGED: "Look only at those with the finding, and ask what its second explanation does to the first.",
    SUPPORT: "When one cause explains the finding, the other is needed less.",
    CONGRUENCE: "Ask also how often the result comes up in those without it; a test must tell the two apart.",
    FREQUENT: "A result that most people have anyway tells little.",
    RULED: "Ask also how many of those with it the test misses.",
    WEAKER: "Compare for each test how far the two possible results move the probability, and how often each comes up.",
    COLLIDER_OPEN: "Where two arrows meet head to head the way is closed, until something is known there or of what follows.",
    COLLIDER_SHUT: "Where two arrows meet head to head, knowing that place (or what follows from it) opens the way.",
    CHAIN_OPEN: "A place that is known blocks a way through it, unless two arrows meet there head to head.",
    CHAIN_SHUT: "Arrows can be followed backwards too: a common cause, or a chain, joins two things without an arrow.",
}


@dataclass(frozen=True)
class KnownError:
    """An answer that a known mistake gives.

    Attributes
    ----------
    name
        The name of the mistake.
    answer
        What it gives: a probability, a number, or a word.
    explanation
        What was done, in one sentence.
    hint
        What to do instead, without the answer.
    words
        Other words for the same answer, where it is a word.
    """

    name: str
    answer: float | str
    explanation: str
    hint: str
    words: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """Return what was done, and what to do instead."""
        return f"{self.explanation} {self.hint}"


def known(name: str, answer: float | str, explanation: str, words: Iterable[str] = ()) -> KnownError:
    """Return a known error with the hint that goes with its name."""
    return KnownError(name, answer, explanation, HINTS[name], tuple(words))


def apart(first: float, second: float, times: float = 2.0) -> bool:
    """Return whether two values are clearly different: `times` their tolerances apart."""
    return abs(first - second) > times * max(tolerance(first), tolerance(second))


def distinct(right: Iterable[float], errors: Iterable[KnownError]) -> tuple[KnownError, ...]:
    """Return the errors that can be told from the right answers and from each other; the earlier of two that look alike stays."""
    right, kept = tuple(right), list[KnownError]()
    for error in errors:
        value = error.answer
        assert isinstance(value, float)
        taken = [float(k.answer) for k in kept]
        if value > 0.0 and all(apart(value, x) for x in right) and all(apart(value, x, 1.0) for x in taken):
            kept.append(error)
    return tuple(kept)

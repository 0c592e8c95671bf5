"""Single numbers that, inside their cited range, change the leading diagnosis or the advice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.decision.advise import DecisionNetwork, decision_network
from bayesnet.analysis.query.findings import Findings
from bayesnet.analysis.query.parse import an_example
from bayesnet.analysis.query.query import Query
from bayesnet.analysis.sensitivity.functions import admissible, answered, one_each
from bayesnet.analysis.sensitivity.query_ranges import SAMPLE_SIZE, Ranges, SensitivityQuery, citation, ranges, records
from bayesnet.analysis.sensitivity.response import Response
from bayesnet.errors import BayesnetError
from bayesnet.model.factors import FloatArray
from bayesnet.results.tornado import Flip, Flips

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

LEADER, ADVICE = "leader", "advice"


@dataclass(frozen=True)
class Contest:
    """Competitors: names, and the score of each as a weighted sum of the rows of a response."""

    what: str
    response: Response
    names: Sequence[str]
    scores: FloatArray

    @property
    def leader(self) -> int:
        """The leader at the present numbers."""
        return int(np.argmax(self.scores @ self.response.base))


def flips(query: Query, target: str | None = None, sample_size: float = SAMPLE_SIZE) -> Flips:
    """Return the single numbers whose range is wide enough to change the leading diagnosis or the advice; see `Case.flips`.

    An expected utility is a weighted sum of probabilities, so the value at which the advice changes follows from the same lines
    and curves as the value at which the leader changes.
    """
    compiled, findings = query.compiled, query.findings
    named = target if target is not None else _first_diagnosis(compiled)
    subject, known = SensitivityQuery.of(query, named), ranges(compiled, sample_size)
    network = decision_network(compiled)
    contests = [_leaders(subject), *([_advice(network, findings)] if network else [])]
    found = [flip for contest in contests for flip in _flips(compiled, known, contest)]
    return Flips(
        title=findings.text if target is None else subject.title,
        provenance=subject.provenance,
        leader=contests[0].names[contests[0].leader],
        advice=contests[1].names[contests[1].leader] if len(contests) > 1 else "",
        flips=tuple(sorted(found, key=_distance)),
        tried=int((~known.fixed).sum()),
        assumption=known.assumption,
        labels={option.name: option.label for option in network.decision.options} if network else {},
    )


def _first_diagnosis(compiled: CompiledModel) -> str:
    """Any diagnosis, to stand for all of them."""
    if not compiled.diagnoses:
        raise BayesnetError(
            f'{compiled.model.name or "This network"} has no variables of the group "diagnoses", so there is no ranking to '
            f'watch; name a variable whose most probable state is watched instead, as in case.flips("{an_example(compiled)}").'
        )
    v = compiled.diagnoses[0]
    return compiled.literal(v, compiled.state(v, "present"))


def _leaders(subject: SensitivityQuery) -> Contest:
    """Return the diagnoses (or states of the target), by their probability."""
    response, _, candidates = answered(subject)
    names = [subject.event_name(response.events[row]) for row in candidates]
    return Contest(LEADER, response, names, one_each(candidates, len(response.events)))


def _advice(network: DecisionNetwork, findings: Findings) -> Contest:
    """Return the options of the decision beside the model, by their expected utility."""
    about = network.decision
    subject = SensitivityQuery(Query(network.compiled, findings), (network.variable, 0), about.title)
    response = subject.response(tuple((network.variable, s) for s in range(len(about.states))))
    scores = np.hstack([about.table, np.zeros((len(about.options), 1))])
    return Contest(ADVICE, response, [option.name for option in about.options], scores)


def _flips(compiled: CompiledModel, known: Ranges, contest: Contest) -> list[Flip]:
    """Return every number whose range reaches the place where another comes out ahead."""
    ks = np.flatnonzero(~known.fixed)
    leader = contest.leader
    low, high = admissible(contest.response, ks, contest.scores, leader)
    found = []
    for at, reached in ((low, known.low[ks] < low), (high, known.high[ks] > high)):
        places = np.flatnonzero(reached)
        scores = contest.scores @ contest.response.at(ks[places], at[places])
        scores[leader] = -np.inf
        for j, rival in zip(places.tolist(), np.argmax(scores, axis=0).tolist(), strict=True):
            names = (contest.names[leader], contest.names[rival])
            found.append(_flip(compiled, known, int(ks[j]), float(at[j]), contest.what, *names))
    return found


def _flip(compiled: CompiledModel, known: Ranges, k: int, at: float, what: str, before: str, after: str) -> Flip:
    """Return the record of one flip."""
    number = records(compiled)[k]
    low, high = float(known.low[k]), float(known.high[k])
    value = float(compiled.factors.values[k])
    cited = citation(compiled, number)
    return Flip(number.id, value, low, high, at, what, before, after, number.source, cited, number.grade)


def _distance(flip: Flip) -> float:
    """Return how far a number must go, as a share of its way to that end of its range."""
    end = flip.high if flip.at > flip.value else flip.low
    return abs(flip.at - flip.value) / abs(end - flip.value) if end != flip.value else 0.0

"""The network as the makers of exercises see it: events in words, their probabilities, and the sources of the numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bayesnet.analysis.query.findings import Finding, Findings
from bayesnet.analysis.query.query import Query
from bayesnet.analysis.sensitivity.query_ranges import SensitivityQuery
from bayesnet.errors import BayesnetError
from bayesnet.inference.evidence import Evidence, ZeroEvidence
from bayesnet.model.factors import FloatArray
from bayesnet.model.vocabulary import DIAGNOSES, GROUPS_OF_VARIABLES, MECHANISMS, OTHER_ROLE, RISK_FACTORS, SETTINGS
from bayesnet.pattern import canonical_id
from bayesnet.results.base import Provenance
from bayesnet.results.words import cited
from bayesnet.teach.exercises.phrases import Phrase, people, phrase, polar, short

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

_HIDDEN = (MECHANISMS, GROUPS_OF_VARIABLES, SETTINGS)
"""Groups of a model that nobody observes directly, or that only sum up others."""

_CAUSES = (RISK_FACTORS, DIAGNOSES)

_MOST_BEHIND = 2
"""Numbers that are cited for a probability that is not itself a number of the model."""


@dataclass(frozen=True)
class Event:
    """A variable in a state, or not in it."""

    variable: int
    state: int
    holds: bool = True

    @property
    def negated(self) -> Event:
        """The contrary."""
        return Event(self.variable, self.state, not self.holds)


def _settled(x: float) -> float:
    """Return a number to 12 figures: its last bits depend on earlier questions, and a choice must not depend on them."""
    return float(f"{x:.12g}")


class World:
    """A network as the makers of exercises see it.

    Parameters
    ----------
    compiled
        The network.
    group
        Plural noun for the members of the population, `women` or `patients with back pain`; the model's own when None.
    target
        The only event that diagnostic questions may be about, or None.
    """

    def __init__(self, compiled: CompiledModel, group: str | None = None, target: tuple[int, int] | None = None) -> None:
        self.compiled = compiled
        named = people(compiled.model, group)
        self.people = short(named)
        assumed = [*self._context()]
        self.known = "; ".join(f"{label}: {value}" for label, value, _ in assumed)
        rest = "; ".join(f"{label}: {value}" for label, value, setting in assumed if not setting)
        self.group = " ".join([named, *(f"in {value}" for _, value, setting in assumed if setting)]) + (
            f" ({rest})" if rest else ""
        )
        self.target = None if target is None else Event(*target)
        self.provenance: Provenance = Query(compiled).provenance()
        self._asked: dict[tuple[frozenset[Event], frozenset[tuple[int, int]]], list[FloatArray]] = {}

    def _context(self) -> Iterator[tuple[str, str, bool]]:
        """Yield what is assumed of everybody: label, value, and whether it is where they are seen, as in `in primary care`."""
        for item in self.compiled.defaults:
            variable = self.compiled.model.variables[item.name]
            yield (variable.label or item.name).casefold(), str(item.value).replace("_", " "), variable.group == SETTINGS

    @cached_property
    def context(self) -> frozenset[int]:
        """Variables with a default: known of everybody."""
        return frozenset(item.variable for item in self.compiled.defaults)

    @cached_property
    def taught(self) -> dict[int, tuple[int, ...]]:
        """The diagnoses that the model names for teaching, each with its findings; empty where it names none."""
        place = self.compiled.index
        return {place[name]: tuple(place[f] for f in findings) for name, findings in self.compiled.model.teaching}

    @cached_property
    def named(self) -> frozenset[int]:
        """All variables that the model names for teaching."""
        return frozenset(self.taught).union(*self.taught.values())

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """Every event that a question may be about: the positive state of what is so or not, each state of anything else."""
        found: list[Event] = []
        for v, variable in enumerate(self.compiled.model.variables.values()):
            ends = polar(variable.states)
            sums_up = any("any of" in condition for _, condition in variable.expression)
            hidden = variable.group in _HIDDEN or (sums_up and v not in self.named) or (ends is None and variable.label)
            if v in self.context or hidden:
                continue
            states = [ends[1]] if ends else range(len(variable.states))
            found += [Event(v, s) for s in states]
        return tuple(e for e in found if 1e-6 < self.marginal(e) < 1.0 - 1e-6)

    @cached_property
    def hypotheses(self) -> tuple[Event, ...]:
        """Events that diagnostic questions are about: those that the model names, its diagnoses, or whatever has descendants."""
        if self.target:
            return (self.target,)
        if self.taught:
            return tuple(e for e in self.events if e.variable in self.taught)
        listed = [e for e in self.events if e.variable in self.compiled.diagnoses and self._role(e) != OTHER_ROLE]
        return tuple(listed or [e for e in self.events if self.descendants[e.variable]])

    def findings_of(self, hypothesis: Event) -> list[Event]:
        """Events that may be found: those that the model names for a hypothesis, or that follow from it."""
        if hypothesis.variable in self.taught:
            return [e for e in self.events if e.variable in self.taught[hypothesis.variable]]
        below = self.descendants[hypothesis.variable]
        hidden = _CAUSES if self.compiled.diagnoses else ()
        return [e for e in self.events if e.variable in below and self._group(e) not in hidden]

    @cached_property
    def settable(self) -> tuple[Event, ...]:
        """Events that can be brought about: of the variables that the model says can be set, or of all where it names none."""
        told = [e for e in self.events if self.compiled.model.variables[self.compiled.names[e.variable]].can_be_set]
        return tuple(told or self.events)

    @cached_property
    def parents(self) -> list[tuple[int, ...]]:
        """The parents of every variable."""
        return [family.parents for family in self.compiled.factors.families]

    @cached_property
    def descendants(self) -> list[frozenset[int]]:
        """The descendants of each variable."""
        below: list[set[int]] = [set() for _ in self.parents]
        for v, above in enumerate(self.ancestors):
            for u in above:
                below[u].add(v)
        return [frozenset(found) for found in below]

    @cached_property
    def ancestors(self) -> list[frozenset[int]]:
        """The ancestors of each variable."""
        found: list[frozenset[int]] = []
        for v in range(len(self.parents)):
            above, stack = set[int](), list(self.parents[v])
            while stack:
                if (u := stack.pop()) not in above:
                    above.add(u)
                    stack += self.parents[u]
            found.append(frozenset(above))
        return found

    def phrase(self, event: Event) -> Phrase:
        """Return an event in words."""
        said = phrase(self.compiled.model.variables[self.compiled.names[event.variable]], event.state)
        return said if event.holds else said.negated

    def label(self, v: int) -> str:
        """Return the name of a variable in a drawing."""
        name = self.compiled.names[v]
        return self.compiled.model.variables[name].label or name

    def literal(self, event: Event) -> str:
        """Return an event as typed."""
        if event.holds:
            return self.compiled.literal(event.variable, event.state)
        others = [s for i, s in enumerate(self.compiled.states(event.variable)) if i != event.state]
        return self.compiled.spelled(event.variable, others)

    def title(self, target: Event, given: Sequence[Event] = (), do: Event | None = None) -> str:
        """Return a question in the pattern language."""
        said = [*([f"do({self.literal(do)})"] if do else []), *map(self.literal, given)]
        return f"{self.literal(target)} | {', '.join(said)}" if said else self.literal(target)

    def marginal(self, event: Event, given: Iterable[Event] = (), do: Event | None = None) -> float:
        """Return P(event | given), after an intervention if there is one; NaN if the condition is impossible."""
        vector = self._marginals(frozenset(given), do)
        if not vector:
            return float("nan")
        own = vector[event.variable]
        return _settled(float(own[event.state] if event.holds else np.delete(own, event.state).sum()))

    def joint(self, events: Sequence[Event], given: Iterable[Event] = ()) -> FloatArray:
        """Return P(events | given) as a table of two by two by ...; index 1 where the event holds, 0 where it does not."""
        evidence = self._evidence(frozenset(given), None)
        table = self.compiled.engine.joint(tuple(e.variable for e in events), evidence).table
        for axis, event in enumerate(events):
            hit = np.take(table, [event.state], axis=axis)
            rest = table.sum(axis=axis, keepdims=True) - hit
            table = np.concatenate([rest, hit] if event.holds else [hit, rest], axis=axis)
        table = np.maximum(table, 0.0)
        return np.asarray(np.vectorize(_settled, otypes=[float])(table / table.sum()), dtype=float)

    def _marginals(self, given: frozenset[Event], do: Event | None) -> list[FloatArray]:
        key = (given, frozenset([(do.variable, do.state)] if do else []))
        if key not in self._asked:
            try:
                found = self.compiled.engine.posteriors(self._evidence(given, do)).marginals
                self._asked[key] = [found[v] for v in range(len(self.compiled.names))]
            except ZeroEvidence:
                self._asked[key] = []
        return self._asked[key]

    def _evidence(self, given: frozenset[Event], do: Event | None) -> Evidence:
        likelihoods = dict(Query(self.compiled).evidence.likelihoods)
        for event in given:
            vector = self._vector(event)
            before = likelihoods.get(event.variable)
            likelihoods[event.variable] = vector if before is None else before * vector
        return Evidence(likelihoods, {do.variable: do.state} if do else {})

    def _vector(self, event: Event) -> FloatArray:
        hit = np.arange(len(self.compiled.states(event.variable))) == event.state
        return np.asarray(hit if event.holds else ~hit, dtype=float)

    def _group(self, event: Event) -> str:
        return self.compiled.model.variables[self.compiled.names[event.variable]].group

    def _role(self, event: Event) -> str:
        return self.compiled.model.variables[self.compiled.names[event.variable]].role

    def cite(self, target: Event, given: Sequence[Event] = ()) -> str:
        """Return P(target | given) with its source: that of the model's number, else of the number it depends on most."""
        value = self.marginal(target, given)
        name = f"P({self.title(target, given)}) = {value:.4g}"
        if (number := self._number(target, given, value)) is not None:
            return self._described(number, full=True)
        plain = Event(target.variable, target.state)
        subject = SensitivityQuery.of(
            Query(self.compiled, self._findings(given)), self.compiled.literal(plain.variable, plain.state)
        )
        slope = subject.response(((plain.variable, plain.state),)).derivative[0]
        records = [self.compiled.model.numbers[k] for k in self.compiled.factors.number_ids]
        moves = np.array([abs(s) * max(n.high - n.low, 0.02 * n.value) for s, n in zip(slope, records, strict=True)])
        first = [records[k].id for k in np.argsort(-moves, kind="stable")[:_MOST_BEHIND] if moves[k] > 1e-12]
        count = int((np.abs(slope) > 0).sum())
        if not first:
            return f"{name}: it follows from the definitions of the model."
        behind = " and ".join(map(self._described, first))
        if count > len(first):
            return f"{name}, computed from {count} numbers of the model, most of all {behind}"
        return f"{name}, computed from {behind}"

    def _findings(self, given: Sequence[Event]) -> Findings:
        items = []
        for event in given:
            states = self.compiled.states(event.variable)
            vector = tuple(float(x) for x in self._vector(event))
            inside = tuple(s for s, x in zip(states, vector, strict=True) if x)
            if len(inside) == 1:
                items.append(self.compiled.state_finding(event.variable, states.index(inside[0])))
            else:
                text = self.literal(event)
                items.append(Finding(event.variable, self.compiled.names[event.variable], "one of", inside, vector, text))
        return Findings(tuple(items))

    def _number(self, target: Event, given: Sequence[Event], value: float) -> str | None:
        """Return the id of the number of the model that this probability is, if it is one."""
        try:
            parents = self.compiled.model.variables[self.compiled.names[target.variable]].parents
            name = canonical_id(self.title(target, given), self.compiled.states_by_name, parents)
        except BayesnetError:
            return None
        record = self.compiled.model.numbers.get(name)
        return name if record and abs(record.value - value) < 1e-9 else None

    def _described(self, number: str, *, full: bool = False) -> str:
        """Return a number of the model with its range and source, and in full with the place in the source."""
        record = self.compiled.model.numbers[number]
        source = self.compiled.model.sources.get(record.source)
        where = f", {record.place}" if record.place and full else ""
        origin = f"{source.short}{where}" if source else "the file" if record.grade == "file" else record.grade
        return f"{record.id} {cited(record.value, record.low, record.high, origin)}"

"""A compiled model: records, arrays, engine and the lookups that turn names into indices and questions into evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bayesnet.analysis.query.findings import Finding
from bayesnet.errors import UnknownRecord, UnknownState
from bayesnet.inference.engine import Engine
from bayesnet.model.factors import Factors, FloatArray
from bayesnet.model.records import Model
from bayesnet.model.vocabulary import DIAGNOSES
from bayesnet.pattern import Meaning, Term, canonical_id, parse_number_id, resolve

if TYPE_CHECKING:
    from bayesnet.inference.evidence import Evidence
    from bayesnet.model.expand import Expander
    from bayesnet.pattern import Words

T = TypeVar("T")
_SHORT = frozenset(("absent", "present"))


def per_model(function: Callable[[CompiledModel], T]) -> Callable[[CompiledModel], T]:
    """Return the function with its result kept on the compiled model, so that it runs once for each."""

    @wraps(function)
    def kept(compiled: CompiledModel) -> T:
        if function not in compiled.memory:
            compiled.memory[function] = function(compiled)
        result: T = compiled.memory[function]
        return result

    return kept


class CompiledModel:
    """A model with its arrays, engine and look-ups, shared by network and case; it never changes, but for caches."""

    def __init__(self, model: Model, folder: Path | None = None) -> None:
        self.model = model
        self.folder = folder
        """The priors folder that the model was read from, if it was; costs and decisions lie beside the numbers."""
        self.memory: dict[Any, Any] = {}
        """Values returned by `per_model` functions, by function."""

    def __getstate__(self) -> dict[str, Any]:
        """Pickle the model alone; what was worked out from it is worked out again."""
        kept = {n: value for n, value in vars(self).items() if not isinstance(vars(CompiledModel).get(n), cached_property)}
        return {**kept, "memory": {}}

    @cached_property
    def expander(self) -> Expander:
        """The way from numbers to arrays."""
        from bayesnet.model.expand import Expander

        return Expander(self.model)

    @cached_property
    def factors(self) -> Factors:
        """The network as arrays, with the values of the model."""
        return self.expander.factors()

    @cached_property
    def engine(self) -> Engine:
        """The engine on these arrays."""
        return Engine(self.factors)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All variables, in the order of the model; the indices of everything below."""
        return tuple(self.model.variables)

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each variable by name."""
        return {name: i for i, name in enumerate(self.names)}

    @cached_property
    def defaults(self) -> tuple[Finding, ...]:
        """The assumed findings: the default state of every context variable."""
        return tuple(
            self.state_finding(v, self.state(v, variable.default), assumed=True)
            for v, variable in enumerate(self.model.variables.values())
            if variable.default
        )

    @cached_property
    def diagnoses(self) -> tuple[int, ...]:
        """The variables of the group `diagnoses`, in the order of the model."""
        return tuple(v for v, variable in enumerate(self.model.variables.values()) if variable.group == DIAGNOSES)

    def drawn_tensors(self, values: FloatArray, families: Iterable[int], evidence: Evidence) -> list[tuple[FloatArray, ...]]:
        """Return the tensors of every family for `values` of shape (n_numbers, draws), the axis of draws last.

        Those of other than the `families` named stay as they are, and their last axis has length one. Entries that the evidence
        excludes may be anything.
        """
        known = {**evidence.hard(), **evidence.interventions}
        tensors = [tuple(t[..., None] for t in family.tensors) for family in self.factors.families]
        for f in families:
            tensors[f] = self.expander.gates[f].tensors(values, known)
        return tensors

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """Names of the variables in pictures: the label of each that has one, and the word for its contrary under `!name`."""
        labels = {name: variable.label for name, variable in self.model.variables.items() if variable.label}
        pairs = {name: v.adjectives for name, v in self.model.variables.items() if v.binary and v.adjectives}
        return {**labels, **{f"!{name}": contrary for name, (_, contrary) in pairs.items()}}

    @cached_property
    def words(self) -> Words:
        """The words that people type for the variables and states of the model."""
        from bayesnet.model.words import words_of

        return words_of(self.model)

    def states(self, v: int) -> tuple[str, ...]:
        """Return the states of a variable."""
        return self.model.variables[self.names[v]].states

    def variable(self, name: str, text: str = "") -> int:
        """Return the index of a variable, by its name, its label or an alias.

        Raises
        ------
        UnknownVariable
            With the nearest names; `text` is the question it stood in.
        """
        return self.index[name] if name in self.index else self.index[self.words.meaning(name, text).name]

    def state(self, v: int, state: str, text: str = "") -> int:
        """Return the index of a state of a variable.

        Raises
        ------
        UnknownState
            With the states there are.
        """
        states = self.states(v)
        if state not in states:
            raise UnknownState(self.names[v], state, states, text=text)
        return states.index(state)

    @cached_property
    def states_by_name(self) -> dict[str, tuple[str, ...]]:
        """The states of every variable by name."""
        return {name: variable.states for name, variable in self.model.variables.items()}

    def number(self, name: str) -> int:
        """Return the index of a number by its id, in canonical form or as `fever | epidural_abscess`.

        Raises
        ------
        UnknownRecord
            When there is no such number, with the nearest ids; a KeyError.
        PatternError
            Where the text is no id of a number.
        """
        position, name = self._number_index, str(name)
        if name not in position:
            pattern = parse_number_id(name)
            parents = self.model.variables[pattern.targets[0].name].parents if pattern.targets[0].name in self.index else ()
            full = canonical_id(name, self.states_by_name, parents)
            if full not in position:
                raise UnknownRecord(full, position, what="number")
            name = full
        return position[name]

    @cached_property
    def _number_index(self) -> dict[str, int]:
        return {number: k for k, number in enumerate(self.factors.number_ids)}

    def resolved(self, term: Term, text: str) -> Term:
        """Check a term against the network and spell out its state; errors as for `bayesnet.pattern.resolve`."""
        return resolve(self.named(term, text), self.states_by_name, text)

    def named(self, term: Term, text: str, *, bare: bool = False) -> Term:
        """Return a term with the names and states of the model, `bare` where it may name a variable without a state."""
        known = self.states_by_name.get(term.name)
        if known is not None and all(state in known for state in term.states):
            return term
        return self.words.term(term, text, bare=bare)

    def meaning(self, name: str) -> Meaning:
        """Return what a name, a label or an alias means."""
        return Meaning(name) if name in self.index else self.words.meaning(name)

    def literal(self, v: int, state: int) -> str:
        """Return a variable in a state, as typed: `fever`, `!fever`, `age_group=60-69`."""
        return self.spelled(v, (self.states(v)[state],))

    def spelled(self, v: int, states: Sequence[str]) -> str:
        """Return a variable in one of these states, as typed."""
        if len(states) == 1 and frozenset(self.states(v)) == _SHORT:
            return str(Term(self.names[v], negated=states[0] == "absent"))
        return str(Term(self.names[v], tuple(states)))

    def compatible(self, number_id: str, known: Mapping[int, FloatArray]) -> bool:
        """Return whether the states that a number's id names are among those left (`known` as zeros and ones)."""
        pattern = parse_number_id(number_id)
        for term in (*pattern.targets, *pattern.given):
            v = self.index.get(term.name, -1)
            if v in known and term.states and not known[v][self.states(v).index(term.states[0])]:
                return False
        return True

    def state_finding(self, v: int, state: int, *, assumed: bool = False) -> Finding:
        """Return the finding that a variable is in a state."""
        key = (v, state, assumed)
        if key not in self._state_findings:
            self._state_findings[key] = self._state_finding(*key)
        return self._state_findings[key]

    @cached_property
    def _state_findings(self) -> dict[tuple[int, int, bool], Finding]:
        """Findings that were made before."""
        return {}

    def _state_finding(self, v: int, state: int, assumed: bool) -> Finding:
        vector = tuple(float(s == state) for s in range(len(self.states(v))))
        return Finding(v, self.names[v], "state", self.states(v)[state], vector, self.literal(v, state), assumed)

"""What random tests draw: models with every kind of gate, the factors of them, evidence, questions. A new gate joins here.

`models()` draws models without problems, `factors()` what inference receives of them, `evidence(factors)` hard, virtual and
one-of findings, `questions(factors)` questions in the pattern language. Structure is drawn by hypothesis, so that failures
shrink to few variables; numbers come from one seed, so that drawing is quick. Everything is small enough to enumerate.

    @given(st.data())
    def test_something(data):
        network = data.draw(factors())
        given = data.draw(evidence(network))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

import numpy as np
from hypothesis import strategies as st

from bayesnet.inference.evidence import Evidence
from bayesnet.model.expand import expand
from bayesnet.model.factors import Factors
from bayesnet.model.number_ids import baseline_id, columns, odds_ratio_ids, rank_order
from bayesnet.model.records import CitedFigure, Model, Number, Printed, Source, Variable, Verified, group_variable
from bayesnet.model.vocabulary import BINARY, GATE_KINDS, GateKind
from bayesnet.pattern import Question, Term, literal

LARGEST_JOINT = 600
"""Assignments of all variables together, so that enumeration in exact fractions takes milliseconds."""


def odd_words() -> st.SearchStrategy[str]:
    """Names and states that need care: blanks, signs, quotes, other alphabets, reserved words."""
    awkward = [
        "<50",
        ">=65",
        "present (MRI)",
        "leak",
        "baseline",
        "odds",
        "do",
        'a"b',
        "a\\b",
        "a, b",
        "x=y",
        "Wärme",
        "a.b",
        " ",
    ]
    letters = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
    return st.one_of(st.sampled_from(awkward), letters)


@st.composite
def models(
    draw: st.DrawFn,
    *,
    min_variables: int = 2,
    max_variables: int = 7,
    max_states: int = 4,
    gates: Sequence[GateKind] = GATE_KINDS,
    extremes: bool = True,
    names: st.SearchStrategy[str] | None = None,
) -> Model:
    """Draw a model that has no problems.

    Parameters
    ----------
    min_variables, max_variables
        How many variables, groups not counted.
    max_states
        The most states of one variable.
    gates
        Which gates may occur; roots are tables or odds.
    extremes
        Whether some probabilities are exactly 0 or 1 and some tiny.
    names
        What variables and states are called; `v0`, `v1`, ... when left out.
    """
    count = draw(st.integers(min_variables, max_variables))
    called = _names(draw, count, names)
    build = _Build(np.random.default_rng(draw(st.integers(0, 2**32 - 1))), extremes)
    room = LARGEST_JOINT
    for at, name in enumerate(called):
        left = 2 ** (count - at - 1)
        states = _states(draw, min(max_states, max(2, room // left)), names)
        room //= len(states)
        variable = _variable(draw, name, states, build.variables, gates)
        build.variables[name] = variable
        build.add_numbers(variable)
    flags = [v.name for v in build.variables.values() if "present" in v.states]
    if flags and names is None and draw(st.booleans()):
        members = draw(st.lists(st.sampled_from(flags), unique=True, min_size=1, max_size=3))
        build.variables["some_group"] = group_variable("some_group", members)
    return Model(
        name="random",
        title="A random model",
        version="1",
        variables=build.variables,
        numbers={number.id: number for number in build.numbers},
        sources={"somebody2001": Source("somebody2001", "Somebody A, Other B", 2001, title="A study")} if build.numbers else {},
    )


def factors(**options: object) -> st.SearchStrategy[Factors]:
    """Draw what inference receives of a random model; options as for `models`."""
    return models(**options).map(expand)  # type: ignore[arg-type]


@st.composite
def evidence(
    draw: st.DrawFn,
    network: Factors,
    *,
    soft: bool = True,
    interventions: bool = False,
    max_findings: int = 4,
) -> Evidence:
    """Draw evidence on some variables of a network; it may be impossible.

    Parameters
    ----------
    network
        The network.
    soft
        Whether findings may also be virtual (likelihoods on any scale) or one of several states.
    interventions
        Whether variables may be set by intervention; a variable that is set may be observed as well.
    max_findings
        The most findings, and the most interventions.
    """
    somewhere = st.lists(st.integers(0, len(network.names) - 1), unique=True, max_size=max_findings)
    likelihoods = {v: draw(likelihood_vectors(network.cards[v], soft=soft)) for v in draw(somewhere)}
    fixed = {v: draw(st.integers(0, network.cards[v] - 1)) for v in draw(somewhere)} if interventions else {}
    return Evidence(likelihoods, fixed)


@st.composite
def likelihood_vectors(draw: st.DrawFn, states: int, *, soft: bool = True) -> np.ndarray:
    """Draw one finding as a likelihood per state: one-hot, zeros and ones, or ratios; never all zero."""
    kind = draw(st.sampled_from(["hard", "one of", "virtual"])) if soft else "hard"
    if kind == "hard":
        return np.eye(states)[draw(st.integers(0, states - 1))]
    if kind == "one of":
        allowed = draw(st.lists(st.integers(0, states - 1), unique=True, min_size=1))
        return np.isin(np.arange(states), allowed).astype(float)
    ratios = st.sampled_from([0.0, 0.01, 0.25, 1.0, 3.0, 10.0, 1e4])
    return np.array(draw(st.lists(ratios, min_size=states, max_size=states).filter(any)))


@st.composite
def questions(draw: st.DrawFn, network: Factors, *, soft: bool = True, max_findings: int = 3) -> Question:
    """Draw a question about one variable in one state, every state spelled out; the findings are on other variables."""
    order = draw(st.permutations(range(len(network.names))))
    count = draw(st.integers(0, min(max_findings, len(order) - 1)))
    target = order[0]
    asked = Term(network.names[target], (draw(st.sampled_from(network.states[target])),))
    return Question((asked,), tuple(draw(terms(network, v, soft=soft)) for v in order[1 : count + 1]))


@st.composite
def terms(draw: st.DrawFn, network: Factors, variable: int, *, soft: bool = True) -> Term:
    """Draw a finding on one variable as a term of the pattern language."""
    states = network.states[variable]
    vector = draw(likelihood_vectors(len(states), soft=soft))
    name = network.names[variable]
    if {*vector} <= {0.0, 1.0}:
        return Term(name, tuple(state for state, weight in zip(states, vector, strict=True) if weight))
    return Term(name, states, tuple(float(weight) for weight in vector))


def _names(draw: st.DrawFn, count: int, names: st.SearchStrategy[str] | None) -> list[str]:
    if names is None:
        return [f"v{i}" for i in range(count)]
    return draw(st.lists(names, min_size=count, max_size=count, unique=True))


def _states(draw: st.DrawFn, most: int, names: st.SearchStrategy[str] | None) -> tuple[str, ...]:
    if draw(st.booleans()):
        return BINARY
    count = draw(st.integers(2, most))
    if names is not None:
        # "Present" beside a missing "present" would be refused as a slip of the pen.
        words = names.filter(lambda word: not {*word.casefold()} >= {*"sent"})
        return tuple(draw(st.lists(words, min_size=count, max_size=count, unique=True)))
    return ("yes", "no") if count == 2 and draw(st.booleans()) else tuple(f"s{i}" for i in range(count))


def _variable(
    draw: st.DrawFn, name: str, states: tuple[str, ...], before: Mapping[str, Variable], gates: Sequence[GateKind]
) -> Variable:
    """Draw parents among the variables before, and a gate that fits."""
    parents = draw(st.lists(st.sampled_from(list(before)), unique=True, max_size=3)) if before else []
    fitting: list[GateKind] = [gate for gate in gates if _fits(gate, states, parents)] or ["table"]
    gate = draw(st.sampled_from(fitting))
    if gate == "table" and prod(len(before[p].states) for p in parents) > 32:
        parents = parents[:2]
    neutral: tuple[tuple[str, str], ...] = ()
    if gate in ("noisy_or", "noisy_max", "odds_ratio") and parents and draw(st.booleans()):
        neutral = ((parents[0], draw(st.sampled_from(before[parents[0]].states))),)
    towards = draw(st.sampled_from(["", *states])) if gate in ("noisy_or", "odds_ratio") else ""
    expression = _expression(draw, states, parents, before) if gate == "deterministic" else ()
    default = draw(st.sampled_from(states)) if not parents and draw(st.integers(0, 9)) == 0 else ""
    return Variable(
        name,
        label=f"Variable {len(before)}",
        meaning="drawn at random",
        group="random",
        states=states,
        parents=tuple(parents),
        gate=gate,
        expression=expression,
        towards=towards,
        neutral=neutral,
        default=default,
    )


def _fits(gate: GateKind, states: Sequence[str], parents: Sequence[str]) -> bool:
    """Whether a gate can have these states and parents."""
    if gate == "table":
        return True
    if gate == "odds_ratio":
        return len(states) == 2
    if not parents:
        return False
    return gate != "noisy_or" or len(states) == 2


def _expression(
    draw: st.DrawFn, states: tuple[str, ...], parents: Sequence[str], before: Mapping[str, Variable]
) -> tuple[tuple[str, str], ...]:
    """Draw conditions that name every parent and end with otherwise where they must."""
    if len(states) == 2 and draw(st.booleans()):
        decided = "present" if "present" in states else draw(st.sampled_from(states))
        return ((decided, _condition(draw, parents, before)),)
    return (*((state, _condition(draw, parents, before)) for state in states[:-1]), (states[-1], ""))


def _condition(draw: st.DrawFn, parents: Sequence[str], before: Mapping[str, Variable]) -> str:
    found = [Term(p, (draw(st.sampled_from(before[p].states)),)) for p in parents]
    if len(before[parents[0]].states) > 2 and draw(st.booleans()):
        others = [state for state in before[parents[0]].states if state not in found[0].states]
        found.append(Term(parents[0], (others[0],)))
    if len(found) == 1 and draw(st.booleans()):
        return str(found[0])
    count = draw(st.integers(1, len(found)))
    head = draw(st.sampled_from(["any of", "all of", "none of", f"at least {count} of"]))
    return f"{head} {', '.join(map(str, found))}"


@dataclass
class _Build:
    """Variables and numbers of a model while it is drawn."""

    rng: np.random.Generator
    extremes: bool
    variables: dict[str, Variable] = field(default_factory=dict)
    numbers: list[Number] = field(default_factory=list)

    def add_numbers(self, variable: Variable) -> None:
        """Give a gate every number it asks for."""
        if variable.gate == "odds_ratio":
            ids = [baseline_id(variable), *(name for name, _, _ in odds_ratio_ids(variable, self.variables))]
            for name in ids:
                impossible = self.extremes and name != ids[0] and self.rng.random() < 0.1
                self._number(variable, name, 0.0 if impossible else float(np.exp(self.rng.normal(0, 1.5))))
        elif variable.gate == "table":
            for column in columns(variable, self.variables):
                self._column(variable, column.ids, self._distribution(len(column.ids)))
        elif variable.gate in ("noisy_or", "noisy_max"):
            self._noisy(variable)

    def _noisy(self, variable: Variable) -> None:
        """Links are drawn net of the leak and stored with it, so that every one is valid."""
        order = rank_order(variable)
        leak, *links = columns(variable, self.variables)
        below = np.cumsum(self._distribution(len(order)))
        self._ranks(variable, leak.ids, order, below)
        for link in links:
            self._ranks(variable, link.ids, order, below * np.cumsum(self._distribution(len(order))))

    def _ranks(self, variable: Variable, ids: Sequence[str], order: Sequence[int], below: np.ndarray) -> None:
        """Store a column from its sums up to each rank, the neutral state as the rest."""
        for rank in range(1, len(order)):
            upper = 1.0 if rank == len(order) - 1 else float(below[rank])
            self._number(variable, ids[order[rank]], max(0.0, upper - float(below[rank - 1])))

    def _column(self, variable: Variable, ids: Sequence[str], values: np.ndarray) -> None:
        """Store a column in full or with one state left out."""
        left_out = int(self.rng.integers(-1, len(ids)))
        for i, (name, value) in enumerate(zip(ids, values, strict=True)):
            if i != left_out:
                self._number(variable, name, float(value))

    def _distribution(self, states: int) -> np.ndarray:
        """Probabilities that sum to 1; now and then with zeros, certainties or tiny entries."""
        weights = self.rng.gamma(0.7, size=states) + 1e-3
        kind = self.rng.random() if self.extremes else 1.0
        if kind < 0.1:
            weights[self.rng.integers(states)] = 0.0
        elif kind < 0.15:
            weights = np.eye(states)[self.rng.integers(states)]
        elif kind < 0.25:
            weights[self.rng.integers(states)] = 1e-9
        return weights / weights.sum()

    def _sources(self, value: float) -> tuple[CitedFigure, ...]:
        """Figures of every kind; one that several numbers share is among them."""
        at = len(self.numbers)
        printed = Printed(value, high=value * 1.5) if at % 2 else None
        own = CitedFigure("somebody2001", "a", "a share", "Table 1", printed=printed, population="nobody")
        shared = CitedFigure("somebody2001", "b", place="page 2", count=(3, 9), use="background", shared="three of nine")
        verified = Verified("abstract", "2026-11-29", "https://example.org/a?b=1")
        low = CitedFigure("somebody2001", place="abstract", count=(at % 9, 9), use="low", verified=verified)
        return (own, shared, low)[: at % 3 + 1]

    def _number(self, variable: Variable, name: str, value: float) -> None:
        odds = name.startswith("odds(")
        low, high = value * 0.8, value * 1.25 if odds else min(1.0, value * 1.25)
        number = Number(
            id=name,
            value=value,
            low=low,
            high=high,
            range="95 % interval" if low < high else "exact",
            sources=self._sources(value),
            grade="cohort",
            note=f"for {literal(variable.name, variable.states[0])}",
            variable=variable.name,
        )
        self.numbers.append(number)

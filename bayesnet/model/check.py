"""Checks of a model, all problems at once: its structure here, the rest in the other modules named `check_...`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bayesnet.errors import WIDEST_LIST, BayesnetError, Problem, UnknownState, UnknownVariable, did_you_mean, listed, nearest
from bayesnet.model.check_gates import gate_problems
from bayesnet.model.check_numbers import number_problems, source_problems
from bayesnet.model.find import SOURCES_FILE
from bayesnet.model.records import Model, Variable
from bayesnet.model.vocabulary import BINARY, ROLES
from bayesnet.model.words import check_words
from bayesnet.pattern import parse_findings, resolve

NEAR_MISS = 0.8
"""A state as similar as this to absent or present, but not the same, is taken for a slip of the pen."""


_STRUCTURE = frozenset({"gate", "states", "parents", "expression", "towards", "neutral", "default"})
"""Keys of a variable on which its numbers and its children depend."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The parts that were not read as written: problems that only follow from them are not reported.

    `variables` gives by name the keys that were not; `numbers` the ids that could not be read; `files` those that are missing
    or not TOML, so that names which are not there may be in them.
    """

    variables: Mapping[str, Collection[str]] = field(default_factory=dict)
    numbers: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()

    @property
    def whole(self) -> bool:
        """Whether all variables are there."""
        return self.files <= {SOURCES_FILE}

    def keys(self, name: str) -> Collection[str]:
        """Return the keys of a variable that the structure depends on and that were not read as they were meant."""
        return _STRUCTURE & set(self.variables.get(name, ()))


def check_model(model: Model, *, broken: Broken | None = None, cited: Callable[[], Collection[str]] = tuple) -> list[Problem]:
    """Find every problem of a model; where none is grave it can be expanded.

    Parameters
    ----------
    model
        The model.
    broken
        What the reader could not read as written.
    cited
        Gives the keys of sources that are cited outside the numbers, by targets for example; called only when needed.

    >>> from bayesnet.model import Variable
    >>> print(check_model(Model("empty", variables={"fever": Variable("fever")}))[0])
    variable "fever": no number for "fever=present"
    """
    broken = broken or Broken()
    problems: list[Problem] = []
    if not model.variables and broken.whole:
        problems.append(Problem("model.toml" if model.name else "", "", "no variables"))
    sound: set[str] = set()
    for variable in model.variables.values():
        keys = broken.keys(variable.name)
        found = list(_structure(variable, model, keys, broken.whole))
        problems += found
        if not found and not keys:
            sound.add(variable.name)
    problems += _cycles(model)
    for variable in model.variables.values():
        # A gate can be judged only where the variable and all its parents are as they were meant.
        if {variable.name, *variable.parents} <= sound:
            problems += gate_problems(variable, model, broken.numbers)
    problems += number_problems(model, sound, lost=broken.numbers, sourced=SOURCES_FILE not in broken.files)
    problems += source_problems(model, cited) if not broken.files else []
    problems += check_words(model)
    problems += _examples(model, broken)
    problems += _teaching(model) if broken.whole else []
    return problems


def _structure(variable: Variable, model: Model, broken: Collection[str], whole: bool) -> Iterator[Problem]:
    """Yield states, parents, and the keys that go with the gate, as far as they do not depend on keys that are `broken`."""
    file, subject = variable.location.file, variable.location.table or f'variable "{variable.name}"'

    def problem(what: str, **more: Any) -> Problem:
        return Problem(file, subject, what, **more)

    if "states" not in broken:
        yield from _states(variable, problem)
    if "parents" not in broken:
        yield from _parents(variable, model, problem, whole)
    if whole:
        yield from _causes(variable, model, problem)
    if not broken:
        yield from _keys(variable, model, problem)


Say = Callable[..., Problem]


def _states(variable: Variable, problem: Say) -> Iterator[Problem]:
    if not variable.name:
        yield problem("a variable without a name")
    if len(variable.states) < 2:
        yield problem(f"{len(variable.states)} states", expected="at least 2")
    missing = [state for state in BINARY if state not in variable.states]
    for state, count in Counter(variable.states).items():
        if not state:
            yield problem("a state without a name")
        if count > 1:
            yield problem(f'duplicate state "{state}"')
        meant = _slip(state, missing)
        if meant:
            yield problem(f'the state "{state}"', way_out=f'did you mean "{meant}"?')
    if variable.role and variable.role not in ROLES:
        hint = did_you_mean(nearest(variable.role, ROLES))
        yield problem(f'the role "{variable.role}"', expected=", ".join(ROLES), way_out=hint)
    if variable.default and variable.default not in variable.states:
        hint = did_you_mean(nearest(variable.default, variable.states))
        yield problem(
            f'the default "{variable.default}" is not one of its states', expected=listed(variable.states), way_out=hint
        )


def _slip(state: str, missing: Collection[str]) -> str:
    """Return the one of absent and present, where they are missing, that is misspelt; empty if the state is spelled correctly."""
    from difflib import SequenceMatcher

    for meant in missing:
        if SequenceMatcher(None, state.casefold(), meant).ratio() >= NEAR_MISS:
            return meant
    return ""


def _parents(variable: Variable, model: Model, problem: Say, whole: bool) -> Iterator[Problem]:
    unknown = 0
    for name, count in Counter(variable.parents).items():
        if name not in model.variables and whole:
            unknown += 1
            hint = did_you_mean(nearest(name, model.variables)) if unknown <= WIDEST_LIST else ""
            yield problem(f'the parent "{name}" is not a variable', way_out=hint)
        if count > 1:
            yield problem(f'duplicate parent "{name}"')
    noisy = variable.gate in ("noisy_or", "noisy_max")
    if noisy and not variable.parents:
        yield problem(f"a {variable.gate} gate without parents", way_out='take gate = "table"')
    if variable.gate == "deterministic" and not variable.parents:
        yield problem("a deterministic gate without parents")


def _causes(variable: Variable, model: Model, problem: Say) -> Iterator[Problem]:
    """Check the causes of a consequence."""
    for name in dict.fromkeys(variable.consequence_of):
        if name == variable.name:
            yield problem("a consequence of itself", way_out="name its causes in consequence_of")
        elif name not in model.variables:
            hint = did_you_mean(nearest(name, model.variables))
            yield problem(f'consequence_of names "{name}", which is not a variable', way_out=hint)


def _keys(variable: Variable, model: Model, problem: Say) -> Iterator[Problem]:
    """Keys that only some gates have."""
    gate, two = variable.gate, len(variable.states) == 2
    if gate == "noisy_or" and len(variable.states) > 2:
        yield problem(f"a noisy_or gate with {len(variable.states)} states", expected="2", way_out='take gate = "noisy_max"')
    if gate == "odds_ratio" and len(variable.states) > 2:
        yield problem(f"an odds_ratio gate with {len(variable.states)} states", expected="2", way_out='take gate = "table"')
    if gate == "deterministic" and not variable.expression:
        yield problem("a deterministic gate without an expression")
    if gate != "deterministic" and variable.expression:
        yield problem(f"an expression on a {gate} gate", way_out='take gate = "deterministic", or leave the expression out')
    if variable.towards:
        if gate not in ("noisy_or", "odds_ratio"):
            yield problem(f'the key "towards" on a {gate} gate', expected="a noisy_or or odds_ratio gate")
        elif two and variable.towards not in variable.states:
            hint = did_you_mean(nearest(variable.towards, variable.states))
            yield problem(f'towards "{variable.towards}", not one of its states', expected=listed(variable.states), way_out=hint)
    if variable.neutral and gate not in ("noisy_or", "noisy_max", "odds_ratio"):
        yield problem(f'the key "neutral" on a {gate} gate', expected="a noisy_or, noisy_max or odds_ratio gate")
    for parent, state in variable.neutral:
        if parent not in variable.parents:
            hint = did_you_mean(nearest(parent, variable.parents))
            yield problem(f'neutral names "{parent}", which is not a parent', way_out=hint)
        elif parent in model.variables and state not in model.variables[parent].states:
            own = model.variables[parent].states
            hint = did_you_mean(nearest(state, own))
            yield problem(f'neutral state "{state}" of "{parent}" does not exist', expected=listed(own), way_out=hint)


def _cycles(model: Model) -> Iterator[Problem]:
    """Yield one problem per circle of arrows, with the circle."""
    left = {name: [p for p in v.parents if p in model.variables] for name, v in model.variables.items()}
    while ready := [name for name, parents in left.items() if not any(p in left for p in parents)]:
        for name in ready:
            del left[name]
    while left:
        path = [next(iter(left))]
        while True:
            step = next(p for p in left[path[-1]] if p in left)
            if step in path:
                break
            path.append(step)
        circle = path[path.index(step) :][::-1]
        first = model.variables[circle[0]]
        subject = first.location.table or f'variable "{first.name}"'
        yield Problem(first.location.file, subject, f"the arrows run in a circle: {' -> '.join([*circle, circle[0]])}")
        for name in circle:
            del left[name]
        while stuck := [name for name, parents in left.items() if not any(p in left for p in parents)]:
            for name in stuck:
                del left[name]


def _teaching(model: Model) -> Iterator[Problem]:
    """Check that what exercises ask about are variables, each named once."""
    for diagnosis, findings in model.teaching:
        for name, count in Counter((diagnosis, *findings)).items():
            if name not in model.variables:
                hint = did_you_mean(nearest(name, model.variables))
                yield Problem("model.toml", f'teaching of "{diagnosis}"', f'"{name}" is not a variable', way_out=hint)
            elif count > 1:
                yield Problem("model.toml", f'teaching of "{diagnosis}"', f'"{name}" is named twice', way_out="name it once")


def _examples(model: Model, broken: Broken) -> Iterator[Problem]:
    """Check that the evidence of the example cases parses and names variables and states of the model."""
    states = {name: variable.states for name, variable in model.variables.items()}
    for example in model.examples:
        try:
            for term in parse_findings(example.evidence):
                resolve(term, states, example.evidence)
        except BayesnetError as error:
            if isinstance(error, UnknownVariable) and not broken.whole:
                continue
            if isinstance(error, UnknownState) and "states" in broken.keys(error.name):
                continue
            yield Problem("model.toml", f'example "{example.title}"', str(error).rstrip("."))

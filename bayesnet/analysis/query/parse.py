"""From what a person types to findings: text in the pattern language or a dict, hard, virtual, one-of, new marginals, missing."""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from bayesnet.analysis.query.compiled import per_model
from bayesnet.analysis.query.findings import Finding, Findings, Intervention, Kind
from bayesnet.errors import FindingError, PatternError, UnknownState
from bayesnet.pattern import Meaning, Term, likelihoods, numbered, parse_findings, parse_question, quote

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

Given = str | Mapping[str, Any] | Findings | Sequence[Any] | None
"""Findings as text, a dict, `Findings`, several of these in a list, or nothing."""

_SLACK = 1e-9


@dataclass(frozen=True)
class NewMarginal:
    """A wanted probability, for one state (`present`) or for every state of a variable; made by `jeffrey`."""

    wanted: float | Mapping[str, float]


def jeffrey(marginals: Mapping[str, float | Mapping[str, float]]) -> dict[str, NewMarginal]:
    """Ask for new marginals (Jeffrey's rule), not for likelihoods: after it the variable has exactly this probability.

    Parameters
    ----------
    marginals
        For each variable the new probability of `present`, or a dict with the new probability of every state.

    Returns
    -------
    A dict that goes wherever findings go, alone or merged with others: `{"anemia": "present", **jeffrey({"fever": 0.7})}`.
    The other findings count first; several new marginals are reached together by iterative proportional fitting.

    References
    ----------
    Jeffrey RC (1965). The Logic of Decision. McGraw-Hill.
    Chan H, Darwiche A (2005). On the revision of probabilistic beliefs using uncertain evidence. Artif Intell 163(1):67-90.

    Examples
    --------
    >>> import bayesnet
    >>> net = bayesnet.load("asia")
    >>> p = net.posterior("smoke", given=bayesnet.jeffrey({"bronc": {"yes": 0.9, "no": 0.1}}))
    >>> round(p["yes"], 4)
    0.6364
    """
    if not hasattr(marginals, "items"):
        way_out = 'write jeffrey({"fever": 0.7})'
        raise FindingError(str(marginals), f"new marginals are a dict; got {type(marginals).__name__}", way_out=way_out)
    return {name: NewMarginal(wanted) for name, wanted in marginals.items()}


@dataclass(frozen=True)
class Asked:
    """A question: the targets, each a resolved term, and the findings."""

    targets: tuple[Term, ...]
    findings: Findings
    text: str


def read_question(compiled: CompiledModel, text: str, given: Given = None, do: Given = None) -> Asked:
    """Read `targets | findings` together with findings and interventions given apart.

    Names, labels and aliases become ids; a bare name stays bare.
    """
    if not isinstance(text, str):
        raise FindingError(str(text), f"a question must be a text; got {type(text).__name__}", way_out='ask "target | finding"')
    question = parse_question(text, generous=True)
    targets = tuple(compiled.named(term, text, bare=True) for term in question.targets)
    for term in targets:
        if term.call or term.weights:
            raise PatternError(text, term.column, f'"{term}" cannot be asked for', expected="a variable, or variable=state")
    findings = read_terms(compiled, question.given, text)
    return Asked(targets, findings.with_findings(read_given(compiled, given, do)), text)


def read_given(compiled: CompiledModel, given: Given = None, do: Given = None) -> Findings:
    """Read findings and interventions.

    Parameters
    ----------
    compiled
        The network.
    given
        Text, dict, findings or a list of these.
    do
        Interventions, as text or dict: each variable in one state.

    Raises
    ------
    EvidenceError, UnknownVariable, UnknownState
        Where it is not what it should be.
    """
    findings = _read(compiled, given)
    if do is None:
        return findings
    set_ = _read(compiled, do)
    if set_.marginals or any(item.kind != "state" for item in set_.items):
        text = next(item.text for item in set_.items if item.kind != "state")
        raise FindingError(text, "an intervention sets a variable to one state")
    return findings.with_findings(Findings((), (*set_.interventions, *(_intervention(compiled, item) for item in set_.items))))


def an_example(compiled: CompiledModel) -> str:
    """Return a target that can be asked on this network, as an example in an error message; the last variable, in a
    state.
    """
    v = len(compiled.names) - 1
    states = compiled.states(v)
    return compiled.literal(v, states.index("present") if "present" in states else 0)


def read_target(compiled: CompiledModel, text: str) -> tuple[int, int]:
    """Read one variable in one state: `fever` for `fever=present`, or `smoke=yes`. Gives their indices."""
    terms = parse_question(text, generous=True)
    if len(terms.targets) != 1 or terms.given or not terms.targets[0].hard or terms.targets[0].call:
        raise PatternError(text, 1, "not one variable in one state", expected='"variable" or "variable=state"')
    term = compiled.resolved(terms.targets[0], text)
    v = compiled.variable(term.name, text)
    return v, compiled.state(v, term.states[0], text)


def _intervention(compiled: CompiledModel, item: Finding) -> Intervention:
    """Turn the finding that a variable is in a state into setting it."""
    state = compiled.states(item.variable).index(str(item.value))
    return Intervention(item.variable, item.name, state, str(item.value), f"do({item.text})")


def _read(compiled: CompiledModel, given: Given) -> Findings:
    if given is None:
        return Findings()
    if isinstance(given, Findings):
        return given
    if isinstance(given, str):
        return read_terms(compiled, parse_findings(given, generous=True), given)
    if isinstance(given, Mapping):
        return _together(_from_value(compiled, str(name), value) for name, value in given.items())
    if isinstance(given, list | tuple):
        return _together(_read(compiled, part) for part in given)
    raise FindingError(str(given), f"findings must be a text or a dict; got {type(given).__name__}")


def read_terms(compiled: CompiledModel, terms: Iterable[Term], text: str) -> Findings:
    """Read findings that are parsed already; `text` is where they were written, for errors."""
    return _together(_from_term(compiled, compiled.resolved(term, text), text) for term in terms)


def _together(parts: Iterable[Findings]) -> Findings:
    """Add findings to findings, in their order."""
    items: list[Finding] = []
    interventions: tuple[Intervention, ...] = ()
    for part in parts:
        items += part.items
        if part.interventions:
            interventions = Findings((), interventions).with_findings(part).interventions
    return Findings(tuple(items), interventions)


@per_model
def _known_states(_: CompiledModel) -> dict[tuple[str, str], Findings]:
    """The findings that a variable is in a state, by their names as they were given before."""
    return {}


def _from_term(compiled: CompiledModel, term: Term, text: str) -> Findings:
    """Make the finding or the intervention that a resolved term says."""
    v = compiled.index[term.name]
    states = compiled.states(v)
    if term.call == "do":
        item = compiled.state_finding(v, states.index(term.states[0]))
        return Findings((), (_intervention(compiled, item),))
    if term.call == "jeffrey":
        wanted: float | dict[str, float] = dict(zip(term.states, term.weights, strict=True))
        return _marginal(compiled, v, wanted)
    if not term.weights and len(term.states) == 1:
        return Findings((compiled.state_finding(v, states.index(term.states[0])),))
    missing = [state for state in states if state not in term.states]
    if term.weights and missing:
        what, expected = f'"{term}" has no likelihood for {", ".join(map(quote, missing))}', "one for every state"
        if not term.column:
            raise FindingError(text, what, expected=expected)
        raise PatternError(text, term.column, what, expected=expected)
    value = dict(zip(term.states, term.weights, strict=True)) if term.weights else term.states
    kind: Kind = "likelihood" if term.weights else "one of"
    return Findings((Finding(v, term.name, kind, value, likelihoods(term, states), str(term)),))


def _from_value(compiled: CompiledModel, name: str, value: Any) -> Findings:
    """Read one entry of a dict."""
    if type(value) is str:
        known = _known_states(compiled)
        if (name, value) not in known:
            v = compiled.index.get(name)
            if v is not None and value in compiled.states(v):
                known[name, value] = Findings((compiled.state_finding(v, compiled.states(v).index(value)),))
            else:
                known[name, value] = _from_any_value(compiled, name, value)
        return known[name, value]
    return _from_any_value(compiled, name, value)


def _from_any_value(compiled: CompiledModel, name: str, value: Any) -> Findings:
    meaning = compiled.meaning(name)
    v = compiled.index[meaning.name]
    name = meaning.name
    if meaning.states or meaning.negated:
        value = _said_of(compiled, meaning, value)
    if _missing(value):
        # Unobserved; only for a context variable is that worth saying, since it would be assumed otherwise.
        return _from_states(compiled, v, compiled.states(v)) if compiled.model.variables[name].default else Findings()
    if isinstance(value, NewMarginal):
        return _marginal(compiled, v, value.wanted)
    if isinstance(value, Mapping):
        return _from_likelihoods(compiled, v, value)
    if isinstance(value, set | frozenset):
        return _from_states(compiled, v, sorted(value, key=str))
    if hasattr(value, "tolist") and not isinstance(value, str):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return _from_list(compiled, v, list(value))
    return _from_states(compiled, v, [value])


def _said_of(compiled: CompiledModel, meaning: Meaning, value: Any) -> Any:
    """Return what a value said of a word such as `male` says of its variable, `female`."""
    v = compiled.index[meaning.name]

    def states(typed: Any) -> tuple[str, ...]:
        return compiled.words.value(meaning, _typed(typed), f"{meaning}: {typed}")

    if _missing(value):
        return None
    if isinstance(value, NewMarginal):
        compiled.resolved(Term(meaning.name), f"jeffrey {meaning}: {value.wanted}")
        wanted = value.wanted if isinstance(value.wanted, Mapping) else {"present": value.wanted, "absent": 1.0 - value.wanted}
        return NewMarginal({states(state)[0]: p for state, p in wanted.items()})
    if isinstance(value, Mapping):
        return {state: weight for typed, weight in value.items() for state in states(typed)}
    if isinstance(value, set | frozenset):
        return {state for typed in value for state in states(typed)}
    if isinstance(value, list | tuple):
        order = ", ".join(compiled.states(v))
        raise FindingError(f"{meaning}: {value}", "a list has no order here", way_out=f"name the states ({order}) in a dict")
    return set(states(value))


def _from_list(compiled: CompiledModel, v: int, values: list[Any]) -> Findings:
    """Read a list: likelihoods in the order of the states, several findings, or one of these states."""
    if values and all(isinstance(x, Mapping) for x in values):
        findings = Findings()
        for likelihood in values:
            findings = findings.with_findings(_from_likelihoods(compiled, v, likelihood))
        return findings
    if values and all(isinstance(x, numbers.Real) and not isinstance(x, bool) for x in values):
        states = compiled.states(v)
        if all(numbered(x, states) in states for x in values):
            raise FindingError(
                f"{compiled.names[v]}={values}",
                "these numbers are states and could be likelihoods too",
                way_out=f"write {{{', '.join(map(str, values))}}} for one of these states, "
                f"or a dict of likelihoods by state, such as {dict.fromkeys(states, 1.0)}",
            )
        if len(values) != len(states):
            raise FindingError(
                f"{compiled.names[v]}={values}",
                f"{len(values)} likelihoods",
                expected=f"{len(states)}, one for each of {', '.join(states)}",
            )
        return _from_likelihoods(compiled, v, dict(zip(states, values, strict=True)))
    return _from_states(compiled, v, values)


def _from_states(compiled: CompiledModel, v: int, values: Sequence[Any]) -> Findings:
    """Read one state, or one of these states."""
    if not values:
        raise FindingError(f"{compiled.names[v]}={{}}", "no state is named", expected="at least one state")
    states = {state for value in values for state in state_names(compiled, v, value)}
    term = Term(compiled.names[v], tuple(s for s in compiled.states(v) if s in states))
    return _from_term(compiled, term, str(term))


def _from_likelihoods(compiled: CompiledModel, v: int, value: Mapping[Any, Any]) -> Findings:
    """Read likelihoods by state; only their ratios matter."""
    by_state = {state_name(compiled, v, state): weight for state, weight in value.items()}
    for state, weight in by_state.items():
        if not 0 <= as_float(weight) < math.inf:
            raise FindingError(
                f"{compiled.names[v]}={dict(value)}",
                f'"{weight}" is not a likelihood of {state}',
                expected="a number of 0 or more",
            )
    term = Term(compiled.names[v], tuple(by_state), tuple(float(weight) for weight in by_state.values()))
    if not any(term.weights):
        raise FindingError(str(term), "all likelihoods are 0", expected="at least one state that is possible")
    return _from_term(compiled, term, str(term))


def _marginal(compiled: CompiledModel, v: int, wanted: float | Mapping[str, float]) -> Findings:
    """Read a new marginal: every state, or the probability of present."""
    states = compiled.states(v)
    if not isinstance(wanted, Mapping):
        compiled.resolved(Term(compiled.names[v]), f"jeffrey {compiled.names[v]}: {wanted}")
        if not 0.0 <= as_float(wanted) <= 1.0:
            what = f'"{wanted}" is not a probability of present'
            raise FindingError(f"{compiled.names[v]}: {wanted}", what, expected="a number from 0 to 1")
        if len(states) != 2:
            raise FindingError(
                f"{compiled.names[v]}: {wanted}",
                "one probability is not enough for several states",
                expected="a dict of all states",
            )
        wanted = {"present": wanted, "absent": 1.0 - wanted}
    by_state = {state_name(compiled, v, state): p for state, p in wanted.items()}
    text = f"{compiled.names[v]}: {dict(wanted)}"
    for state, p in by_state.items():
        if not 0.0 <= as_float(p) <= 1.0:
            raise FindingError(text, f'"{p}" is not a probability of {state}', expected="a number from 0 to 1")
    total = math.fsum(float(p) for p in by_state.values())
    if abs(total - 1.0) > _SLACK or set(by_state) != set(states):
        raise FindingError(text, f"the new probabilities sum to {total:g}", expected="one for every state, with sum 1")
    vector = tuple(float(by_state[state]) / total for state in states)
    term = Term(compiled.names[v], states, vector, call="jeffrey")
    return Findings((Finding(v, compiled.names[v], "new marginal", dict(zip(states, vector, strict=True)), vector, str(term)),))


def state_name(compiled: CompiledModel, v: int, value: Any) -> str:
    """Return the one state that a value means; see `state_names`.

    Raises
    ------
    UnknownState
        With the states there are.
    """
    return state_said(compiled, Meaning(compiled.names[v]), value)


def state_said(compiled: CompiledModel, meaning: Meaning, value: Any) -> str:
    """Return the one state of its variable that a value says of a word, such as absent for True of `male`.

    Raises
    ------
    UnknownState
        With the states there are.

    """
    states, typed = compiled.states(compiled.index[meaning.name]), _typed(value)
    if typed in states and meaning == Meaning(meaning.name):
        return typed
    found = compiled.words.value(meaning, typed)
    if len(found) > 1:
        raise UnknownState(meaning.name, typed, states)
    return found[0]


def state_names(compiled: CompiledModel, v: int, value: Any) -> tuple[str, ...]:
    """Return the state that a value means: its name, yes or no, True or False, a number in a range. A range can be several.

    Raises
    ------
    UnknownState
        With the states there are.

    """
    typed = _typed(value)
    return (typed,) if typed in compiled.states(v) else compiled.words.state(compiled.names[v], typed)


def _typed(value: Any) -> str:
    """Return a value as it would be typed: a whole number without decimals."""
    if hasattr(value, "item") and getattr(value, "size", 1) == 1:
        value = value.item()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def as_float(value: Any) -> float:
    """Return a real number as a float; NaN, which no comparison holds for, where it is none or too large for one."""
    try:
        return float(value) if isinstance(value, numbers.Real) else math.nan
    except OverflowError:
        return math.nan


def _missing(value: Any) -> bool:
    """Return whether a value means unobserved: None, NaN, NaT or pandas' NA."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, numbers.Real) and not isinstance(value, numbers.Integral) and math.isnan(cast("float", value))

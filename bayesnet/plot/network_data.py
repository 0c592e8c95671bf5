"""The data of a network picture: the variables that matter, their probabilities, strength and sign of the arcs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Protocol

from bayesnet.analysis.description.drawing_columns import columns
from bayesnet.model.vocabulary import OTHER_ROLE

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel
    from bayesnet.analysis.query.findings import Findings
    from bayesnet.analysis.query.query import Query
    from bayesnet.results.base import Provenance


Kind = Literal["finding", "set", "assumed", "target", "other"]

RIVALS = 3
"""Diagnoses beside the target that are shown in a large network."""

FEW = 12
"""Variables that are drawn of a large network at least."""

NEAR = 4
"""Variables on the longest way from a finding to a rival that is shown."""


class Subject(Protocol):
    """A network or a case: anything with a compiled, and findings if there are any."""

    @property
    def compiled(self) -> CompiledModel:
        """Model, arrays and engine."""
        ...


@dataclass(frozen=True)
class Node:
    """One variable: label, the state known or shown, its probability before and after, and the reason it is drawn."""

    variable: int
    name: str
    label: str
    group: str
    state: str
    prior: float
    posterior: float
    kind: Kind


@dataclass(frozen=True)
class Arc:
    """One arc: total variation between the child's distributions (0 to 1), and whether the parent raises (1) or lowers (-1) it.

    The sign is 0 where it depends on the other parents.
    """

    parent: int
    child: int
    strength: float
    sign: int


@dataclass(frozen=True)
class Drawing:
    """Variables and arcs to be drawn; `left_out` counts the variables that are not."""

    nodes: tuple[Node, ...]
    arcs: tuple[Arc, ...]
    left_out: int
    findings: str
    provenance: Provenance


def drawing(subject: Subject, target: str | None, most: int | None) -> Drawing:
    """Choose and measure what is drawn: all of a network of up to `most` variables, else what joins findings and target.

    With neither findings nor a target, all of any network is drawn.
    """
    from bayesnet.analysis.query.findings import Findings
    from bayesnet.analysis.query.parse import read_target
    from bayesnet.analysis.query.query import Query

    compiled: CompiledModel = subject.compiled
    findings: Findings = getattr(subject, "findings", Findings())
    query = Query(compiled, findings)
    asked = None if target is None else read_target(compiled, target)
    arcs = _arcs(query)
    kept: Sequence[int] = range(len(compiled.names))
    if most is not None and len(compiled.names) > most and (asked is not None or findings.variables):
        asked = asked or _leading(query)
        kept = _filled(_neighbourhood(query, None if asked is None else asked[0]), asked, arcs)
    inside = frozenset(kept)
    return Drawing(
        nodes=_nodes(query, kept, asked),
        arcs=tuple(_signed(compiled, arc) for arc in arcs if arc.parent in inside and arc.child in inside),
        left_out=len(compiled.names) - len(kept),
        findings=findings.text,
        provenance=query.provenance(),
    )


def _arcs(query: Query) -> list[Arc]:
    """Return every arc with its strength, the strongest first, not yet signed."""
    from bayesnet.analysis.description.arc_strength import arc_strengths

    found, compiled = [], query.compiled
    for line in arc_strengths(query):
        strength = line.variation_mean if line.variation_weighted != line.variation_weighted else line.variation_weighted
        found.append(Arc(compiled.index[line.parent], compiled.index[line.child], strength, 0))
    return sorted(found, key=lambda arc: -arc.strength)


def _signed(compiled: CompiledModel, arc: Arc) -> Arc:
    """Return an arc with its sign."""
    from bayesnet.analysis.description.arc_strength import sign

    return replace(arc, sign=sign(compiled, compiled.factors.families[arc.child], arc.parent))


def _nodes(query: Query, kept: Sequence[int], asked: tuple[int, int] | None) -> tuple[Node, ...]:
    """Return the variables with their probabilities."""
    from bayesnet.analysis.query.posterior import posteriors

    compiled, marginals = query.compiled, posteriors(query)
    known = _known(query.stated)
    nodes = []
    for v in kept:
        before, after = marginals[compiled.names[v]].prior.probabilities, marginals[compiled.names[v]].probabilities
        kind, told = known.get(v, ("other", ""))
        if asked is not None and v == asked[0]:
            s, kind = asked[1], "target" if kind == "other" else kind
        else:
            s = _shown_state(compiled.states(v), after)
        record = compiled.model.variables[compiled.names[v]]
        label = record.label or compiled.names[v].replace("_", " ")
        nodes.append(Node(v, record.name, label, record.group, told or compiled.states(v)[s], before[s], after[s], kind))
    return tuple(nodes)


def _known(stated: Findings) -> dict[int, tuple[Kind, str]]:
    """Return what is known or set, with the state; uncertain evidence leaves a probability and is drawn as one."""
    known: dict[int, tuple[Kind, str]] = {}
    for item in stated.items:
        if item.kind in ("state", "one of"):
            told = item.value if isinstance(item.value, str) else " or ".join(item.value)
            known[item.variable] = ("assumed" if item.assumed else "finding", told)
    return known | {item.variable: ("set", item.value) for item in stated.interventions}


def _leading(query: Query) -> tuple[int, int] | None:
    """Return the leading diagnosis; None in a network without diagnoses."""
    from bayesnet.analysis.differential.differential import differential
    from bayesnet.analysis.query.parse import read_target

    compiled = query.compiled
    return read_target(compiled, differential(query).leading_specific) if compiled.diagnoses else None


def _filled(kept: set[int], asked: tuple[int, int] | None, arcs: Sequence[Arc]) -> list[int]:
    """Few variables are joined by the strongest arcs of the target, then of the others, until there are `FEW`."""
    own = [arc for arc in arcs if asked is not None and asked[0] in (arc.parent, arc.child)]
    while len(kept) < FEW:
        joining = next((arc for arc in (*own, *arcs) if (arc.parent in kept) != (arc.child in kept)), None)
        if joining is None:
            break
        kept |= {joining.parent, joining.child}
    return sorted(kept)


def _neighbourhood(query: Query, target: int | None) -> set[int]:
    """Return the target, the findings, the open ways between them, and the diagnoses that compete for the same findings."""
    from bayesnet.analysis.differential.differential import differential
    from bayesnet.analysis.explanation.paths import paths
    from bayesnet.analysis.query.query import checked

    compiled, evidence = query.compiled, query.ask(checked)
    given = [v for v in query.findings.variables if v != target]
    if target is None:
        return set(given)
    kept = {target, *given}
    rivals: list[int] = []
    if compiled.diagnoses and given:
        ranked = [d for d in differential(query) if d.role != OTHER_ROLE and d.likelihood_ratio > 1.0]
        rivals = [compiled.index[d.diagnosis] for d in ranked if compiled.index[d.diagnosis] not in kept][:RIVALS]
    for goal in (target, *rivals):
        for v in given:
            ways = [_on(compiled, way.path) for way in paths(compiled, evidence.without(v), v, goal) if way.open][:1]
            kept.update(u for way in ways if goal == target or len(way) <= NEAR for u in way)
    return kept


def _on(compiled: CompiledModel, path: str) -> list[int]:
    """Return the variables on a path."""
    return [compiled.index[name] for name in re.split(r" [→←] ", path)]


def _shown_state(states: Sequence[str], probabilities: Sequence[float]) -> int:
    """Return the state whose probability is shown: present or yes; of several states the most probable."""
    from bayesnet.analysis.description.arc_strength import holds

    held = holds(states)
    if held is not None:
        return held
    return max(range(len(states)), key=lambda s: probabilities[s])


@dataclass(frozen=True)
class Layout:
    """A place (column, row) for every variable, the heading of every column, and the number of rows."""

    places: dict[int, tuple[float, float]]
    headings: tuple[tuple[float, str], ...]
    columns: int
    rows: int


def layout(nodes: Sequence[Node], arcs: Sequence[Arc], tallest: int) -> Layout:
    """Place every variable; a column of more than `tallest` variables is split."""
    groups = {node.variable: node.group for node in nodes}
    found, headings = columns(groups, [(arc.parent, arc.child, arc.strength) for arc in arcs])
    places: dict[int, tuple[float, float]] = {}
    spots: list[tuple[float, str]] = []
    x, rows = 0, 1
    for k, column in enumerate(found):
        parts = -(-len(column) // tallest)
        if headings:
            spots.append((x + (parts - 1) / 2, headings[k]))
        size = -(-len(column) // parts)
        for part in range(parts):
            members = column[part::parts]
            rows = max(rows, size)
            for i, v in enumerate(members):
                places[v] = (float(x), i - (len(members) - 1) / 2)
            x += 1
    return Layout(places, tuple(spots), x, rows)

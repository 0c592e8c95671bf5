"""Promises of the picture of a network: what is drawn, where it stands, and what the arcs say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bayesnet
from bayesnet import plot
from bayesnet.plot import style
from bayesnet.plot.network_data import Arc, Node, drawing, layout


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Close every figure after its test."""
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def clinic() -> Any:
    """The chest clinic."""
    return bayesnet.load("asia")


@pytest.fixture(scope="module")
def patient() -> Any:
    """The first published case of the shipped model."""
    net = bayesnet.load("back_pain")
    return net.case(net.model.examples[0][1])


def named(ax: Any, gid: str) -> list[Any]:
    """Patches and lines that carry a name."""
    return [artist for artist in (*ax.patches, *ax.lines) if artist.get_gid() == gid]


def test_a_small_network_is_drawn_whole_with_every_arc(clinic: Any) -> None:
    """Eight boxes and eight arcs, one for each variable and parent; the labels are the model's own."""
    ax = plot.network(clinic, least=0.0)
    assert len(named(ax, "node")) == 8
    arcs = {patch.get_gid() for patch in ax.patches if ">" in str(patch.get_gid())}
    index = clinic.compiled.index
    assert arcs == {f"{index[p]}>{index[v.name]}" for v in clinic.variables.values() for p in v.parents}
    texts = {text.get_text().replace("\n", " ") for text in ax.texts}
    assert {variable.label for variable in clinic.variables.values()} <= texts


def test_bars_in_the_boxes_are_posteriors_and_marks_are_priors(clinic: Any) -> None:
    """The part of a strip that is filled is the probability now, the mark stands at the one before."""
    case = clinic.case("xray=yes")
    ax = plot.network(case)
    free = [name for name in clinic.variables if name != "xray"]
    bars, marks = named(ax, "posterior"), named(ax, "prior")
    assert len(bars) == len(marks) == len(free)
    for name, bar, mark in zip(free, bars, marks, strict=True):
        p = case.posterior(name)
        full = 0.92 * 0.74
        assert bar.get_width() / full == pytest.approx(p["yes"])
        assert (mark.get_xdata()[0] - bar.get_x()) / full == pytest.approx(p.prior["yes"])


def test_findings_are_dark_and_say_their_state_and_an_intervention_says_do(clinic: Any) -> None:
    """What was found is in a dark box; what was set says so and has lost its arcs."""
    ax = plot.network(clinic.case("xray=yes").do("smoke=no"))
    faces = [patch.get_facecolor() for patch in named(ax, "node")]
    assert faces.count(mpl.colors.to_rgba(style.INK)) == 2
    assert "do: no" in [text.get_text() for text in ax.texts]
    assert "no" in [text.get_text() for text in plot.network(clinic.case("xray=no")).texts]
    cut = plot.network(clinic.case().do("bronc=yes"), least=0.0)
    child = clinic.compiled.index["bronc"]
    assert not [patch for patch in cut.patches if str(patch.get_gid()).endswith(f">{child}")]


def test_uncertain_evidence_leaves_a_probability() -> None:
    """A likelihood is no finding of a state: its box keeps a bar; one of several states is told as such."""
    net = bayesnet.load("back_pain")
    case = net.case({"fever": {"present": 10, "absent": 1}, "age_group": {"50-59", "60-69"}})
    nodes = {node.name: node for node in drawing(case, None, None).nodes}
    assert (nodes["fever"].kind, nodes["fever"].state) == ("other", "present")
    assert (nodes["age_group"].kind, nodes["age_group"].state) == ("finding", "50-59 or 60-69")


def test_an_assumed_setting_is_told_as_assumed() -> None:
    """A default that nobody stated is marked in its box."""
    net = bayesnet.load("back_pain")
    drawn = drawing(net.case("fever"), None, None)
    assert [node.kind for node in drawn.nodes if node.name == "setting"] == ["assumed"]


def test_causes_raise_and_prevention_lowers() -> None:
    """Signs: smoking raises cancer; an absent-or-present cause that hinders is drawn dashed; order of states does not matter."""
    drawn = drawing(bayesnet.load("asia"), None, None)
    assert {arc.sign for arc in drawn.arcs} == {1}
    back = bayesnet.load("back_pain")
    arcs = {(back.compiled.names[a.parent], back.compiled.names[a.child]): a.sign for a in drawing(back, None, None).arcs}
    assert arcs["spinal_stenosis", "nonspecific_lbp"] == -1
    assert arcs["multiple_myeloma", "any_malignancy"] == 1
    ax = plot.network(back, least=0.0)
    index = back.compiled.index
    (arrow,) = named(ax, f"{index['spinal_stenosis']}>{index['nonspecific_lbp']}")
    assert arrow.get_linestyle() != "solid"
    assert arrow.get_edgecolor()[:3] == mpl.colors.to_rgb(style.LOWERS)


def test_of_a_large_network_only_what_matters_is_drawn(patient: Any) -> None:
    """Target, all findings, and open ways between them; every drawn variable is joined to the target; the rest is counted."""
    drawn = drawing(patient, "spinal_metastasis", 30)
    names = {node.name for node in drawn.nodes}
    known = {item.name for item in patient.findings.items}
    assert {"spinal_metastasis", *known} <= names
    assert len(names) < 40
    assert len(names) + drawn.left_out == len(patient.compiled.names)
    reached, front = set(), {patient.compiled.index["spinal_metastasis"]}
    while front:
        reached |= front
        front = {v for a in drawn.arcs for u, v in ((a.parent, a.child), (a.child, a.parent)) if u in reached} - reached
    assert {node.variable for node in drawn.nodes} == reached
    title = plot.network(patient, "spinal_metastasis").get_title(loc="left")
    assert f"({drawn.left_out} more variables not shown)" in title


def test_roles_are_columns_in_the_order_of_the_model(patient: Any) -> None:
    """Every group stands in its own columns, under its name, with the derived groups last."""
    drawn = drawing(patient, None, None)
    plan = layout(drawn.nodes, drawn.arcs, 28)
    assert [text for _, text in plan.headings] == [
        "risk factors", "diagnoses", "mechanisms", "history and examination", "laboratory", "imaging", "groups",
    ]  # fmt: skip
    reach: dict[str, list[float]] = {}
    for node in drawn.nodes:
        reach.setdefault("risk_factors" if node.group == "settings" else node.group, []).append(plan.places[node.variable][0])
    spans = sorted((min(xs), max(xs)) for xs in reach.values())
    assert all(before[1] < after[0] for before, after in pairwise(spans))


def test_without_roles_columns_are_causal_depth(clinic: Any) -> None:
    """Every arc runs to the right."""
    drawn = drawing(clinic, None, None)
    places = layout(drawn.nodes, drawn.arcs, 14).places
    assert all(places[arc.parent][0] < places[arc.child][0] for arc in drawn.arcs)


@settings(max_examples=60)
@given(st.integers(1, 40), st.integers(1, 15), st.randoms(use_true_random=False))
def test_no_two_variables_stand_in_one_place(count: int, tallest: int, random: Any) -> None:
    """Whatever the graph, every variable has a place of its own and no column is taller than allowed."""
    groups = ["settings", "risk_factors", "diagnoses", "groups"]
    nodes = [Node(v, f"v{v}", f"V {v}", random.choice(groups), "present", 0.1, 0.2, "other") for v in range(count)]
    arcs = [Arc(u, v, random.random(), 1) for v in range(count) for u in range(v) if random.random() < 0.15]
    plan = layout(nodes, arcs, tallest)
    assert len(set(plan.places.values())) == count
    rows: dict[float, int] = {}
    for x, _ in plan.places.values():
        rows[x] = rows.get(x, 0) + 1
    assert max(rows.values()) <= min(tallest, plan.rows)
    assert max(x for x, _ in plan.places.values()) < plan.columns


def test_boxes_do_not_overlap(patient: Any) -> None:
    """In the picture no box covers another."""
    ax = plot.network(patient, "spinal_metastasis")
    boxes = [(p.get_x(), p.get_y(), p.get_x() + p.get_width(), p.get_y() + p.get_height()) for p in named(ax, "node")]
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_a_large_network_without_roles_or_diagnoses_is_drawn_around_the_findings(networks: Any) -> None:
    """Findings and target are there, joined by the strongest arcs until a dozen variables are drawn; all is still counted."""
    alarm = bayesnet.load(networks / "alarm.bif.gz")
    asked = drawing(alarm.case("HRBP=HIGH, CVP=LOW"), "LVFAILURE=TRUE", 30)
    assert {"HRBP", "CVP", "LVFAILURE"} <= {node.name for node in asked.nodes}
    free = drawing(alarm.case("CVP=LOW"), None, 30)
    assert not [node for node in free.nodes if node.kind == "target"]
    for drawn in (asked, free):
        assert len(drawn.nodes) == 12
        assert len(drawn.nodes) + drawn.left_out == len(alarm.variables)

"""To pgmpy and back; the only module that imports pgmpy, and only when it is called."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from bayesnet.interop.divorce import LARGEST, full_tables
from bayesnet.interop.draft import Draft
from bayesnet.interop.tables import to_model
from bayesnet.model.factors import Factors
from bayesnet.model.records import Model

if TYPE_CHECKING:
    # Under its own name once more, so that other rooms can annotate with it without importing pgmpy.
    from pgmpy.models import DiscreteBayesianNetwork as DiscreteBayesianNetwork  # noqa: PLC0414


def _pgmpy(module: str) -> ModuleType:
    """Import a module of pgmpy; the first import announces deprecations inside pgmpy that its users can do nothing about."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=FutureWarning)
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        return import_module(f"pgmpy.{module}")


def to_pgmpy(factors: Factors, largest: int = LARGEST) -> DiscreteBayesianNetwork:
    """Return a `pgmpy.models.DiscreteBayesianNetwork` with full tables, checked; see `Network.to_pgmpy`.

    A gate's table may have `largest` cells; a larger gate is divorced.
    """
    tables = full_tables(factors, largest=largest)
    models, discrete = _pgmpy("models"), _pgmpy("factors.discrete")
    model = models.DiscreteBayesianNetwork()
    model.add_nodes_from(tables.names)
    model.latents = set(tables.helpers)
    model.add_edges_from(
        (tables.names[p], name) for name, parents in zip(tables.names, tables.parents, strict=True) for p in parents
    )
    for i, (name, parents) in enumerate(zip(tables.names, tables.parents, strict=True)):
        own = len(tables.states[i])
        involved = (i, *parents)
        cpd = discrete.TabularCPD(
            name,
            own,
            np.ascontiguousarray(tables.tables[i].reshape(-1, own).T),
            evidence=[tables.names[p] for p in parents],
            evidence_card=[len(tables.states[p]) for p in parents],
            state_names={tables.names[v]: list(tables.states[v]) for v in involved},
        )
        model.add_cpds(cpd)
    model.graph["helpers"] = tables.helpers
    model.check_model()
    return model


def helper_nodes(model: DiscreteBayesianNetwork) -> tuple[str, ...]:
    """List the nodes that `to_pgmpy` added for gates too large for one table, in the order in which they were added."""
    return tuple(model.graph.get("helpers", ()))


def from_pgmpy(model: DiscreteBayesianNetwork, name: str = "pgmpy") -> Model:
    """Return a model with the nodes, states and tables of a pgmpy network, all graded `file`; see `bayesnet.from_pgmpy`."""
    draft = Draft(name)
    cpds = {node: model.get_cpds(node) for node in model.nodes()}
    for node, cpd in cpds.items():
        if cpd is None:
            draft.problem("has no table", str(node))
        else:
            draft.variable(str(node), _texts(cpd.state_names[node]))
    if not draft.problems:
        for node, cpd in cpds.items():
            _family(draft, model, node, cpd)
    return to_model(draft.finish(name), name)


def _family(draft: Draft, model: DiscreteBayesianNetwork, node: Any, cpd: Any) -> None:
    """Take one table; pgmpy's values have the child's axis first, then the parents in the order of `variables`."""
    parents = list(cpd.variables)[1:]
    in_graph = set(model.get_parents(node))
    if set(parents) != in_graph:
        draft.problem(f"its table has the parents {_list(parents)}; the graph has {_list(in_graph)}", str(node))
    elif draft.family(str(node), _texts(parents)):
        for parent in parents:
            listed, own = _texts(cpd.state_names[parent]), list(draft.states[str(parent)])
            if listed != own:
                draft.problem(
                    f'its table lists the states of "{parent}" as {", ".join(listed)}; its own table as {", ".join(own)}',
                    str(node),
                )
                return
        draft.table(str(node), np.asarray(cpd.values, dtype=float), child_first=True)


def _texts(values: Iterable[object]) -> list[str]:
    return [str(value) for value in values]


def _list(values: Iterable[object]) -> str:
    return ", ".join(sorted(map(str, values))) or "none"

"""Where networks come from, and how far apart two of them are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from bayesnet.network.whole import Network

if TYPE_CHECKING:
    from bayesnet.results.tuning import Distance

_FILES = (".bif", ".xmlbif", ".xml", ".xdsl", ".net", ".uai")
"""What a file of another program ends with, also before `.gz`."""


def load(name_or_path: str | Path) -> Network:
    """Read a network.

    Parameters
    ----------
    name_or_path
        A shipped model by name (`back_pain`, `asia`, `sprinkler`, `mammography`), a priors folder, or a file:
        `.bif`, `.xmlbif`, `.xml`, `.xdsl`, `.net`, `.uai`, each also with `.gz`.

    Raises
    ------
    SpecError
        When it cannot be found or read; every problem at once.

    Examples
    --------
    >>> import bayesnet
    >>> bayesnet.load("asia").variables["smoke"].states
    ('yes', 'no')
    """
    from bayesnet.model import find_model, load_model

    if str(name_or_path).lower().removesuffix(".gz").endswith(_FILES):
        from bayesnet.interop.files import read_network

        return Network(read_network(name_or_path))
    return Network(load_model(name_or_path), find_model(name_or_path), keep=True)


def distance(net: Network, other: Network) -> Distance:
    """How far two networks over the same variables are apart: `.cd` bounds what any answer can change, `.kl` is KL(net || other).

    Raises
    ------
    SpecError
        When they do not have the same variables with the same states.

    References
    ----------
    Chan H, Darwiche A (2005). A distance measure for bounding probabilistic belief change. Int J Approx Reason 38:149-174.

    Examples
    --------
    >>> import bayesnet
    >>> asia = bayesnet.load("asia")
    >>> round(bayesnet.distance(asia, asia.with_numbers({"smoke=yes": 0.6})).cd, 4)
    0.4055
    """
    from bayesnet.analysis.sensitivity.distance import distance

    return distance(net.core, other.core)


def from_pgmpy(model: Any, name: str = "pgmpy") -> Network:
    """Give a network with the nodes, states and tables of a pgmpy model."""
    from bayesnet.interop.pgmpy_bridge import from_pgmpy as bridge

    return Network(bridge(model, name))

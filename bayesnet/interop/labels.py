"""Rules for the names and states of a network that a file can store unchanged."""

from __future__ import annotations

from collections.abc import Callable

from bayesnet.errors import Problem, SpecError
from bayesnet.interop.tables import Tables


def refuse_labels(tables: Tables, format_name: str, held: Callable[[str], object] = bool, lost: str = "") -> None:
    """Refuse a network whose name, variables or states the format cannot hold.

    Parameters
    ----------
    tables
        The network to be written.
    format_name
        The format, as a person calls it.
    held
        Whether the format holds one name or state; anything printable when left out.
    lost
        What it cannot hold, in words.

    Raises
    ------
    SpecError
        With one problem per label that would be lost.
    """
    found = [(f"the network's name {tables.name!r}", tables.name)] if tables.name else []
    for name, states in zip(tables.names, tables.states, strict=True):
        found.append((f"variable {name!r}", name))
        found += [(f"variable {name!r}, state {state!r}", state) for state in states]
    _refuse(tables, format_name, [(where, _loss(label, held, lost)) for where, label in found])


def refuse_names(tables: Tables, format_name: str, held: Callable[[str], object], lost: str) -> None:
    """Refuse a network whose variables the format cannot name; parameters and errors as for `refuse_labels`."""
    _refuse(tables, format_name, [(f"variable {name!r}", _loss(name, held, lost)) for name in tables.names])


def _loss(label: str, held: Callable[[str], object], lost: str) -> str:
    if not label or not label.isprintable() or label != label.strip():
        return "an empty label, blanks at its ends or characters that are not printable"
    return "" if held(label) else lost


def _refuse(tables: Tables, format_name: str, losses: list[tuple[str, str]]) -> None:
    way_out = "rename it or choose another format"
    problems = [Problem("", where, f"{format_name} does not keep {loss}", way_out=way_out) for where, loss in losses if loss]
    if problems:
        raise SpecError(f"cannot write {tables.name or 'the network'} as {format_name}", problems)

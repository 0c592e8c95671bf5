"""The explorer as a widget for Jupyter, VS Code and marimo, its evidence synchronised both ways with Python.

Needs anywidget; `Network.explorer` says so where it is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import anywidget
from traitlets import Dict, TraitError, validate

from bayesnet.analysis.query.parse import read_given
from bayesnet.analysis.sensitivity.with_numbers import changed
from bayesnet.errors import BayesnetError
from bayesnet.web.bundle import bundle
from bayesnet.web.page import page, styles
from bayesnet.web.pagedata import page_data, scenario

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel
    from bayesnet.analysis.query.findings import Findings

_FRAME = 'title="Explorer" sandbox="allow-scripts allow-downloads" style="width: 100%; height: 720px; border: 0"'

T = TypeVar("T")
Maker = Callable[[Mapping[str, Any], Mapping[str, str], Mapping[str, float]], Any]


class Explorer(anywidget.AnyWidget):
    """The explorer of a network in a notebook; made by `Network.explorer`.

    `given` and `do` hold what is seen and set, `numbers` the numbers that were moved, by id; each is a dict that follows the
    clicks and, when it is assigned, moves the explorer. `case` is the current case. What is no finding of the network is
    refused, whichever side it comes from.

    Beside the widget the cell holds the page as HTML, with the case at that moment, for a notebook that is exported without the
    state of its widgets (`jupyter nbconvert --to html`): it works offline.
    """

    given = Dict().tag(sync=True)
    do = Dict().tag(sync=True)
    numbers = Dict().tag(sync=True)
    _data = Dict().tag(sync=True)

    def __init__(self, compiled: CompiledModel, findings: Findings, case: Maker) -> None:
        self._core, self._make = compiled, case
        data = page_data(compiled, findings)
        start = data["start"]
        self._esm = bundle("page/widget.js")
        self._css = styles()
        super().__init__(given=start["see"], do=start["do"], numbers={}, _data=data)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        shown = super()._repr_mimebundle_(**kwargs)
        if shown is not None:
            text = page(self.case.query).replace("&", "&amp;").replace("'", "&#39;")
            shown[0]["text/html"] = f"<iframe {_FRAME} srcdoc='{text}'></iframe>"
        return shown

    @property
    def case(self) -> Any:
        """The current case: findings and interventions, on the network with the numbers as moved."""
        return self._make(self.given, self.do, self.numbers)

    @validate("given")
    def _check_given(self, proposal: dict[str, Any]) -> dict[str, Any]:
        """Findings as the page writes them: a state, or a weight for each; other forms are turned into these."""
        return _accepted(lambda: self._seen(proposal["value"]))

    @validate("do")
    def _check_do(self, proposal: dict[str, Any]) -> dict[str, str]:
        do: dict[str, str] = _accepted(lambda: scenario(self._core, read_given(self._core, None, proposal["value"]))["do"])
        return do

    @validate("numbers")
    def _check_numbers(self, proposal: dict[str, Any]) -> dict[str, float]:
        value: dict[str, float] = proposal["value"]
        if value:
            _accepted(lambda: changed(self._core, value))
        return value

    def _seen(self, value: dict[str, Any]) -> dict[str, Any]:
        see: dict[str, Any] = scenario(self._core, read_given(self._core, value))["see"]
        # What came from the page stays as the page wrote it, so that the two never answer each other.
        plain = all(isinstance(one, str) or (isinstance(one, dict) and len(one) > 1) for one in value.values())
        return value if plain and value.keys() == see.keys() else see


def _accepted(read: Callable[[], T]) -> T:
    """Return what `read` gives; a refusal becomes one that traitlets knows, which leaves the widget unchanged."""
    try:
        return read()
    except BayesnetError as error:
        raise TraitError(str(error)) from error

"""The network as a whole: what it holds, what it looks like with other numbers, how it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bayesnet.analysis.asking import Given, read_given
from bayesnet.model.records import Model, Source, Variable
from bayesnet.network.asking import Asking

if TYPE_CHECKING:
    from bayesnet.case import Case
    from bayesnet.results.audit import Audit
    from bayesnet.results.bibliography import Bibliography
    from bayesnet.results.listing import Numbers, Summary
    from bayesnet.results.model_diff import ModelDiff
    from bayesnet.results.provenance import Provenance
    from bayesnet.web.widget import Explorer


class Network(Asking):
    """A Bayesian network with its numbers and their sources; made by `bayesnet.load`.

    Findings (`given`) are a text in the pattern language, `"anemia, !fever, age_group={50-59, 60-69}"`, or a dict, and mean the
    same in both: `{"fever": "present"}` hard; `{"fever": {"present": 10, "absent": 1}}` likelihoods on any positive scale; a set
    of states is one of these; None or NaN is unobserved; `bayesnet.jeffrey({"fever": 0.7})` asks for a new marginal.
    Interventions (`do`) cut the arrows into a variable before the findings count.

    Examples
    --------
    >>> import bayesnet
    >>> net = bayesnet.load("asia")
    >>> round(net.posterior("lung | smoke=yes, xray=yes")["yes"], 4)
    0.646
    """

    @property
    def model(self) -> Model:
        """The records: variables, numbers, sources."""
        return self.core.model

    @property
    def name(self) -> str:
        """The name of the model."""
        return self.core.model.name

    @property
    def digest(self) -> str:
        """SHA-256 of structure and numbers: equal digests give equal answers."""
        return self.core.model.digest

    @cached_property
    def variables(self) -> Mapping[str, Variable]:
        """Every variable by name, in the order of the model: states, parents, gate, meaning."""
        return MappingProxyType(dict(self.core.model.variables))

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """Every publication by key."""
        return MappingProxyType(dict(self.core.model.sources))

    @cached_property
    def numbers(self) -> Numbers:
        """Every number by id: value, range, the figures it rests on, grade."""
        from bayesnet.results.listing import Numbers

        return Numbers(self.core.model.numbers, {key: source.short for key, source in self.core.model.sources.items()})

    def summary(self) -> Summary:
        """Counts of variables, gates, numbers and grades, and the numbers with the widest ranges."""
        from bayesnet.analysis.summary import summary

        return summary(self.core)

    def provenance(self) -> Provenance:
        """Every number computed again from the figures recorded with it, how each is known, and what a reviewer should look at.

        Examples
        --------
        >>> import bayesnet
        >>> found = bayesnet.load("mammography").provenance()
        >>> [(line.number, line.verdict) for line in found.numbers][0]
        ('breast_cancer=present', 'agrees')
        """
        from bayesnet.analysis.provenance import provenance

        return provenance(self.core)

    def diff(self, other: Network, *, least: float = 0.001) -> ModelDiff:
        """What changed from this network to another: numbers, structure, publications, and the answers that moved by `least`.

        The answers are those of the priors, of the examples, and of the published figures where both have them.

        Examples
        --------
        >>> import bayesnet
        >>> net = bayesnet.load("asia")
        >>> found = net.diff(net.with_numbers({"smoke=yes": 0.3}))
        >>> found.numbers[0].number, found.numbers[0].value_after, len(found.answers) > 0
        ('smoke=yes', 0.3, True)
        """
        from bayesnet.analysis.model_diff import model_diff

        return model_diff(self.core, other.core, (self.folder, other.folder), least)

    def bibliography(self, names: Iterable[str] | None = None) -> Bibliography:
        """The publications that the numbers cite, or those named by key or by the id of a number; as text, BibTeX or CSL-JSON.

        Examples
        --------
        >>> import bayesnet
        >>> bayesnet.load("asia").bibliography().to_csl()[0]["DOI"]
        '10.1111/j.2517-6161.1988.tb01721.x'
        """
        from bayesnet.analysis.bibliography import bibliography

        return bibliography(self.core, names)

    def __repr__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()

    def with_numbers(self, numbers: Mapping[str, float]) -> Network:
        """Give a new network in which some numbers have other values and the rest of their columns give way in proportion.

        Examples
        --------
        >>> import bayesnet
        >>> net = bayesnet.load("asia").with_numbers({"smoke=yes": 0.3})
        >>> round(net.posterior("smoke")["no"], 4)
        0.7
        """
        from bayesnet.analysis.changed import changed

        return Network(changed(self.core, numbers), self.folder)

    def audit(self) -> Audit:
        """Ask the published figures and claims beside the model, and say what the model says."""
        from bayesnet.analysis.audit import audit
        from bayesnet.errors import BayesnetError

        if self.folder is None:
            raise BayesnetError(
                f"{self.name} was not read from a priors folder, so there are no published figures to audit it with."
            )
        return audit(self.core, self.folder)

    def page(self, path: str | Path, given: Given = None, do: Given = None) -> Path:
        """Write the explorer: one interactive page that answers while one clicks, offline, in any browser; gives its path.

        Parameters
        ----------
        path
            Where to write it, as in "explorer.html"; a file that is there is replaced.
        given, do
            What is known and set when the page opens.

        Raises
        ------
        BayesnetError
            Where the file cannot be written.
        PatternError, UnknownVariable, UnknownState
            Where the findings are not findings.

        Examples
        --------
        >>> import bayesnet, tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> bayesnet.load("asia").page(folder / "explorer.html", "dysp=yes").name
        'explorer.html'
        """
        from bayesnet.web.page import write_page

        return write_page(self.core, read_given(self.core, given, do), path)

    def explorer(self, given: Given = None, do: Given = None) -> Explorer:
        """Give the explorer as a widget for Jupyter, VS Code and marimo, its evidence synchronised both ways with Python.

        Parameters
        ----------
        given, do
            What is known and set when it opens.

        Returns
        -------
        Explorer
            A widget: show it by naming it last in a cell; in marimo `mo.ui.anywidget(net.explorer())`. Its `given`, `do` and
            `numbers` are dicts that follow the clicks, and move it when they are assigned; `widget.case` is the case of the
            moment.

        Raises
        ------
        MissingExtra
            Where anywidget is not installed.
        PatternError, UnknownVariable, UnknownState
            Where the findings are not findings.

        Examples
        --------
        >>> import bayesnet
        >>> widget = bayesnet.load("asia").explorer("dysp=yes")
        >>> widget.given
        {'dysp': 'yes'}
        >>> widget.given = {"dysp": "yes", "smoke": "yes"}
        >>> round(widget.case.posterior("bronc")["yes"], 4)
        0.8802
        """
        try:
            from bayesnet.web.widget import Explorer
        except ModuleNotFoundError as error:
            from bayesnet.errors import MissingExtra

            raise MissingExtra("explore", "The explorer in a notebook", error.name or "anywidget") from None

        def case(given: Given, do: Given, numbers: Mapping[str, float]) -> Case:
            return (self.with_numbers(numbers) if numbers else self).case(given, do)

        return Explorer(self.core, read_given(self.core, given, do), case)

    def to_pgmpy(self) -> Any:
        """Give the same network as a `pgmpy.models.DiscreteBayesianNetwork`; gates too large for a table are divorced."""
        from bayesnet.interop.pgmpy_bridge import to_pgmpy

        return to_pgmpy(self.core.factors)

    def save(self, path: str | Path) -> None:
        """Write the network: a file in the format of its extension, or a priors folder where the name has none.

        The formats are .bif, .xmlbif, .xdsl, .net and .uai, each also with .gz.

        Raises
        ------
        BayesnetError
            When the extension is none of these.
        SpecError
            When a label cannot be kept by the format, saying what would be lost.
        """
        from bayesnet.errors import BayesnetError
        from bayesnet.interop.files import EXTENSIONS, is_network_file, write_network
        from bayesnet.model import write_model

        if is_network_file(str(path)):
            write_network(self.model, path)
        elif not Path(path).suffix or Path(path).is_dir() or str(path).endswith(("/", "\\")):
            write_model(self.model, Path(path))
        else:
            known = f"{', '.join(EXTENSIONS[:-1])} or {EXTENSIONS[-1]}, also with .gz behind it"
            raise BayesnetError(f'The kind of "{path}" is not known; end it in {known}, or in a slash for a priors folder.')

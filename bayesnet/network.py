"""Networks: load one, ask it, compare it, write it. `Network` is what `bayesnet.load` returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from bayesnet.analysis.query.compiled import CompiledModel
from bayesnet.analysis.query.parse import Given, read_given
from bayesnet.analysis.query.query import Query
from bayesnet.case import Case
from bayesnet.errors import BayesnetError, SpecError
from bayesnet.model.records import Model

if TYPE_CHECKING:
    import dask.dataframe
    import pandas as pd

    from bayesnet.case import Case
    from bayesnet.results.askable import Found, Models
    from bayesnet.results.audit import Audit
    from bayesnet.results.bibliography import Bibliography
    from bayesnet.results.cohort import Calibration, DecisionCurve
    from bayesnet.results.description import Numbers, Publications, Summary, Vocabulary
    from bayesnet.results.model_diff import ModelDiff
    from bayesnet.results.probability import Counterfactual, Joint, MostProbable, Posterior, Posteriors
    from bayesnet.results.recomputation import Recomputation
    from bayesnet.results.tuning import Distance
    from bayesnet.results.uncertainty import ArcStrengths
    from bayesnet.results.update import Update
    from bayesnet.teach.exercises import ExerciseSet, Marks
    from bayesnet.web.widget import Explorer


class Network:
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

    # Questions

    def __init__(self, model: Model, folder: Path | None = None) -> None:
        self.compiled = CompiledModel(model, folder)
        self.folder = folder
        """The priors folder that the network was read from, if it was."""

    def __getstate__(self) -> dict[str, Any]:
        """Pickle the model; what was worked out from it is worked out again."""
        return {name: value for name, value in vars(self).items() if not isinstance(vars(Network).get(name), cached_property)}

    def _query(self, given: Given, do: Given, targets: str | Sequence[str] | None = None) -> Query:
        """Read findings, interventions and targets."""
        from bayesnet.analysis.query.posterior import read_variables

        findings = read_given(self.compiled, given, do)
        return Query(self.compiled, findings, () if targets is None else read_variables(self.compiled, targets))

    def case(self, given: Given = None, do: Given = None, **findings: Any) -> Case:
        """Return a case: these findings and interventions on this network.

        Parameters
        ----------
        given, do
            Findings and interventions. Questions and findings may use labels and aliases of the model in any case, `not`, yes
            and no, and a number where the states are ranges, as a finding alone where it is an age; what is printed uses the
            names of `net.variables`.
        **findings
            More findings, by the name of the variable.

        Examples
        --------
        >>> import bayesnet
        >>> bayesnet.load("back_pain").case("male, raised ALP, no fever", age=66)
        <Case on back_pain: !female, raised_alp, !fever, age_group=60-69; setting=primary_care (assumed)>
        """
        return Case(self.compiled, read_given(self.compiled, [given, findings], do))

    def posterior(self, question: str, given: Given = None, do: Given = None) -> Posterior:
        """Return P(variable | findings), with its prior.

        Parameters
        ----------
        question
            `variable | findings`; findings may be in `given` instead, or in both.
        given, do
            Findings and interventions.

        Returns
        -------
        Posterior
            `p[state]` for every state; `float(p)` is P(present); `p.prior` is the distribution without the findings, context
            (setting) and interventions kept.

        Raises
        ------
        ImpossibleEvidence
            When the findings contradict one another, with a smallest contradictory set.
        PatternError, UnknownVariable, UnknownState
            When the question is malformed or names something that the network does not define.

        Examples
        --------
        >>> import bayesnet
        >>> p = bayesnet.load("sprinkler").posterior("rain | wet_grass, !sprinkler")
        >>> round(p["present"], 4)
        1.0
        """
        from bayesnet.analysis.query.posterior import posterior

        return posterior(self.compiled, question, given, do)

    def posteriors(self, given: Given = None, do: Given = None, targets: str | Sequence[str] | None = None) -> Posteriors:
        """Return P(variable | findings) for every variable, or for those in `targets`, in one pass.

        Examples
        --------
        >>> import bayesnet
        >>> ps = bayesnet.load("asia").posteriors({"dysp": "yes"})
        >>> round(ps["bronc"]["yes"], 4)
        0.834
        """
        from bayesnet.analysis.query.posterior import posteriors

        return posteriors(self._query(given, do, targets))

    def probability(self, assignment: str | Mapping[str, Any], given: Given = None, do: Given = None) -> float:
        """Return P(assignment | findings), the joint probability of all parts of the assignment; 0.0 if it is impossible.

        Raises
        ------
        ImpossibleEvidence
            When the findings contradict one another.

        Examples
        --------
        >>> import bayesnet
        >>> round(bayesnet.load("asia").probability("lung=yes, bronc=yes", given="smoke=yes"), 4)
        0.06
        """
        from bayesnet.analysis.query.posterior import probability

        return probability(self.compiled, assignment, given, do)

    def log_probability(self, given: Given = None, do: Given = None) -> float:
        """Return ln P(findings), likelihoods as given; -inf if the findings contradict one another.

        The default of a context variable is a condition, not a finding: ln P(findings | setting=primary_care). A new marginal
        (`jeffrey`) is not an observation and contributes 0; an unreachable one gives -inf.

        Examples
        --------
        >>> import bayesnet
        >>> round(bayesnet.load("asia").log_probability("xray=yes"), 3)
        -2.205
        """
        from bayesnet.analysis.query.posterior import log_probability

        return log_probability(self._query(given, do))

    def joint(self, targets: str | Sequence[str], given: Given = None, do: Given = None) -> Joint:
        """Return P(variables | findings) as one labelled table with an axis per variable.

        Examples
        --------
        >>> import bayesnet
        >>> table = bayesnet.load("asia").joint(["lung", "bronc"], given="smoke=yes")
        >>> round(table["yes", "no"], 4)
        0.04
        """
        from bayesnet.analysis.query.posterior import joint

        return joint(self._query(given, do, targets))

    def most_probable(self, given: Given = None, targets: str | Sequence[str] | None = None, do: Given = None) -> MostProbable:
        """Return the most probable assignment of all unobserved variables (MPE), or of `targets`, the rest summed out (MAP).

        Raises
        ------
        ImpossibleEvidence
            When the findings contradict one another.

        References
        ----------
        Pearl J (1988). Probabilistic Reasoning in Intelligent Systems. Morgan Kaufmann.

        Examples
        --------
        >>> import bayesnet
        >>> bayesnet.load("asia").most_probable("xray=yes, dysp=yes", targets=["lung", "bronc"]).assignment["lung"]
        'yes'
        """
        from bayesnet.analysis.query.posterior import most_probable

        return most_probable(self._query(given, do, targets))

    def counterfactual(self, target: str, given: Given = None, had: Given = None) -> Counterfactual:
        """Return P(variable would be ... | findings, had other variables been different): abduction, action, prediction.

        The noise of a noisy gate is whether each of its causes, and the leak, has an effect; it is the same in both worlds. The
        noise of a table or an odds gate is one uniform draw, compared with the cumulative probabilities in the order of the
        states, so that between absent and present a raised risk never prevents (monotonicity; Tian & Pearl 2000).

        Parameters
        ----------
        target
            The variable to predict.
        given
            Findings in the actual world.
        had
            States that other variables would have had.

        Raises
        ------
        ImpossibleEvidence
            When the findings contradict one another.

        References
        ----------
        Pearl J (2009). Causality, 2nd edition, chapter 7. Cambridge University Press.
        Tian J, Pearl J (2000). Probabilities of causation: bounds and identification. Ann Math Artif Intell 28:287-313.

        Examples
        --------
        >>> import bayesnet
        >>> net = bayesnet.load("sprinkler")
        >>> would = net.counterfactual("wet_grass", given="sprinkler, !rain, wet_grass", had={"sprinkler": "absent"})
        >>> round(would["present"], 4)
        0.0
        """
        from bayesnet.analysis.query.counterfactual import counterfactual

        return counterfactual(self._query(given, None, [target]), read_given(self.compiled, had), target)

    def simulate(self, count: int, seed: int | None = None, given: Given = None, do: Given = None) -> pd.DataFrame:
        """Draw cases from P(all variables | findings): a DataFrame with one row per case and one column per variable.

        Every case is an exact and independent draw: ancestors of findings are drawn backwards from an elimination (Dawid 1992),
        the others forwards from their parents.

        Parameters
        ----------
        count
            Number of cases.
        seed
            Seed of the random numbers; None takes fresh ones.
        given, do
            Findings and interventions.

        References
        ----------
        Dawid AP (1992). Applications of a general propagation algorithm for probabilistic expert systems. Stat Comput 2:25-36.

        Examples
        --------
        >>> import bayesnet
        >>> cases = bayesnet.load("asia").simulate(100, seed=0, given="smoke=yes")
        >>> cases.shape, set(cases["smoke"])
        ((100, 8), {'yes'})
        """
        from bayesnet.analysis.query.simulate import simulate

        return simulate(self._query(given, do), count, seed)

    @overload
    def score(
        self, frame: pd.DataFrame, targets: Sequence[str] | None = ..., *, keep: Sequence[str] = ..., missing: Sequence[str] = ...
    ) -> pd.DataFrame: ...

    @overload
    def score(
        self,
        frame: dask.dataframe.DataFrame | str | PathLike[str],
        targets: Sequence[str] | None = ...,
        *,
        keep: Sequence[str] = ...,
        missing: Sequence[str] = ...,
    ) -> dask.dataframe.DataFrame: ...

    def score(
        self,
        frame: pd.DataFrame | dask.dataframe.DataFrame | str | PathLike[str],
        targets: Sequence[str] | None = None,
        *,
        keep: Sequence[str] = (),
        missing: Sequence[str] = (),
    ) -> pd.DataFrame | dask.dataframe.DataFrame:
        """Return posteriors for every row of a cohort, with the same index.

        Parameters
        ----------
        frame
            One column per variable: states, or 0 and 1 (False and True) for absent and present; NaN and None are unobserved. A
            context variable without a column takes its default; with a column, a missing value leaves it unobserved. A Dask
            DataFrame, or the path of a folder of Parquet parts, is scored in its partitions when the answer is asked for
            (`pip install "bayesnet[cohort]"`).
        targets
            Variables (`P(name)` for one that is absent or present, else one column per state) or `variable=state`; the diagnoses
            when None.
        keep
            Columns that are not findings, such as an identifier; they are returned unchanged, before the answers.
        missing
            Words that mean unobserved, such as `NA` or `?`; a state of that name stays a state.

        Returns
        -------
        pandas.DataFrame, or a Dask DataFrame for one of these and for a folder
            The columns of `keep`, then `P(<target>)`; `log_probability` of the row's findings (natural logarithm; -inf if they
            contradict one another, NaN if unreadable); and `problem`, the reason why a row has no answer, otherwise empty.

        Raises
        ------
        SpecError
            When a column is not a variable or is given twice, or a variable is in the index; every problem at once.

        Examples
        --------
        >>> import bayesnet, pandas
        >>> frame = pandas.DataFrame({"smoke": ["yes", None], "xray": ["yes", "no"]})
        >>> bayesnet.load("asia").score(frame, targets=["lung=yes"])["P(lung=yes)"].round(4).tolist()
        [0.646, 0.0012]
        """
        if isinstance(frame, str | PathLike) or hasattr(frame, "map_partitions"):
            from bayesnet.analysis.cohort.partitions import score_partitions

            return score_partitions(self.compiled, frame, targets, keep=keep, missing=missing)
        from bayesnet.analysis.cohort.score import score

        return score(self.compiled, frame, targets, keep=keep, missing=missing)

    def arc_strengths(self, given: Given = None, do: Given = None) -> ArcStrengths:
        """Return the strength of every arc, prior or under findings; see `Case.arc_strengths`.

        Examples
        --------
        >>> import bayesnet
        >>> arc = bayesnet.load("asia").arc_strengths()[0]
        >>> arc.parent, arc.child
        ('lung', 'either')
        """
        return self.case(given, do).arc_strengths()

    def decision_curve(
        self,
        target: str,
        known: Sequence[str],
        *,
        frame: pd.DataFrame | None = None,
        size: int = 2_000,
        thresholds: Sequence[float] = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5),
        seed: int = 0,
    ) -> DecisionCurve:
        """Return the net benefit of acting on P(target | known variables) at each threshold, beside acting on all and on none.

        Parameters
        ----------
        target
            `variable` or `variable=state`.
        known
            The variables that are observed in each patient.
        frame
            A cohort with these columns and the target's; simulated from the network when None, so that the curve is the worth
            of the findings if the network is right.
        size, seed
            Size and seed of the simulated cohort; a share p of it has a standard error of sqrt(p (1 - p) / size), with 2,000
            people at most 1.1 percentage points.
        thresholds
            Probabilities between 0 and 1.

        Raises
        ------
        BayesnetError
            When a threshold is not between 0 and 1, the cohort lacks a column, or a row has no posterior.

        Examples
        --------
        >>> import bayesnet
        >>> curve = bayesnet.load("asia").decision_curve("lung=yes", ["smoke", "xray"], size=500, thresholds=[0.1, 0.2])
        >>> len(curve.points)
        2
        """
        from bayesnet.analysis.cohort.net_benefit import decision_curve

        return decision_curve(self.compiled, target, known, frame, size, thresholds, seed)

    def calibration(
        self,
        target: str,
        known: Sequence[str],
        *,
        frame: pd.DataFrame | None = None,
        size: int = 2_000,
        bins: int | Sequence[float] = 10,
        seed: int | None = 0,
    ) -> Calibration:
        """Compare P(target | known variables) with outcomes, in groups and over the whole cohort.

        The result has the calibration error with its expectation by chance alone, intercept and slope, Brier score and AUROC. For
        predicted probabilities in a table use `bayesnet.calibration(probability, has)`.

        Parameters
        ----------
        target
            `variable` or `variable=state`.
        known
            The variables that are observed in each patient.
        frame
            A cohort with these columns and the target's; simulated from the network when None, which shows what calibration looks
            like and not that the network is right.
        size, seed
            Size and seed of the simulated cohort; a share p of it has a standard error of sqrt(p (1 - p) / size), with 2,000
            people at most 1.1 percentage points. The seed is also that of the calibration error by chance.
        bins
            Number of groups, by quantiles of the probability; or increasing probabilities at which a new group begins, such as
            `[0.01, 0.1, 0.5]`, which show more of a rare diagnosis.

        Raises
        ------
        BayesnetError
            When the cohort lacks a column or an outcome, or a row has no posterior.

        References
        ----------
        Van Calster B, McLernon DJ, van Smeden M, Wynants L, Steyerberg EW (2019). Calibration: the Achilles heel of predictive
        analytics. BMC Medicine 17, 230.

        Examples
        --------
        >>> import bayesnet
        >>> result = bayesnet.load("asia").calibration("lung=yes", ["smoke", "xray", "dysp"], size=5000)
        >>> result.calibration_error < result.error_if_right
        True
        """
        from bayesnet.analysis.cohort.calibration import of_network

        return of_network(self.compiled, target, known, frame, size, bins, seed)

    # The network as a whole

    @property
    def model(self) -> Model:
        """The records: variables, numbers, sources."""
        return self.compiled.model

    @property
    def name(self) -> str:
        """The name of the model."""
        return self.compiled.model.name

    @property
    def digest(self) -> str:
        """SHA-256 of structure and numbers: equal digests give equal answers."""
        return self.compiled.model.digest

    @cached_property
    def variables(self) -> Vocabulary:
        """Every variable by name, in the order of the model: states, parents, gate, meaning.

        Examples
        --------
        >>> import bayesnet
        >>> bayesnet.load("asia").variables["lung"].parents
        ('smoke',)
        """
        from bayesnet.results.description import Vocabulary

        return Vocabulary(dict(self.compiled.model.variables))

    @cached_property
    def sources(self) -> Publications:
        """Every publication by key.

        Examples
        --------
        >>> import bayesnet
        >>> list(bayesnet.load("asia").sources)[:2]
        ['lauritzen1988']
        """
        from bayesnet.results.description import Publications

        return Publications(dict(self.compiled.model.sources))

    @cached_property
    def numbers(self) -> Numbers:
        """Every number by id: value, range, the figures it rests on, grade.

        Examples
        --------
        >>> import bayesnet
        >>> bayesnet.load("asia").numbers["lung=yes | smoke=yes"].value
        0.1
        """
        from bayesnet.results.base import Provenance
        from bayesnet.results.description import Numbers

        model = self.compiled.model
        cited = {key: source.short for key, source in model.sources.items()}
        provenance = Provenance(model.name, model.version, model.digest, warning=model.warning, labels=self.compiled.labels)
        return Numbers(model.numbers, cited, provenance)

    def find(self, text: str = "") -> Found:
        """Return the variables whose names, labels, aliases, states or meanings hold a text; all of them when it is empty.

        Examples
        --------
        >>> import bayesnet
        >>> bayesnet.load("asia").find("lung").names
        ('lung', 'either')

        """
        from bayesnet.analysis.description.askable import find

        return find(self.compiled, text)

    def summary(self) -> Summary:
        """Return counts of variables, gates, numbers and grades, and the numbers with the widest ranges.

        Examples
        --------
        >>> import bayesnet
        >>> print(bayesnet.load("asia").summary().heading())
        asia: The chest clinic (Asia)
        """
        from bayesnet.analysis.description.summary import summary

        return summary(self.compiled)

    def recompute(self, *, moves: bool = False) -> Recomputation:
        """Return every number recomputed from its figures, how each is known, and remarks for a reviewer.

        Parameters
        ----------
        moves
            Compute also how far each number moves a diagnosis over its range, before any finding and in the examples.

        Examples
        --------
        >>> import bayesnet
        >>> found = bayesnet.load("mammography").recompute()
        >>> [(line.number, line.verdict) for line in found.numbers][0]
        ('breast_cancer=present', 'agrees')
        """
        from bayesnet.analysis.audit.recomputation import recompute

        return recompute(self.compiled, moves=moves)

    def diff(self, other: Network, *, least: float = 0.001) -> ModelDiff:
        """Return the changes from this network to another: numbers, structure, publications, and posteriors that changed.

        Parameters
        ----------
        other
            The other network.
        least
            The smallest change of a probability that is listed. Compared are the priors, the examples, and the published
            figures if both networks have them.

        Examples
        --------
        >>> import bayesnet
        >>> net = bayesnet.load("asia")
        >>> found = net.diff(net.with_numbers({"smoke=yes": 0.3}))
        >>> found.numbers[0].number, found.numbers[0].value_after, len(found.answers) > 0
        ('smoke=yes', 0.3, True)
        """
        from bayesnet.analysis.audit.model_diff import model_diff

        return model_diff(self.compiled, other.compiled, (self.folder, other.folder), least)

    def bibliography(self, names: Iterable[str] | None = None) -> Bibliography:
        """Return the publications that the numbers cite, or those named, as text, BibTeX or CSL-JSON.

        Parameters
        ----------
        names
            Keys of publications, or ids of numbers; all publications cited by a number when None.

        Raises
        ------
        BayesnetError
            When a name is neither a key nor the id of a number.

        Examples
        --------
        >>> import bayesnet
        >>> bayesnet.load("asia").bibliography().to_csl()[0]["DOI"]
        '10.1111/j.2517-6161.1988.tb01721.x'
        """
        from bayesnet.analysis.description.bibliography import bibliography

        return bibliography(self.compiled, names)

    def __repr__(self) -> str:
        return str(self.summary())

    def _repr_html_(self) -> str:
        from bayesnet.analysis.description.askable import askable

        return askable(self.compiled)._repr_html_()

    def with_numbers(self, numbers: Mapping[str, float]) -> Network:
        """Return a new network with other values of some numbers; the other entries of their columns co-vary in proportion.

        If the numbers set had all of a column's probability, the freed probability is spread evenly. Several entries of a
        column may be set at once. A range that does not contain its new value is widened to it.

        Parameters
        ----------
        numbers
            Value by number id.

        Raises
        ------
        PatternError
            When the network has no number of that id.
        SpecError
            When a value is out of bounds; every problem at once.

        References
        ----------
        Chan H, Darwiche A (2002). When do numbers really matter? J Artif Intell Res 17:265-287.

        Examples
        --------
        >>> import bayesnet
        >>> net = bayesnet.load("asia").with_numbers({"smoke=yes": 0.3})
        >>> round(net.posterior("smoke")["no"], 4)
        0.7
        """
        from bayesnet.analysis.sensitivity.with_numbers import changed

        return Network(changed(self.compiled, numbers), self.folder)

    def update(
        self,
        frame: pd.DataFrame,
        *,
        ignore: Sequence[str] = (),
        missing: Sequence[str] = (),
        equivalent_sample_size: float = 100.0,
    ) -> Update:
        """Return the network with its numbers updated by counted data (Bayesian updating), and what moved.

        The cited range of each number is read as a prior sample size. Missing cells count as expected counts (EM).

        Parameters
        ----------
        frame
            One row per patient and one column per variable, as for `score`. A context variable (setting) without a column takes
            its default.
        ignore
            Columns that are no findings, such as an identifier.
        missing
            Words that mean unobserved, such as `NA` or `?`.
        equivalent_sample_size
            How many patients a probability without a cited range is worth.

        Returns
        -------
        `result.network` is the new network; `result` lists the numbers that moved, and `result.surprises` those that left their
        cited range. The provenance of an updated number names the local data beside its papers.

        Raises
        ------
        SpecError
            Where a column is not a variable.

        Examples
        --------
        >>> import bayesnet
        >>> net = bayesnet.load("asia")
        >>> clinic = net.with_numbers({"smoke=yes": 0.9}).simulate(2000, seed=1)
        >>> result = net.update(clinic[["smoke", "bronc"]])
        >>> round(result.network.posterior("smoke")["yes"], 2) > 0.8
        True
        """
        from dataclasses import replace

        from bayesnet.analysis.cohort.update import update

        model, result = update(
            self.compiled, frame, ignore=ignore, missing=missing, equivalent_sample_size=equivalent_sample_size
        )
        return replace(result, network=Network(model, self.folder))

    def audit(self, *, figures: bool = True, naive: bool = False) -> Audit:
        """Compare the model with the published figures, claims and cases of its folder (`targets.toml` and others).

        Parameters
        ----------
        figures
            Whether to ask the published figures and claims; without them only the published cases.
        naive
            Compare also with the naive Bayes model of the network's own marginals, on the published cases and on simulated
            people; takes some seconds more.

        Raises
        ------
        BayesnetError
            When the network was not read from a folder; or has no diagnoses and `naive` is set.
        SpecError
            When none of the files exists, or a record is invalid; every problem at once.

        Examples
        --------
        >>> import bayesnet
        >>> audit = bayesnet.load("back_pain").audit(figures=False)
        >>> len(audit.cases) > 30
        True
        """
        from bayesnet.analysis.audit.audit import audit
        from bayesnet.errors import BayesnetError

        if self.folder is None:
            raise BayesnetError(
                f"{self.name} was not read from a priors folder, so there are no published figures to audit it with."
            )
        return audit(self.compiled, self.folder, figures=figures, naive=naive)

    def page(
        self, path: str | Path, given: Given = None, do: Given = None, *, lessons: bool | str | Sequence[str] = False
    ) -> Path:
        """Write the explorer, one self-contained interactive HTML page that works offline, and return its path.

        Parameters
        ----------
        path
            The file to write, as in "explorer.html"; an existing file is overwritten.
        given, do
            Findings and interventions when the page opens.
        lessons
            The guided lessons of the model that the page has: True for all, or names; it opens with the first of those named.

        Raises
        ------
        BayesnetError
            When the file is not writable, or the model has no such lesson.
        PatternError, UnknownVariable, UnknownState
            When the findings are invalid.

        Examples
        --------
        >>> import bayesnet, tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> bayesnet.load("asia").page(folder / "explorer.html", "dysp=yes").name
        'explorer.html'
        """
        from bayesnet.web.page import write_page

        return write_page(self._query(given, do), path, self._lessons(lessons))

    def _lessons(self, lessons: bool | str | Sequence[str]) -> dict[str, Any] | None:
        """Return the data of the lessons of a page."""
        if not lessons:
            return None
        from bayesnet.teach.lessons import lesson_data, read_lessons

        names = None if lessons is True else [lessons] if isinstance(lessons, str) else list(lessons)
        return lesson_data(self.compiled, read_lessons(self.compiled, names), names[0] if names else "")

    def explorer(self, given: Given = None, do: Given = None) -> Explorer:
        """Return the explorer as a widget for Jupyter, VS Code and marimo, its evidence synchronised both ways with Python.

        Parameters
        ----------
        given, do
            Findings and interventions at the start.

        Returns
        -------
        Explorer
            A widget: show it by naming it last in a cell; in marimo `mo.ui.anywidget(net.explorer())`. Its `given`, `do` and
            `numbers` are dicts that follow the clicks, and move it when they are assigned; `widget.case` is the current case.

        Raises
        ------
        MissingExtra
            When anywidget is not installed.
        PatternError, UnknownVariable, UnknownState
            When the findings are invalid.

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

        return Explorer(self.compiled, read_given(self.compiled, given, do), case)

    def to_pgmpy(self) -> Any:
        """Return this network as a `pgmpy.models.DiscreteBayesianNetwork` with full tables.

        A gate whose table would be too large is divorced into a chain of helper nodes with the same distribution over the
        original variables. The helpers are the model's `latents`, and its `helper_nodes` lists them in order.

        Examples
        --------
        >>> import bayesnet
        >>> sorted(bayesnet.load("asia").to_pgmpy().nodes())[:3]
        ['asia', 'bronc', 'dysp']
        """
        from bayesnet.interop.pgmpy_bridge import to_pgmpy

        return to_pgmpy(self.compiled.factors)

    def save(self, path: str | Path, *, drop_names: bool = False) -> None:
        """Write the network to a file in the format of its extension, or to a priors folder if the name has no extension.

        The formats are .bif, .xmlbif (or .bifxml), .xdsl, .net and .uai, each also with .gz.

        Parameters
        ----------
        path
            The file or folder to write.
        drop_names
            Allow UAI, which keeps no names, to lose them.

        Raises
        ------
        BayesnetError
            When the extension is none of these, or the file is not writable.
        SpecError
            When the format does not allow a label; says what would be lost.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> import bayesnet
        >>> with TemporaryDirectory() as folder:
        ...     bayesnet.load("asia").save(f"{folder}/asia.bif.gz")
        ...     print(len(bayesnet.load(f"{folder}/asia.bif.gz").variables))
        8
        """
        from bayesnet.interop.files import EXTENSIONS, is_network_file, write_network
        from bayesnet.model import write_model

        if not str(path).strip():
            raise BayesnetError('No name to write to; expected a file or a folder, as in "asia.xdsl" or "asia/".')
        try:
            if is_network_file(str(path)):
                write_network(self.model, path, drop_names=drop_names)
                return
            if not Path(path).suffix or Path(path).is_dir() or str(path).endswith(("/", "\\")):
                write_model(self.model, Path(path))
                return
        except OSError as error:
            raise BayesnetError(f"The network could not be written to {path}: {error.strerror or error}.") from error
        extensions = f"{', '.join(EXTENSIONS[:-1])} or {EXTENSIONS[-1]}, also with .gz behind it"
        raise BayesnetError(f'The kind of "{path}" is not known; end it in {extensions}, or in a slash for a priors folder.')


_FILES = (".bif", ".xmlbif", ".bifxml", ".xml", ".xdsl", ".net", ".uai")
"""Extensions of files of other programs, also before `.gz`."""


def _is_file(path: Path) -> bool:
    """Return whether there is a plain file; one whose name is too long for the disk is not."""
    try:
        return path.is_file()
    except OSError:
        return False


def load(name_or_path: str | Path, *, normalize: bool = False) -> Network:
    """Read a network.

    Parameters
    ----------
    name_or_path
        A shipped model by name (`back_pain`, `asia`, `sprinkler`, `mammography`), a priors folder, or a file:
        `.bif`, `.xmlbif`, `.bifxml`, `.xml`, `.xdsl`, `.net`, `.uai`, each also with `.gz`.
    normalize
        For a network file: divide every column by its sum. Otherwise a column whose sum is not 1 is divided only if rounding of
        its digits explains it, as in 0.333 three times, and the model's description says so; others raise SpecError.

    Raises
    ------
    SpecError
        When it does not exist or has errors; every problem at once.

    Examples
    --------
    >>> import bayesnet
    >>> bayesnet.load("asia").variables["smoke"].states
    ('yes', 'no')
    """
    from bayesnet.model import find_model, load_model

    if not isinstance(name_or_path, str | PathLike):
        raise SpecError(str(name_or_path), [f"a model is named by a text or a path; got {type(name_or_path).__name__}"])
    path = Path(name_or_path)
    # A file of an unknown kind is the reader's to refuse.
    if str(path).lower().removesuffix(".gz").endswith(_FILES) or (_is_file(path) and path.name != "model.toml"):
        from bayesnet.interop.files import read_network

        return Network(read_network(path, normalize=normalize))
    return Network(load_model(name_or_path), find_model(name_or_path))


def models() -> Models:
    """Return the shipped models with their subjects.

    Examples
    --------
    >>> import bayesnet
    >>> bayesnet.models().names
    ('asia', 'back_pain', 'mammography', 'sprinkler')
    """
    from bayesnet.analysis.description.askable import models

    return models()


def distance(net: Network, other: Network) -> Distance:
    """Return the distance between two networks: `.cd` bounds the change of any posterior, `.kl` is KL(net || other).

    Raises
    ------
    SpecError
        When they do not have the same variables with the same states.
    TooWide
        When the distance would need too large a table.

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

    return distance(net.compiled, other.compiled)


def from_pgmpy(model: Any, name: str = "pgmpy") -> Network:
    """Return a network with the nodes, states and tables of a pgmpy model.

    Parameters
    ----------
    model
        A `pgmpy.models.DiscreteBayesianNetwork` with a table for every node. Nodes and states that are not strings are named by
        their text.
    name
        The name of the network and of its source.

    Raises
    ------
    SpecError
        When a table is missing, does not fit the graph, or has a column whose sum is not 1; every problem at once.

    Examples
    --------
    >>> import bayesnet
    >>> net = bayesnet.from_pgmpy(bayesnet.load("asia").to_pgmpy())
    >>> round(net.probability("lung=yes", "smoke=yes"), 3)
    0.1
    """
    from bayesnet.interop.pgmpy_bridge import from_pgmpy as bridge

    return Network(bridge(model, name))


def exercises(
    net: Network,
    kind: str | Sequence[str] | None = None,
    *,
    seed: int = 0,
    count: int | None = None,
    target: str | None = None,
    people: str | None = None,
) -> ExerciseSet:
    """Return exercises in words made from a network, with checked answers that recognise the classic errors.

    Parameters
    ----------
    net
        Any network: shipped, self-made, or from a file.
    kind
        One of `natural_frequencies`, `prediction`, `reading_graph`, `percentages`, `another_population`, `likelihood_ratio`,
        `explaining_away`, `double_counting`, `next_test`, `seeing_doing`; several in a list; every kind that the network allows
        when None.
    seed
        The same seed gives the same exercises.
    count
        Number of different exercises of each kind; one when None.
    target
        The target of the diagnostic questions, as `multiple_myeloma` or `smoke=yes`; any when None.
    people
        Plural noun for the members of the population, as in `"women"` or `"patients with back pain"`; the model's own noun, or
        `cases`, when None.

    Returns
    -------
    ExerciseSet
        A sequence of exercises, each with `.question`, `.check(answer)`, `.answer`, `.solution`, `.errors`, `.hint` and
        `.difficulty`. It prints as the student's sheet; `.key()` is the teacher's; both also as Markdown.

    Raises
    ------
    BayesnetError
        When there is no such kind, or the network allows too few exercises of it: the message says what it needs.

    References
    ----------
    Gigerenzer G, Hoffrage U (1995). How to improve Bayesian reasoning without instruction: frequency formats. Psychological
    Review 102(4), 684-704.
    Sedlmeier P, Gigerenzer G (2001). Teaching Bayesian reasoning in less than two hours. Journal of Experimental Psychology:
    General 130(3), 380-400.

    Examples
    --------
    >>> import bayesnet
    >>> (exercise,) = bayesnet.exercises(bayesnet.load("mammography"), kind="percentages", seed=0)
    >>> print(exercise.question)
    Among women, 1 % have breast cancer. Of the women with breast cancer, 80 % have a positive mammogram; of the women without
    breast cancer, 9.6 % have a positive mammogram.
    A woman has a positive mammogram. How probable is breast cancer now?
    >>> exercise.check("1 in 13")
    Right.
    >>> print(exercise.check(0.8).mistake)
    inverse fallacy
    """
    from bayesnet.teach.exercises import make

    return make(net.compiled, kind, seed=seed, count=count, target=target, people=people)


def exercise_set(
    net: Network,
    level: str | None = None,
    *,
    seed: int = 0,
    count: int = 10,
    target: str | None = None,
    people: str | None = None,
) -> ExerciseSet:
    """Return a graded set of exercises, from easy to hard, of as many kinds as the network allows.

    Parameters
    ----------
    net
        Any network.
    level
        `easy`, `medium` or `hard`; all of them when None.
    seed
        The same seed gives the same sheet; use a different seed per student for individual sheets.
    count
        Number of exercises.
    target, people
        As for `exercises`.

    Raises
    ------
    BayesnetError
        When there is no such level, or the network allows fewer exercises.

    Examples
    --------
    >>> import bayesnet
    >>> sheet = bayesnet.exercise_set(bayesnet.load("asia"), seed=3, count=5)
    >>> [exercise.level for exercise in sheet]
    ['easy', 'medium', 'medium', 'hard', 'hard']
    >>> print(sheet.check([exercise.answer for exercise in sheet]).right)
    5
    """
    from bayesnet.teach.exercises import make_set

    return make_set(net.compiled, level, seed=seed, count=count, target=target, people=people)


def write_quiz(made: ExerciseSet, path: str | Path) -> Path:
    """Write exercises as a quiz, one self-contained HTML file that marks answers offline, and return its path.

    The file holds the solutions in plain text. It ends in a result code, which `verify_quiz` marks again from the network.

    Parameters
    ----------
    made
        What `exercises` or `exercise_set` returned.
    path
        The file to write, as in "quiz.html"; an existing file is overwritten.

    Raises
    ------
    BayesnetError
        When the file is not writable.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import bayesnet
    >>> with TemporaryDirectory() as folder:
    ...     written = bayesnet.write_quiz(bayesnet.exercise_set(bayesnet.load("asia"), count=2), f"{folder}/quiz.html")
    ...     print(written.name)
    quiz.html
    """
    from bayesnet.web.page import write_text
    from bayesnet.web.quiz import quiz_page

    return write_text(quiz_page(made), path)


def verify_quiz(code: str, net: Network | None = None) -> Marks:
    """Return the marks of a result code: the questions made again from the network, and the answers marked again.

    The score cannot be changed without the answers. The code does not say who answered, nor whether the solutions were read.

    Parameters
    ----------
    code
        The result code that a quiz shows at its end.
    net
        The network of the quiz; the shipped model that the code names when None.

    Raises
    ------
    BayesnetError
        When the code is not whole, or the quiz was made from another network or by another version.

    Examples
    --------
    >>> import bayesnet
    >>> bayesnet.verify_quiz("a code that was cut off")
    Traceback (most recent call last):
    ...
    bayesnet.errors.BayesnetError: This is not a whole result code, ...
    """
    from bayesnet.teach.exercises.quiz import read_code, verify

    read = read_code(code)
    if net is None and read.network not in {summary.name for summary in models()}:
        raise BayesnetError(f'The quiz was made from "{read.network}", which is not a shipped model; give its network too.')
    return verify((net or load(read.network)).compiled, read)

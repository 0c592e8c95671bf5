"""The public names, frozen: notebooks, saved scripts and outside checks are written against them."""

from __future__ import annotations

import inspect

import pytest

import bayesnet
from bayesnet.case import Case
from bayesnet.network import Network

TOP = {
    "BayesnetError", "Case", "ImpossibleEvidence", "MissingExtra", "Network", "PatternError", "SpecError", "TooWide",
    "UnknownState", "UnknownVariable", "__version__", "calibration", "distance", "engine_info", "evaluate", "exercise_set",
    "exercises", "from_pgmpy", "jeffrey", "load", "models", "verify_quiz", "write_quiz",
}  # fmt: skip

NETWORK = {
    "audit": "(*, figures=True, naive=False)",
    "bibliography": "(names=None)",
    "calibration": "(target, known, *, frame=None, size=2000, bins=10, seed=0)",
    "case": "(given=None, do=None, **findings)",
    "counterfactual": "(target, given=None, had=None)",
    "diff": "(other, *, least=0.001)",
    "explorer": "(given=None, do=None)",
    "find": "(text='')",
    "joint": "(targets, given=None, do=None)",
    "log_probability": "(given=None, do=None)",
    "most_probable": "(given=None, targets=None, do=None)",
    "page": "(path, given=None, do=None, *, lessons=False)",
    "posterior": "(question, given=None, do=None)",
    "posteriors": "(given=None, do=None, targets=None)",
    "recompute": "(*, moves=False)",
    "probability": "(assignment, given=None, do=None)",
    "save": "(path, *, drop_names=False)",
    "score": "(frame, targets=None, *, keep=(), missing=())",
    "simulate": "(count, seed=None, given=None, do=None)",
    "summary": "()",
    "to_pgmpy": "()",
    "update": "(frame, *, ignore=(), missing=(), equivalent_sample_size=100.0)",
    "with_numbers": "(numbers)",
}

CASE = {
    "add": "(given)",
    "contrast": "(diagnosis, rival=None)",
    "compare": "(*scenarios, targets=None, had=(), numbers=())",
    "diagnoses": "(targets=None, *, draws=400)",
    "do": "(interventions)",
    "drop": "(*names)",
    "most_probable": "(targets=None)",
    "posterior": "(target)",
    "posteriors": "(targets=None)",
    "probability": "(assignment)",
    "weights": "(target)",
    "sensitivities": "(target, *, covariation='proportional', equivalent_sample_size=100.0)",
    "sensitivity": "(target, number, *, covariation='proportional', equivalent_sample_size=100.0)",
    "two_way": "(target, number_1, number_2, *, points=25, equivalent_sample_size=100.0)",
    "tornado": "(target, *, top=20, equivalent_sample_size=100.0)",
    "sources": "(target, *, equivalent_sample_size=100.0)",
    "tune": "(target, *, at_least=None, at_most=None, equals=None, minus=None, over=None, lock=(), columns=False, "
    "structural=False, equivalent_sample_size=100.0)",
    "uncertainty": "(target, *, draws=10000, seed=0, together=False, equivalent_sample_size=100.0)",
    "explain": "(target, *, order='given', seed=0)",
    "next_tests": "(target=None)",
    "plan": "(target=None, *, depth=3, threshold=0.5, enough=0.99)",
    "advise": "()",
    "report": "(path, *, target=None, full=False)",
    "frequencies": "(target, finding, population=10000)",
    "ladder": "(target)",
}


def plain_signature(function: object) -> str:
    """A signature without types and without self."""
    parameters = [p.replace(annotation=inspect.Parameter.empty) for p in inspect.signature(function).parameters.values()]  # type: ignore[arg-type]
    return str(inspect.Signature([p for p in parameters if p.name != "self"]))


def test_every_name_at_the_top_is_there() -> None:
    """What `bayesnet` has promised it keeps; new names may join."""
    assert set(bayesnet.__all__) >= TOP
    assert all(getattr(bayesnet, name) is not None for name in bayesnet.__all__)
    assert set(dir(bayesnet)) == set(bayesnet.__all__)


def test_exercises_keep_their_arguments() -> None:
    """What makes exercises takes the promised arguments; seed 0 is the default and a seed."""
    assert plain_signature(bayesnet.exercises) == "(net, kind=None, *, seed=0, count=None, target=None, people=None)"
    assert plain_signature(bayesnet.write_quiz) == "(made, path)"
    assert plain_signature(bayesnet.verify_quiz) == "(code, net=None)"
    assert plain_signature(bayesnet.exercise_set) == "(net, level=None, *, seed=0, count=10, target=None, people=None)"


@pytest.mark.parametrize(("kind", "promised"), [(Network, NETWORK), (Case, CASE)])
def test_methods_keep_their_names_and_arguments(kind: type, promised: dict[str, str]) -> None:
    """Every promised method takes the promised arguments, in this order."""
    found = {name: plain_signature(getattr(kind, name)) for name in promised}
    assert found == promised


def test_errors_are_what_callers_expect() -> None:
    """Each refusal is also the builtin error that a caller would catch."""
    assert issubclass(bayesnet.ImpossibleEvidence, ValueError)
    assert issubclass(bayesnet.PatternError, ValueError)
    assert issubclass(bayesnet.SpecError, ValueError)
    assert issubclass(bayesnet.UnknownVariable, KeyError)
    assert issubclass(bayesnet.UnknownState, KeyError)
    assert issubclass(bayesnet.MissingExtra, ImportError)
    assert issubclass(bayesnet.TooWide, ValueError)


def test_every_public_method_says_what_it_does() -> None:
    """Each public function and method of the interface has a docstring."""
    things = [getattr(bayesnet, n) for n in bayesnet.__all__ if n != "__version__"]
    methods = [
        m
        for kind in (Network, Case)
        for n, m in vars(kind).items()
        if not n.startswith("_") and n not in kind.__dict__.get("__slots__", ())
    ]
    assert all(inspect.getdoc(thing) for thing in [*things, *methods])

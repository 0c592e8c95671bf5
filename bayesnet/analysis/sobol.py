"""Shares of the variance of an answer: first-order and total Sobol indices through SALib."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bayesnet.model.factors import FloatArray


@dataclass(frozen=True)
class Shares:
    """First-order and total index of each input with half-widths of their 95 % intervals, shape (inputs,) each."""

    first: FloatArray
    first_error: FloatArray
    total: FloatArray
    total_error: FloatArray
    mean: float
    variance: float
    runs: int


def sobol_shares(function: Callable[[FloatArray], FloatArray], inputs: int, samples: int, seed: int | None) -> Shares:
    """Sobol indices of a function of independent inputs, each uniform on [0, 1].

    Parameters
    ----------
    function
        Takes points of shape (runs, inputs) and returns values of shape (runs,).
    inputs
        How many inputs there are.
    samples
        Base sample size, a power of two; the function is evaluated at `samples * (inputs + 2)` points.
    seed
        Of the scrambling and of the bootstrap.

    References
    ----------
    Sobol IM (2001). Global sensitivity indices for nonlinear mathematical models. Math Comput Simul 55:271-280.
    Saltelli A et al. (2010). Variance based sensitivity analysis of model output. Comput Phys Commun 181:259-270.
    """
    from SALib.analyze import sobol as analyze
    from SALib.sample import sobol as sample

    names = [f"x{i}" for i in range(inputs)]
    problem = {"num_vars": inputs, "names": names, "bounds": [[0.0, 1.0]] * inputs}
    points = sample.sample(problem, samples, calc_second_order=False, seed=seed)
    values = np.asarray(function(points), dtype=float)
    if not np.ptp(values) > 0:
        zero = np.zeros(inputs)
        return Shares(zero, zero, zero, zero, float(values[0]), 0.0, len(values))
    with warnings.catch_warnings():
        # SALib still divides where an input has no effect at all; the index is then zero, as it should be.
        warnings.simplefilter("ignore", RuntimeWarning)
        warnings.simplefilter("ignore", FutureWarning)
        # SALib takes a seed of 0 for none at all.
        resampling = None if seed is None else seed + 1
        found = analyze.analyze(problem, values, calc_second_order=False, seed=resampling, print_to_console=False)
    first, first_error, total, total_error = (np.nan_to_num(np.asarray(found[key])) for key in ("S1", "S1_conf", "ST", "ST_conf"))
    return Shares(first, first_error, total, total_error, float(values.mean()), float(values.var()), len(values))

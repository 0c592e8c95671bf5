"""The draws of all numbers behind the intervals of a differential, small enough for a page: one byte for each."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np

from bayesnet.analysis.differential.differential import DRAWS, SEED
from bayesnet.analysis.sensitivity.sampler import cited_sampler
from bayesnet.web.pagenumbers import MOST_NUMBERS

if TYPE_CHECKING:
    from bayesnet.analysis.query.compiled import CompiledModel

MOST_BYTES = 400_000
"""A network with more draws than this goes without: its page would be mostly draws."""

_LEVELS = 255


def draw_data(compiled: CompiledModel) -> dict[str, Any]:
    """Write the draws of all numbers that have a range, those of `diagnoses` in Python.

    Parameters
    ----------
    compiled
        The network.

    Returns
    -------
    dict
        `draws`: `count`; `numbers`, the positions of those that are drawn; `from` and `to`, the least and the greatest value of
        each, of its logarithm where `log` says so; and `codes`, one byte for each number and draw in base 64, from 0 at the least
        value to 255 at the greatest. Empty where no number has a range, or if there are too many.

    Examples
    --------
    >>> from bayesnet.analysis.query.compiled import CompiledModel
    >>> from bayesnet.model import load_model
    >>> draw_data(CompiledModel(load_model("mammography")))["draws"]["count"]
    400

    """
    records = list(compiled.model.numbers.values())
    if not 0 < len(records) <= MOST_NUMBERS or not any(number.low < number.high for number in records):
        return {}
    ids = {identity: k for k, identity in enumerate(compiled.factors.number_ids)}
    values = cited_sampler(compiled).draw(DRAWS, np.random.default_rng(SEED)).values[[ids[number.id] for number in records]]
    drawn = np.flatnonzero(np.ptp(values, axis=1) > 0)
    if drawn.size * DRAWS > MOST_BYTES:
        return {}
    odds = np.array([records[k].id.startswith("odds(") for k in drawn])
    scaled = np.where(odds[:, None], np.log(np.where(odds[:, None], values[drawn], 1.0)), values[drawn])
    least, most = scaled.min(axis=1), scaled.max(axis=1)
    codes = np.rint(_LEVELS * (scaled - least[:, None]) / (most - least)[:, None]).astype(np.uint8)
    return {
        "draws": {
            "count": DRAWS,
            "numbers": drawn.tolist(),
            "from": least.tolist(),
            "to": most.tolist(),
            "log": odds.astype(int).tolist(),
            "codes": base64.b64encode(codes.tobytes()).decode(),
        }
    }

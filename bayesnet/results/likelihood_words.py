"""Words for probabilities, by the scale of the Intergovernmental Panel on Climate Change.

References
----------
Mastrandrea MD, Field CB, Stocker TF, et al. (2010). Guidance note for lead authors of the IPCC Fifth Assessment Report on
consistent treatment of uncertainties. Intergovernmental Panel on Climate Change. Table 1.
"""

from __future__ import annotations

import math

CITATION = (
    "Words for probabilities follow Mastrandrea et al. 2010 (IPCC guidance note, Table 1): exceptionally unlikely below 1 %, "
    "very unlikely below 10 %, unlikely below 33 %, about as likely as not 33 to 66 %, likely above 66 %, very likely above "
    "90 %, virtually certain above 99 %."
)
"""What the words mean; printed wherever they are used."""

_SCALE = (
    (0.01, "exceptionally unlikely"),
    (0.10, "very unlikely"),
    (0.33, "unlikely"),
    (0.66, "about as likely as not"),
    (0.90, "likely"),
    (0.99, "very likely"),
)


def word(probability: float) -> str:
    """The narrowest word of the scale that covers a probability.

    >>> word(0.004), word(0.5), word(0.95), word(0.999)
    ('exceptionally unlikely', 'about as likely as not', 'very likely', 'virtually certain')
    """
    if math.isnan(probability):
        return "undefined"
    for limit, name in _SCALE:
        if probability < limit or (probability == limit and limit >= 0.66):
            return name
    return "virtually certain"

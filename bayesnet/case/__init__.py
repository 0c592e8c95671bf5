"""A case: what is known about one patient, held on a network; it never changes, and adding to it gives a new one."""

from __future__ import annotations

from bayesnet.case.asking import Asking
from bayesnet.case.reasoning import Reasoning
from bayesnet.case.trusting import Trusting

__all__ = ["Case"]


class Case(Asking, Trusting, Reasoning):
    """Findings and interventions on a network; made by `net.case(...)`.

    Examples
    --------
    >>> import bayesnet
    >>> case = bayesnet.load("asia").case("asia=yes, dysp=yes")
    >>> print(case.add("smoke=no"))
    asia=yes, dysp=yes, smoke=no
    """

    __slots__ = ()

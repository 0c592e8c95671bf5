"""For teaching: natural frequencies, what dependence of findings is worth, answers checked.

Views of a network are asked of a case (`case.frequencies`, `case.ladder`); `check` tells a learner whether an answer is right.
"""

from __future__ import annotations

from bayesnet.teach.checking import check

__all__ = ["check"]

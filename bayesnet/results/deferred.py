"""A provenance whose doubts are worked out when somebody looks at them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from bayesnet.results.base import Provenance


class DeferredProvenance(Provenance):
    """A provenance whose caveats are computed on first use: an answer that is not printed does not pay for them.

    Parameters
    ----------
    network, version, digest, assumed, warning, labels
        As in `Provenance`.
    doubts
        Returns the sentences about the weakest numbers.

    Examples
    --------
    >>> DeferredProvenance("asia", "1", "", (), "", {}, lambda: ("Invented numbers.",)).caveats
    ('Invented numbers.',)

    """

    def __init__(
        self,
        network: str,
        version: str,
        digest: str,
        assumed: tuple[str, ...],
        warning: str,
        labels: Mapping[str, str],
        doubts: Callable[[], tuple[str, ...]],
    ) -> None:
        held = {
            "network": network,
            "version": version,
            "digest": digest,
            "assumed": assumed,
            "warning": warning,
            "labels": labels,
        }
        self.__dict__.update(held, _doubts=doubts)

    @cached_property
    def caveats(self) -> tuple[str, ...]:
        """Sentences about the weakest numbers behind the answer."""
        doubts: Callable[[], tuple[str, ...]] = self.__dict__["_doubts"]
        return doubts()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Provenance) and self._all() == _all(other)

    def __hash__(self) -> int:
        return hash(self._all())

    def __reduce__(self) -> Any:
        return Provenance, self._all()

    def __repr__(self) -> str:
        return repr(Provenance(*self._all()))

    def _all(self) -> tuple[Any, ...]:
        return _all(self)


def _all(provenance: Provenance) -> tuple[Any, ...]:
    """Return all fields in their order."""
    p = provenance
    return p.network, p.version, p.digest, p.assumed, p.caveats, p.warning, p.labels

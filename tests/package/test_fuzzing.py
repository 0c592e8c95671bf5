"""Random inputs of every kind, bounded and seeded: only errors of our own leave a public call, each soon."""

from __future__ import annotations

import pytest


@pytest.mark.slow
def test_ten_thousand_random_inputs_raise_only_errors_of_our_own() -> None:
    """Patterns, findings, files of every format, folders, lessons, rows, command lines; `make fuzz` tries a million."""
    from fuzzing import KINDS, fuzz

    counts, wrong = fuzz(10_000, seed=2026)
    assert wrong == []
    assert all(counts[f"{kind} {end}"] for kind in KINDS for end in ("taken", "refused"))

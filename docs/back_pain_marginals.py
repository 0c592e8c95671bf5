"""The table of marginals in the page of the back-pain model: each finding by setting, beside what was published.

``python docs/back_pain_marginals.py`` prints it; ``--write`` puts it into priors/back_pain/README.md between its two marks.
"""

from __future__ import annotations

import sys
from pathlib import Path

import bayesnet

PAGE = Path(__file__).resolve().parents[1] / "priors" / "back_pain" / "README.md"
BEGIN, END = "<!-- marginals -->\n", "<!-- end of marginals -->\n"
SETTINGS = ("primary_care", "emergency", "spine_clinic", "hospital")

# What a review of this model takes the literature to say of primary care; those without a study are readings of whole groups of
# studies. A row with None has no figure that was read.
ROWS: tuple[tuple[str, str, tuple[float, float] | None], ...] = (
    ("fever", "fever", (0.003, 0.01)),
    ("objective deficit", "neurological_deficit", (0.03, 0.06)),
    ("straight-leg raise positive", "straight_leg_raise", (0.05, 0.156)),
    ("leg pain", "leg_pain", (0.30, 0.50)),
    ("CRP above 10 mg/L", "raised_crp", (0.10, 0.20)),
    ("ESR 20 mm/h or more", "raised_esr", (0.15, 0.25)),
    ("midline tenderness", "midline_tenderness", (0.20, 0.60)),
    ("night pain", "night_pain", (0.39, 0.49)),
    ("anaemia", "anemia", (0.05, 0.10)),
    ("raised alkaline phosphatase", "raised_alp", (0.03, 0.09)),
    ("cancer history", "cancer_history", (0.03, 0.05)),
    ("urinary retention", "urinary_retention", (0.01, 0.03)),
    ("saddle anaesthesia", "saddle_anesthesia", (0.0, 0.01)),
    ("film shows a fracture", "compression_fracture_xray", (0.03, 0.05)),
    ("nonspecific, by definition", "nonspecific_lbp", None),
)


def percent(p: float) -> str:
    """Two digits, and never an exponent."""
    return f"{100 * p:.0f}" if p >= 0.1 else f"{100 * p:.1f}" if p >= 0.01 else f"{100 * p:.2f}"


def table() -> str:
    """The table as Markdown; every number an exact marginal of the model as it is."""
    net = bayesnet.load("back_pain")
    lines = [
        "| in percent | primary care | emergency | spine clinic | hospital | published, primary care | |",
        "|---|--:|--:|--:|--:|--:|---|",
    ]
    for label, name, published in ROWS:
        values = [net.probability(f"{name} | setting={setting}") for setting in SETTINGS]
        cells = [percent(v) for v in values]
        if published is None:
            cells += ["", ""]
        else:
            low, high = published
            verdict = "inside" if low <= values[0] <= high else "above" if values[0] > high else "below"
            cells += [f"{100 * low:g} to {100 * high:g}", verdict]
        lines.append("| " + " | ".join([label, *cells]) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the table, or write it into the page."""
    made = table()
    if "--write" in sys.argv[1:]:
        before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
        PAGE.write_text(before + BEGIN + made + END + rest.split(END)[1], encoding="utf-8")
    else:
        sys.stdout.write(made)


if __name__ == "__main__":
    main()

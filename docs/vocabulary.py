"""The page of everything that can be asked, made from the shipped models: `docs/vocabulary.md` is what this writes."""

from __future__ import annotations

from pathlib import Path

import bayesnet
from bayesnet.analysis.description.askable import askable
from bayesnet.results.askable import FoundVariable

PAGE = Path(__file__).resolve().parent / "vocabulary.md"

TOP = """# Everything you can ask

Any variable can be asked about, and any can be a finding. What you type is read generously: names, labels and other words in any
case, `no fever` and `not fever`, `fever=yes`, `age=66`, `raised ALP`. What is printed uses the names in the first column, which
always read back.

| you type | it means |
| --- | --- |
| `fever` | `fever=present`, as do `fever=yes`, `fever=true`, `fever=1` |
| `!fever`, `not fever`, `no fever` | `fever=absent`, as do `fever=no`, `fever=false`, `fever=0` |
| `age_group=60-69`, `age=66`, `66` | one state; a number where the states are ranges, alone where it is an age |
| `age_group={50-59, 60-69}`, `age=<50` | one of these states |
| `fever={present:10, absent:1}` | likelihoods: the sign is ten times as probable with fever as without |
| `do(corticosteroids)` | set from outside, which says nothing about its causes |
| `multiple_myeloma \\| anemia, no fever` | a question: the target, a bar, the findings |

In Python `net.find("night")` looks for a word, `bayesnet find night` in a terminal;
`net.case("male, no fever", age=66)` takes findings by name too. A word that could mean two things is refused with both.

This page is made from the shipped models by `python docs/build.py`.
"""


def page() -> str:
    """Give the page as Markdown."""
    parts = [TOP]
    for name in sorted((model.name for model in bayesnet.models()), key=lambda name: (name != "back_pain", name)):
        asked = askable(bayesnet.load(name).compiled)
        parts.append(f"## {name}\n\n{asked.description}\n\n```text\n{asked.question}\n```\n")
        for group, label in asked.groups.items():
            rows = "\n".join(map(_row, (v for v in asked.variables if v.group == group)))
            heading = "| type | label | meaning | also read |\n| --- | --- | --- | --- |"
            parts.append(f"### {label}{' of ' + name if name != 'back_pain' else ''}\n\n{heading}\n{rows}\n")
    return "\n".join(parts)


def _row(variable: FoundVariable) -> str:
    """One variable."""
    states = "" if variable.states == ("absent", "present") else "= " + ", ".join(f"`{state}`" for state in variable.states)
    cells = (f"`{variable.variable}` {states}".strip(), variable.label, variable.meaning, ", ".join(variable.aliases))
    return "| " + " | ".join(cell.replace("|", "\\|").replace("<", "\\<") if i else cell for i, cell in enumerate(cells)) + " |"


def write() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")

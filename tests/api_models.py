"""A small clinic for the tests of asking: a context with a default, diagnoses, a group, something impossible, three states."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from bayesnet.model.read import read_model
from bayesnet.network import Network

FILES = {
    "model.toml": """
name = "clinic"
title = "A small clinic"
version = "1.2"
description = "Two diagnoses and what they cause."
warning = "Only for tests."
files = ["people.toml", "diagnoses.toml", "findings.toml"]
[groups]
any_disease = ["flu", "tumour"]
[[examples]]
title = "A feverish patient"
evidence = "fever, cough"
""",
    "people.toml": """
group = "risk_factors"
[variables.setting]
gate = "table"
label = "Where"
states = ["practice", "hospital"]
default = "practice"

[[numbers]]
id = "setting=practice"
value = 0.9
low = 0.9
high = 0.9
range = "exact"
grade = "judgement"
reason = "For tests."

[variables.female]
gate = "table"
label = "Female sex"

[[numbers]]
id = "female=present"
value = 0.5
low = 0.4
high = 0.6
range = "95 % interval"
grade = "cohort"

[[numbers.sources]]
source = "doe2001"
place = "Table 1"

[variables.pregnancy]
parents = ["female"]
gate = "odds_ratio"
neutral = {female = "present"}
[[numbers]]
id = "odds(pregnancy) | baseline"
value = 0.05
low = 0.04
high = 0.06
range = "95 % interval"
grade = "cohort"

[[numbers.sources]]
source = "doe2001"
place = "Table 1"

[[numbers]]
id = "odds(pregnancy) | female=absent"
value = 0.0
low = 0.0
high = 0.0
range = "exact"
grade = "definition"
note = "Never in males."
""",
    "diagnoses.toml": """
group = "diagnoses"
[variables.flu]
label = "Influenza"
role = "common"
parents = ["setting"]
gate = "odds_ratio"

[[numbers]]
id = "odds(flu) | baseline"
value = 0.05
low = 0.02
high = 0.1
range = "range across studies"
grade = "cohort"

[[numbers.sources]]
source = "roe2010"
place = "Figure 2"

[[numbers]]
id = "odds(flu) | setting=hospital"
value = 4.0
low = 2.0
high = 8.0
range = "95 % interval"
grade = "cohort"

[[numbers.sources]]
source = "roe2010"
place = "Table 3"

[variables.tumour]
gate = "table"
label = "Tumour"
role = "must_not_miss"

[[numbers]]
id = "tumour=present"
value = 0.01
low = 0.005
high = 0.02
range = "95 % interval"
grade = "cohort"

[[numbers.sources]]
source = "doe2001"
place = "Table 4"

[variables.healthy]
label = "Healthy"
role = "other"
parents = ["flu", "tumour"]
gate = "deterministic"
expression = "none of flu, tumour"
""",
    "findings.toml": """
group = "history"
[variables.fever]
label = "Fever"
meaning = "38 C or more"
parents = ["flu", "tumour"]
gate = "noisy_or"

[[numbers]]
id = "fever=present | flu=present"
value = 0.8
low = 0.7
high = 0.9
range = "95 % interval"
grade = "cohort"

[[numbers.sources]]
source = "roe2010"
place = "Table 2; 80 of 100"

[[numbers]]
id = "fever=present | tumour=present"
value = 0.2
low = 0.1
high = 0.5
range = "judgement"
grade = "judgement"
reason = "Nobody counted."

[[numbers]]
id = "fever=present | leak"
value = 0.02
low = 0.01
high = 0.03
range = "95 % interval"
grade = "cohort"

[[numbers.sources]]
source = "roe2010"
place = "Table 2"

[variables.cough]
gate = "table"
parents = ["flu"]
[[numbers]]
id = "cough=present | flu=absent"
value = 0.1
low = 0.05
high = 0.2
range = "95 % interval"
grade = "cohort"

[[numbers.sources]]
source = "roe2010"
place = "Table 2"

[[numbers]]
id = "cough=present | flu=present"
value = 0.7
low = 0.6
high = 0.8
range = "95 % interval"
grade = "cohort"

[[numbers.sources]]
source = "roe2010"
place = "Table 2"

[variables.weight]
gate = "table"
label = "Change of weight"
states = ["lost", "same", "gained"]
parents = ["tumour"]
[[numbers]]
id = "weight=lost | tumour=absent"
value = 0.1
low = 0.05
high = 0.2
range = "95 % interval"
grade = "cohort"

[[numbers.sources]]
source = "doe2001"
place = "Table 5"

[[numbers]]
id = "weight=gained | tumour=absent"
value = 0.2
low = 0.1
high = 0.3
range = "95 % interval"
grade = "cohort"

[[numbers.sources]]
source = "doe2001"
place = "Table 5"

[[numbers]]
id = "weight=lost | tumour=present"
value = 0.6
low = 0.4
high = 0.8
range = "95 % interval"
grade = "cohort"

[[numbers.sources]]
source = "doe2001"
place = "Table 5"

[[numbers]]
id = "weight=gained | tumour=present"
value = 0.0
low = 0.0
high = 0.0
range = "exact"
grade = "definition"
note = "So that something cannot be."
""",
    "sources.toml": """
[doe2001]
authors = "Doe J, Poe E"
year = 2001
title = "On patients"
journal = "J Tests 1:1-2"
[roe2010]
authors = "Roe R"
year = 2010
title = "On fever"
journal = "J Tests 2:3-4"
""",
}


def write_clinic(folder: Path) -> Path:
    """Write the files of the clinic into a folder and give the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@cache
def clinic() -> Network:
    """The clinic as a network."""
    with tempfile.TemporaryDirectory() as folder:
        return Network(read_model(write_clinic(Path(folder) / "clinic")))

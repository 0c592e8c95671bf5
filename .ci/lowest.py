"""Print the lower bound of every dependency and extra in pyproject.toml as a constraint: `numpy>=2.0` becomes `numpy==2.0`."""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from pathlib import Path

project = tomllib.loads((Path(__file__).resolve().parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
for requirement in [*project["dependencies"], *chain.from_iterable(project["optional-dependencies"].values())]:
    name, bound = re.fullmatch(r"([A-Za-z0-9._-]+)>=([0-9.]+)(?:,.*)?", requirement).groups()
    print(f"{name}=={bound}")

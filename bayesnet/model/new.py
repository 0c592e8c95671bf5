"""A first model to change: two diseases, one finding, one source, with comments that teach the format."""

from __future__ import annotations

import json
from pathlib import Path

from bayesnet.errors import SpecError
from bayesnet.model.json_schema import SCHEMAS, json_schema
from bayesnet.model.replacing import write_together

TEMPLATE = Path(__file__).with_name("template")


def new_model(path: str | Path) -> list[Path]:
    """Write a small model into a folder, with JSON schemas for editors; give the files.

    Parameters
    ----------
    path
        The folder; it is made where it is missing, and must be empty. Its name becomes that of the model.

    Raises
    ------
    SpecError
        When there is something in the folder.

    >>> from tempfile import TemporaryDirectory
    >>> from bayesnet.model import read_model
    >>> with TemporaryDirectory() as folder:
    ...     files = new_model(Path(folder) / "throat")
    ...     read_model(Path(folder) / "throat").name
    'throat'
    """
    folder = Path(path)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SpecError(str(folder), ["something is there already; name a folder that is new or empty"])
    named = f"name = {json.dumps(folder.resolve().name)}"
    texts = {
        source.name: source.read_text(encoding="utf-8").replace('name = "my_model"', named)
        for source in sorted(TEMPLATE.glob("*.toml"))
    }
    schemas = {f"schemas/{name}.json": json.dumps(json_schema(name), indent=2) + "\n" for name in SCHEMAS}
    return write_together(folder, texts | schemas)

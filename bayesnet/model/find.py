"""Locations of models: the shipped ones by name, others by path."""

from __future__ import annotations

from pathlib import Path

from bayesnet.errors import SpecError, brief, did_you_mean, listed, nearest

MODEL_FILE, SOURCES_FILE, WORDS_FILE = "model.toml", "sources.toml", "words.toml"
OTHERS = (
    MODEL_FILE, SOURCES_FILE, WORDS_FILE, "targets.toml", "claims.toml", "cases.toml", "costs.toml", "decision.toml",
)  # fmt: skip
"""Files of a model folder that hold something other than variables."""

_PACKAGE = Path(__file__).resolve().parent.parent
_HOMES = (_PACKAGE / "priors", _PACKAGE.parent / "priors")
"""Inside the package once it is installed from a wheel; beside it in a source tree."""


def find_model(name_or_path: str | Path) -> Path:
    """Return the folder of a model: a shipped model by its name, any other by its path.

    Parameters
    ----------
    name_or_path
        A name such as `back_pain`, a folder that holds `model.toml`, or the path of a `model.toml`.

    Raises
    ------
    SpecError
        When there is no such model; offers the nearest names.

    >>> find_model("back_pain").name
    'back_pain'
    """
    shipped = shipped_models()
    if str(name_or_path) in shipped:
        return shipped[str(name_or_path)]
    if not str(name_or_path).strip():
        raise SpecError('""', [f"no model is named; the models that come with bayesnet are {listed(tuple(shipped))}"])
    path = Path(name_or_path)
    try:
        path.stat()
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:  # no permission, a name too long for the disk or with a NUL character
        reason = (error.strerror if isinstance(error, OSError) else "") or str(error)
        raise SpecError(brief(str(name_or_path)), [f"cannot be looked up: {reason}"]) from None
    if path.name == MODEL_FILE and path.is_file():
        return path.parent
    if (path / MODEL_FILE).is_file():
        return path
    if path.is_dir():
        raise SpecError(str(path), [f"the folder holds no {MODEL_FILE}"])
    if path.is_file():
        raise SpecError(str(path), [f"not a model folder; a model is a folder that holds {MODEL_FILE}"])
    hint = did_you_mean(nearest(str(name_or_path), shipped)) or f"the models that come with bayesnet are {listed(tuple(shipped))}"
    raise SpecError(str(name_or_path), [f"no model of this name and no such folder; {hint}"])


def shipped_models() -> dict[str, Path]:
    """Return the folder of each model by name, from the first home that holds any model."""
    for home in _HOMES:
        found = {folder.name: folder for folder in sorted(home.glob("*")) if (folder / MODEL_FILE).is_file()}
        if found:
            return found
    return {}

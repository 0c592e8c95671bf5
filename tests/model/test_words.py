"""words.toml: what people type, read with the model, written with it, and refused where it is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bayesnet import SpecError
from bayesnet.model import read_model, write_model
from bayesnet.model.records import Alias, Model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The sprinkler as a folder that can be changed."""
    write_model(read_model("sprinkler"), tmp_path)
    return tmp_path


def written(folder: Path, text: str) -> Model:
    """The model with these words."""
    (folder / "words.toml").write_text(text, encoding="utf-8")
    return read_model(folder)


def test_words_are_read_and_written_with_the_model(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Aliases keep their order and come back from the files; those that need a state are marked; the digest stays."""
    model = written(folder, '[aliases]\nrain = ["wet weather"]\n"!rain" = ["dry"]\n\n[with_state]\nrain = ["weather"]\n')
    assert model.aliases == (Alias("wet weather", "rain"), Alias("dry", "!rain"), Alias("weather", "rain", True))
    again = tmp_path_factory.mktemp("again")
    write_model(model, again)
    assert read_model(again) == model
    assert model.digest == read_model("sprinkler").digest
    assert replace(model, aliases=()) != model


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[aliases]\nrian = ["x"]', 'words.toml, word for "rian": no variable "rian"; did you mean "rain"?'),
        (
            '[aliases]\nrain = ["wet"]\nsprinkler = ["Wet"]',
            'words.toml, "Wet" for "sprinkler": is also "an alias (rain)"',
        ),
        (
            '[aliases]\nrain = ["wet-grass"]',
            'words.toml, "wet-grass" for "rain": is also "the name of a variable (wet_grass)"; leave it out',
        ),
        ('[aliases]\nrain = [" "]', 'words.toml, word for "rain": a word is empty'),
        ('[aliases]\n"rain, sprinkler" = ["wet"]', 'words.toml, word for "rain, sprinkler": not one variable; expected'),
        ('[aliases]\n"rain=much" = ["wet"]', 'words.toml, word for "rain=much": variable "rain" has no state "much"'),
        ('[synonyms]\nrain = ["wet"]', 'words.toml: unknown key "synonyms"'),
    ],
)
def test_what_is_wrong_with_words_is_told(folder: Path, text: str, problem: str) -> None:
    """An unknown variable, a word with two meanings, a name taken for something else."""
    with pytest.raises(SpecError) as refusal:
        written(folder, text)
    assert str(refusal.value.problems[0]).startswith(problem)

"""A new model: it passes every check, teaches each key it uses, and its schemas are those of the reader."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from bayesnet.analysis.audit.recomputation import recompute
from bayesnet.analysis.query.compiled import CompiledModel
from bayesnet.cli import main
from bayesnet.errors import SpecError
from bayesnet.model.file_shapes import NumberEntry, VariableEntry, keys_of
from bayesnet.model.json_schema import json_schema
from bayesnet.model.new import new_model
from bayesnet.model.read import read_model


def test_a_new_model_has_nothing_to_remark(tmp_path: Path) -> None:
    """Two diseases, one finding, one source; every number is what its figures give."""
    new_model(tmp_path / "throat")
    model = read_model(tmp_path / "throat", strict=True)
    assert model.name == "throat"
    assert [v.group for v in model.variables.values()] == ["diagnoses", "diagnoses", "history_and_examination"]
    found = recompute(CompiledModel(model))
    assert (found.remarks, found.known) == ((), {"full text": 3, "judged": 3})
    assert [line.verdict for line in found.numbers] == ["agrees", "judgement", "judgement", "agrees", "agrees", "judgement"]


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    """Nothing is ever written over."""
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(SpecError, match="something is there already"):
        new_model(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_the_command_says_what_to_do_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`bayesnet new` lists the files and the next two commands."""
    with pytest.raises(SystemExit) as left:
        main(["new", str(tmp_path / "throat")])
    said = capsys.readouterr().out
    assert left.value.code in (0, None)
    assert "diseases.toml" in said
    assert f"bayesnet check {tmp_path / 'throat'}" in said


def test_the_schemas_are_the_shapes_of_the_reader(tmp_path: Path) -> None:
    """Every key of a number and a variable, with the words it can take; nothing else is allowed."""
    group = json_schema("group")
    shapes = group["$defs"]
    assert set(shapes["_Number"]["properties"]) == set(keys_of(NumberEntry))
    assert set(shapes["VariableEntry"]["properties"]) == set(keys_of(VariableEntry))
    assert shapes["NumberSourceEntry"]["properties"]["for"]["enum"] == ["value", "low", "high", "range", "background"]
    assert shapes["_Number"]["additionalProperties"] is False
    new_model(tmp_path)
    for path in tmp_path.glob("*.toml"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        schema = json.loads((path.parent / first.removeprefix("#:schema ")).read_text(encoding="utf-8"))
        known = schema.get("properties")
        assert known is None or set(tomllib.loads(path.read_text(encoding="utf-8"))) <= set(known)

"""Files and models: what is written reads back, shipped models are found, the cache is quick and never in the way."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from paths import SHIPPED
from strategies import models, odd_words

import bayesnet
from bayesnet.errors import SpecError
from bayesnet.interop import read_network
from bayesnet.model.cache import cache_folder, load_model, packed, unpacked
from bayesnet.model.expand import expand
from bayesnet.model.find import find_model
from bayesnet.model.read import read_model
from bayesnet.model.records import CitedFigure, Model, Number, Source, Variable, group_variable
from bayesnet.model.write import model_files, write_model

same_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder for each test, so that none sees another's."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("BAYESNET_CACHE_DIR", str(folder))
    return folder


def rewritten(model: Model, folder: Path) -> Model:
    """Write a model into an empty folder and read it back."""
    for path in folder.glob("*.toml"):
        path.unlink()
    write_model(model, folder)
    return read_model(folder)


@same_folder
@given(models())
def test_what_is_written_reads_back(tmp_path: Path, model: Model) -> None:
    """`read(write(model)) == model`, with the same order, the same digest, the same arrays."""
    again = rewritten(model, tmp_path)
    assert again == model
    assert list(again.variables) == list(model.variables)
    assert again.digest == model.digest
    assert [tuple(f.tensors[0].ravel()) for f in expand(again).families] == [
        tuple(f.tensors[0].ravel()) for f in expand(model).families
    ]


@same_folder
@given(models(names=odd_words(), max_variables=3), anything, anything, anything)
def test_odd_names_and_texts_read_back(tmp_path: Path, model: Model, title: str, note: str, key: str) -> None:
    """Quotes, line ends, control characters and other alphabets survive in names, notes and titles."""
    number = next(iter(model.numbers.values()))
    odd = replace(number, note=note, sources=(CitedFigure(key or "k", place="p"),))
    model = Model(
        name="odd",
        title=title,
        description=note,
        variables=model.variables,
        numbers={**model.numbers, odd.id: odd},
        sources={**model.sources, odd.source: Source(odd.source, title or "A", None, note=note)}
        if len(model.numbers) > 1
        else {odd.source: Source(odd.source, "A", None)},
        examples=((title, ""),),
    )
    assert rewritten(model, tmp_path) == model


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_models_read_back(tmp_path: Path, name: str) -> None:
    """Every shipped model survives writing, file by file, groups as groups."""
    model = read_model(name)
    assert rewritten(model, tmp_path) == model
    files = {path.name for path in tmp_path.glob("*.toml")}
    assert files <= {path.name for path in find_model(name).glob("*.toml")}
    groups = [v.name for v in model.variables.values() if v.group == "groups"]
    head = (tmp_path / "model.toml").read_text(encoding="utf-8")
    assert all(f"{group} = [" in head for group in groups)
    assert all(
        f"[variables.{group}]" not in path.read_text(encoding="utf-8") for path in tmp_path.glob("*.toml") for group in groups
    )


@pytest.mark.parametrize("name", ["asia", "alarm"])
def test_a_network_from_a_file_can_be_written_as_a_model(tmp_path: Path, networks: Path, name: str) -> None:
    """Tables read from BIF become numbers, and the numbers a folder."""
    model = read_network(networks / f"{name}.bif.gz")
    assert rewritten(model, tmp_path) == model


def test_variables_keep_their_order_when_groups_interleave(tmp_path: Path) -> None:
    """A file holds one run of variables, so that order survives, and no file takes a name that means something else."""
    variables = [Variable(f"v{i}", group=group) for i, group in enumerate(["a", "b", "a", "sources", "Two words!", "targets"])]
    numbers = [Number(f"{v.name}=present", 0.5, 0.4, 0.6, "judgement", reason="half", variable=v.name) for v in variables]
    groups = [group_variable("g1", ["v0", "v1"]), group_variable("g2", ["g1"])]
    model = Model("order", variables={v.name: v for v in [*variables, *groups]}, numbers={n.id: n for n in numbers})
    assert list(model_files(model)) == [
        "model.toml",
        "a.toml",
        "b.toml",
        "a_2.toml",
        "variables_sources.toml",
        "two_words_.toml",
        "variables_targets.toml",
        "sources.toml",
    ]
    again = rewritten(model, tmp_path)
    assert again == model
    assert list(again.variables) == list(model.variables)


def test_a_number_of_no_variable_cannot_be_written(tmp_path: Path) -> None:
    """The format has no place for it, and says so before it writes anything."""
    model = Model("stray", variables={}, numbers={"x=present": Number("x=present", 0.5, 0.5, 0.5, variable="x")})
    with pytest.raises(SpecError) as refusal:
        write_model(model, tmp_path / "new")
    assert str(refusal.value) == 'stray: 1 problem\n  number "x=present": belongs to none of the variables'
    assert not (tmp_path / "new").exists()


def test_the_example_of_the_format_document_is_valid(tmp_path: Path, root: Path) -> None:
    """The files printed in docs/priors-format.md are a model without problems."""
    text = (root / "docs" / "priors-format.md").read_text(encoding="utf-8")
    shown = [part.split("```", 1) for part in text.split("```toml\n# file: ")[1:]]
    for body, _ in shown:
        name, _, content = body.partition("\n")
        path = tmp_path / name.strip()
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
    model = read_model(tmp_path)
    assert {v.gate for v in model.variables.values()} == {"table", "noisy_or", "noisy_max", "deterministic", "odds_ratio"}
    assert rewritten(model, tmp_path) == model


def test_models_are_found_by_name_and_by_path(tmp_path: Path) -> None:
    """A shipped name, a folder, its model.toml: all lead to the folder."""
    assert find_model("asia").name == "asia"
    write_model(read_model("asia"), tmp_path)
    assert find_model(tmp_path) == find_model(tmp_path / "model.toml") == tmp_path


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("back_pian", 'back_pian: 1 problem\n  no model of this name and no such folder; did you mean "back_pain"?'),
        (
            "zzz",
            (
                "zzz: 1 problem\n  no model of this name and no such folder; "
                'the models that come with bayesnet are "asia", "back_pain", "mammography", "sprinkler"'
            ),
        ),
        (
            " ",
            (
                '"": 1 problem\n  no model is named; '
                'the models that come with bayesnet are "asia", "back_pain", "mammography", "sprinkler"'
            ),
        ),
    ],
)
def test_a_model_that_is_not_there_is_told_with_the_nearest(name: str, message: str) -> None:
    """An unknown name brings the names there are."""
    with pytest.raises(SpecError) as refusal:
        find_model(name)
    assert str(refusal.value) == message


def test_a_folder_or_file_that_is_no_model_says_so(tmp_path: Path) -> None:
    """What is there but is no model is distinguished from what is not there."""
    with pytest.raises(SpecError, match=r"the folder holds no model\.toml"):
        find_model(tmp_path)
    (tmp_path / "x.txt").write_text("")
    with pytest.raises(SpecError, match=r"not a model folder; a model is a folder that holds model\.toml"):
        find_model(tmp_path / "x.txt")


@given(models())
def test_a_cached_model_is_the_model(model: Model) -> None:
    """Through JSON and back nothing changes, the places of errors included."""
    again = unpacked(json.loads(json.dumps(packed(model))))
    assert again == model
    assert [n.location for n in again.numbers.values()] == [n.location for n in model.numbers.values()]


@given(models(max_variables=3))
def test_models_travel_between_processes(model: Model) -> None:
    """A pickled model is the same model; its dict is JSON-safe."""
    again = pickle.loads(pickle.dumps(model))
    assert again == model
    assert again.digest == model.digest
    json.dumps(model.to_dict())


def test_the_second_load_reads_the_cache_and_gives_the_same(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once read, a model comes from the cache without the reader, with the places of its numbers."""
    first = load_model("asia")
    assert [path.name.split("-")[0] for path in own_cache.iterdir()] == ["asia"]
    monkeypatch.setattr("bayesnet.model.read.read_folder", None)
    second = load_model("asia")
    assert second == first
    assert second.numbers["asia=yes"].location.file == "clinic.toml"


def test_a_change_of_any_file_is_seen(tmp_path: Path, own_cache: Path) -> None:
    """The cache is keyed by what the files hold, not by when they were written."""
    write_model(read_model("mammography"), tmp_path)
    assert load_model(tmp_path).numbers["breast_cancer=present"].value == 0.01
    path = tmp_path / "screening.toml"
    path.write_text(path.read_text().replace("low = 0.008\n", "low = 0.009\n"))
    assert load_model(tmp_path).numbers["breast_cancer=present"].low == 0.009


def one_variable(folder: Path, file: str, value: float) -> Path:
    """A model of one variable whose only number lies in a file of this name; gives the file."""
    folder.mkdir(exist_ok=True)
    (folder / "model.toml").write_text(f'name = "m"\nfiles = ["{file}"]\n')
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_text(
        f'[variables.a]\ngate = "table"\n[[numbers]]\nid = "a=present"\nvalue = {value}\nlow = {value}\nhigh = {value}\n'
        'range = "exact"\ngrade = "definition"\n'
    )
    return folder / file


@pytest.mark.parametrize("linked", [False, True])
def test_an_edit_of_a_group_file_changes_the_answer(tmp_path: Path, linked: bool) -> None:
    """P(a) is the number of the file as it is now, also where the file is a link to another folder."""
    for value in (0.2, 0.7, 0.2):
        file = one_variable(tmp_path / "m", "a.toml", value)
        if linked:
            file.replace(tmp_path / "elsewhere.toml")
            file.symlink_to(tmp_path / "elsewhere.toml")
        for _ in range(2):
            assert bayesnet.load(tmp_path / "m").posterior("a")["present"] == pytest.approx(value, abs=1e-15)
        if linked:
            file.unlink()


@pytest.mark.parametrize("name", ["sub/a.toml", "../a.toml", "a.txt", "a.TOML", "./a.toml"])
def test_a_group_file_that_the_cache_would_not_see_is_refused(tmp_path: Path, name: str) -> None:
    """Only `.toml` files of the folder are read, so only they can change an answer."""
    one_variable(tmp_path / "m", name, 0.2)
    with pytest.raises(SpecError) as refusal:
        load_model(tmp_path / "m")
    (problem,) = refusal.value.problems
    assert str(problem).startswith(f'model.toml, key "files": "{name}" is not the name of a .toml file beside model.toml; move')


def test_an_edit_while_a_model_is_read_is_not_kept_under_the_old_files(
    tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read after an edit does not answer for the files as they were before it."""
    one_variable(tmp_path / "m", "a.toml", 0.2)

    def edited(folder: Path) -> Model:
        one_variable(folder, "a.toml", 0.7)
        return read_model(folder)

    with monkeypatch.context() as patch:
        patch.setattr("bayesnet.model.cache._read", edited)
        assert load_model(tmp_path / "m").numbers["a=present"].value == 0.7
    assert list(own_cache.iterdir()) == []
    one_variable(tmp_path / "m", "a.toml", 0.2)
    assert load_model(tmp_path / "m").numbers["a=present"].value == 0.2


def test_what_is_no_plain_file_is_not_read(tmp_path: Path) -> None:
    """A pipe, a folder or a broken link that is called .toml neither stops nor hangs a model that does not name it."""
    one_variable(tmp_path / "m", "a.toml", 0.2)
    os.mkfifo(tmp_path / "m" / "pipe.toml")
    (tmp_path / "m" / "folder.toml").mkdir()
    (tmp_path / "m" / "broken.toml").symlink_to("nowhere")
    assert load_model(tmp_path / "m").numbers["a=present"].value == 0.2


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"head": {}}', b"\xff\xfe", b'{"head":{"name":1},"variables":[[1]]}'])
def test_a_damaged_cache_is_ignored(own_cache: Path, damage: bytes) -> None:
    """A cache file that is cut off or foreign is read past and replaced."""
    model = load_model("sprinkler")
    (file,) = own_cache.iterdir()
    file.write_bytes(damage)
    assert load_model("sprinkler") == model
    assert unpacked(json.loads(file.read_bytes().partition(b"\n")[2])) == model


def test_a_folder_that_cannot_be_written_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a usable cache folder models are read as ever."""
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "below", ""):
        monkeypatch.setenv("BAYESNET_CACHE_DIR", str(place))
        assert load_model("mammography").name == "mammography"
    assert (tmp_path / "file").read_text() == ""


def test_many_may_load_at_once(own_cache: Path) -> None:
    """Readers that fill the cache at the same time all get the model and leave one whole file."""
    found: list[Model] = []
    threads = [threading.Thread(target=lambda: found.append(load_model("asia"))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [load_model("asia")] * 6
    assert [path.suffix for path in own_cache.iterdir()] == [".json"]


def test_old_caches_do_not_pile_up(tmp_path: Path, own_cache: Path) -> None:
    """A model that is edited again and again keeps a handful of cache files."""
    write_model(read_model("mammography"), tmp_path)
    path = tmp_path / "screening.toml"
    for i in range(8):
        path.write_text(path.read_text() + f"# {i}\n")
        load_model(tmp_path)
    assert len(list(own_cache.iterdir())) <= 4


def test_the_cache_folder_follows_the_platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The variable of our own wins, then the platform's; an empty one turns the cache off."""
    assert cache_folder() is not None
    monkeypatch.setenv("BAYESNET_CACHE_DIR", "")
    assert cache_folder() is None
    monkeypatch.delenv("BAYESNET_CACHE_DIR")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "bayesnet"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_folder() == Path.home() / ".cache" / "bayesnet"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert cache_folder() == Path.home() / "Library" / "Caches" / "bayesnet"


def test_a_warm_start_imports_neither_the_reader_nor_its_libraries() -> None:
    """From the cache a model needs no TOML, no pydantic, no checks, no numpy."""
    load_model("back_pain")
    code = (
        "import sys; from bayesnet.model.cache import load_model; load_model('back_pain');"
        "print([m for m in ('tomllib', 'pydantic', 'numpy', 'difflib', 'bayesnet.model.read', 'bayesnet.model.check')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, done.stdout.strip()) == (0, "", "[]")

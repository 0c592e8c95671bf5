"""The cache of models: what is damaged, planted or in the way of it never changes an answer and never stops a start."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from paths import ROOT

import bayesnet
from bayesnet.errors import SpecError
from bayesnet.model.cache import load_model
from bayesnet.model.records import Model


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model folder of this test, with an empty cache."""
    monkeypatch.setenv("BAYESNET_CACHE_DIR", str(tmp_path / "cache"))
    return Path(shutil.copytree(ROOT / "priors" / "sprinkler", tmp_path / "sprinkler"))


def entry(folder: Path) -> Path:
    """The one file of the cache."""
    (file,) = (folder.parent / "cache").glob("*.json")
    return file


def test_a_second_start_reads_the_cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second load neither reads TOML nor checks anything, and gives the same model."""
    first = load_model(folder)
    monkeypatch.setattr("bayesnet.model.cache._read", lambda _: pytest.fail("read again"))
    assert load_model(folder) == first


def test_a_flipped_bit_is_noticed_wherever_it_is(folder: Path) -> None:
    """Two hundred flips, seeded: the model is the right one, and the entry is written anew."""
    expected = load_model(folder)
    file = entry(folder)
    whole = file.read_bytes()
    chance = random.Random(1)
    for _ in range(200):
        damaged = bytearray(whole)
        at = chance.randrange(len(whole))
        damaged[at] ^= 1 << chance.randrange(8)
        file.write_bytes(damaged)
        assert load_model(folder) == expected
        assert file.read_bytes() == whole


def planted(model: Model) -> bytes:
    """An entry with another number and the checksum that goes with it."""
    import json

    from bayesnet.model.cache import packed

    data = packed(model)
    data["numbers"][0][1] = 0.999
    body = json.dumps(data).encode()
    return b"bayesnet model " + hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def test_the_planted_entry_of_these_tests_would_be_believed_if_it_were_ours(folder: Path) -> None:
    """Otherwise the next tests would pass for another reason."""
    expected = load_model(folder)
    file = entry(folder)
    file.write_bytes(planted(expected))
    assert load_model(folder) != expected


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no owners of files on this system")
def test_an_entry_that_others_can_write_is_not_believed(folder: Path) -> None:
    """Group or world may write it: what it says is anybody's word."""
    expected = load_model(folder)
    file = entry(folder)
    assert file.stat().st_mode & 0o077 == 0
    for mode in (0o620, 0o602, 0o666):
        file.write_bytes(planted(expected))
        file.chmod(mode)
        assert load_model(folder) == expected
        assert file.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file away")
def test_an_entry_of_another_user_is_not_believed(folder: Path) -> None:
    """Planted by somebody who may write the folder."""
    expected = load_model(folder)
    file = entry(folder)
    file.write_bytes(planted(expected))
    os.chown(file, 12345, 12345)
    assert load_model(folder) == expected


def a_pipe(file: Path) -> None:
    """A pipe that nobody writes to."""
    os.mkfifo(file)


def a_link(file: Path) -> None:
    """A link to a file of the user."""
    (file.parent / "precious").write_text("as it was")
    file.symlink_to(file.parent / "precious")


def a_folder(file: Path) -> None:
    """A folder with something in it."""
    file.mkdir()
    (file / "x").touch()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
@pytest.mark.parametrize("obstacle", [a_pipe, a_link, a_folder])
def test_what_lies_in_the_place_of_an_entry_is_no_obstacle(folder: Path, obstacle: Callable[[Path], None]) -> None:
    """A pipe does not make a start wait, a link is replaced and not followed, a folder is left alone."""
    expected = load_model(folder)
    file = entry(folder)
    file.unlink()
    obstacle(file)
    assert load_model(folder) == expected
    assert load_model(folder) == expected
    assert not (precious := file.parent / "precious").exists() or precious.read_text() == "as it was"
    assert not list(file.parent.glob("*.part"))


def test_a_cache_that_cannot_be_written_is_left_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file where the folder should be; no cache at all."""
    expected = load_model(folder)
    (folder.parent / "file").touch()
    for place in (folder.parent / "file" / "cache", ""):
        monkeypatch.setenv("BAYESNET_CACHE_DIR", str(place))
        assert load_model(folder) == expected


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[" + "a." * 100_000 + "a]", "line 1: a key of more than 50 parts"),
        ("x = {" + "a." * 100_000 + "a = 1}", "line 1: a key of more than 50 parts"),
        ("x = " + "[" * 5_000 + "]" * 5_000, "nested too deeply"),
        ("x = " + "9" * 5_000, "cannot be read: exceeds the limit"),
        ("x = [", "not valid TOML"),
        ("x = 1\n" + "#" * 2**24, "too large"),
    ],
    ids=["header", "inline", "arrays", "digits", "cut", "size"],
)
def test_a_file_of_a_model_is_read_within_bounds(folder: Path, content: str, said: str) -> None:
    """Depth, digits and size: refused in seconds, in our words."""
    (folder / "model.toml").write_text(content)
    with pytest.raises(SpecError, match=said):
        bayesnet.load(folder)


def test_a_byte_order_mark_is_no_part_of_a_file(folder: Path) -> None:
    """Editors on Windows write one."""
    expected = load_model(folder)
    for file in folder.glob("*.toml"):
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert load_model(folder).numbers == expected.numbers


def test_a_file_name_that_no_disk_holds_is_a_file_that_is_not_there(folder: Path) -> None:
    """Three hundred letters in `files`."""
    (folder / "model.toml").write_text(f'name = "m"\nfiles = ["{"x" * 300}.toml"]\n')
    with pytest.raises(SpecError, match="there is no file"):
        bayesnet.load(folder)


def test_a_table_too_large_is_refused_before_its_columns_are_made(folder: Path) -> None:
    """Twenty parents make a million columns; two hundred a number that nobody reads."""
    for count in (20, 200):
        parents = [f"p{i}" for i in range(count)]
        lines = [f'[variables.{name}]\ngate = "table"\n' for name in parents]
        lines.append(f'[variables.c]\ngate = "table"\nparents = [{", ".join(f"{name!r}" for name in parents)}]\n')
        (folder / "model.toml").write_text('name = "m"\nfiles = ["a.toml"]\n')
        (folder / "a.toml").write_text("".join(lines))
        with pytest.raises(SpecError) as refusal:
            bayesnet.load(folder)
        assert ("its table would have 2097152 cells" in str(refusal.value)) == (count == 20)

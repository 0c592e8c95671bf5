"""Files are replaced when the new one is complete, and never by half."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

import bayesnet
from bayesnet.model.new import new_model
from bayesnet.model.replacing import replacing


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    """An error while writing keeps the old file and takes the new one away."""
    out = tmp_path / "a.txt"
    out.write_text("old")

    def fail_halfway() -> None:
        with replacing(out) as draft:
            draft.write_text("half")
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - raised above
        fail_halfway()
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert out.read_text() == "old"


def test_links_are_followed_and_modes_kept(tmp_path: Path) -> None:
    """A link stays a link, and a private file stays private."""
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "real.txt").chmod(0o600)
    (tmp_path / "link.txt").symlink_to("real.txt")
    with replacing(tmp_path / "link.txt") as draft:
        draft.write_text("new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new"
    assert stat.S_IMODE((tmp_path / "real.txt").stat().st_mode) == 0o600


def test_what_is_no_plain_file_is_written_to(tmp_path: Path) -> None:
    """A pipe is still a pipe after a page was written to it."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with replacing(pipe) as draft:
            draft.write_text("through")
        assert os.read(reader, 100) == b"through"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="no files for descriptors")
def test_standard_output_by_its_name_is_written_to() -> None:
    """It is a link to a pipe, which has no name of its own."""
    reader, writer = os.pipe()
    try:
        with replacing(f"/proc/self/fd/{writer}") as draft:
            draft.write_text("through")
        assert os.read(reader, 100) == b"through"
    finally:
        os.close(reader)
        os.close(writer)


def test_an_error_names_the_file_that_was_meant(tmp_path: Path) -> None:
    """Not the one beside it, and not none, as where a disk is full."""
    with pytest.raises(FileNotFoundError) as error, replacing(tmp_path / "missing" / "a.txt"):
        pass
    assert error.value.filename == str(tmp_path / "missing" / "a.txt")
    with pytest.raises(OSError, match="No space") as error, replacing(tmp_path / "a.txt"):
        raise OSError(28, "No space left on device")
    assert error.value.filename == str(tmp_path / "a.txt")


@pytest.mark.parametrize("there", [False, True])
def test_the_files_of_a_folder_take_their_places_together(there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fills up at the third file leaves the old files, or no folder: a saved model, a new one, one carried over."""
    folder = tmp_path / "model"
    if there:
        bayesnet.load("asia").save(f"{folder}/")
    before = {path.name: path.read_bytes() for path in folder.glob("*")}
    write, written = Path.write_text, []

    def full(path: Path, text: str, **how: str) -> int:
        written.append(path)
        if len(written) == 3:
            raise OSError(28, "No space left on device")
        return write(path, text, **how)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", full)
        with pytest.raises(bayesnet.BayesnetError, match=r"could not be written to .*No space left") as error:
            bayesnet.load("sprinkler").save(f"{folder}/")
        assert str(folder) in str(error.value)
        if not there:
            written.clear()
            with pytest.raises(OSError, match="No space left"):
                new_model(folder)
    assert {path.name: path.read_bytes() for path in folder.glob("*")} == before
    assert folder.exists() == there


@pytest.mark.parametrize("name", ["asia.bif", "asia.bif.gz", "asia.xdsl"])
def test_a_network_file_is_replaced_as_a_whole(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fills up while a network is saved leaves the file that was there."""
    net = bayesnet.load("asia")
    net.save(tmp_path / name)
    before = (tmp_path / name).read_bytes()
    write = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        write(path, data[:100])
        raise OSError(28, "No space left on device", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(bayesnet.BayesnetError, match="No space left") as error:
            net.save(tmp_path / name)
    assert str(tmp_path / name) in str(error.value)
    assert (tmp_path / name).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [name]

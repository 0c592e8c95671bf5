"""Runs of `bayesnet score` that are stopped, killed, or cannot write: what is kept, and that going on gives the same bytes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import bayesnet

fcntl = pytest.importorskip("fcntl")

OUTPUTS = ["out.csv", "out.csv.gz", "out.parquet"]
SLOW = """
import sys, time
from bayesnet.cli import score_output, main
write = score_output.Output.write
def slowly(self, piece):
    write(self, piece)
    time.sleep(0.02)
score_output.Output.write = slowly
from bayesnet.cli import tables
tables.ROWS = 200
main(sys.argv[1:])
"""
"""The program in pieces of 200 rows with a pause after each, so that a signal meets it between and within pieces."""


def command(*arguments: object) -> list[str]:
    """The slow program with these arguments."""
    return [sys.executable, "-c", SLOW, *map(str, arguments)]


def run(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Run the slow program to its end."""
    return subprocess.run(command(*arguments), capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload,no-any-return]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Patients of the chest clinic, some of them with a gap or with a state that is none; `name` has gaps in all early rows."""
    people = bayesnet.load("asia").simulate(3_000, seed=1)[["smoke", "xray", "dysp"]].astype(object)
    people.iloc[::7, 1] = None
    people.iloc[5::500, 2] = "perhaps"
    people["name"] = [None] * 1_000 + [f"p{k}" for k in range(2_000)]
    path = tmp_path_factory.mktemp("cohort") / "in.csv"
    people.to_csv(path, index=False)
    return path


def asked(source: Path, out: Path, *more: str) -> tuple[object, ...]:
    """The arguments of the command."""
    return ("score", "asia", source, out, "--target", "lung=yes", "--keep", "name", *more)


def killed(source: Path, out: Path, rows: int, sign: signal.Signals, delay: float = 0.0) -> int:
    """Start the command, send it a signal when that many rows are noted and a moment has passed; the status."""
    process = subprocess.Popen(command(*asked(source, out)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    state = out.with_name(f"{out.name}.part.json")
    for _ in range(6_000):
        if (state.exists() and f'"rows": {rows}' in state.read_text()) or process.poll() is not None:
            break
        time.sleep(0.005)
    time.sleep(delay)
    process.send_signal(sign)
    return process.wait(timeout=60)


def resumed_equals_whole(source: Path, folder: Path, name: str, moments: list[tuple[int, float]]) -> None:
    """A run killed at each of these moments, and gone on with after each, gives the bytes of a run that was left alone."""
    whole, out = folder / f"whole-{name}", folder / name
    assert run(*asked(source, whole)).returncode == 0
    out.write_text("as it was\n")
    for rows, delay in moments:
        assert killed(source, out, rows, signal.SIGKILL, delay) == -signal.SIGKILL
        assert out.read_text() == "as it was\n"
        done = run(*asked(source, out, "--resume"))
        assert (done.returncode, done.stdout) == (0, f"Scored 3,000 rows into {out}; 6 with a problem.\n{PROBLEM}")
        assert out.read_bytes() == whole.read_bytes()
        assert not out.with_name(f"{name}.part").exists()
        out.write_text("as it was\n")


PROBLEM = '  6 x variable "dysp" has no state "perhaps"; its states are "yes", "no"\n'


@pytest.mark.parametrize("name", [OUTPUTS[0], *(pytest.param(name, marks=pytest.mark.slow) for name in OUTPUTS[1:])])
def test_a_killed_run_goes_on_to_the_same_bytes(source: Path, tmp_path: Path, name: str) -> None:
    """Killed after 200 rows."""
    resumed_equals_whole(source, tmp_path, name, [(200, 0.013)])


@pytest.mark.slow
@pytest.mark.parametrize("name", OUTPUTS)
def test_a_run_killed_at_twenty_moments_goes_on_to_the_same_bytes(source: Path, tmp_path: Path, name: str) -> None:
    """Twenty random moments, within a piece or between two."""
    rng = np.random.default_rng(5)
    moments = [(200 * int(k), float(t)) for k, t in zip(rng.integers(1, 12, 20), rng.uniform(0, 0.03, 20), strict=True)]
    resumed_equals_whole(source, tmp_path, name, moments)


TAKEN_BACK = """import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
"""


@pytest.mark.slow
def test_a_run_that_is_stopped_thrice_goes_on_thrice(source: Path, tmp_path: Path) -> None:
    """By Ctrl-C, by the end of the session, by a terminal that is closed: each gets a word and the status of the signal."""
    whole, out = tmp_path / "whole.csv", tmp_path / "out.csv"
    assert run(*asked(source, whole)).returncode == 0
    state = out.with_name("out.csv.part.json")
    for sign, rows in ((signal.SIGINT, 400), (signal.SIGTERM, 1200), (signal.SIGHUP, 2000)):
        arguments = command(*asked(source, out, *(["--resume"] if state.exists() else [])))
        # Started in the background it would ignore Ctrl-C, by nohup the closed terminal, until it takes them back.
        arguments[2] = TAKEN_BACK + arguments[2]
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while process.poll() is None and not (state.exists() and f'"rows": {rows}' in state.read_text()):
            time.sleep(0.005)
        process.send_signal(sign)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 128 + sign
        assert re.fullmatch(r"Stopped after [\d,]+ rows\. Type the same command with --resume to go on\.\n", err)
        assert not out.exists()
    assert run(*asked(source, out, "--resume")).returncode == 0
    assert out.read_bytes() == whole.read_bytes()


def test_another_command_cannot_go_on(source: Path, tmp_path: Path) -> None:
    """Another target, other columns kept, other pieces, an IN that has changed: each is named, and OUT.part is left alone."""
    out, own = tmp_path / "out.csv", tmp_path / "in.csv"
    own.write_bytes(source.read_bytes())
    killed(own, out, 400, signal.SIGKILL)
    part = out.with_name("out.csv.part").read_bytes()
    done = run("score", "asia", own, out, "--target", "bronc=yes", "--resume")
    assert done.returncode == 1
    assert "not the same are --target, --keep. Leave out --resume to begin again." in done.stderr
    state = out.with_name("out.csv.part.json")
    now = state.read_text()
    state.write_text(now.replace('"piece": 25000', '"piece": 5000'))
    assert "not the same are the version of bayesnet." in run(*asked(own, out, "--resume")).stderr
    state.write_text(now)
    own.write_text(own.read_text() + "yes,no,no,x\n")
    assert "not the same are IN." in run(*asked(own, out, "--resume")).stderr
    assert out.with_name("out.csv.part").read_bytes() == part
    assert run(*asked(own, out)).returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]
    assert "is whole; there is nothing to go on with" in run(*asked(own, out, "--resume")).stderr


def test_two_runs_into_one_file_are_refused(source: Path, tmp_path: Path) -> None:
    """The second one is, and the first one is not disturbed."""
    out = tmp_path / "out.csv"
    first = subprocess.Popen(command(*asked(source, out)), stdout=subprocess.DEVNULL)
    while not out.with_name("out.csv.part.json").exists():
        time.sleep(0.005)
    first.send_signal(signal.SIGSTOP)
    second = run(*asked(source, out))
    assert second.returncode == 1
    assert second.stderr == f"Another run is writing to {out}; wait for it, or choose another OUT.\n"
    first.send_signal(signal.SIGCONT)
    assert first.wait(timeout=60) == 0
    assert len(pd.read_csv(out)) == 3_000


@pytest.mark.slow
def test_standard_input_and_output_and_a_folder_of_parts_give_the_same(source: Path, tmp_path: Path) -> None:
    """The same rows from a file, a pipe and Parquet parts; what is said goes to standard error beside the answers."""
    out = tmp_path / "out.csv"
    assert run(*asked(source, out)).returncode == 0
    with source.open() as file:
        done = run(*asked(Path("-"), Path("-")), stdin=file)
    assert (done.returncode, done.stdout) == (0, out.read_text())
    assert done.stderr.startswith("Scored 3,000 rows into standard output; 6 with a problem.")
    people = pd.read_csv(source, dtype=object)
    (tmp_path / "parts").mkdir()
    for k in range(3):
        people[1_000 * k : 1_000 * (k + 1)].to_parquet(tmp_path / "parts" / f"part-{k}.parquet")
    again = tmp_path / "again.csv"
    assert run(*asked(tmp_path / "parts", again)).returncode == 0
    assert again.read_bytes() == out.read_bytes()
    (tmp_path / "parts" / "part-1.parquet").write_bytes(b"junk")
    done = run(*asked(tmp_path / "parts", again))
    assert done.returncode == 1
    assert "part-1.parquet: 1 problem" in done.stderr
    assert again.read_bytes() == out.read_bytes()
    (tmp_path / "empty").mkdir()
    assert run(*asked(tmp_path / "empty", again)).returncode == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device")
def test_a_full_disk_is_said(source: Path, tmp_path: Path) -> None:
    """As OUT and as standard output; a device is never replaced."""
    done = run(*asked(source, Path("/dev/full")))
    assert (done.returncode, done.stderr) == (1, "/dev/full: No space left on device.\n")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command(*asked(source, Path("-"))), stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "standard output: No space left on device.\n")
    assert run(*asked(source, Path("/dev/null"))).returncode == 0
    assert Path("/dev/null").is_char_device()


def test_a_disk_that_fills_up_keeps_the_old_file(source: Path, tmp_path: Path) -> None:
    """A limit on the size of files stops the run; the old answers stay and nothing is left beside them."""
    out = tmp_path / "out.csv"
    out.write_text("as it was\n")
    limited = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    limited += "resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))\n"
    arguments = command(*asked(source, out))
    arguments[2] = limited + arguments[2]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"{out}: File too large.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    assert out.read_text() == "as it was\n"


def test_a_closed_pipe_ends_the_run(source: Path, tmp_path: Path) -> None:
    """Standard output that nobody reads ends it with the status of the signal; a named pipe is named."""
    process = subprocess.Popen(command(*asked(source, Path("-"))), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(timeout=60) == 141
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.stderr.close()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    process = subprocess.Popen(command(*asked(source, pipe)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    with pipe.open() as reader:
        reader.readline()
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (1, f"{pipe}: the program that read it has ended; not all rows were written.\n")
    assert pipe.is_fifo()


def test_what_cannot_be_taken_up_again_is_refused(source: Path, tmp_path: Path) -> None:
    """--resume with a pipe or a device is a fault of the command; OUT.part that is damaged one of the data."""
    assert run(*asked(Path("-"), tmp_path / "out.csv", "--resume"), input="").returncode == 2
    assert run(*asked(source, Path("-"), "--resume")).returncode == 2
    out = tmp_path / "out.csv"
    killed(source, out, 400, signal.SIGKILL)
    out.with_name("out.csv.part").write_text("")
    done = run(*asked(source, out, "--resume"))
    assert (done.returncode, "is damaged; leave out --resume to begin again" in done.stderr) == (1, True)


def test_a_file_that_is_not_of_a_stopped_run_is_not_lost(source: Path, tmp_path: Path) -> None:
    """A file of the user's that has the name of the part is refused and left alone."""
    own = tmp_path / "out.csv.part"
    own.write_text("mine\n")
    done = run(*asked(source, tmp_path / "out.csv"))
    assert (done.returncode, own.read_text()) == (1, "mine\n")
    assert "is not of a stopped run and would be lost" in done.stderr

"""Cohorts past one machine: Dask frames and folders of Parquet parts, in one process and in two."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import bayesnet
from bayesnet.errors import MissingExtra, SpecError

dd = pytest.importorskip("dask.dataframe")

CLUSTER = """
import sys
import dask.dataframe as dd
import bayesnet
from distributed import Client, LocalCluster

if __name__ == "__main__":
    net = bayesnet.load("asia")
    scored = net.score(sys.argv[1], ["lung=yes", "bronc"], keep=["id"])
    options = {"processes": True, "threads_per_worker": 1, "dashboard_address": None}
    with LocalCluster(n_workers=2, **options) as cluster, Client(cluster):
        scored.compute().to_parquet(sys.argv[2])
        # The network is sent as its model: a used one is no larger than a new one.
        net.posterior("lung")
        net.score(dd.read_parquet(sys.argv[1]), ["lung=yes", "bronc"], keep=["id"]).compute().to_parquet(sys.argv[3])
"""


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    """Patients of the chest clinic, some with a gap, one whose findings exclude each other, one with a state that is none."""
    found = bayesnet.load("asia").simulate(900, seed=1)[["smoke", "xray", "dysp", "tub", "either"]].astype(object)
    found.iloc[::7, 1] = None
    found.iloc[10, 3:] = ["yes", "no"]
    found.iloc[400, 2] = "perhaps"
    found["id"] = [f"p{k}" for k in range(900)]
    return found


@pytest.fixture(scope="module")
def folder(people: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same in three Parquet parts."""
    path = tmp_path_factory.mktemp("cohort") / "parts"
    path.mkdir()
    for k in range(3):
        people[300 * k : 300 * (k + 1)].to_parquet(path / f"part.{k}.parquet")
    return path


def test_a_dask_frame_is_scored_when_it_is_asked_for(people: pd.DataFrame, folder: Path) -> None:
    """By partitions, with the index, the columns and the types of a pandas frame, and the answers of its parts to the bit."""
    net = bayesnet.load("asia")
    asked = {"targets": ["lung=yes", "bronc"], "keep": ["id"]}
    scored = net.score(dd.from_pandas(people, npartitions=3), **asked)
    assert isinstance(scored, dd.DataFrame)
    whole = net.score(people, **asked)
    assert scored.dtypes.drop("id").equals(whole.dtypes.drop("id"))
    found = scored.compute(scheduler="synchronous")
    parts = pd.concat([net.score(people[300 * k : 300 * (k + 1)], **asked) for k in range(3)])
    pd.testing.assert_frame_equal(found, parts, check_exact=True, check_dtype=False)
    pd.testing.assert_frame_equal(found, whole, rtol=1e-12, check_dtype=False)
    assert whole["problem"].ne("").sum() == 2
    for source in (folder, str(folder)):
        again = net.score(source, **asked).compute(scheduler="synchronous")
        pd.testing.assert_frame_equal(again, found, check_exact=True, check_dtype=False)


def test_what_cannot_be_scored_is_refused_before_anything_is_read(people: pd.DataFrame, folder: Path, tmp_path: Path) -> None:
    """Columns, targets, a folder that holds no parts, a missing library."""
    net = bayesnet.load("asia")
    frame = dd.from_pandas(people, npartitions=2)
    with pytest.raises(SpecError, match='column "id" is not a variable'):
        net.score(frame)
    with pytest.raises(bayesnet.UnknownVariable):
        net.score(frame, ["lungs"], keep=["id"])
    for path in (tmp_path, tmp_path / "missing", Path(__file__)):
        with pytest.raises(SpecError, match="no Parquet parts"):
            net.score(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "dask", None)
        with pytest.raises(MissingExtra, match=r'pip install "bayesnet\[cohort\]" adds it'):
            net.score(folder, keep=["id"])


@pytest.mark.slow
def test_two_processes_of_a_cluster_give_the_bytes_of_one(people: pd.DataFrame, folder: Path, tmp_path: Path) -> None:
    """A local cluster started as a user would, by a program with a main guard."""
    pytest.importorskip("distributed")
    script = tmp_path / "cluster.py"
    script.write_text(CLUSTER)
    files = [tmp_path / "first.parquet", tmp_path / "second.parquet"]
    subprocess.run([sys.executable, script, folder, *files], check=True, timeout=120)
    one = bayesnet.load("asia").score(folder, ["lung=yes", "bronc"], keep=["id"]).compute(scheduler="synchronous")
    one.to_parquet(tmp_path / "one.parquet")
    assert len(one) == len(people)
    for file in files:
        assert file.read_bytes() == (tmp_path / "one.parquet").read_bytes()

"""The command line: what each command prints, its JSON, its exit status, and how it fails."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from api_models import write_clinic
from comparing import same

import bayesnet
from bayesnet.cli import main
from bayesnet.cli.program import COMMANDS, program
from bayesnet.results.table import WIDTH


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The clinic as a priors folder."""
    return str(write_clinic(tmp_path_factory.mktemp("models") / "clinic"))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]):
    """Run a command in this process: status, standard output, standard error."""

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(arguments)
        out, err = capsys.readouterr()
        return int(left.value.code or 0), out, err

    return call


def cold(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    """Run a command as its own process."""
    return subprocess.run([sys.executable, "-m", "bayesnet", *arguments], capture_output=True, text=True, check=False, **options)


def test_query_prints_the_question_and_its_answer(run, folder: str) -> None:
    """The question stands as on paper, with prior, posterior, what was assumed and what to distrust."""
    status, out, err = run("query", folder, "flu | fever, !cough")
    assert (status, err) == (0, "")
    p = bayesnet.load(folder).posterior("flu | fever, !cough")
    assert out.splitlines()[0] == "posterior: flu | fever, !cough"
    assert "setting=practice (assumed)" in out
    assert f"{100 * p['present']:.1f} %" in out
    assert "Caveats" in out
    assert out.rstrip().endswith("Only for tests.")


def test_query_of_several_targets_gives_the_probability_of_all(run, folder: str) -> None:
    """Two targets are asked together."""
    status, out, _ = run("query", folder, "flu, !tumour | fever", "--json")
    answer = json.loads(out)
    assert status == 0
    assert answer["probability"] == pytest.approx(bayesnet.load(folder).probability("flu, !tumour", given="fever"))
    assert run("query", folder, "flu, !tumour | fever")[1].startswith("probability: flu, !tumour | fever")


def test_query_takes_interventions(run, folder: str) -> None:
    """`--do` and `do(...)` are the same."""
    one, other = (json.loads(run("query", folder, *q, "--json")[1]) for q in (["flu | do(cough)"], ["flu", "--do", "cough"]))
    assert one["posterior"] == other["posterior"] == one["prior"]


def test_diagnose_ranks_and_says_what_speaks_for_the_leader(run, folder: str) -> None:
    """Ranked diagnoses, then the findings with likelihood ratios and decibans; intervals on request."""
    status, out, _ = run("diagnose", folder, "fever, cough")
    assert status == 0
    order = [line.split()[0] for line in out.splitlines() if line.startswith(("flu ", "healthy ", "tumour "))]
    assert order == ["flu", "healthy", "tumour"]
    assert "evidence for flu" in out
    assert "95 % interval" not in out
    status, out, _ = run("diagnose", folder, "fever, cough", "--intervals")
    assert "95 % interval" in out
    ranked = bayesnet.load(folder).case("fever, cough").diagnoses()
    answer = json.loads(run("diagnose", folder, "fever, cough", "--intervals", "--json")[1])
    assert same(answer, json.loads(json.dumps(ranked.to_dict())))
    assert json.loads(run("diagnose", folder, "fever", "--target", "cough", "--json")[1])["diagnoses"][0]["diagnosis"] == "cough"


def test_whatif_puts_scenarios_side_by_side(run, folder: str) -> None:
    """One column each, and the changes."""
    status, out, _ = run("whatif", folder, "fever", "cough", "do(cough)")
    assert status == 0
    assert all(name in out for name in ("case", "cough", "do(cough)", "change"))
    answer = json.loads(run("whatif", folder, "fever", "cough", "--target", "flu", "--json")[1])
    assert answer["changes"]["cough"]["flu"] > 0


def test_whatif_imagines_and_takes_other_numbers(run, folder: str) -> None:
    """`--had` is the counterfactual of the network, `--with` the same question with another number."""
    number = "fever=present | flu=present"
    told = run("whatif", folder, "flu, fever", "--had", "flu=absent", "--with", f"{number}=0.5", "--target", "fever", "--json")
    answer = json.loads(told[1])
    net = bayesnet.load(folder)
    would = net.counterfactual("fever", "flu, fever", had={"flu": "absent"})["present"]
    assert answer["changes"]["had(!flu)"]["fever"] == would - 1.0
    assert "with fever | flu: 0.5" in answer["changes"]
    assert "counterfactual !flu (other findings unchanged)" in run("whatif", folder, "fever", "--had", "flu=absent")[1]


def test_show_lists_variables_and_cites_numbers(run, folder: str) -> None:
    """The list of variables, the card of one with its citations, the card of one number."""
    assert "fever" in run("show", folder)[1]
    status, out, _ = run("show", folder, "fever")
    assert status == 0
    for part in (
        "meaning: 38 C or more",
        "parents: flu, tumour",
        "gate: noisy-or",
        "fever=present | flu=present",
        "0.8 [0.7, 0.9] (Roe 2010)",
        "Table 2; 80 of 100",
        "Roe R (2010). On fever. J Tests 2:3-4",
    ):
        assert part in out
    status, out, _ = run("show", folder, "fever | tumour")
    assert "reason: Nobody counted." in out
    assert json.loads(run("show", folder, "fever", "--json")[1])["numbers"][0]["place"] == "Table 2; 80 of 100"
    status, _, err = run("show", folder, "fevre")
    assert (status, err) == (2, 'no variable "fevre"; did you mean "fever"?\n')


def test_check_counts_and_costs(run, folder: str) -> None:
    """A sound model: counts, grades, share of studied numbers, what moves a diagnosis most, predicted cost."""
    status, out, _ = run("check", folder, "--patients", "20")
    assert status == 0
    for part in (
        "16 numbers from 2 sources",
        "86 % of the numbers rest on a study",
        "move a diagnosis most",
        "Predicted cost",
        "No problems.",
    ):
        assert part in out
    answer = json.loads(run("check", folder, "--patients", "20", "--json")[1])
    assert answer["problems"] == []
    assert answer["cost"]["max"] >= answer["cost"]["p90"] >= answer["cost"]["median"] >= 0
    assert json.loads(run("check", "back_pain", "--patients", "20", "--json")[1])["cost"]["median"] > 100


@pytest.mark.slow
def test_check_of_a_network_too_wide_to_answer_ends(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A grid of 36 by 36: the cost is predicted for as many patients as there is time for; a question is refused in words."""
    size = 36
    text = [f"variable v{i}_{j} {{ type discrete [2] {{ a, b }}; }}" for i in range(size) for j in range(size)]
    for i in range(size):
        for j in range(size):
            parents = [f"v{a}_{b}" for a, b in ((i - 1, j), (i, j - 1)) if a >= 0 and b >= 0]
            numbers = ["0.3, 0.6, 0.2, 0.45, 0.7, 0.4, 0.8, 0.55", "0.3, 0.6, 0.7, 0.4", "0.4, 0.6"][2 - len(parents)]
            text.append(f"probability ( v{i}_{j} {'|' * bool(parents)} {', '.join(parents)} ) {{ table {numbers}; }}")
    path = tmp_path / "grid.bif"
    path.write_text("\n".join(text))
    monkeypatch.setattr("bayesnet.cli.check._SECONDS", 0.0)
    monkeypatch.setattr("bayesnet.cli.check._AT_A_TIME", 1)
    status, out, _ = run("check", str(path))
    assert status == 0
    assert "Predicted cost of all posteriors for 1 sampled patients" in out
    status, out, err = run("query", str(path), "v35_35")
    assert (status, out) == (1, "")
    assert err.startswith("An exact answer to this question needs a table of about 2^")


def test_check_reports_every_problem_at_once(run, tmp_path: Path) -> None:
    """All problems of all files, on standard error, with status 1; in JSON as a list."""
    broken = write_clinic(tmp_path / "clinic")
    findings = (broken / "findings.toml").read_text()
    findings = findings.replace("value = 0.8", "value = 0.95").replace('source = "doe2001"', 'source = "doe2011"', 1)
    (broken / "findings.toml").write_text(findings)
    status, out, err = run("check", str(broken))
    assert (status, out) == (1, "")
    assert ": 2 problems\n" in err
    assert 'findings.toml, number "fever=present | flu=present": value 0.95 lies outside its range [0.7, 0.9]' in err
    assert 'source "doe2011" is not defined; did you mean "doe2001"' in err
    status, out, err = run("check", str(broken), "--json")
    assert (status, err) == (1, "")
    assert len(json.loads(out)["problems"]) == 2
    assert run("query", str(broken), "flu")[0] == 1


def test_check_also_reads_what_lies_beside_the_model_and_is_strict(run, tmp_path: Path) -> None:
    """A source that nothing cites and faults of costs, decision and targets are reported with the others; asking goes on."""
    folder = write_clinic(tmp_path / "clinic")
    with (folder / "sources.toml").open("a") as sources:
        sources.write('\n[unread1999]\nauthors = "Unread A"\n')
    (folder / "costs.toml").write_text('unit = "US$"\n[tests.swab]\nlabel = "Swab"\nburden = "none"\ngives = ["feverr"]\n')
    status, out, err = run("check", str(folder))
    assert (status, out) == (1, "")
    assert 'sources.toml, source "unread1999": nothing cites it; cite it or take it out' in err
    assert 'costs.toml, test "swab": no variable "feverr"' in err
    assert run("query", str(folder), "flu")[0] == 0


def test_score_reads_and_writes_tables(run, folder: str, tmp_path: Path) -> None:
    """One row in, one row out, in CSV and Parquet, equal to scoring the frame; bad rows are counted and named."""
    frame = pd.DataFrame({"fever": ["present", "0", "", "lots"], "cough": ["1", "absent", "present", ""]})
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    frame.to_csv(source, index=False)
    status, printed, err = run("score", folder, str(source), str(out))
    assert (status, err) == (0, "")
    assert printed.startswith(f"Scored 4 rows into {out}; 1 with a problem.")
    scored = pd.read_csv(out, keep_default_na=False, na_values=[""])
    expected = bayesnet.load(folder).score(frame.replace("", None))
    assert scored["P(flu)"].tolist() == pytest.approx(expected["P(flu)"].tolist(), abs=1e-12, nan_ok=True)
    parquet = tmp_path / "out.parquet"
    frame.replace("", None).to_parquet(tmp_path / "in.parquet")
    status, _, _ = run("score", folder, str(tmp_path / "in.parquet"), str(parquet), "--target", "flu", "--json")
    assert status == 0
    assert list(pd.read_parquet(parquet).columns) == ["P(flu)", "log_probability", "problem"]


@pytest.mark.parametrize(
    ("rows", "named"),
    [
        (
            "no,yes,\nyes,no,\n",
            [f"line {line}: 3 fields; expected 2, as in the header; take off the comma at its end" for line in (2, 3)],
        ),
        (
            "yes,no\nyes,no,yes\nno,yes\n",
            ["line 3: 3 fields; expected 2, as in the header; put a value with a comma in it in double quotes"],
        ),
        ("yes,no\n\nyes\n", ["line 4: 1 field; expected 2"]),
        (
            '"yes","no"\n"y\nes",no\n,,,\n',
            ["line 5: 4 fields; expected 2, as in the header; put a value with a comma in it in double quotes"],
        ),
        ("yes,no\n" * 6_000 + "yes\n", ["line 6002: 1 field; expected 2"]),
        ("yes\n" * 9, [*(f"line {line}: 1 field; expected 2" for line in range(2, 7)), "and 4 more rows"]),
    ],
    ids=["a comma at the end", "one row", "a short row", "line break in quotes", "in a later piece", "many"],
)
def test_score_refuses_rows_of_another_length_than_the_header(run, tmp_path: Path, rows: str, named: list[str]) -> None:
    """A row with a field too many or too few is named by its line, and nothing is written: its findings could be anybody's."""
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("smoke,xray\n" + rows)
    out.write_text("as it was\n")
    status, printed, err = run("score", "asia", str(source), str(out), "--target", "lung")
    assert (status, printed) == (1, "")
    assert [line.strip().removesuffix(", as in the header") for line in err.splitlines()[1:]] == named
    assert out.read_text() == "as it was\n"


def test_score_reads_a_sound_table_row_by_row(run, tmp_path: Path) -> None:
    """P(lung) by pgmpy's variable elimination: the same rows without their last comma, and a byte-order mark, CRLF and quotes."""
    known = [0.142286172920096, 0.00235766983003087]
    for content in ("smoke,xray\nno,yes\nyes,no\n", '\ufeffsmoke,xray\r\n\r\n"no",yes\r\nyes,no'):
        (tmp_path / "in.csv").write_text(content, newline="", encoding="utf-8")
        assert run("score", "asia", str(tmp_path / "in.csv"), str(tmp_path / "out.csv"), "--target", "lung=yes")[0] == 0
        assert pd.read_csv(tmp_path / "out.csv")["P(lung=yes)"].tolist() == pytest.approx(known, abs=1e-12)


def test_score_keeps_a_row_for_a_person_of_whom_nothing_is_known(run, tmp_path: Path) -> None:
    """In a table of one column a blank line is a row; a table without rows gives a table without rows."""
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    for rows, expected in (("yes\n\nno\n", [0.1, 0.055, 0.01]), ("", [])):
        source.write_text("smoke\n" + rows)
        assert run("score", "asia", str(source), str(out), "--target", "lung=yes")[0] == 0
        assert pd.read_csv(out)["P(lung=yes)"].tolist() == pytest.approx(expected, abs=1e-12)
    pd.DataFrame({"smoke": pd.Series([], dtype=str)}).to_parquet(tmp_path / "in.parquet")
    assert run("score", "asia", str(tmp_path / "in.parquet"), str(tmp_path / "out.parquet"), "--target", "lung=yes")[0] == 0
    assert len(pd.read_parquet(tmp_path / "out.parquet")) == 0


def test_score_reads_no_variable_as_an_index(run, tmp_path: Path) -> None:
    """A Parquet file whose index is a variable is refused, since the finding would be lost; any other index is left alone."""
    source, out = tmp_path / "in.parquet", tmp_path / "out.csv"
    frame = pd.DataFrame({"smoke": ["no", "yes"], "xray": ["yes", "no"], "person": ["A", "B"]})
    frame.drop(columns="person").set_index("smoke").to_parquet(source)
    status, _, err = run("score", "asia", str(source), str(out), "--target", "lung")
    assert (status, out.exists()) == (1, False)
    assert 'the index is the variable "smoke" and would not be read; make it a column with reset_index()' in err
    frame.set_index("person").to_parquet(source)
    assert run("score", "asia", str(source), str(out), "--target", "lung=yes")[0] == 0
    known = [0.142286172920096, 0.00235766983003087]
    assert pd.read_csv(out)["P(lung=yes)"].tolist() == pytest.approx(known, abs=1e-12)


def linked(folder: Path, source: Path) -> list[Path]:
    """The ways to name a file again: itself, a detour, a symbolic link and a hard link."""
    (folder / "deeper").mkdir()
    detour = folder / "deeper" / ".." / source.relative_to(folder)
    ways = [source, detour, folder / f"soft{source.suffix}", folder / f"hard{source.suffix}"]
    ways[2].symlink_to(source)
    ways[3].hardlink_to(source)
    return ways


@pytest.mark.parametrize("kind", [".csv", ".parquet"])
def test_score_never_writes_over_its_input(run, tmp_path: Path, kind: str) -> None:
    """OUT that is IN, by any name or link, is refused before a byte is written; so is another OUT when scoring fails."""
    source = tmp_path / f"in{kind}"
    frame = pd.DataFrame({"smoke": ["no", "yes"] * 3_000, "xray": ["yes", "no"] * 3_000})
    frame.to_csv(source, index=False) if kind == ".csv" else frame.to_parquet(source)
    before = source.read_bytes()
    for out in linked(tmp_path, source):
        status, printed, err = run("score", "asia", str(source), str(out), "--target", "lung")
        assert (status, printed) == (2, "")
        assert f'"{out}" is read by this command and would be lost; write to another file' in err
        assert source.read_bytes() == before


def test_score_replaces_its_output_when_it_is_complete(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure after the first piece leaves the old answers and nothing beside them."""
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("smoke\n" + "yes\n" * 6_000)
    out.write_text("as it was\n")
    scored = bayesnet.Network.score

    def full(self, frame: pd.DataFrame, *rest) -> pd.DataFrame:
        if len(frame) < 5_000:
            raise OSError(28, "No space left on device")
        return scored(self, frame, *rest)

    with monkeypatch.context() as patch:
        patch.setattr("bayesnet.network.Network.score", full)
        assert run("score", "asia", str(source), str(out), "--target", "lung")[0] == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]
    assert out.read_text() == "as it was\n"
    assert run("score", "asia", str(source), str(out), "--target", "lung")[0] == 0
    assert len(pd.read_csv(out)) == 6_000
    missing = tmp_path / "missing" / "out.csv"
    assert run("score", "asia", str(source), str(missing))[2] == f"{missing}: No such file or directory.\n"


@pytest.mark.parametrize("folder_model", [False, True])
def test_page_and_report_never_write_over_their_model(run, tmp_path: Path, folder_model: bool) -> None:
    """The file a network was read from, or one of its folder, is refused as the place of a page or a report."""
    bayesnet.load("asia").save(tmp_path / "asia.bif")
    model = write_clinic(tmp_path / "clinic") if folder_model else tmp_path / "asia.bif"
    source = model / "people.toml" if folder_model else model
    findings = "cough" if folder_model else "dysp=yes"
    before = source.read_bytes()
    for out in linked(tmp_path, source):
        for command in (("page", str(model), "-o", str(out)), ("report", str(model), findings, str(out))):
            status, printed, err = run(*command)
            assert (status, printed) == (2, "")
            assert f'"{out}" is read by this command and would be lost' in err
            assert source.read_bytes() == before


def test_score_refuses_what_is_no_table(run, folder: str, tmp_path: Path) -> None:
    """A missing file or an unknown kind is a fault of the command, a broken table or an unknown column one of the data."""
    assert run("score", folder, str(tmp_path / "none.csv"), str(tmp_path / "o.csv"))[0] == 2
    bad = tmp_path / "in.txt"
    bad.write_text("x")
    status, _, err = run("score", folder, str(bad), str(tmp_path / "o.csv"))
    assert status == 2
    assert "expected .csv, .csv.gz, .parquet" in err
    for content in ("", "a,b\n1,2,3\n4\n", "fevr\n1\n", 'fever\n"1\n0\n', "fever,fever\n1,1\n"):
        (tmp_path / "in.csv").write_text(content)
        status, _, err = run("score", folder, str(tmp_path / "in.csv"), str(tmp_path / "o.csv"))
        assert status == 1, content
        assert err.count("\n") <= 3
        assert "Traceback" not in err


def test_score_names_a_table_that_is_damaged(run, folder: str, tmp_path: Path) -> None:
    """No Parquet file, an empty or a cut one, a cut gzip file: one sentence about the data, and the old answers stay."""
    out = tmp_path / "out.csv"
    out.write_text("as it was\n")
    whole, packed = tmp_path / "whole.parquet", tmp_path / "whole.csv.gz"
    people = pd.DataFrame({"fever": [1, 0] * 200})
    people.to_parquet(whole)
    people.to_csv(packed, index=False)
    damaged = {
        "none.parquet": b"This is no Parquet file.",
        "empty.parquet": b"",
        "cut.parquet": whole.read_bytes()[:-20],
        "cut.csv.gz": packed.read_bytes()[:-12],
    }
    for name, content in damaged.items():
        (tmp_path / name).write_bytes(content)
        status, printed, err = run("score", folder, str(tmp_path / name), str(out))
        assert (status, printed) == (1, "")
        assert f"{name}: 1 problem" in err
        assert "not a whole Parquet file" in err or "not a table of comma-separated values" in err
        assert out.read_text() == "as it was\n"
    status, _, err = run("score", folder, str(whole), str(tmp_path / "nowhere" / "out.csv"))
    assert (status, err) == (1, f"{tmp_path / 'nowhere' / 'out.csv'}: No such file or directory.\n")
    people[:0].to_parquet(whole)
    assert run("score", folder, str(whole), str(tmp_path / "out.parquet"))[0] == 0
    assert len(pd.read_parquet(tmp_path / "out.parquet")) == 0


def test_convert_writes_other_formats_and_nothing_over_what_is_there(run, folder: str, tmp_path: Path) -> None:
    """A file in another format answers the same; an existing file is kept unless forced."""
    out = tmp_path / "clinic.bif"
    status, printed, _ = run("convert", folder, str(out))
    assert (status, printed) == (0, f"Wrote clinic to {out}.\n")
    question = "flu | fever, setting=practice"
    assert bayesnet.load(out).posterior(question)["present"] == pytest.approx(
        bayesnet.load(folder).posterior(question)["present"]
    )
    status, _, err = run("convert", folder, str(out))
    assert status == 2
    assert "is there already; --force writes over it" in err
    assert run("convert", folder, str(out), "--force", "--json")[0] == 0
    status, _, err = run("convert", folder, str(tmp_path / "no" / "such" / "folder.bif"))
    assert status == 1
    assert "No such file or directory" in err


def test_convert_writes_a_folder_only_where_one_is_meant(run, folder: str, tmp_path: Path) -> None:
    """A slash at the end or --folder makes a folder; any other name without a known extension is refused, and nothing written."""
    status, _, err = run("convert", folder, str(tmp_path / "clinic"))
    assert status == 2
    assert "or in a slash (or add --folder) for a folder" in err
    assert not (tmp_path / "clinic").exists()
    assert run("convert", folder, f"{tmp_path}/clinic/")[0] == 0
    assert run("convert", folder, str(tmp_path / "clinic.v2"), "--folder")[0] == 0
    status, _, err = run("convert", folder, str(tmp_path / "clinic"))
    assert status == 2
    assert "is there already; --force writes over it" in err
    same = {bayesnet.load(path).digest for path in (folder, tmp_path / "clinic", tmp_path / "clinic.v2")}
    assert len(same) == 1


FAULTS = [
    (("query", "", "a"), 2, '"": no model is named; the models that come with bayesnet are "asia"'),
    (("query", "nope", "a"), 2, '"nope": no model of this name and no such folder; the models that come with bayesnet are'),
    (("query", "no/such/file.bif", "a"), 2, "no such file"),
    (("query", "{folder}", "fluu | fever"), 2, 'In "fluu | fever": no variable "fluu"; did you mean "flu"?'),
    (("query", "{folder}", "flu | fever=high"), 2, 'variable "fever" has no state "high"; its states are "absent", "present".'),
    (("query", "{folder}", "flu | fever cough"), 2, 'no variable "fever cough"; did you mean "fever" or "cough"?'),
    (("query", "{folder}", ""), 2, "expected a variable to ask for"),
    (("query", "{folder}", "flu | pregnancy, !female"), 1, "cannot hold together in clinic: pregnancy=present, female=absent."),
    (("query", "{folder}"), 2, "Missing argument"),
    (("query", "{folder}", "flu", "--jsn"), 2, "--jsn"),
    (("qery", "{folder}", "flu"), 2, 'No command "qery"; did you mean "query"? See "bayesnet --help".'),
    (("diagnose", "asia", "dysp=yes"), 1, 'asia has no variables of the group "diagnoses"'),
    (("diagnose", "asia", "dysp=yes"), 1, 'name what to ask, as in --target "dysp=yes".'),
    (("whatif", "asia", "dysp=yes", "smoke=yes"), 1, 'name what to ask, as in --target "dysp=yes".'),
    (("next", "asia", "dysp=yes"), 1, 'ask about a target, as in --target "dysp=yes".'),
    (("next", "asia", "dysp=yes", "--plan", "2"), 1, 'plan for a target, as in --target "dysp=yes".'),
    (("advise", "asia", "dysp=yes"), 1, 'needs none, as in bayesnet next MODEL FINDINGS --target "dysp=yes".'),
    (("report", "asia", "dysp=yes", "x.html"), 1, 'name a target, as in --target "dysp=yes".'),
    (("convert", "{folder}", "clinic.foo"), 2, 'the kind of "clinic.foo" is not known; end it in .bif, .xmlbif, .bifxml, .xml,'),
    (("whatif", "{folder}", "fever"), 2, "Missing argument"),
    (("whatif", "{folder}", "fever", "--with", "x=y"), 2, '"x=y" does not end in "=" and a number'),
    (("audit", "{folder}"), 1, "targets.toml"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "status", "text"), FAULTS)
def test_a_fault_is_one_paragraph_and_a_status(run, folder: str, arguments: tuple[str, ...], status: int, text: str) -> None:
    """Status 1 when the model or the data is at fault, 2 when the command is; never a traceback, nothing on standard output."""
    left, out, err = run(*(a.format(folder=folder) for a in arguments))
    assert (left, out) == (status, "")
    assert text in err
    assert "Traceback" not in err
    assert "\n\n" not in err.strip()


def test_help_lists_every_command_without_importing_any(run) -> None:
    """`--help` and `--version` are quick; every command has a help of its own within a terminal's width."""
    status, out, _ = run("--help")
    assert status == 0
    assert all(f"  {name} " in out for name in COMMANDS)
    assert run("--version")[1] == f"bayesnet {bayesnet.__version__}\n{bayesnet.engine_info()}\n"
    for name in COMMANDS:
        status, out, _ = run(name, "--help")
        assert status == 0
        assert "--json" in out
        assert max(map(len, out.splitlines())) <= WIDTH
    assert set(program.commands) == set()


def test_a_broken_pipe_and_an_unexpected_fault_leave_quietly(folder: str, monkeypatch: pytest.MonkeyPatch, run) -> None:
    """Output that nobody reads is no error; a fault of ours is a sentence, with the traceback on request."""
    piped = f"{shlex.join([sys.executable, '-m', 'bayesnet', 'show', folder])} | head -n 1"
    done = subprocess.run(["bash", "-c", piped], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "clinic: A small clinic\n")
    with monkeypatch.context() as patch:
        patch.setattr("bayesnet.network.load", lambda _: 1 / 0)
        status, out, err = run("query", folder, "flu")
    assert (status, out) == (1, "")
    assert err == (
        "Unexpected error (this is a bug in bayesnet): ZeroDivisionError: division by zero. "
        "Set BAYESNET_TRACEBACK=1 to see where, and report it.\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of another kind")
def test_a_standard_stream_that_is_closed_or_full_is_an_error_of_its_own(tmp_path: Path) -> None:
    """Never a fault of bayesnet, and never an answer that is lost with status 0; what prints nothing needs no output."""
    frame = tmp_path / "in.csv"
    frame.write_text("smoke\nyes\n")
    for line, status, said in [
        ("query asia lung >&-", 1, "standard output: Bad file descriptor.\n"),
        (f"score asia {frame} - --target lung=yes >&-", 1, "standard output: Bad file descriptor.\n"),
        (f"score asia - {frame}.out.csv --target lung=yes <&-", 1, "standard input: Bad file descriptor.\n"),
        ("query asia lung 2>&-", 0, ""),
        ("query asia lung >/dev/full", 1, "standard output: No space left on device.\n"),
        ("--help >/dev/full", 1, "standard output: No space left on device.\n"),
    ]:
        typed = f"{shlex.quote(sys.executable)} -m bayesnet {line}"
        done = subprocess.run(["bash", "-c", typed], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (status, said), line


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of another kind")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_has_gone_ends_any_command_as_the_signal_does(unbuffered: str) -> None:
    """The help and the version too; status 141, no word."""
    for line in ("--help", "--version", "query --help", "query asia lung"):
        typed = f"{shlex.quote(sys.executable)} -m bayesnet {line} | true; exit ${{PIPESTATUS[0]}}"
        environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
        done = subprocess.run(["bash", "-c", typed], capture_output=True, text=True, check=False, env=environment)
        assert (done.returncode, done.stderr) == (141, ""), line


@pytest.mark.parametrize(
    "typed",
    [
        ("page", "asia", "-o", ""),
        ("report", "asia", "lung=yes", " "),
        ("score", "asia", "IN", "", "--target", "lung"),
        ("convert", "asia", "", "--force"),
        ("update", "asia", "IN", "-o", ""),
        ("new", ""),
        ("exercises", "asia", "--html", ""),
    ],
    ids=lambda typed: typed[0],
)
def test_an_empty_name_is_no_place_to_write_to(typed: tuple[str, ...], tmp_path: Path, run) -> None:
    """It would be the folder at hand, which a variable of a shell that is not set must not fill."""
    (tmp_path / "in.csv").write_text("smoke,lung\nyes,no\n")
    before = sorted(Path().iterdir())
    status, out, err = run(*(str(tmp_path / "in.csv") if word == "IN" else word for word in typed))
    assert (status, out) == (2, "")
    assert f'no name to write to. See "bayesnet {typed[0]} --help".' in err
    assert sorted(Path().iterdir()) == before


def test_unreadable_files_are_named(tmp_path: Path, run) -> None:
    """A folder in the way, a file that is not what it says: the name and the reason, in one line."""
    odd = tmp_path / "odd.bif"
    odd.write_bytes(b"\x00\xff\xfe rubbish")
    status, _, err = run("query", str(odd), "a")
    assert status == 1
    assert "odd.bif" in err
    assert "Traceback" not in err
    if getattr(os, "geteuid", int)():
        odd.chmod(0)
        assert run("query", str(odd), "a")[0] == 1


def test_a_cold_answer_needs_no_heavy_library(folder: str) -> None:
    """`bayesnet diagnose` in its own process loads neither pandas nor scipy, pgmpy, rich or pydantic once the model is cached."""
    code = (
        "import sys\nfrom bayesnet.cli import main\n"
        "try: main(sys.argv[1:])\nexcept SystemExit: pass\n"
        "print([m for m in ('pandas', 'scipy', 'pgmpy', 'rich', 'pydantic', 'matplotlib', 'tomllib') if m in sys.modules])"
    )
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", code, "diagnose", folder, "fever"], capture_output=True, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "[]"


def test_plain_terminals_get_question_marks_not_tracebacks(folder: str) -> None:
    """Where the terminal knows only ASCII, signs outside it are replaced."""
    done = cold("diagnose", folder, "fever", "--intervals", env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "flu" in done.stdout


def test_demo_tells_two_cases_to_the_end(run) -> None:
    """Two cases, each with ranked diagnoses, priors, posteriors, what speaks for the first, and the most influential numbers."""
    status, out, err = run("demo")
    assert (status, err) == (0, "")
    first, second = out.split("Case 2.")
    for text in (first, second):
        for part in (
            "prior",
            "posterior",
            "interval",
            "evidence for",
            "decibans",
            "Most influential numbers",
            "the answer runs from",
        ):
            assert part in text
    assert "breast cancer" in first
    assert "\nspinal_metastasis" in first
    assert "drug user" in second
    assert "setting=emergency, iv_drug_use, fever" in second
    assert "Not for the care of patients." in out
    assert max(map(len, out.splitlines())) <= WIDTH
    told = json.loads(run("demo", "--json")[1])
    assert told["cases"][0]["differential"]["diagnoses"][0]["diagnosis"] == "spinal_metastasis"
    assert all(case["caveats"]["bars"] and case["weights"]["weights"] for case in told["cases"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("tune", "asia", "lung=yes", "--at-least", "2"), "2 cannot be met; expected a number from 0 to 1"),
        (("tune", "asia", "lung=yes", "--equals", "nan"), "nan is not a number"),
        (("tune", "asia", "lung=yes", "--minus", "bronc=yes", "--at-most", "-2"), "expected a number from -1 to 1"),
        (("tune", "asia", "lung=yes", "--over", "bronc=yes", "--at-most", "-2"), "expected 0 or more"),
        (("exercises", "asia", "--kind", "nope"), 'No kind of exercise "nope"'),
        (("whatif", "asia", "xray=yes", "--with", "smoke=yes=2"), "got 2; expected a probability from 0 to 1"),
        (("whatif", "asia", "xray=yes", "--with", "smoke=yes=nan"), "got nan; expected a probability from 0 to 1"),
        (("next", "asia", "xray=yes", "--target", "lung=yes", "--threshold", "nan"), "nan is not a number"),
        (("sensitivity", "asia", "lung=yes", "--equivalent-sample-size", "nan"), "nan is not a number"),
        (("check", "asia", "--patients", "1" + "0" * 30), "is not in the range 0<=x<=1000000"),
        (("uncertainty", "asia", "lung=yes", "--draws", "1" + "0" * 30), "is not in the range 2<=x<=10000000"),
        (("sensitivity", "asia", "lung=yes", "--equivalent-sample-size", "-1"), "-1.0 is not in the range x>0.0"),
        (("query", "back_pain", "6.6"), 'no variable "6.6"; "bayesnet find" searches its'),
        (("cite", "asia", "nobody1999"), 'No source "nobody1999"; there is "lauritzen1988".'),
        (("update", "asia", "."), 'the folder "." holds no .parquet file. See "bayesnet update --help".'),
    ],
)
def test_what_was_typed_wrongly_is_a_fault_of_the_command(run, arguments: tuple[str, ...], said: str) -> None:
    """Values that no answer can have end with status 2, and nothing is printed."""
    status, out, err = run(*arguments)
    assert (status, out) == (2, "")
    assert said in err.replace("\n  ", " ")


def test_evaluate_and_update_read_tables(run, tmp_path: Path) -> None:
    """The commands print what the calls return; the updated model is written, and an existing one is not lost."""
    net = bayesnet.load("asia")
    people = net.simulate(400, seed=3)
    people.to_csv(tmp_path / "truth.csv", index=False)
    scored = net.score(people[["smoke", "xray"]], targets=["lung=yes"])
    scored.to_parquet(tmp_path / "scored.parquet")
    status, out, _ = run("evaluate", str(tmp_path / "scored.parquet"), str(tmp_path / "truth.csv"), "--by", "smoke", "--json")
    answer = json.loads(out)
    expected = bayesnet.evaluate(scored, people, by="smoke").to_dict()
    assert status == 0
    assert [p["auroc_interval"] for p in answer["performances"]] == [p["auroc_interval"] for p in expected["performances"]]
    folder = tmp_path / "clinic"
    status, out, _ = run("update", "asia", str(tmp_path / "truth.csv"), "-o", str(folder))
    assert (status, out.splitlines()[-1]) == (0, f"Wrote the updated model to {folder}.")
    assert bayesnet.load(folder).digest == net.update(people).network.digest
    status, out, err = run("update", "asia", str(tmp_path / "truth.csv"), "-o", str(folder))
    assert (status, out) == (2, "")
    assert "holds a model already; --force writes over it" in err


def test_a_page_with_a_lesson_and_what_is_refused(run, tmp_path: Path) -> None:
    """One lesson, or all; both at once and a name that is not there are refused with what there is."""
    out = str(tmp_path / "page.html")
    for options, names in ((["--lesson", "seeing-and-doing"], ["seeing-and-doing"]), (["--lessons"], ["seeing-and-doing"])):
        assert run("page", "sprinkler", "-o", out, *options) == (0, f"{out}\n", "")
        data = json.loads(Path(out).read_text(encoding="utf-8").split('id="bayesnet-data">')[1].split("</script>")[0])
        assert [lesson["name"] for lesson in data["lessons"]] == names
    status, _, err = run("page", "sprinkler", "-o", out, "--lesson", "seeing-doing")
    assert (status, 'did you mean "seeing-and-doing"?' in err) == (1, True)
    assert run("page", "sprinkler", "-o", out, "--lesson", "seeing-and-doing", "--lessons")[0] == 2


def test_check_reads_the_lessons_too(run, folder: str, tmp_path: Path) -> None:
    """A lesson that names what the model does not have is a problem of the model."""
    copy = tmp_path / "clinic"
    shutil.copytree(folder, copy)
    (copy / "lessons").mkdir()
    text = 'title = "T"\nminutes = 5\nteaches = "T"\n[[steps]]\ntext = "T"\nwatch = "flu"\nclick = "fevre"\n'
    (copy / "lessons" / "one.toml").write_text(text, encoding="utf-8")
    status, _, err = run("check", str(copy))
    assert status == 1
    assert 'one.toml, step 1: In "fevre": no variable "fevre"' in err
    (copy / "lessons" / "one.toml").write_text(text.replace("fevre", "fever"), encoding="utf-8")
    assert run("check", str(copy))[0] == 0

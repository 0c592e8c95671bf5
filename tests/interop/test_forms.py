"""Forms in which other programs and people write network files: read to the right numbers, or refused by what they are."""

from __future__ import annotations

import gzip
import pickle
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

import bayesnet
from bayesnet.cli.convert import command as convert
from bayesnet.errors import SpecError
from bayesnet.network import Network


def read(folder: Path, name: str, content: str | bytes, *, normalize: bool = False) -> Network:
    """Write a file and load it."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return bayesnet.load(path, normalize=normalize)


def probabilities(net: Network, variable: str, given: object = None) -> list[float]:
    """The posterior of a variable in the order of its states."""
    p = net.posterior(variable, given)  # type: ignore[arg-type]
    return [p[state] for state in net.variables[variable].states]


def bif(table: str, *, states: str = "a, b", head: str = "") -> str:
    """A network of the one variable A."""
    count = states.count(",") + 1
    variable = f"variable A {{\n  type discrete [ {count} ] {{ {states} }};\n}}\n"
    return f"network n {{\n{head}}}\n{variable}probability ( A ) {{ {table} }}\n"


NET = """net {{ }}
node A {{ states = ("a" "b"); }}
node B {{ {b} }}
node C {{ states = ("t" "f"); }}
potential (A) {{ {a} }}
potential (B) {{ data = (0.2 0.3 0.5); }}
potential (C | A B) {{ data = (((0.9 0.1)(0.8 0.2)(0.7 0.3))((0.6 0.4)(0.5 0.5)(0.4 0.6))); }}
"""
STATES = 'states = ("x" "y" "z");'

XMLBIF = """<BIF VERSION="0.3"><NETWORK><NAME>n</NAME>
<VARIABLE TYPE="nature"><NAME>A</NAME><OUTCOME>yes</OUTCOME><OUTCOME>no</OUTCOME></VARIABLE>
<VARIABLE TYPE="nature"><NAME>B</NAME><OUTCOME>t</OUTCOME><OUTCOME>f</OUTCOME></VARIABLE>
<DEFINITION><FOR>A</FOR><TABLE>0.3 0.7</TABLE></DEFINITION>
<DEFINITION><FOR>B</FOR><GIVEN>A</GIVEN><TABLE>0.9 0.1 0.2 0.8</TABLE></DEFINITION>
</NETWORK></BIF>"""


# Sums


@pytest.mark.parametrize(
    ("table", "states", "expected"),
    [
        ("table 0.3333, 0.3333, 0.3333;", "a, b, c", [1 / 3] * 3),
        ("table 0.333, 0.333, 0.333;", "a, b, c", [1 / 3] * 3),
        ("table 0.315789, 0.315789, 0.315789, 0.0526316;", "a, b, c, d", [0.315789 / 0.9999986] * 3 + [0.0526316 / 0.9999986]),
        ("table 3.33e-1, 3.33e-1, 3.33e-1;", "a, b, c", [1 / 3] * 3),
        ("table 0.00, 0.67, 0.34;", "a, b, c", [0, 0.67 / 1.01, 0.34 / 1.01]),
    ],
)
def test_a_sum_that_its_digits_explain_is_divided_and_said_so(
    tmp_path: Path, table: str, states: str, expected: list[float]
) -> None:
    """Each number may be off by half a unit of the last digit of its column; the description says what was divided."""
    net = read(tmp_path, "n.bif", bif(table, states=states))
    assert probabilities(net, "A") == pytest.approx(expected, abs=1e-12)
    assert "1 column was divided by its sum: A (" in net.model.description


@pytest.mark.parametrize(
    "table",
    [
        "table 0.5, 0.505;",  # half a unit of the third decimal, twice, is 0.001
        "table 0.3300000000, 0.3300000000, 0.3300000000;",  # written in full
        "table 0.3, 0.6, 0;",  # a number is missing, whatever its digits
        "table 1, 1, 0;",
        "table 0, 0, 0;",
    ],
)
def test_a_sum_that_its_digits_do_not_explain_is_refused_with_the_way_in(tmp_path: Path, table: str) -> None:
    """Beyond rounding the file is refused; `normalize=True` lets in whatever has a sum."""
    text = bif(table, states="a, b, c" if table.count(",") == 2 else "a, b")
    with pytest.raises(SpecError, match=r"normalize=True|is empty|no probability"):
        read(tmp_path, "n.bif", text)
    if "0, 0, 0" in table:
        with pytest.raises(SpecError, match="is empty: all its numbers are 0"):
            read(tmp_path, "n.bif", text, normalize=True)
    else:
        net = read(tmp_path, "n.bif", text, normalize=True)
        written = [float(word) for word in table[6:-1].split(",")]
        assert probabilities(net, "A") == pytest.approx([x / sum(written) for x in written], abs=1e-12)


def test_a_whole_table_with_the_child_first_is_judged_by_the_digits_of_its_own_columns(tmp_path: Path) -> None:
    """Column p=t is 0.333 three times, column p=f in full digits; the words of one are not those of the other."""
    text = """variable p { type discrete [ 2 ] { t, f }; } variable c { type discrete [ 3 ] { x, y, z }; }
    probability ( p ) { table 0.5, 0.5; } probability ( c | p ) { table 0.333, %s, 0.333, 0.25, 0.333, 0.25; }"""
    assert probabilities(read(tmp_path, "n.bif", text % "0.5"), "c", "p=t") == pytest.approx([1 / 3] * 3)
    with pytest.raises(SpecError, match=r"the column \| p=f does not close; got a sum of 0\.9999"):
        read(tmp_path, "n.bif", text % "0.4999000000")


# BIF


def test_quotes_that_are_not_closed_are_refused_at_once(tmp_path: Path) -> None:
    """Blanks before an open quote doubled the time each; forty are refused as quickly as one, with the line."""
    began = time.perf_counter()
    for extension in ("bif", "net"):
        with pytest.raises(SpecError, match="line 3"):
            read(tmp_path, f"n.{extension}", "\n\nvariable" + " " * 40_000 + '"A { type discrete [2] { a, b }; }')
    assert time.perf_counter() - began < 5


def test_a_semicolon_in_the_quotes_of_a_property_ends_nothing(tmp_path: Path) -> None:
    """`property "by hand; do not edit"` is one property; a bare one ends at its semicolon, and its // is no comment."""
    for head in ('property "made by hand; do not edit" ;', "property from http://a.b/c ;", 'property author O"Brien ;'):
        assert probabilities(read(tmp_path, "n.bif", bif("table 0.3, 0.7;", head=head)), "A") == [0.3, 0.7]


def test_words_between_blocks_are_passed_over_but_no_block_that_is_misspelt(tmp_path: Path) -> None:
    """BIF 0.15 allows words between blocks; a bracket behind them shows that a block was meant."""
    text = bif("table 0.3, 0.7;")
    assert probabilities(read(tmp_path, "n.bif", "The prior, a guess; is made up.\n" + text), "A") == [0.3, 0.7]
    with pytest.raises(SpecError, match=r'line 3.*got "varable"; expected "network", "variable" or "probability"'):
        read(tmp_path, "n.bif", text.replace("variable", "varable"))


def test_utf_16_with_its_mark_is_read_and_without_it_is_named(tmp_path: Path) -> None:
    """Notepad saves UTF-16 with a mark; without one the NUL characters say that it is no text of ours."""
    text = bif("table 0.3, 0.7;", states="ä, b")
    assert probabilities(read(tmp_path, "n.bif", text.encode("utf-16")), "A") == [0.3, 0.7]
    with pytest.raises(SpecError, match="a NUL character"):
        read(tmp_path, "n.bif", text.encode("utf-16-le"))
    assert read(tmp_path, "n.bif", text.encode("latin-1")).variables["A"].states == ("ä", "b")


def test_a_comment_that_is_not_closed_is_refused_where_it_begins(tmp_path: Path) -> None:
    """It would hide all that follows."""
    with pytest.raises(SpecError, match="line 3: a comment that is not closed"):
        read(tmp_path, "n.bif", bif("table 0.3, 0.7;", head="\n/* "))


ENTRIES = [
    "(a) 0.1 0.9; (b) 0_1 0.9;",
    "(a) 0.1 0.9; (b) 0.1 0.9",
    "(a) 0.1 0.9; (a) 0.1 0.9;",
    "(a) 0.1 0.9; x (b) 0.1 0.9;",
    "(a) 0.1 0.9; (b) 0.1 0.9; (b) 0.2 0.8;",
    "(a) 0.1 0.9;",
    "tables 0.1 0.9 0.9 0.1;",
    "table 0.1 0.9; table 0.1 0.9 0.9 0.1;",
    "(a b) 0.1 0.9; (b) 0.1 0.9;",
    "(a) 0.1 0.9; (b) 0.1 0.9; 7",
    "(a) 0.1 0.9; (b) nan 0.9;",
    "(a) 0.1 0.9 (b); (b) 0.1 0.9;",
]


@pytest.mark.parametrize("entry", ENTRIES)
def test_entries_that_are_not_quite_right_are_refused(tmp_path: Path, entry: str) -> None:
    """The quick way through plain entries takes nothing that the careful one refuses."""
    text = """variable p { type discrete [ 2 ] { a, b }; } variable c { type discrete [ 2 ] { x, y }; }
    probability ( p ) { table 0.5, 0.5; } probability ( c | p ) { %s }"""
    assert probabilities(read(tmp_path, "n.bif", text % "(b) 0.1 0.9;\n ( a ) 0.25,0.75 ;"), "c", "p=a") == [0.25, 0.75]
    with pytest.raises(SpecError):
        read(tmp_path, "n.bif", text % entry)


# NET


def test_a_semicolon_in_a_comment_inside_the_data_ends_nothing(tmp_path: Path) -> None:
    """P(C=t) = 0.56 by enumeration."""
    net = read(tmp_path, "n.net", NET.format(a="data = (0.3 % first; guess\n 0.7);", b=STATES))
    assert probabilities(net, "C")[0] == pytest.approx(0.56, abs=1e-12)


def test_a_table_of_ones_is_one_that_nobody_filled_in(tmp_path: Path) -> None:
    """Uniform, and said so: P(C=t) = 0.62 by enumeration."""
    net = read(tmp_path, "n.net", NET.format(a="data = (1 1);", b=STATES))
    assert probabilities(net, "C")[0] == pytest.approx(0.62, abs=1e-12)
    assert "A (a table of ones" in net.model.description


def test_a_potential_without_data_is_refused_with_the_way_out(tmp_path: Path) -> None:
    """What the program that made it would take is not written in the file."""
    with pytest.raises(SpecError, match=r'variable "A": has no data; give it a line such as data = \(0\.5 0\.5\);'):
        read(tmp_path, "n.net", NET.format(a="", b=STATES))


def test_an_interval_node_has_one_state_fewer_than_bounds(tmp_path: Path) -> None:
    """P(C=t | first interval) = 0.75 by enumeration."""
    net = read(tmp_path, "n.net", NET.format(a="data = (0.5 0.5);", b="subtype = interval; state_values = (0 10 20 infinity);"))
    assert net.variables["B"].states == ("0 - 10", "10 - 20", "20 - infinity")
    assert probabilities(net, "C", {"B": "0 - 10"})[0] == pytest.approx(0.75, abs=1e-12)


def test_the_wrapper_around_one_plain_network_is_read_and_object_orientation_refused(tmp_path: Path) -> None:
    """P(C=t) = 0.62 by enumeration; inputs, instances and a second class are refused by name."""
    inner = NET.format(a="data = (0.5 0.5);", b=STATES).replace("net { }", "")
    wrapper = f"class Small\n{{\n inputs = ();\n outputs = ();\n{inner}\n}}\n"
    assert probabilities(read(tmp_path, "n.net", wrapper), "C")[0] == pytest.approx(0.62, abs=1e-12)
    for text in (
        wrapper + wrapper,
        wrapper.replace("inputs = ()", "inputs = (Z)"),
        wrapper.replace("node A", "instance I : S () {} node A"),
    ):
        with pytest.raises(SpecError, match="object-oriented"):
            read(tmp_path, "n.net", text)
    with pytest.raises(SpecError, match='expected "}" at the end of the class'):
        read(tmp_path, "n.net", wrapper.rstrip()[:-1])


def test_escaped_quotes_in_net_labels_are_no_ends(tmp_path: Path) -> None:
    r"""`"a\"b"` is one label."""
    net = read(tmp_path, "n.net", NET.format(a="data = (0.3 0.7);", b=STATES).replace('("a" "b")', r'("a\"b" "c")'))
    assert net.variables["A"].states == ('a"b', "c")


# XML


@pytest.mark.parametrize("name", ["n.xml", "n.xmlbif", "n.bifxml", "n.bifxml.gz"])
def test_xmlbif_has_three_extensions(tmp_path: Path, name: str) -> None:
    """P(B=t) = 0.41; each is written too."""
    content = XMLBIF.encode()
    net = read(tmp_path, name, gzip.compress(content) if name.endswith("gz") else content)
    assert probabilities(net, "B")[0] == pytest.approx(0.41, abs=1e-12)
    net.save(tmp_path / f"again.{name.split('.', 1)[1]}")
    assert probabilities(bayesnet.load(tmp_path / f"again.{name.split('.', 1)[1]}"), "B") == probabilities(net, "B")


def test_a_namespace_and_blank_lines_before_the_declaration_change_nothing(tmp_path: Path) -> None:
    """Teaching tools write both; lines of mistakes are still those of the file."""
    declared = '\n\n<?xml version="1.0" encoding="UTF-8"?>\n' + XMLBIF.replace("<BIF ", '<BIF xmlns="http://a.b/c" ')
    assert probabilities(read(tmp_path, "n.xml", declared), "B")[0] == pytest.approx(0.41, abs=1e-12)
    with pytest.raises(SpecError, match="line 6, column"):
        read(tmp_path, "n.xml", declared.replace("<NAME>B</NAME>", "<NAME>B</NAM>"))


@pytest.mark.parametrize("encoding", ["foo", "shift_jis", "utf-32", "idna", "utf-7", "rot13", "hex"])
def test_xml_in_an_encoding_that_cannot_be_read_is_refused(tmp_path: Path, encoding: str) -> None:
    """Whatever the parser raises, the refusal is ours."""
    with pytest.raises(SpecError):
        read(tmp_path, "n.xml", f'<?xml version="1.0" encoding="{encoding}"?>\n{XMLBIF}')


# UAI


AGRUM_UAI = """BAYES
3
2 2 3
3
1 0   # A
3 0 2 1   # C
1 2   # B

2
  0.3 0.7

12
  0.9 0.1
  0.6 0.4
  0.8 0.2
  0.5 0.5
  0.7 0.3
  0.4 0.6

3
  0.2 0.3 0.5
"""


def test_uai_as_pyagrum_writes_it_has_its_parents_backwards(tmp_path: Path) -> None:
    """P(x1=s0) = 0.56, from 0.9 - 0.3 A - 0.1 B; by the letter of the format 0.585."""
    assert probabilities(read(tmp_path, "n.uai", AGRUM_UAI), "x1")[0] == pytest.approx(0.56, abs=1e-12)
    plain = "\n".join(line.partition("   #")[0] for line in AGRUM_UAI.splitlines())
    assert probabilities(read(tmp_path, "n.uai", plain), "x1")[0] == pytest.approx(0.585, abs=1e-12)


def test_uai_of_pyagrum_is_read_as_pyagrum_means_it(tmp_path: Path) -> None:
    """A network that pyAgrum writes gives the same tables here as there."""
    gum = pytest.importorskip("pyagrum")
    theirs = gum.fastBN("A->C<-B{a|b|c};C->D<-B;A->D")
    gum.saveBN(theirs, str(tmp_path / "n.uai"))
    net = bayesnet.load(tmp_path / "n.uai")
    for node in theirs.nodes():
        expected = gum.getPosterior(theirs, target=node).tolist()
        assert probabilities(net, f"x{node}") == pytest.approx(expected, abs=1e-5)


def test_a_comment_above_a_uai_file_is_no_word(tmp_path: Path) -> None:
    """By the letter of the format: P(x2=s0) = 0.56 by enumeration."""
    text = """# a small network, child last as the format has it
BAYES
3
2 3 2
3
1 0
1 1
3 0 1 2

2
 0.3 0.7
3
 0.2 0.3 0.5
12
 0.9 0.1 0.8 0.2 0.7 0.3 0.6 0.4 0.5 0.5 0.4 0.6
"""
    assert probabilities(read(tmp_path, "n.uai", text), "x2")[0] == pytest.approx(0.56, abs=1e-12)


def test_a_column_of_zeros_is_read_where_its_condition_cannot_be(tmp_path: Path) -> None:
    """As in pedigree networks: P(x1=s0) = 0.9; where the condition can be, the column is refused."""
    text = "BAYES\n2\n2 2\n2\n1 0\n2 0 1\n2\n {} \n4\n 0.9 0.1 0 0"
    net = read(tmp_path, "n.uai", text.format("1 0"))
    assert probabilities(net, "x1")[0] == pytest.approx(0.9, abs=1e-12)
    assert "its condition has probability 0" in net.model.description
    with pytest.raises(SpecError, match=r"the column \| x0=s1 is empty: all its numbers are 0"):
        read(tmp_path, "n.uai", text.format("0.9 0.1"))


def test_uai_can_drop_names_as_its_refusal_says(tmp_path: Path) -> None:
    """`drop_names=True` is an argument of `save` and an option of `convert`; of many variables the first are listed."""
    net = bayesnet.load("asia")
    with pytest.raises(SpecError, match=re.escape("(drop_names=True, or --drop-names, accepts that): 8 problems")) as refusal:
        net.save(tmp_path / "a.uai")
    assert 'variable "tub": UAI keeps no names; "tub" would come back as x1, its states yes, no as s0, s1' in str(refusal.value)
    with pytest.raises(SpecError, match=r"and \d+ more variables"):
        bayesnet.load("back_pain").save(tmp_path / "a.uai")
    net.save(tmp_path / "a.uai", drop_names=True)
    runner, typed = CliRunner(), ["asia", str(tmp_path / "b.uai")]
    assert isinstance(runner.invoke(convert, typed).exception, SpecError)
    assert not (tmp_path / "b.uai").exists()
    assert runner.invoke(convert, [*typed, "--drop-names"]).exit_code == 0
    assert (tmp_path / "b.uai").read_text() == (tmp_path / "a.uai").read_text()
    again = bayesnet.load(tmp_path / "a.uai")
    position = list(net.variables).index("lung")
    assert probabilities(again, f"x{position}") == pytest.approx([net.posterior("lung")[s] for s in net.variables["lung"].states])


# Sizes, known before memory is taken


BOMBS = {
    "many.uai": "BAYES\n50\n" + "9999999 " * 50,
    "wide.uai": "BAYES\n1\n9999999\n1\n1 0\n9999999\n",
    "digits.uai": f"BAYES\n{'9' * 5000}\n",
    "nothing.uai": "BAYES\n1\n0\n1\n1 0\n0\n",
    "digits.bif": f"variable A {{ type discrete [ {'9' * 5000} ] {{ a }}; }}",
    "default.bif": "".join(f"variable v{i} {{ type discrete [ 2 ] {{ a, b }}; }}\n" for i in range(71))
    + "".join(f"probability ( v{i} ) {{ table 0.5, 0.5; }}\n" for i in range(70))
    + f"probability ( v70 | {', '.join(f'v{i}' for i in range(70))} ) {{ default 0.5, 0.5; }}",
    "defaults.bif": "".join(f"variable v{i} {{ type discrete [ 2 ] {{ a, b }}; }}\n" for i in range(60))
    + "".join(f"probability ( v{i} ) {{ table 0.5, 0.5; }}\n" for i in range(18))
    + "".join(f"probability ( v{i} | {', '.join(f'v{k}' for k in range(18))} ) {{ default 0.5, 0.5; }}\n" for i in range(18, 60)),
    "comments.bif": "/* " * 200_000,
    "properties.bif": "network n { " + "property " * 200_000,
    "escapes.net": 'net { name = "' + '\\"' * 200_000,
    "circle.bif": "".join(f"variable v{i} {{ type discrete [ 1 ] {{ a }}; }}\n" for i in range(9000))
    + "".join(f"probability ( v{i} | v{(i + 1) % 9000} ) {{ (a) 1; }}\n" for i in range(9000)),
}  # fmt: skip


@pytest.mark.parametrize("name", list(BOMBS))
def test_a_small_file_cannot_ask_for_much_time_or_memory(tmp_path: Path, name: str) -> None:
    """Sizes are compared with the length of the file before memory is taken; every expression is linear."""
    began = time.perf_counter()
    with pytest.raises(SpecError):
        read(tmp_path, name, BOMBS[name])
    assert time.perf_counter() - began < 5


def test_a_long_chain_is_read_in_the_time_of_its_length(tmp_path: Path) -> None:
    """Order and circles take one pass, whichever way the file lists the variables."""
    count = 4000
    lines = [f"variable v{i} {{ type discrete [ 2 ] {{ a, b }}; }}" for i in range(count)]
    lines += [f"probability ( v{i} | v{i + 1} ) {{ (a) 0.9, 0.1; (b) 0.2, 0.8; }}" for i in range(count - 1)]
    began = time.perf_counter()
    net = read(tmp_path, "n.bif", "\n".join([*lines, f"probability ( v{count - 1} ) {{ table 0.5, 0.5; }}"]))
    assert time.perf_counter() - began < 5
    assert len(net.variables) == count


def test_a_gzip_file_is_unpacked_no_further_than_a_network_can_be_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bomb of a few kilobytes is refused by its length."""
    from bayesnet.interop import files

    monkeypatch.setattr(files, "LARGEST", 10_000)
    with pytest.raises(SpecError, match=r"n\.bif\.gz: too large; expected at most 10,000 bytes"):
        read(tmp_path, "n.bif.gz", gzip.compress(b" " * 10_000_000))
    with pytest.raises(SpecError, match="too large"):
        read(tmp_path, "n.bif", " " * 10_001)


@pytest.mark.parametrize("name", ["missing.bif", "folder.bif", "x" * 300 + ".bif", "a\0b.bif"])
def test_a_path_that_cannot_be_read_is_refused_in_our_words(tmp_path: Path, name: str) -> None:
    """`load` raises SpecError, as it promises."""
    if name.startswith("folder"):
        (tmp_path / name).mkdir()
    with pytest.raises(SpecError, match="cannot be read"):
        bayesnet.load(tmp_path / name)


# Numbers without records


def test_the_numbers_of_a_file_are_records_only_when_they_are_read(tmp_path: Path) -> None:
    """Half a million records are made on demand; an answer needs none of them, and a pickled model carries none."""
    net = read(tmp_path, "n.net", NET.format(a="data = (0.5 0.5);", b=STATES))
    numbers = net.model.numbers
    assert probabilities(net, "C")[0] == pytest.approx(0.62, abs=1e-12)
    assert len(numbers) == 17
    assert "_records" not in vars(numbers)
    again = pickle.loads(pickle.dumps(net.model))
    assert numbers["C=t | A=b, B=z"].value == 0.4
    assert dict(again.numbers) == dict(numbers)
    assert again.digest == net.digest == replace(net.model, numbers=dict(numbers)).digest

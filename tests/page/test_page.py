"""The explorer page as a file: loads nothing, escapes everything, and carries the network to the last bit."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from odd_network import EVIL, ODD, odd_network

import bayesnet
from bayesnet.analysis.query.parse import read_given
from bayesnet.analysis.query.query import Query
from bayesnet.cli import main
from bayesnet.web.bundle import STATIC, bundle
from bayesnet.web.export import network_to_dict
from bayesnet.web.page import page
from bayesnet.web.pagedata import page_data

SHIPPED = ("back_pain", "asia", "sprinkler", "mammography")


class Reader(HTMLParser):
    """Collects tags and what scripts and styles hold, as a browser splits them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.held: dict[str, list[str]] = {"script": [], "style": [], "title": []}
        self.inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.inside = tag
        if tag in self.held:
            self.held[tag].append("")

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside in self.held:
            self.held[self.inside][-1] += data

    @property
    def data(self) -> dict:
        return json.loads(self.held["script"][0])


def read(net: bayesnet.Network, given=None, do=None) -> Reader:
    return Reader(page(Query(net.compiled, read_given(net.compiled, given, do))))


@pytest.fixture(scope="module")
def back_pain() -> bayesnet.Network:
    return bayesnet.load("back_pain")


@pytest.mark.parametrize("name", SHIPPED)
def test_the_page_loads_nothing_and_runs_only_its_own_script(name):
    """The policy names the script and the style inside by digest and admits no host; no tag refers to anything."""
    reader = read(bayesnet.load(name))
    assert {tag for tag, _ in reader.tags} == {"html", "head", "meta", "title", "style", "body", "div", "noscript", "script"}
    for tag, attributes in reader.tags:
        assert not {"src", "href", "style", "srcdoc", "action"} & set(attributes), tag
        assert not any(key.startswith("on") for key in attributes)
    (style,) = reader.held["style"]
    _, script = reader.held["script"]
    assert not re.search(r"@import|url\(", style)
    for way_out in (
        r"\bimport\s*\(",
        r"^import\b",
        r"\bfetch\(",
        "XMLHttpRequest",
        "WebSocket",
        "sendBeacon",
        r"\beval\(",
        "Function\\(",
    ):
        assert not re.search(way_out, script, re.M), way_out

    def digest(text: str) -> str:
        return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    (policy,) = [a["content"] for _, a in reader.tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy == (
        f"default-src 'none'; script-src '{digest(script)}' 'wasm-unsafe-eval'; style-src '{digest(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def test_the_script_writes_text_never_markup():
    """No module of the page uses a way from text to markup or to code."""
    modules = sorted((STATIC / "page").glob("*.js"))
    assert modules
    for module in modules:
        found = re.search(
            r"innerHTML|outerHTML|insertAdjacent|document\.write|createContextualFragment|DOMParser|\beval\b", module.read_text()
        )
        assert found is None, f"{module.name}: {found}"


def test_names_that_are_markup_stay_names(tmp_path):
    """A state called like a closing script tag, and other odd names, end nothing and come back as they are."""
    net = odd_network(tmp_path / "odd")
    reader = read(net, {ODD[0]: EVIL[0]})
    assert [tag for tag, _ in reader.tags].count("script") == 2
    assert reader.held["title"] == ["</title><script>alert(1)</script>"]
    data = reader.data
    assert [variable["name"] for variable in data["variables"]] == list(ODD)
    assert data["network"]["states"] == [list(EVIL)] * len(ODD)
    assert data["start"] == {"see": {ODD[0]: EVIL[0]}, "do": {}}
    assert data["model"]["warning"] == "<b>for teaching</b>"


@pytest.mark.parametrize("name", SHIPPED)
def test_the_network_in_the_page_is_the_network(name):
    """JSON gives back every number to the last bit, and all that page_data says."""
    net = bayesnet.load(name)
    data = read(net).data
    assert data["network"] == network_to_dict(net.compiled.factors)
    assert data == json.loads(json.dumps(page_data(net.compiled, read_given(net.compiled, None))))
    assert data["model"]["digest"] == net.digest
    assert data["model"]["warning"] == net.model.warning


def test_every_variable_says_what_it_is(back_pain):
    """Labels, meanings, roles and groups are those of the model; the neutral state and the assumed one are marked."""
    data = read(back_pain).data
    by_name = {variable["name"]: variable for variable in data["variables"]}
    assert list(by_name) == list(back_pain.variables)
    for name, variable in back_pain.variables.items():
        told = by_name[name]
        assert (told["label"], told.get("meaning", ""), told.get("group", "")) == (
            variable.label,
            variable.meaning,
            variable.group,
        )
        assert [state["name"] for state in told["states"]] == list(variable.states)
        assert told["default"] == (variable.default or None)
    assert by_name["fever"]["neutral"] == 0
    assert [state["label"] for state in by_name["fever"]["states"]] == ["no", "yes"]
    assert by_name["age_group"]["neutral"] is None
    assert [role["name"] for role in data["roles"]][:3] == ["settings", "risk_factors", "history_and_examination"]
    assert {role["name"] for role in data["roles"]} == {variable.group for variable in back_pain.variables.values()}
    assert data["diagnoses"][0] == "nonspecific_lbp"
    assert len(data["diagnoses"]) == 17


def test_a_network_from_a_file_has_what_it_has(tmp_path):
    """A bare network has no roles, no diagnoses, no examples; the warning is there all the same."""
    bayesnet.load("asia").save(tmp_path / "asia.bif")
    data = read(bayesnet.load(tmp_path / "asia.bif")).data
    assert "roles" not in data
    assert "examples" not in data
    assert data["diagnoses"] == []
    assert data["model"]["warning"] == "For teaching and research. Not for the care of patients."


@pytest.mark.parametrize("name", ["back_pain", "asia", "sprinkler"])
def test_every_example_of_the_model_is_on_the_page_and_means_the_same(name):
    """What an example sees and sets, asked in Python, is what its text asks."""
    net = bayesnet.load(name)
    examples = read(net).data["examples"]
    assert [example["title"] for example in examples] == [example.title for example in net.model.examples]
    for example, told in zip(net.model.examples, examples, strict=True):
        asked = net.posteriors(told["see"], do=told["do"])
        for variable, posterior in net.posteriors(example.evidence).items():
            assert asked[variable].to_dict()["posterior"] == posterior.to_dict()["posterior"]


def test_the_page_opens_with_what_is_known(back_pain):
    """Hard findings as states; likelihoods and one-of as weights; interventions apart; new marginals as likelihoods."""
    given = {
        "fever": "present",
        "anemia": {"present": 10, "absent": 1},
        "age_group": {"50-59", "60-69"},
        "setting": "emergency",
        **bayesnet.jeffrey({"raised_alp": 0.7}),
    }
    start = read(back_pain, given, "!smoking").data["start"]
    assert start["do"] == {"smoking": "absent"}
    assert start["see"]["fever"] == "present"
    assert start["see"]["setting"] == "emergency"
    assert start["see"]["anemia"]["present"] == 10 * start["see"]["anemia"]["absent"]
    assert {state for state, weight in start["see"]["age_group"].items() if weight} == {"50-59", "60-69"}
    asked = back_pain.posteriors(start["see"], do=start["do"])
    assert asked["raised_alp"]["present"] == pytest.approx(0.7, abs=1e-9)
    np.testing.assert_allclose(
        asked["spinal_metastasis"]["present"], float(back_pain.posterior("spinal_metastasis", given, "!smoking")), rtol=1e-9
    )
    assert read(back_pain).data["start"] == {"see": {}, "do": {}}


def test_the_page_is_written_whole_or_refused_in_words(tmp_path, back_pain):
    """The path comes back; a file that is there is replaced; a folder that is not there is named."""
    out = tmp_path / "explorer.html"
    out.write_text("before")
    assert back_pain.page(out) == out
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert list(tmp_path.iterdir()) == [out]
    with pytest.raises(
        bayesnet.BayesnetError, match=r"^The page could not be written to .*nowhere.*: No such file or directory\.$"
    ):
        back_pain.page(tmp_path / "nowhere" / "explorer.html")


def test_the_command_writes_the_page(tmp_path, capsys, monkeypatch):
    """Findings and interventions are taken; the path is printed, or JSON; what is wrong is one paragraph."""

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(arguments)
        return int(left.value.code or 0), *capsys.readouterr()

    out = tmp_path / "asia.html"
    assert run("page", "asia", "dysp=yes", "-o", str(out), "--do", "smoke=no") == (0, f"{out}\n", "")
    assert Reader(out.read_text(encoding="utf-8")).data["start"] == {"see": {"dysp": "yes"}, "do": {"smoke": "no"}}
    status, told, _ = run("page", "asia", "-o", str(out), "--json")
    assert status == 0
    assert json.loads(told) == {"kind": "Page", "path": str(out), "digest": bayesnet.load("asia").digest}
    status, told, error = run("page", "asia", "dyspp=yes", "-o", str(out))
    assert (status, told) == (2, "")
    assert error.startswith('In "dyspp=yes": no variable "dyspp"; did you mean "dysp"')
    monkeypatch.chdir(tmp_path)
    assert run("page", "asia") == (0, "asia.html\n", "")
    missing = tmp_path / "nowhere" / "asia.html"
    assert run("page", "asia", "-o", str(missing)) == (
        1,
        "",
        f"The page could not be written to {missing}: No such file or directory.\n",
    )


def test_modules_are_joined_in_the_order_of_their_need(tmp_path):
    """Each module once, before those that import it, in a function of its own; two may use the same name inside."""
    (tmp_path / "a.js").write_text("const hidden = 1;\nexport const one = () => hidden;\n")
    (tmp_path / "b.js").write_text(
        'import { one } from "./a.js";\nconst hidden = 2;\nexport function two() { return one() + hidden; }\n'
    )
    (tmp_path / "c.js").write_text(
        'import {\n  two,\n} from "./b.js";\nimport { one } from "./a.js";\nexport const three = one() + two();\n'
    )
    text = bundle("c.js", tmp_path)
    assert text.index("module_a") < text.index("module_b") < text.index("export const three")
    assert not re.search(r"^import\b", text, re.M)
    assert text.count("const hidden") == 2


def test_comments_stay_out_of_the_page_and_code_stays_in(tmp_path):
    """Comments on lines of their own are left out; slashes and stars inside code and texts are not comments."""
    (tmp_path / "a.js").write_text(
        '// A module.\n\n/** @import { A } from "./types.js" */\n\n/**\n * Two * three.\n *\n * @param {string} text\n */\n'
        'export const one = (text) => `${text} // kept`; // kept too\n  // gone\nexport const two = "/** kept */";\n'
    )
    (tmp_path / "b.js").write_text('import { one } from "./a.js";\nexport const three = one("*/");\n')
    text = bundle("b.js", tmp_path)
    assert 'const one = (text) => `${text} // kept`; // kept too\nconst two = "/** kept */";\n' in text
    assert not re.search(r"@import|@param|A module|gone", text)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('import one from "./a.js";', "b.js cannot be joined because of the line: import one from"),
        ("export default 3;", "b.js cannot be joined because of the line: export default 3;"),
    ],
)
def test_a_module_that_cannot_be_joined_is_named(tmp_path, line, said):
    """Imports and exports of other kinds are refused when the page is made, not in the browser."""
    (tmp_path / "a.js").write_text("export const one = 1;\n")
    (tmp_path / "b.js").write_text(f"{line}\nexport const two = 2;\n")
    (tmp_path / "c.js").write_text('import { two } from "./b.js";\n')
    with pytest.raises(ValueError, match=re.escape(said)):
        bundle("c.js", tmp_path)


def test_modules_that_import_each_other_are_refused(tmp_path):
    """A circle is named."""
    (tmp_path / "a.js").write_text('import { two } from "./b.js";\nexport const one = 1;\n')
    (tmp_path / "b.js").write_text('import { one } from "./a.js";\nexport const two = 2;\n')
    with pytest.raises(ValueError, match=re.escape("The modules import each other in a circle: a.js > b.js > a.js.")):
        bundle("a.js", tmp_path)

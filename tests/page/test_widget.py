"""The explorer in a notebook: its evidence is Python's, messages that are no findings are refused, and clicks come back."""

from __future__ import annotations

import html
import json
import re
import sys

import pytest
from traitlets import TraitError

import bayesnet


@pytest.fixture
def asia() -> bayesnet.Network:
    """A small network."""
    return bayesnet.load("asia")


def test_the_widget_opens_with_what_is_known(asia):
    """Findings and interventions in the page's form; the case is that of the network."""
    widget = asia.explorer("dysp=yes, smoke={yes: 3, no: 1}", "tub=no")
    assert widget.given["dysp"] == "yes"
    assert widget.given["smoke"]["yes"] == 3 * widget.given["smoke"]["no"]
    assert widget.do == {"tub": "no"}
    expected = asia.case("dysp=yes, smoke={yes: 3, no: 1}", "tub=no").posterior("lung")["yes"]
    assert widget.case.posterior("lung")["yes"] == pytest.approx(expected, rel=1e-12)


def test_what_python_assigns_goes_to_the_page_as_plain_data(asia):
    """Sets and likelihoods become weights that JSON holds; the case follows."""
    widget = asia.explorer()
    widget.given = {"xray": "yes", "smoke": {"yes"}, "bronc": {"yes": 2.0, "no": 1.0}}
    state = widget.get_state(["given", "do", "numbers"])
    assert json.loads(json.dumps(state))["given"] == widget.given
    assert widget.given["smoke"] == "yes"
    assert widget.given["bronc"]["yes"] == 2 * widget.given["bronc"]["no"]
    given = {"xray": "yes", "smoke": "yes", "bronc": {"yes": 2.0, "no": 1.0}}
    assert widget.case.posterior("lung")["yes"] == pytest.approx(asia.case(given).posterior("lung")["yes"], rel=1e-12)


def test_a_click_comes_back_as_evidence(asia):
    """What the page sends is taken as it is, so that the two do not answer each other."""
    widget = asia.explorer("dysp=yes")
    heard = []
    widget.observe(lambda change: heard.append(change["new"]), "given")
    sent = {"dysp": "yes", "smoke": {"yes": 4, "no": 1}}
    widget.set_state({"given": sent, "do": {"asia": "yes"}, "numbers": {"smoke=yes": 0.3}})
    assert heard == [sent]
    assert (widget.given, widget.do, widget.numbers) == (sent, {"asia": "yes"}, {"smoke=yes": 0.3})
    expected = asia.with_numbers({"smoke=yes": 0.3}).case(sent, {"asia": "yes"}).posterior("lung")["yes"]
    assert widget.case.posterior("lung")["yes"] == expected


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"given": {"dysq": "yes"}}, 'no variable "dysq"'),
        ({"given": {"dysp": "maybe"}}, '"maybe"'),
        ({"given": {"dysp": {"yes": -1, "no": 1}}}, "-1"),
        ({"given": "dysp=yes"}, "given"),
        ({"do": {"tub": "perhaps"}}, '"perhaps"'),
        ({"numbers": {"smoke=yes": 2}}, "a probability from 0 to 1"),
        ({"numbers": {"nothing": 0.5}}, "nothing"),
    ],
)
def test_a_message_that_is_no_evidence_is_refused_and_changes_nothing(asia, message, said):
    """Unknown names and states, weights below 0, impossible numbers: refused with a message, from either side."""
    widget = asia.explorer("dysp=yes")
    with pytest.raises(TraitError, match="(?s).*" + said.replace("(", "\\(")):
        widget.set_state(message)
    assert (widget.given, widget.do, widget.numbers) == ({"dysp": "yes"}, {}, {})


def test_a_notebook_shows_it_as_a_widget(asia):
    """The last value of a cell is displayed by its model, with the module and the style in its state."""
    widget = asia.explorer()
    bundle, _ = widget._repr_mimebundle_()
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == widget.model_id
    state = widget.get_state()
    assert state["_esm"].rstrip().endswith("export default { render };")
    assert ".explorer" in state["_css"]


def test_beside_it_is_the_page(asia):
    """The same output as HTML: the page with the case at that moment, in a frame that may run its script and no more."""
    widget = asia.explorer()
    widget.given = {"dysp": "yes"}
    (shown, _) = widget._repr_mimebundle_()
    frame, text = re.fullmatch(r"<iframe ([^>]*) srcdoc='([^']*)'></iframe>", shown["text/html"]).groups()
    assert 'sandbox="allow-scripts allow-downloads"' in frame
    assert html.unescape(text).startswith("<!doctype html>")
    assert '"start":{"see":{"dysp":"yes"}' in html.unescape(text)


@pytest.mark.browser
def test_an_exported_notebook_shows_the_page(asia, browser, tmp_path):
    """The HTML of the output alone, as `nbconvert` writes it: the bars are there, nothing is asked of any host."""
    (tmp_path / "exported.html").write_text(asia.explorer("dysp=yes")._repr_mimebundle_()[0]["text/html"], encoding="utf-8")
    tab = browser.new_page()
    tab.set_default_timeout(20_000)
    said, asked = [], []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto((tmp_path / "exported.html").as_uri())
    frame = tab.frame_locator("iframe")
    frame.locator(".differential li[data-posterior]").first.wait_for()
    frame.locator('.finding[data-variable="xray"] input[value="yes"]').dispatch_event("click")
    frame.locator(".chips", has_text="Positive X-ray").wait_for()
    shown = float(frame.locator('.differential li[data-variable="lung"], .differential li').first.get_attribute("data-posterior"))
    assert 0.0 < shown < 1.0
    assert said == []
    assert [url for url in asked if url.startswith("http")] == []
    tab.close()


def test_without_anywidget_the_way_out_is_said(asia, monkeypatch):
    """The missing library and the command that installs it."""
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, "bayesnet.web.widget", raising=False)
    with pytest.raises(bayesnet.MissingExtra) as caught:
        asia.explorer()
    assert str(caught.value) == (
        'The explorer in a notebook needs anywidget, which is not installed; pip install "bayesnet[explore]" adds it.'
    )


HOST = """async ([source, state]) => {
  const listeners = new Map();
  const saved = [];
  const model = {
    get: (name) => state[name],
    set(name, value) { state[name] = value; for (const heard of listeners.get(`change:${name}`) ?? []) heard(); },
    save_changes: () => saved.push(structuredClone({ given: state.given, do: state.do, numbers: state.numbers })),
    on: (name, heard) => listeners.set(name, [...(listeners.get(name) ?? []), heard]),
    off: (name, heard) => listeners.set(name, (listeners.get(name) ?? []).filter((other) => other !== heard)),
  };
  const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const leave = await module.default.render({ model, el: document.body });
  Object.assign(globalThis, { model, saved, leave, listeners });
}"""


@pytest.mark.browser
def test_the_module_shows_the_explorer_and_keeps_in_step(asia, browser):
    """In Chromium with a model as a notebook gives it: a click is saved, an assignment is shown, letting go leaves nothing."""
    widget = asia.explorer("dysp=yes")
    tab = browser.new_page()
    tab.set_default_timeout(5000)
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.goto("about:blank")
    tab.add_style_tag(content=widget._css)
    tab.evaluate(HOST, [widget._esm, widget.get_state(["given", "do", "numbers", "_data"])])
    row = tab.locator('.finding[data-variable="smoke"]')
    row.locator("..").evaluate("element => element.closest('details')?.setAttribute('open', '')")
    row.locator('input[value="yes"]').check(force=True)
    assert tab.evaluate("saved") == [{"given": {"dysp": "yes", "smoke": "yes"}, "do": {}, "numbers": {}}]
    widget.set_state(tab.evaluate("saved[0]"))
    bar = tab.locator(".differential li").first
    name, state, shown = (bar.get_attribute(f"data-{key}") for key in ("variable", "state", "posterior"))
    assert float(shown) == pytest.approx(widget.case.posterior(name)[state], rel=1e-9)
    # The colours are the host's: those that JupyterLab, VS Code and marimo say, also when they change.
    paper = "getComputedStyle(document.querySelector('.explorer')).colorScheme"
    for change, colours in (
        ("dataset.jpThemeLight = 'false'", "dark"),
        ("dataset.jpThemeLight = 'true'", "light"),
        ("removeAttribute('data-jp-theme-light')", "light"),
        ("className = 'vscode-dark'", "dark"),
        ("className = 'light light-theme'", "light"),
    ):
        tab.evaluate(f"document.body.{change}")
        tab.wait_for_function(f"{paper} === '{colours}'")
    tab.evaluate('model.set("given", { xray: "no" })')
    assert tab.locator('.finding[data-variable="xray"] input[value="no"]').is_checked()
    assert not row.locator('input[value="yes"]').is_checked()
    assert len(tab.evaluate("saved")) == 1
    tab.evaluate("leave()")
    assert tab.locator(".explorer").count() == 0
    assert tab.evaluate("[...listeners.values()].flat().length") == 0
    assert said == []
    tab.close()

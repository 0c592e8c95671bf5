"""The lessons in the page: its numbers are Python's, and each is played through in Chromium, right and with each error."""

from __future__ import annotations

import json
import re

import pytest
from node import Node

import bayesnet
from bayesnet.model.find import shipped_models
from bayesnet.teach.lessons import lesson_data, lesson_names, read_lessons
from bayesnet.teach.lessons.lesson import Lesson, LessonStep
from bayesnet.teach.lessons.quantity import ENDS
from bayesnet.web.pagedata import page_data

pytestmark = pytest.mark.browser

SHIPPED = [(model, name) for model, folder in shipped_models().items() for name in lesson_names(folder)]


@pytest.mark.parametrize("model", shipped_models())
def test_the_numbers_of_a_lesson_are_those_of_python(model: str, node: Node) -> None:
    """Every quantity, right answer and known error, as the page works them out; no placeholder is left in a text."""
    net = bayesnet.load(model)
    lessons = read_lessons(net.compiled)
    data = {**page_data(net.compiled, net.case().findings, parts=()), **lesson_data(net.compiled, lessons)}
    data |= {"vocabulary": {"never": "never", "always": "always"}, "draws": {}}
    count = 0
    for lesson, told in zip(lessons, node.ask("lessons", data=data), strict=True):
        for step, numbers in zip(lesson.steps, told, strict=True):
            assert not any(re.search(r"[{}]|NaN|undefined|Infinity", text) for text in numbers["texts"])
            for name, value in numbers["values"].items():
                if name not in ENDS:
                    assert value == pytest.approx(step.quantities[name].value(net.compiled), rel=1e-9, abs=1e-12), name
                    count += 1
            if step.guess and step.guess.slider:
                assert numbers["right"] == pytest.approx(step.guess.asked.right.value(net.compiled), rel=1e-9)
                errors = {error.name: error.value.value(net.compiled) for error in step.guess.errors}
                assert dict(numbers["errors"]) == pytest.approx(errors, rel=1e-9)
    assert count >= 3 * len(lessons)


# Playing


@pytest.fixture
def taught(opened, pages):
    """Open the page of a model with all its lessons at the first step of one."""

    def call(model: str, name: str, step: int = 1, **options):
        key = f"{model}-lessons"
        if key not in pages.written:
            net = bayesnet.load(model)
            pages.written[key] = net.page(pages.folder / f"{key}.html", lessons=True), net
        lesson = next(one for one in read_lessons(pages[key][1].compiled) if one.name == name)
        return opened(key, f"#lesson={name}:{step}", **options), pages[key][1], lesson

    return call


def right_answer(net: bayesnet.Network, step: LessonStep) -> float:
    """The network's own answer to the guess of a step."""
    return step.guess.asked.right.value(net.compiled)


def right_choice(net: bayesnet.Network, step: LessonStep) -> int:
    """The choice that holds."""
    values = {name: quantity.value(net.compiled) for name, quantity in step.quantities.items() if name in step.named}
    return [all(one.holds(values) for one in choice.when) for choice in step.guess.choices].index(True)


def verdict_of(tab) -> str:
    """The verdict, once it is worked out."""
    tab.wait_for_function("""() => {
        const one = document.querySelector(".lesson-verdict .verdict");
        return one && !one.classList.contains("is-open");
    }""")
    return tab.locator(".lesson-verdict .verdict").inner_text()


def focused(tab) -> str:
    """The text of the focused element."""
    return tab.evaluate(
        "() => (document.activeElement.textContent || document.activeElement.getAttribute('aria-label') || '').trim()"
    )


def play_by_keyboard(tab, net: bayesnet.Network, lesson: Lesson) -> list[str]:
    """Go through a lesson by Tab, arrows, typing and Enter alone; the verdicts."""
    verdicts = []
    tab.locator(".lesson-text").focus()
    for k, step in enumerate(lesson.steps, 1):
        assert tab.locator(".lesson-count").inner_text() == f"Step {k} of {len(lesson.steps)}"
        if step.guess and step.guess.slider:
            tab.keyboard.press("Tab")
            assert tab.evaluate("() => document.activeElement.type") == "range"
            tab.keyboard.press("Tab")
            tab.keyboard.type(f"{100 * right_answer(net, step):.5g} %")
            tab.keyboard.press("Enter")
        elif step.guess:
            tab.keyboard.press("Tab")
            tab.keyboard.press("Space")
            for _ in range(right_choice(net, step)):
                tab.keyboard.press("ArrowDown")
            tab.keyboard.press("Enter")
        else:
            if step.click:
                tab.keyboard.press("Tab")
        for _ in step.click:
            assert tab.evaluate("() => Boolean(document.activeElement.closest('.lesson-enter'))"), focused(tab)
            tab.keyboard.press("Enter")
        if step.guess:
            verdicts.append(verdict_of(tab))
        assert tab.locator(".lesson-after").is_visible() == bool(step.after)
        if k < len(lesson.steps):
            if step.guess or step.click:
                assert focused(tab) == "Next"
            tab.keyboard.press("PageDown")
    return verdicts


@pytest.mark.slow
@pytest.mark.parametrize(("model", "name"), SHIPPED)
def test_a_lesson_is_played_by_keyboard(model: str, name: str, taught) -> None:
    """Every right answer is called right, what is to be entered gets the focus, and then Next."""
    tab, net, lesson = taught(model, name)
    verdicts = play_by_keyboard(tab, net, lesson)
    assert verdicts == ["Right."] * sum(step.guess is not None for step in lesson.steps)
    assert tab.get_by_role("button", name="Next step").is_disabled()


@pytest.mark.slow
@pytest.mark.parametrize(("model", "name"), SHIPPED)
def test_a_lesson_is_played_by_mouse(model: str, name: str, taught) -> None:
    """The slider is dragged to the right answer, findings are entered by the buttons, and the posterior is Python's."""
    tab, net, lesson = taught(model, name)
    for k, step in enumerate(lesson.steps, 1):
        if step.guess and step.guess.slider:
            slider = tab.locator(".lesson-slider input")
            at = tab.evaluate(
                """([slider, p]) => {
                  if (slider === "percent") return p;
                  const logit = (x) => Math.log(x / (1 - x));
                  return (logit(p) - logit(5e-5)) / (logit(0.998) - logit(5e-5));
                }""",
                [step.guess.slider, right_answer(net, step)],
            )
            box = slider.bounding_box()
            thumb = 16
            x = box["x"] + thumb / 2 + at * (box["width"] - thumb)
            tab.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            tab.mouse.down()
            tab.mouse.move(x, box["y"] + box["height"] / 2)
            tab.mouse.up()
        elif step.guess:
            tab.locator(".lesson-choices label").nth(right_choice(net, step)).click()
        if step.guess:
            before = tab.evaluate("() => bayesnet.store.state.scenarios[0].see")
            tab.get_by_role("button", name="This is my guess").click()
            assert tab.evaluate("() => bayesnet.store.state.scenarios[0].see") == before
        while tab.locator(".lesson-enter button:enabled").count():
            tab.locator(".lesson-enter button:enabled").first.click()
        if step.guess:
            assert verdict_of(tab) == "Right."
        v, state = step.watch
        variable = net.compiled.names[v]
        shown = tab.evaluate("(name) => [...bayesnet.view().answer.posteriors[bayesnet.compute.index(name)]]", variable)
        assert shown[state] == pytest.approx(step.quantities["after"].value(net.compiled), rel=1e-9)
        assert tab.evaluate("() => bayesnet.view().state.target") == variable
        if k < len(lesson.steps):
            tab.get_by_role("button", name="Next step").click()
    tab.get_by_role("button", name="Begin the lesson again").click()
    assert tab.locator(".lesson-count").inner_text() == f"Step 1 of {len(lesson.steps)}"
    assert tab.locator(".lesson-verdict").is_hidden()


@pytest.mark.slow
@pytest.mark.parametrize(("model", "name"), SHIPPED)
def test_each_known_error_is_named(model: str, name: str, taught) -> None:
    """The number that an error gives, typed, and each wrong choice: the verdict names the error and what was done instead."""
    tab, net, lesson = taught(model, name)
    for k, step in enumerate(lesson.steps, 1):
        if not step.guess:
            continue
        wrong = [(error, f"{100 * error.value.value(net.compiled):.6g} %") for error in step.guess.errors]
        right = right_choice(net, step) if step.guess.choices else -1
        wrong += [(choice.error, i) for i, choice in enumerate(step.guess.choices) if i != right]
        for error, answer in wrong:
            tab.get_by_role("button", name="Begin the lesson again").click()
            tab.evaluate("(lesson) => bayesnet.store.dispatch({ type: 'lesson', lesson })", {"name": name, "step": k - 1})
            if isinstance(answer, str):
                tab.locator(".lesson-number").fill(answer)
            else:
                tab.locator(".lesson-choices input").nth(answer).check()
            tab.get_by_role("button", name="This is my guess").click()
            while tab.locator(".lesson-enter button:enabled").count():
                tab.locator(".lesson-enter button:enabled").first.click()
            named = f"{error.name[:1].upper()}{error.name[1:]}." if error and error.name else "Not so."
            assert verdict_of(tab) == named, (k, answer)
            said = tab.locator(".lesson-verdict").inner_text()
            assert "You said" in said
            if error and error.hint:
                assert error.hint in said


def test_a_guess_is_asked_for_before_the_findings(taught) -> None:
    """No button enters anything before the guess; nothing typed is refused with what to type; a bare 25 is 25 %."""
    tab, _, lesson = taught("mammography", "natural-frequencies")
    assert tab.locator(".lesson-enter").count() == 0
    assert tab.locator(".lesson-after").is_hidden()
    tab.get_by_role("button", name="This is my guess").click()
    assert "type a guess: 25 %" in tab.locator(".lesson-refusal").inner_text()
    for typed, said in (("rather likely", "a number is expected"), ("-3", "between 0 and 1")):
        tab.locator(".lesson-number").fill(typed)
        tab.get_by_role("button", name="This is my guess").click()
        assert said in tab.locator(".lesson-refusal").inner_text()
    tab.locator(".lesson-number").fill("80")
    tab.get_by_role("button", name="This is my guess").click()
    assert tab.locator(".lesson-verdict").is_hidden()
    tab.locator(".lesson-enter button").click()
    assert verdict_of(tab) == "Inverse fallacy."
    assert "You said 80 %; it is 7.76" in tab.locator(".lesson-verdict").inner_text()
    assert lesson.steps[0].guess.errors[0].why in tab.locator(".lesson-verdict").inner_text()


@pytest.mark.slow
def test_findings_of_the_page_count_as_well_and_a_guess_can_be_passed_over(taught) -> None:
    """What is entered in the list does what the button does; without a guess there is no verdict, but the sentence after."""
    tab, *_ = taught("sprinkler", "seeing-and-doing")
    tab.get_by_role("button", name="Show me").click()
    tab.locator('[data-variable="wet_grass"] .segment', has_text="yes").click()
    assert tab.locator(".lesson-after").is_visible()
    assert tab.locator(".lesson-verdict").is_hidden()
    tab.get_by_role("button", name="Undo").click()
    assert tab.locator(".lesson-after").is_hidden()


def test_the_address_opens_the_step(taught) -> None:
    """The address follows the steps; opened elsewhere it gives the same step, case and target."""
    tab, net, lesson = taught("sprinkler", "seeing-and-doing", step=3)
    assert tab.locator(".lesson-count").inner_text() == f"Step 3 of {len(lesson.steps)}"
    assert tab.evaluate("() => bayesnet.view().state.target") == net.compiled.names[lesson.steps[2].watch[0]]
    tab.get_by_role("button", name="Back to the step before").click()
    tab.wait_for_function("() => location.hash.includes('lesson=seeing-and-doing:2')")
    assert tab.evaluate("() => ({ ...bayesnet.store.state.scenarios[0].see })") == {"wet_grass": "present"}
    tab.reload()
    assert tab.locator(".lesson-count").inner_text() == f"Step 2 of {len(lesson.steps)}"
    tab.get_by_role("button", name="Close the lesson").click()
    assert tab.locator(".lesson").is_hidden()
    tab.wait_for_function("() => !location.hash.includes('lesson=')")


@pytest.mark.slow
def test_the_list_of_lessons_opens_one(taught) -> None:
    """Every lesson of the page with its minutes and what it teaches."""
    tab, _, lesson = taught("mammography", "natural-frequencies")
    tab.get_by_role("button", name="Close the lesson").click()
    tab.get_by_role("button", name="Lessons", exact=True).click()
    dialog = tab.get_by_role("dialog", name="Lessons")
    assert dialog.get_by_role("listitem").count() == 2
    assert lesson.teaches in dialog.inner_text()
    dialog.get_by_role("button", name=re.compile(lesson.title)).click()
    assert tab.locator(".lesson h2").inner_text() == lesson.title


@pytest.mark.slow
def test_a_page_opens_with_the_lesson_that_was_named(opened, pages) -> None:
    """And has no other; a page without lessons has no list of them."""
    net = bayesnet.load("asia")
    pages.written["asia-one"] = net.page(pages.folder / "asia-one.html", lessons="three-causes"), net
    tab = opened("asia-one")
    assert tab.locator(".lesson-count").inner_text().startswith("Step 1")
    data = json.loads(tab.locator("#bayesnet-data").text_content())
    assert [one["name"] for one in data["lessons"]] == ["three-causes"]
    assert opened("asia").get_by_role("button", name="Lessons").count() == 0


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_the_strip_fits_the_window(width: int, height: int, taught) -> None:
    """Nothing scrolls sideways; on a projector the answer is in sight under the strip, and no text of the strip is cut."""
    tab, *_ = taught("back_pain", "base-rates", viewport={"width": width, "height": height}, reduced_motion="reduce")
    tab.locator(".lesson-number").fill("57 %")
    tab.get_by_role("button", name="This is my guess").click()
    tab.locator(".lesson-enter button").first.click()
    verdict_of(tab)
    assert tab.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    if width == 1280:
        strip = tab.locator(".lesson").evaluate("(one) => [one.scrollHeight - one.clientHeight, one.offsetHeight]")
        assert strip[0] <= 1
        assert strip[1] < 0.47 * height
        assert tab.locator(".headline").bounding_box()["y"] < height
        assert tab.evaluate("() => document.documentElement.scrollHeight - innerHeight") < 400

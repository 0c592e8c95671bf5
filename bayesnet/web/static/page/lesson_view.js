// The strip of a guided lesson: a text, a guess, what to enter, the watched bar, the verdict and a sentence after.

import { el, focusOf, put, setStyle, write } from "./dom.js";
import { percent } from "./format.js";
import { createGuess, endsOf, sliderPosition, showVerdict, verdictOf } from "./lesson_guess.js";
import { filled } from "./lesson_values.js";
import { complete, findLesson } from "./store.js";

/** @import { Context, LessonRecord, LessonStep, Scenario, View } from "../types.js" */
/** @import { Guessed } from "./lesson_guess.js" */

/** @param {Context} context @param {HTMLElement} root */
export function createLessonView(context, root) {
  const { data, store, words, intervals, announce } = context;
  /** What was guessed at each step; null where the guess was passed over. @type {Map<string, Guessed | null>} */
  const guesses = new Map();
  const title = el("h2", {});
  const count = el("span", { class: "lesson-count" });
  const bar = el("span", { class: "lesson-progress", "aria-hidden": true }, el("span", {}));
  /** @param {number} by */
  const go = (by) => at(store.state.lesson.step + by);
  /** @param {string} text @param {string} label @param {() => void} onClick */
  const button = (text, label, onClick) =>
    el("button", { type: "button", class: "tool", text, title: label, "aria-label": label, onClick });
  const back = button("Back", "Back to the step before", () => go(-1));
  const next = button("Next", "Next step", () => go(1));
  const restart = button("Restart", "Begin the lesson again", () => (guesses.clear(), at(0)));
  const close = button("×", "Close the lesson", () => store.dispatch({ type: "lesson", lesson: null }));
  const text = el("p", { class: "lesson-text", tabindex: -1 });
  const after = el("p", { class: "lesson-after", role: "status", "aria-live": "polite" });
  const about = el("details", { class: "lesson-about" });
  const verdict = el("div", { class: "lesson-verdict", role: "status", "aria-live": "polite" });
  const side = el("div", { class: "lesson-side" });
  const entering = el("div", { class: "lesson-enter" });
  const watch = createWatch(context);
  const element = el(
    "section",
    { class: "lesson", "aria-label": "Lesson", hidden: true, onKeydown: keys },
    el("div", { class: "lesson-head" }, title, count, bar, el("div", { class: "tools" }, back, next, restart, close)),
    el("div", { class: "lesson-body" }, text, side, el("div", { class: "lesson-words" }, after, about)),
  );
  let drawn = "";
  /** @type {View | null} */
  let latest = null;
  intervals.listen(() => latest && update(latest));
  const watcher = globalThis.ResizeObserver && new ResizeObserver(() => setStyle(root, "--lesson", `${element.offsetHeight}px`));
  watcher?.observe(element);

  /** @param {number} step */
  function at(step) {
    const { lesson } = store.state;
    if (step < 0 || step >= findLesson(data, lesson.name).steps.length) return;
    store.dispatch({ type: "lesson", lesson: { name: lesson.name, step } });
    text.focus({ preventScroll: true });
    element.scrollIntoView?.({ block: "nearest" });
  }

  /** @param {KeyboardEvent} event */
  function keys(event) {
    const by = { PageDown: 1, PageUp: -1 }[event.key];
    if (!by || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    go(by);
  }

  /** @param {View} view */
  function update(view) {
    latest = view;
    const { lesson } = view.state;
    element.hidden = !lesson;
    root.classList.toggle("has-lesson", Boolean(lesson));
    if (!lesson) return setStyle(root, "--lesson", "0px");
    const record = findLesson(data, lesson.name);
    const step = record.steps[lesson.step];
    const key = `${lesson.name}:${lesson.step}`;
    const guessed = guesses.get(key);
    const open = Boolean(step.guess) && guessed === undefined;
    const entered = step.click.map((one) => isKnown(view.scenario, one));
    const phase = `${key} ${open ? "guess" : entered.join()}`;
    if (phase !== drawn) draw(record, lesson.step, open, view);
    drawn = phase;
    write(text, filled(context, step, step.text));
    watch.update(view, step, guessed ?? null);
    const done = !open && entered.every(Boolean);
    after.hidden = !done || !step.after;
    verdict.hidden = !done || !guessed;
    if (done) write(after, filled(context, step, step.after));
    if (done && guessed) showVerdict(verdict, verdictOf(context, step, guessed));
  }

  /**
   * What changes from step to step, and from guess to entering.
   *
   * @param {LessonRecord} record @param {number} at @param {boolean} open @param {View} view
   */
  function draw(record, at, open, { scenario, answer }) {
    const step = record.steps[at];
    const key = `${record.name}:${at}`;
    const within = side.contains(focusOf(element));
    write(title, record.title);
    write(count, `Step ${at + 1} of ${record.steps.length}`);
    setStyle(bar, "--done", String((at + 1) / record.steps.length));
    element.setAttribute("aria-label", `Lesson: ${record.title}`);
    back.disabled = at === 0;
    next.disabled = at === record.steps.length - 1;
    about.hidden = at > 0;
    if (!at) put(about, ...aboutLesson(record));
    const now = chance(context, answer, step);
    const form = open
      ? createGuess(context, step, now, (guess) => {
          guesses.set(key, guess);
          update(latest);
        })
      : null;
    put(entering, ...(open || !step.click.length ? [] : toEnter(step, scenario)));
    const left = step.click.some((one) => !isKnown(scenario, one));
    next.classList.toggle("primary", !open && !left);
    put(side, form, entering.childElementCount ? entering : null, watch.element, verdict);
    /** @type {HTMLElement | null} */
    const enter = entering.querySelector("button:enabled");
    if (within && !open) (enter ?? (next.disabled ? text : next)).focus();
  }

  /**
   * Buttons that enter what the step asks to enter; the findings in the page do the same.
   *
   * @param {LessonStep} step @param {Scenario} scenario
   */
  function toEnter(step, scenario) {
    const parts = step.click.map((one) => {
      const [known] = words.known({ ...complete(one) }).filter(({ kind }) => kind !== "assumed");
      const entered = isKnown(scenario, one);
      const label = `${entered ? "✓ " : ""}${known.kind === "do" ? `Set ${known.text}` : known.text}`;
      const enter = () => {
        for (const kind of /** @type {const} */ (["see", "do"])) {
          for (const [variable, value] of Object.entries(one[kind])) store.dispatch({ type: kind, variable, value });
        }
        announce(`Entered: ${known.text}`);
      };
      return el("button", {
        type: "button",
        class: entered ? "tool" : "tool primary",
        text: label,
        disabled: entered,
        onClick: enter,
      });
    });
    const left = step.click.some((one) => !isKnown(scenario, one));
    const text = `Now enter this and watch ${words.label(step.watch[0])}:`;
    return [left && el("p", { class: "lesson-do", text }), el("div", { class: "tools" }, parts)];
  }

  return { element, update, destroy: () => watcher?.disconnect() };
}

/** @param {Scenario} scenario @param {Pick<Scenario, "see" | "do">} one */
function isKnown(scenario, one) {
  return /** @type {const} */ (["see", "do"]).every((kind) =>
    Object.entries(one[kind]).every(([name, value]) => JSON.stringify(scenario[kind][name]) === JSON.stringify(value)),
  );
}

/** @param {Context} context @param {View["answer"]} answer @param {LessonStep} step */
function chance({ compute, words }, answer, { watch: [name, state] }) {
  return answer.posteriors?.[compute.index(name)][words.stateIndex(name, state)] ?? NaN;
}

/** The bar that the lesson watches, with the guess on it. @param {Context} context */
function createWatch(context) {
  const { words } = context;
  const [what, much] = [el("span", {}), el("strong", {})];
  const [mark, dot] = [el("span", { class: "lesson-mark", title: "Your guess" }), el("span", { class: "lesson-dot" })];
  const axis = el("div", { class: "lesson-axis", "aria-hidden": true }, mark, dot);
  const ends = el("div", { class: "lesson-ends", "aria-hidden": true });
  return {
    element: el("div", { class: "lesson-watch" }, el("p", {}, what, " ", much), axis, ends),
    /** @param {View} view @param {LessonStep} step @param {Guessed | null} guessed */
    update(view, step, guessed) {
      const slider = step.guess?.slider || "frequency";
      const p = chance(context, view.answer, step);
      write(what, words.asked(...step.watch));
      put(ends, endsOf(words, slider));
      write(much, Number.isNaN(p) ? "no answer" : `${percent(p)}, ${words.frequency(p)}`);
      setStyle(dot, "--at", Number.isNaN(p) ? 0 : sliderPosition(slider, p));
      mark.hidden = !guessed || Number.isNaN(guessed.value);
      if (!mark.hidden) setStyle(mark, "--at", sliderPosition(slider, guessed.value));
    },
  };
}

/** @param {LessonRecord} lesson */
function aboutLesson({ minutes, teaches, evidence }) {
  return [
    el("summary", { text: `About this lesson: ${minutes} minutes` }),
    el("p", { text: teaches }),
    evidence.map(({ study, use }) => el("p", { class: "hint", text: `${use} ${study}` })),
  ].flat();
}

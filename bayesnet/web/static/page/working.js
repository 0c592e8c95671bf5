// What the views of this page share that take several answers: the work begins after the paint, and the next click ends it.

import { answer } from "../engine.js";
import { scenarioName } from "./case_view.js";
import { el, put, write } from "./dom.js";
import { createLater } from "./later.js";

/**
 * Keeps one element up to date with a job. `key(view)` says when the result stays the same, `job(view, ask)` is a generator that
 * yields between answers, `show(result, view)` fills the element. Without an answer to the case, `silent()` is said instead.
 */
export function createWorker(context, element, { key, job, show, silence }) {
  const { compute, store } = context;
  const later = createLater();
  let done = "";
  // A click anywhere drops the work; the view that is open begins again with its update.
  store.subscribe(() => {
    later.stop();
    element.removeAttribute("aria-busy");
  });
  return (view) => {
    const { scenario, answer: found } = view;
    const now = JSON.stringify([scenario, key(view)]);
    if (!found.posteriors) {
      done = "";
      element.removeAttribute("aria-busy");
      put(element, el("p", { class: "hint", text: silence }));
      return;
    }
    if (now === done) {
      element.removeAttribute("aria-busy");
      return;
    }
    element.setAttribute("aria-busy", "true");
    const engine = compute.networkFor(scenario);
    later.start(guarded(job(view, (evidence) => answer(engine, evidence))), (result) => {
      done = now;
      element.removeAttribute("aria-busy");
      if (result?.refused) put(element, el("p", { class: "hint", text: `This takes answers that are too wide: ${result.refused}` }));
      else show(result, view);
    });
  };
}

/** What is too wide to answer is told, not thrown. */
function* guarded(job) {
  try {
    return yield* job;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { refused: error.message };
  }
}

/** Which of two scenarios is meant, for a heading; nothing where there is one. */
export const whichOf = ({ other, state }) => (other ? ` (${scenarioName(state.active)})` : "");

/** A button that asks about the most probable specific diagnosis, where something else is asked; null where there is no such. */
export function leaderButton({ data, compute, store, words }, { state, answer: { posteriors } }) {
  const specific = data.diagnoses.filter((name) => words.variable(name).role !== "other");
  if (!posteriors || !specific.length) return null;
  const chance = (name) => posteriors[compute.index(name)][words.variable(name).states.findIndex((one) => one.name === "present")];
  const leader = specific.reduce((a, b) => (chance(b) > chance(a) ? b : a));
  if (leader === state.target) return null;
  const ask = () => store.dispatch({ type: "target", variable: leader, state: "present" });
  return el("p", {}, el("button", { type: "button", class: "tool", onClick: ask, text: `Ask about ${words.label(leader)}, the most probable specific diagnosis` }));
}

/** A line of text in a heading that changes with the target. */
export function createHeading(text) {
  const heading = el("h2", { text });
  return { element: heading, say: (said) => write(heading, said) };
}

/** A choice of two or three ways to look at something. */
export function createSwitch(label, ways, choose) {
  const buttons = ways.map(([name, text]) => el("button", { type: "button", class: "segment-button", text, dataset: { way: name }, onClick: () => choose(name) }));
  return {
    element: el("div", { class: "switch", role: "group", "aria-label": label }, buttons),
    show: (way) => buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.way === way))),
  };
}

// What the views of this page share that take several answers: the work begins after the paint, and the next click ends it.

import { answer } from "../engine.js";
import { isKnown, leading } from "./aim.js";
import { scenarioName } from "./case_view.js";
import { el, put, write } from "./dom.js";
import { createLater } from "./later.js";

/** @import { Ask, Context, Job, View } from "../types.js" */

/**
 * Keeps one element up to date with a job. `key(view)` says when the result stays the same, `job(view, ask)` is a generator that
 * yields between answers, `show(result, view)` fills the element. Without an answer to the case, `silence` is shown instead.
 *
 * @template T
 * @param {Context} context
 * @param {HTMLElement} element
 * @param {{
 *   key: (view: View) => unknown;
 *   job: (view: View, ask: Ask) => Job<T>;
 *   show: (result: T, view: View) => void;
 *   silence: string;
 * }} options
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
  /** @param {View} view */
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
      if (result && typeof result === "object" && "refused" in result)
        put(element, el("p", { class: "hint", text: `Too large to compute in this page: ${result.refused}` }));
      else show(result, view);
    });
  };
}

/**
 * What is too wide to answer is returned as a text, not thrown.
 *
 * @template T
 * @param {Job<T>} job
 * @returns {Job<T | { refused: string }>}
 */
export function* guarded(job) {
  try {
    return yield* job;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { refused: error.message };
  }
}

/**
 * Which of two scenarios is meant, for a heading; nothing if there is one.
 *
 * @param {View} view
 */
export const whichOf = ({ other, state }) => (other ? ` (${scenarioName(state.active)})` : "");

/**
 * A button that asks about the most probable specific diagnosis, where something else is asked; null if there is no such.
 *
 * @param {Context} context
 * @param {View} view
 */
export function leaderButton({ data, compute, store, words }, { state, scenario, answer }) {
  const leader = leading(data, compute, answer, (name) => !isKnown(scenario, name));
  if (!leader || leader === state.target) return null;
  const ask = () => store.dispatch({ type: "target", variable: leader, state: "present" });
  return el(
    "p",
    {},
    el("button", {
      type: "button",
      class: "tool",
      onClick: ask,
      text: `Ask about ${words.label(leader)}, the most probable specific diagnosis`,
    }),
  );
}

/**
 * A line of text in a heading that changes with the target.
 *
 * @param {string} text
 */
export function createHeading(text) {
  const heading = el("h2", { text });
  return { element: heading, say: (/** @type {string} */ text) => write(heading, text) };
}

/**
 * A choice of two or three ways to look at something.
 *
 * @param {string} label
 * @param {string[][]} ways
 * @param {(way: string) => void} choose
 */
export function createSwitch(label, ways, choose) {
  const buttons = ways.map(([name, text]) =>
    el("button", { type: "button", class: "segment-button", text, dataset: { way: name }, onClick: () => choose(name) }),
  );
  return {
    element: el("div", { class: "switch", role: "group", "aria-label": label }, buttons),
    show: (/** @type {string} */ way) =>
      buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.way === way))),
  };
}

// On a narrow screen the answer is below the findings: a line at the foot of the window says it, and leads there.

import { el, write } from "./dom.js";
import { percent } from "./format.js";

/** @import { Context, View } from "../types.js" */

/**
 * `answer` is the element that shows the answer; while it is in the window the line is not needed.
 *
 * @param {Context} context
 * @param {HTMLElement} answer
 */
export function createPeek({ compute, words }, answer) {
  const [what, much] = [el("span", { class: "peek-what" }), el("strong", {})];
  const element = el("button", { type: "button", class: "peek", hidden: true, onClick: go }, what, much);
  const watch = globalThis.IntersectionObserver && new IntersectionObserver(([entry]) => (element.hidden = entry.isIntersecting));
  watch?.observe(answer);
  function go() {
    answer.scrollIntoView({ block: "start" });
    answer.querySelector("button")?.focus({ preventScroll: true });
  }
  return {
    element,
    destroy: () => watch?.disconnect(),
    /** @param {View} view */
    update({ state, answer: { posteriors } }) {
      const s = words.stateIndex(state.target, state.targetState);
      write(what, posteriors ? words.asked(state.target, state.targetState) : "No answer");
      write(much, posteriors ? percent(posteriors[compute.index(state.target)][s]) : "↓");
    },
  };
}

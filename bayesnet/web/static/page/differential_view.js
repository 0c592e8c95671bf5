// The differential: a bar for each diagnosis; for a network without diagnoses the states of the target, and what moved most.

import { isKnown } from "./aim.js";
import { createBars } from "./bars.js";
import { el, write } from "./dom.js";
import { createOrigins } from "./origins_view.js";

/** @import { Context, Scale, State, Store, View } from "../types.js" */

const MOVED = 5;
const MOST = 8;

/** @param {Context} context */
export function createDifferentialView(context) {
  const { data, store, words, compute } = context;
  const diagnoses = data.diagnoses.length > 0;
  const label = diagnoses ? "Differential" : "Probabilities";
  const variables = diagnoses
    ? [...data.variables].sort((a, b) => Number(data.diagnoses.includes(b.name)) - Number(data.diagnoses.includes(a.name)))
    : data.variables;
  const options = variables.map((variable) => el("option", { value: variable.name, text: variable.label }));
  const leader = el("option", { value: "", text: diagnoses && !data.model.asks ? "what leads (automatic)" : "automatic" });
  /** @type {HTMLSelectElement} */
  const ask = el(
    "select",
    { class: "ask", onChange: () => store.dispatch({ type: "target", variable: ask.value || null }) },
    leader,
    options,
  );
  const scale = createScaleSwitch(store);
  const bars = createBars(context, `${label}, largest first`, { most: MOST });
  const movers = createBars(context, "What moved most", { sorted: false });
  const others = el("div", { class: "movers" }, el("h3", { text: "What moved most" }), movers.element);
  const note = el("p", { class: "hint" });
  const origins = createOrigins(context);
  const head = el(
    "div",
    { class: "section-head" },
    el("h2", { text: label }),
    el("label", { class: "ask-label" }, el("span", { class: "unseen", text: "Ask about" }), ask),
    scale.element,
  );
  return {
    element: el(
      "section",
      { class: "differential", "aria-label": label },
      head,
      bars.element,
      bars.rest,
      diagnoses ? origins.element : others,
      note,
    ),
    /** @param {View} view */
    update(view) {
      for (const option of options) option.disabled = isKnown(view.scenario, option.value);
      ask.value = view.state.target;
      scale.show(view.state.scale);
      bars.show(asked(view.state), view);
      if (!diagnoses) {
        const moved = mostMoved(view);
        others.hidden = !moved.length;
        movers.show(moved, view);
      }
      if (diagnoses) origins.update(view);
      write(note, legend(view));
    },
  };

  /**
   * What has a bar: the diagnoses, and the target where it is none; without diagnoses every state of the target.
   *
   * @param {State} state
   */
  function asked({ target, targetState }) {
    /** @param {string} name @param {string} state */
    const line = (name, state) => ({ key: `${name}\n${state}`, name, state, label: words.asked(name, state) });
    if (!diagnoses)
      return words
        .variable(target)
        .states.map(({ name, label: text }) => ({ ...line(target, name), label: `${words.label(target)}: ${text}` }));
    const lines = data.diagnoses.map((name) => line(name, "present"));
    return data.diagnoses.includes(target) && targetState === "present" ? lines : [...lines, line(target, targetState)];
  }

  /**
   * The variables, neither known nor asked, whose distribution is farthest from where it was, each in the state that moved.
   *
   * @param {View} view
   */
  function mostMoved({ state, scenario, answer, prior }) {
    if (!answer.posteriors || !prior.posteriors) return [];
    const moved = [];
    for (const { name, states } of data.variables) {
      if (name === state.target || name in scenario.see || name in scenario.do) continue;
      const shifts = [...answer.posteriors[compute.index(name)]].map((p, s) => p - prior.posteriors[compute.index(name)][s]);
      const far = shifts.reduce((total, shift) => total + Math.abs(shift), 0) / 2;
      if (far < 5e-4) continue;
      const chosen = states[shifts.indexOf(Math.max(...shifts))].name;
      moved.push({ far, key: `${name}\n${chosen}`, name, state: chosen, label: words.asked(name, chosen) });
    }
    return moved.sort((a, b) => b.far - a.far).slice(0, MOVED);
  }

  /** @param {View} view */
  function legend({ state, other }) {
    const marks = other
      ? "The full dot is A, the open one B."
      : `Dot: now. ${data.draws ? "Band: 95 % interval, all numbers drawn from their ranges. " : ""}Tick: before any finding.`;
    const axis = state.scale === "log" ? " Axis in log odds." : "";
    const together = diagnoses ? " Diagnoses can occur together." : "";
    return `${marks}${axis}${together}`;
  }
}

/**
 * Logarithmic or linear.
 *
 * @param {Store} store
 */
function createScaleSwitch(store) {
  /** @param {Scale} name @param {string} text */
  const button = (name, text) =>
    el("button", {
      type: "button",
      class: "segment-button",
      text,
      dataset: { scale: name },
      onClick: () => store.dispatch({ type: "scale", scale: name }),
    });
  const buttons = [button("log", "log odds"), button("linear", "linear")];
  return {
    element: el("div", { class: "switch", role: "group", "aria-label": "Scale" }, buttons),
    show: (/** @type {Scale} */ scale) =>
      buttons.forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.scale === scale))),
  };
}

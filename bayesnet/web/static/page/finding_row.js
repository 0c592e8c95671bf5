// One variable of the findings: what is known of it as a choice, and more on demand: its meaning, seen or set, how sure.

import { el, freshId, put, write } from "./dom.js";
import { percent } from "./format.js";

/** @import { Context, PageData, Variable, View } from "../types.js" */

// Letters that fit beside each other as segments, and beside the name.
const FITS = 34;
const BESIDE = 15;
const CERTAIN = 1e-12;

/**
 * Whether a variable is nothing but a word for what its one parent says, as "age 50 or over" is for the age group.
 *
 * @param {PageData} data
 * @param {number} v
 */
function followsFromParents({ network: { families } }, v) {
  const { parents, table } = families[v];
  return parents.length === 1 && Boolean(table?.every((p) => p === 0 || p === 1));
}

/**
 * A row; `update(view)` shows the scenario, `expect()` what it lets one expect, `matches(words)` says whether a search means it.
 *
 * @param {Context} context
 * @param {Variable} variable
 */
export function createFindingRow(context, variable) {
  const { data, compute, store, words } = context;
  const { name, label, states, neutral, meaning } = variable;
  const ids = { label: freshId("finding"), more: freshId("more") };
  let doing = false;
  /** @param {string | null} value */
  const choose = (value) => store.dispatch({ type: doing && value ? "do" : "see", variable: name, value });
  const choice = createChoice(variable, ids.label, choose);
  const expected = el("span", { class: "expected" });
  const mark = el("span", { class: "mark" });
  const panel = el("div", { class: "more", id: ids.more, hidden: true });
  /** @type {ReturnType<typeof createMore> | null} */
  let more = null;
  const toggle = el("button", {
    type: "button",
    class: "opener",
    "aria-expanded": false,
    "aria-controls": ids.more,
    "aria-label": `More about ${label}`,
    text: "⋯",
    onClick() {
      panel.hidden = !panel.hidden;
      toggle.setAttribute("aria-expanded", String(!panel.hidden));
      if (panel.hidden) return;
      more ??= createMore(context, variable, panel, (on) => (doing = on));
      more.update(latest);
    },
  });
  const title = el("span", { class: "finding-label", id: ids.label, text: label, title: meaning ?? null });
  const element = el(
    "div",
    { class: choice.wide ? "finding is-wide" : "finding", dataset: { variable: name } },
    el("div", { class: "finding-name" }, title, mark, expected),
    choice.element,
    toggle,
    panel,
  );
  const searched = [name, label, meaning ?? ""].join(" ").toLowerCase();
  /** @type {View | null} */
  let latest = null;
  const follows = followsFromParents(data, compute.index(name));
  /** @param {View["scenario"]} scenario */
  const isStated = ({ see, do: set }) => name in see || name in set;
  return {
    element,
    variable,
    matches: (/** @type {string[]} */ texts) => texts.every((text) => searched.includes(text)),
    /** @param {View} view */
    update(view) {
      latest = view;
      const { scenario } = view;
      const set = scenario.do[name];
      const seen = scenario.see[name];
      const soft = seen !== undefined && typeof seen !== "string";
      if (set !== undefined) doing = true;
      else if (seen !== undefined) doing = false;
      choice.show(set ?? (typeof seen === "string" ? seen : ""), soft);
      element.classList.toggle("is-known", set !== undefined || seen !== undefined);
      write(
        mark,
        set !== undefined
          ? "set"
          : soft
            ? "weighed"
            : seen === undefined && variable.default
              ? `assumed ${words.stateLabel(name, variable.default)}`
              : "",
      );
      if (set !== undefined || seen !== undefined || !view.answer.posteriors) write(expected, "");
      if (more && !panel.hidden) more.update(view);
    },
    /** How probable it is to be found; only where that is one figure. The engine answers this when it is looked at. */
    expect() {
      if (!latest) return;
      const { scenario, answer } = latest;
      const settled = follows && !isStated(scenario) && answer.posteriors?.[compute.index(name)].some((p) => p > 1 - CERTAIN);
      element.classList.toggle("is-settled", Boolean(settled));
      if (name in scenario.see || name in scenario.do || !answer.posteriors || states.length !== 2 || neutral === null) return;
      write(expected, percent(answer.posteriors[compute.index(name)][1 - neutral], 2));
    },
  };
}

/**
 * Unknown or one of the states: segments where they fit, a menu where they do not.
 *
 * @param {Variable} variable
 * @param {string} labelId
 * @param {(value: string | null) => void} choose
 */
function createChoice({ name, states, neutral, label, default: assumed }, labelId, choose) {
  const ordered = neutral === null ? states : [states[neutral], ...states.filter((_, s) => s !== neutral)];
  const letters = states.reduce((total, state) => total + state.label.length, 0);
  if (states.length > 4 || letters > FITS) {
    const options = [
      el("option", { value: "", text: assumed ? "assumed" : "unknown" }),
      ...ordered.map((state) => el("option", { value: state.name, text: state.label })),
    ];
    /** @type {HTMLSelectElement} */
    const select = el("select", { class: "choice", "aria-label": label, onChange: () => choose(select.value || null) }, options);
    return { element: select, show: (/** @type {string} */ value) => (select.value = value) };
  }
  const group = freshId("choice");
  const offered = assumed ? ordered : [{ name: "", label: "?" }, ...ordered];
  const radios = offered.map((state) => {
    const input = el("input", { type: "radio", name: group, value: state.name, onChange: () => choose(state.name || null) });
    const text = el("span", { text: state.label, "aria-hidden": state.name === "" });
    return {
      input,
      part: el(
        "label",
        { class: state.name ? "segment" : "segment unknown" },
        input,
        state.name ? null : el("span", { class: "unseen", text: "unknown" }),
        text,
      ),
    };
  });
  const element = el(
    "div",
    { class: "choice segments", role: "radiogroup", "aria-labelledby": labelId, dataset: { of: name } },
    radios.map(({ part }) => part),
  );
  return {
    element,
    wide: letters > BESIDE || (states.length > 2 && letters + label.length > BESIDE),
    /** @param {string} value @param {boolean} soft */
    show(value, soft) {
      for (const { input, part } of radios) {
        input.checked = !soft && input.value === value;
        part.classList.toggle("is-assumed", !soft && value === "" && input.value === assumed);
      }
    },
  };
}

/**
 * What opens below a row: meaning, seen or set, and one weight for each state.
 *
 * @param {Context} context
 * @param {Variable} variable
 * @param {HTMLElement} panel
 * @param {(on: boolean) => void} setDoing
 */
function createMore({ store, words }, variable, panel, setDoing) {
  const { name, states, meaning, note, cutoff, unit } = variable;
  /** @type {View | null} */
  let latest = null;
  const group = freshId("mode");
  /** @param {string} value @param {string} text @param {string} hint */
  const mode = (value, text, hint) => {
    const input = el("input", { type: "radio", name: group, value, onChange: () => turn(value === "do") });
    return { input, part: el("label", { title: hint }, input, ` ${text}`) };
  };
  const see = mode("see", "seen", "Observed: evidence about its causes and its effects.");
  const set = mode("do", "set by intervention", "Intervention: the arcs into it are cut, so it is no evidence about its causes.");
  /** @param {boolean} on */
  const turn = (on) => {
    setDoing(on);
    const { scenario } = latest;
    const value = scenario.do[name] ?? scenario.see[name];
    if (value === undefined) return;
    const state = typeof value === "string" ? value : Object.entries(value).reduce((a, b) => (b[1] > a[1] ? b : a))[0];
    store.dispatch({ type: on ? "do" : "see", variable: name, value: on ? state : value });
  };
  const inputs = states.map((state) =>
    el("input", {
      type: "number",
      min: "0",
      step: "any",
      inputmode: "decimal",
      "aria-label": `Weight if ${words.found(name, state.name)}`,
      onChange: weigh,
    }),
  );
  function weigh() {
    const weights = inputs.map((input) => Number(input.value || 0));
    const usable = weights.every((x) => x >= 0 && x < Infinity) && weights.some((x) => x > 0);
    problem.textContent = usable ? "" : "Weights must be 0 or more, at least one above 0.";
    if (!usable) return;
    const value = weights.every((x) => x === weights[0])
      ? null
      : Object.fromEntries(states.map((state, s) => [state.name, weights[s]]));
    store.dispatch({ type: "see", variable: name, value });
  }
  const problem = el("p", { class: "said", role: "alert" });
  const explained = [
    meaning,
    cutoff && `Counted from ${cutoff}${unit && !cutoff.includes(unit) ? ` ${unit}` : ""}.`,
    note,
  ].filter(Boolean);
  put(
    panel,
    explained.map((text) =>
      el("p", { text: `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? "" : "."}` }),
    ),
    el("div", { class: "mode", role: "radiogroup", "aria-label": `How ${variable.label} is known` }, see.part, set.part),
    el(
      "fieldset",
      { class: "weights" },
      el("legend", { text: "Uncertain? Enter likelihoods: how probable is the observation if the state is …" }),
      states.map((state, s) => el("label", {}, el("span", { text: state.label }), inputs[s])),
      el("p", {
        class: "hint",
        text: "Only the ratio matters: 10 to 1 multiplies the odds by ten, 1 to 1 leaves them unchanged.",
      }),
      problem,
    ),
  );
  return {
    /** @param {View} view */
    update(view) {
      latest = view;
      const seen = view.scenario.see[name];
      const isSet = view.scenario.do[name];
      if (isSet !== undefined) set.input.checked = true;
      else if (seen !== undefined || !set.input.checked) see.input.checked = true;
      /** @param {string} state */
      const weight = (state) => (typeof seen === "object" ? (seen[state] ?? 0) : seen === undefined ? 1 : Number(seen === state));
      inputs.forEach((input, s) => {
        input.disabled = isSet !== undefined;
        if (input !== document.activeElement || Number(input.value) !== weight(states[s].name))
          input.value = String(weight(states[s].name));
      });
    },
  };
}

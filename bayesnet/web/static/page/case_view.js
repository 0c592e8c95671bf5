// The case in words: what is known, one scenario or two, and the answer in a sentence that is read aloud.

import { isKnown } from "./aim.js";
import { el, put, write } from "./dom.js";
import { change, listed, percent, roughly } from "./format.js";

/** @import { Action, Answer, Context, Known, Scenario, State, View } from "../types.js" */

const NAMES = ["A", "B"];
/** @param {number} index */
export const scenarioName = (index) => NAMES[index];

/** @param {Context} context */
export function createCaseView(context) {
  const { data, compute, intervals, store, words } = context;
  const cards = el("div", { class: "cards" });
  const [lead, more] = [el("span", { class: "said-first" }), el("span", { class: "said-more" })];
  // The interval comes a moment later; it is not read aloud by itself.
  const between = el("span", { class: "said-between", "aria-live": "off" });
  const headline = el(
    "p",
    { class: "headline" },
    el("span", { class: "said", role: "status", "aria-live": "polite", "aria-atomic": true }, lead),
    between,
    more,
  );
  const differs = el("p", { class: "difference", hidden: true });
  const element = el("section", { class: "case", "aria-label": "The case" }, headline, differs, cards);
  let drawn = "";
  /** @type {View | null} */
  let latest = null;
  /** @param {View} view */
  const sayBetween = ({ state, scenario, answer, other }) => {
    const [v, s] = [compute.index(state.target), words.stateIndex(state.target, state.targetState)];
    const interval = other || isKnown(scenario, state.target) ? null : intervals.of(scenario, v, s);
    const found = answer.posteriors && interval ? roughly(answer.posteriors[v][s], interval, data.vocabulary).between : "";
    write(between, found && `, ${found}`);
  };
  intervals.listen(() => latest && sayBetween(latest));
  return {
    element,
    /** @param {View} view */
    update(view) {
      latest = view;
      const { state } = view;
      sayBetween(view);
      const key = JSON.stringify([state.scenarios, state.active]);
      if (key !== drawn) drawCards(state);
      drawn = key;
      const [first, ...rest] = sentences(context, view);
      write(lead, view.other ? `${NAMES[view.state.active]}: ${first}` : first);
      write(more, rest.join(" "));
      headline.classList.toggle("refused", !view.answer.posteriors);
      differs.hidden = !view.other;
      if (view.other) write(differs, difference(context, state.scenarios));
    },
  };

  /**
   * Cards are drawn anew; who was on a chip that is gone is led to the next one.
   *
   * @param {State} state
   */
  function drawCards(state) {
    const focused = cards.contains(document.activeElement)
      ? [...cards.querySelectorAll("button")].findIndex((button) => button === document.activeElement)
      : -1;
    put(
      cards,
      state.scenarios.map((scenario, i) => card(state, scenario, i)),
    );
    if (focused < 0) return;
    const buttons = cards.querySelectorAll("button");
    (buttons[Math.min(focused, buttons.length - 1)] ?? context.fallbackFocus())?.focus();
  }

  /** @param {State} state @param {Scenario} scenario @param {number} i */
  function card(state, scenario, i) {
    const active = i === state.active;
    const other = state.scenarios[1 - i];
    /** @param {Known} item */
    const same = ({ variable, kind }) =>
      !other || kind === "assumed" || JSON.stringify(other[kind][variable]) === JSON.stringify(scenario[kind][variable]);
    const known = context.words.known(scenario).map((item) => ({ ...item, differs: !same(item) }));
    const changed = Object.entries(scenario.numbers);
    const chips = [
      ...known.map((item) => chip(i, item)),
      ...changed.map(([id, value]) =>
        removable(i, { type: "number", id, value: null }, `${id} = ${Number(value.toPrecision(3))}`, "number changed"),
      ),
    ];
    const empty = known.every((item) => item.kind === "assumed") && !changed.length;
    return el(
      "div",
      { class: ["card", active && "is-active"], dataset: { scenario: NAMES[i] } },
      state.scenarios.length > 1 &&
        el("button", {
          type: "button",
          class: "card-name",
          "aria-pressed": active,
          text: active ? `Editing ${NAMES[i]}` : `Edit ${NAMES[i]}`,
          onClick: () => store.dispatch({ type: "active", index: i }),
        }),
      el(
        "ul",
        { class: "chips", "aria-label": state.scenarios.length > 1 ? `Known in ${NAMES[i]}` : "Known" },
        chips,
        empty && el("li", { class: "hint", text: "Nothing found yet." }),
      ),
    );
  }

  /** @param {number} i @param {Known & { differs: boolean }} item */
  function chip(i, { variable, text, kind, differs }) {
    if (kind === "assumed")
      return el("li", { class: "chip assumed" }, `${text} `, el("span", { class: "kind", text: "assumed" }));
    const weighed = kind === "see" && typeof store.state.scenarios[i].see[variable] !== "string";
    const how = kind === "do" ? "set" : weighed ? "weighed" : "";
    return removable(i, { type: kind, variable, value: null }, text, how, differs);
  }

  /** @param {number} i @param {Action} action @param {string} text @param {string} kind @param {boolean} [differs] */
  function removable(i, action, text, kind, differs = false) {
    const take = () => {
      if (store.state.active !== i) store.dispatch({ type: "active", index: i });
      store.dispatch(action);
    };
    return el(
      "li",
      { class: differs ? "chip is-different" : "chip" },
      kind && el("span", { class: "kind", text: kind }),
      kind && " ",
      text,
      el("button", {
        type: "button",
        class: "remove",
        "aria-label": `Remove ${text}`,
        title: "Remove",
        text: "×",
        onClick: take,
      }),
    );
  }
}

/**
 * The answer in one sentence or more: the target, then what leads where that is something else, then what must not be missed.
 *
 * @param {Context} context
 * @param {View} view
 */
export function sentences({ data, compute, words }, { state, scenario, answer, prior }) {
  if (!answer.posteriors) return [words.refusal(compute, scenario, answer)];
  /** @param {Answer} result @param {string} name @param {string} wanted */
  const chance = (result, name, wanted) => result.posteriors?.[compute.index(name)][words.stateIndex(name, wanted)] ?? NaN;
  const known = scenario.do[state.target] ?? scenario.see[state.target];
  if (typeof known === "string")
    return [`${words.found(state.target, known)} is ${state.target in scenario.do ? "set" : "known"}.`];
  const found = Object.keys(scenario.see).some((name) => !words.variable(name).default) || Object.keys(scenario.do).length > 0;
  const p = chance(answer, state.target, state.targetState);
  const before = chance(prior, state.target, state.targetState);
  const was = found && change(before, p) !== "same" && !Number.isNaN(before) ? `; ${percent(before)} before any finding` : "";
  const parts = [
    `${words.asked(state.target, state.targetState)}: ${roughly(p, null, data.vocabulary).about}`,
    `${percent(p)}${was}.`,
  ];
  const ranked = data.diagnoses
    .filter((name) => !isKnown(scenario, name))
    .map((name) => ({ name, p: chance(answer, name, "present") }))
    .sort((a, b) => b.p - a.p);
  const [first] = ranked;
  const specific = ranked.find(({ name }) => words.isSpecific(name));
  const grave = ranked.find(({ name }) => words.isGrave(name));
  const said = new Set([state.target]);
  /** @param {string} intro @param {{ name: string; p: number } | undefined} diagnosis */
  const say = (intro, diagnosis) => {
    if (!diagnosis || said.has(diagnosis.name)) return;
    said.add(diagnosis.name);
    parts.push(`${intro}: ${words.label(diagnosis.name)}, ${percent(diagnosis.p)}.`);
  };
  say("Most probable", first);
  say("Most probable specific diagnosis", specific);
  say("Not to be missed", grave);
  return parts;
}

/**
 * In what two scenarios differ.
 *
 * @param {Context} context
 * @param {Scenario[]} scenarios
 */
function difference({ words }, [a, b]) {
  /** @param {Scenario} scenario @param {string} name */
  const value = (scenario, name) =>
    name in scenario.do
      ? `set ${words.found(name, scenario.do[name])}`
      : name in scenario.see
        ? words.found(name, scenario.see[name])
        : "";
  const names = [...new Set([a, b].flatMap((scenario) => [...Object.keys(scenario.see), ...Object.keys(scenario.do)]))];
  const parts = names
    .map((name) => [name, value(a, name), value(b, name)])
    .filter(([, inA, inB]) => inA !== inB)
    .map(([name, inA, inB]) =>
      inA && inB
        ? `${inA} in A, ${inB.replace(`${words.label(name)}: `, "")} in B`
        : inB
          ? `${inB} only in B`
          : `${inA} only in A`,
    );
  const ids = [...new Set([a, b].flatMap((scenario) => Object.keys(scenario.numbers)))].filter(
    (id) => a.numbers[id] !== b.numbers[id],
  );
  if (ids.length) parts.push(`${ids.length} ${ids.length === 1 ? "number" : "numbers"}`);
  return parts.length ? `A and B differ in ${listed(parts)}.` : "A and B are identical. Change one to compare.";
}

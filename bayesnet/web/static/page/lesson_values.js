// The numbers of a lesson, answered by the engine of the page, and its texts with the numbers filled in.
//
// The formulas repeat bayesnet/teach/lessons/quantity.py on purpose: a saved page has no Python. Both are tested with the shipped lessons.

import { grouped, percent, ratio } from "./format.js";
import { complete } from "./store.js";

/** @import { Comparison, Compute, Context, LessonStep, Quantity, Scenario } from "../types.js" */

const PLACEHOLDER = /\{(\w+)(?::(\w+))?\}/g;
const NOT_YET = "…";

/** @param {number} p */
const odds = (p) => p / (1 - p);
/** @param {number} p */
const entropy = (p) => -[p, 1 - p].reduce((total, x) => total + (x > 0 ? x * Math.log2(x) : 0), 0);

/** @type {Record<string, (...answers: number[]) => number>} */
const FORMULAS = {
  probability: (p) => p,
  complement: (p) => 1 - p,
  ratio: (a, b) => a / b,
  share: (s, f) => s / (s + f),
  difference: (s, f) => s - f,
  "odds ratio": (before, after) => odds(after) / odds(before),
  independent(prior, ...rates) {
    let against = 1 / odds(prior);
    for (let i = 0; i < rates.length; i += 2) against *= rates[i + 1] / rates[i];
    return 1 / (1 + against);
  },
  bits: (p, positive, having, lacking) => entropy(p) - positive * entropy(having) - (1 - positive) * entropy(lacking),
};

const ENDS = ["low", "high"];

/**
 * The value of a quantity; NaN for an end of an interval that is not computed yet.
 *
 * @param {Pick<Context, "compute" | "data" | "intervals" | "words">} context
 * @param {Quantity} quantity
 */
export function valueOf(context, { formula, of }) {
  const end = ENDS.indexOf(formula);
  if (end < 0) return FORMULAS[formula](...of.map(({ wanted, given }) => probability(context.compute, wanted, given)));
  const [{ wanted, given }] = of;
  if (!context.data.draws) return probability(context.compute, wanted, given);
  const [[name, state]] = Object.entries(wanted);
  const s = context.words.stateIndex(name, String(state));
  return context.intervals.of(complete(given), context.compute.index(name), s)?.[end] ?? NaN;
}

/**
 * P(wanted | given).
 *
 * @param {Compute} compute
 * @param {Scenario["see"]} wanted
 * @param {Pick<Scenario, "see" | "do">} given
 */
function probability(compute, wanted, given) {
  const scenario = complete(given);
  // On what is weighed already a state keeps its weight.
  const weighed = Object.entries(wanted).map(([name, state]) => {
    const before = scenario.see[name];
    return [name, typeof before === "object" ? { ...zeros(before), [String(state)]: before[String(state)] } : state];
  });
  const both = compute.withSeen(scenario, Object.fromEntries(weighed));
  return Math.min(1, Math.exp(both.logProbability - compute.answer(scenario).logProbability));
}

/** Without zeros at the end: "80 %", not "80.0 %". @param {string} text */
const trimmed = (text) => (text.includes(".") ? text.replace(/\.?0+(?=\u00a0%)/, "") : text);

/** @param {Record<string, number>} weights */
const zeros = (weights) => Object.fromEntries(Object.keys(weights).map((state) => [state, 0]));

/**
 * Whether all of some comparisons hold; null while a number is not computed yet.
 *
 * @param {Comparison[]} comparisons
 * @param {(name: string) => number} value
 */
export function hold(comparisons, value) {
  let all = true;
  for (const [left, sign, factor, right] of comparisons) {
    const [a, b] = [value(left), factor * (right ? value(right) : 1)];
    if (Number.isNaN(a) || Number.isNaN(b)) return null;
    all &&= sign === "<" ? a < b : sign === ">" ? a > b : Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
  }
  return all;
}

/**
 * A text with its numbers: `{after}` in per cent, `{after:in}` as "1 in 13", `{after:1000}` as the number of 1,000 people.
 *
 * @param {Pick<Context, "compute" | "data" | "intervals" | "words">} context
 * @param {LessonStep} step
 * @param {string} text
 */
export function filled(context, step, text) {
  return text.replace(PLACEHOLDER, (_, name, form) => {
    const quantity = step.quantities[name];
    const x = valueOf(context, quantity);
    if (Number.isNaN(x)) return NOT_YET;
    if (form === "in") return context.words.frequency(x);
    if (form) return grouped(x * Number(form));
    if (quantity.formula === "bits") return `${Number(x.toPrecision(2))} bits`;
    if (quantity.formula === "ratio") return ratio(Number(x.toPrecision(2)));
    if (quantity.formula === "odds ratio")
      return `${x < 1 ? "÷" : "×"}\u00a0${ratio(Number((x < 1 ? 1 / x : x).toPrecision(2)))}`;
    return trimmed(percent(x));
  });
}

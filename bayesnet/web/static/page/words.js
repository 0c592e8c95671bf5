// Variables, states and findings in words, and what in a case cannot hold together.

import { frequency, listed } from "./format.js";
import { isSpecific } from "./store.js";

/** @import { Answer, Carried, Compute, Known, PageData, Scenario, Seen } from "../types.js" */

/** Said in place of a page whose engine cannot be compiled. */
export const WITHOUT_KERNEL =
  "This page computes with WebAssembly, which this browser or its settings do not allow. Allow it, or open the page in another browser.";

/**
 * The words of a network.
 *
 * @param {PageData} data
 */
export function createWords(data) {
  const byName = new Map(data.variables.map((variable) => [variable.name, variable]));
  /** @param {string} name */
  const label = (name) => byName.get(name).label;
  /** @param {string} name */
  const inside = (name) => byName.get(name).inside;
  /** @param {string} name @param {string} state */
  const stateLabel = (name, state) => byName.get(name).states.find((one) => one.name === state)?.label ?? state;
  /**
   * Two states, one of them neutral: the other can go without saying, as in "Fever".
   *
   * @param {string} name
   * @param {string} state
   */
  const plain = (name, state) => {
    const { states, neutral } = byName.get(name);
    return states.length === 2 && neutral !== null && states[neutral].name === "absent" && state === "present";
  };
  /** @param {string} name @param {Record<string, number>} value */
  const weights = (name, value) =>
    byName
      .get(name)
      .states.map((state) => `${state.label} (${shortened(value[state.name] ?? 0)})`)
      .join(", ");
  return {
    variable: (/** @type {string} */ name) => byName.get(name),
    /** Position of a state; -1 if there is no such. */
    stateIndex: (/** @type {string} */ name, /** @type {string} */ state) =>
      byName.get(name).states.findIndex((one) => one.name === state),
    /** Whether a diagnosis is one of the specific ones. */
    isSpecific: (/** @type {string} */ name) => isSpecific(data, name),
    /** Whether a diagnosis must not be missed. */
    isGrave: (/** @type {string} */ name) => byName.get(name).role === data.vocabulary.grave,
    /** A probability as a natural frequency. */
    frequency: (/** @type {number} */ p) => frequency(p, data.vocabulary),
    label,
    /** The label inside a sentence. */
    inside,
    stateLabel,
    /** The target: "Spinal metastasis", "Age: 60-69". */
    asked: (/** @type {string} */ name, /** @type {string} */ state) =>
      plain(name, state) ? label(name) : `${label(name)}: ${stateLabel(name, state)}`,
    /** What was found: "Fever: present", or with weights "Fever: no (1), yes (10)". */
    found: (/** @type {string} */ name, /** @type {Seen} */ value) =>
      `${label(name)}: ${typeof value === "string" ? stateLabel(name, value) : weights(name, value)}`,
    /**
     * How a finding acts, from its strongest path; empty where it is joined directly.
     *
     * @param {Carried} carried
     */
    acts({ path, rival, beside, shared }) {
      /** @param {number} v */
      const name = (v) => inside(data.network.names[v]);
      const target = path[path.length - 1];
      const competes = `competes with ${name(target)} to explain ${shared.map(name).join(", ")}`;
      const along = path.length > 2 ? `by way of ${path.slice(1, -1).map(name).join(", ")}` : "";
      if (rival === null) return along;
      if (beside) return along ? `${along}, and ${competes}` : competes;
      return rival === path[0] ? competes : `by way of ${name(rival)}, which ${competes}`;
    },
    /**
     * All that is known and set in a scenario, as `{variable, text, kind}` with kind "see", "do" or "assumed".
     *
     * @param {Scenario} scenario
     */
    known(scenario) {
      const assumed = data.variables.filter((v) => v.default && !(v.name in scenario.see) && !(v.name in scenario.do));
      /** @type {(kind: "see" | "do" | "assumed", name: string, value: Seen) => Known} */
      const item = (kind, name, value) => ({ variable: name, kind, text: this.found(name, value) });
      return [
        ...assumed.map((v) => item("assumed", v.name, v.default)),
        ...Object.entries(scenario.see).map(([name, value]) => item("see", name, value)),
        ...Object.entries(scenario.do).map(([name, value]) => item("do", name, value)),
      ];
    },
    /**
     * Why there is no answer, in a sentence.
     *
     * @param {Compute} compute @param {Scenario} scenario @param {Answer} answer
     */
    refusal(compute, scenario, answer) {
      if (answer.refused) return `There is no answer to this case: ${answer.refused}`;
      const names = clash(compute, scenario).map(([kind, name]) => this.found(name, scenario[kind][name]));
      if (!names.length)
        return "These findings are impossible together in this network, so there is no answer. Remove one of them.";
      const which =
        names.length > 1
          ? `are impossible together in this network: ${listed(names)}`
          : `is impossible in this network: ${names[0]}`;
      return `${names.length > 1 ? "These findings" : "This finding"} ${which}. ${names.length > 1 ? "Their" : "Its"} probability is 0, so there is no answer. Remove ${names.length > 1 ? "one of them" : "it"}.`;
    },
  };
}

/**
 * A smallest set of findings that are impossible together: without any one of them the rest is possible.
 *
 * @param {Compute} compute
 * @param {Scenario} scenario
 */
export function clash(compute, scenario) {
  /** @type {[kind: "see" | "do", name: string][]} */
  const items = [
    ...Object.keys(scenario.do).map((name) => /** @type {["do", string]} */ (["do", name])),
    ...Object.keys(scenario.see).map((name) => /** @type {["see", string]} */ (["see", name])),
  ];
  /** @param {[kind: "see" | "do", name: string][]} kept */
  const parts = (kept) => {
    /** @param {"see" | "do"} kind @returns {any} */
    const of = (kind) => Object.fromEntries(kept.filter(([k]) => k === kind).map(([, name]) => [name, scenario[kind][name]]));
    return { ...scenario, see: of("see"), do: of("do") };
  };
  let kept = items;
  for (const item of items) {
    const rest = kept.filter((other) => other !== item);
    if (compute.answer(parts(rest)).logProbability === -Infinity) kept = rest;
  }
  return kept;
}

/** @param {number} weight */
const shortened = (weight) => String(Number(weight.toPrecision(3)));

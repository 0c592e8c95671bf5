// What the page asks about: what somebody picked, else what the model asks, else the leading specific diagnosis, else a root; never a
// variable that is known.

import { findVariable, firstAsked, isSpecific } from "./store.js";

/** @import { Answer, Compute, PageData, Scenario, State } from "../types.js" */

/** @typedef {Pick<State, "target" | "targetState">} Aim */

/**
 * Whether a variable has one state left: seen for certain, or set.
 *
 * @param {Scenario} scenario
 * @param {string} name
 */
export const isKnown = ({ see, do: set }, name) => name in set || typeof see[name] === "string";

/**
 * The target of a state, given the answer to its active scenario. Where everything is known it is what was picked.
 *
 * @param {PageData} data
 * @param {Compute} compute
 * @param {State} state
 * @param {Answer} answer
 * @returns {Aim}
 */
export function aimOf(data, compute, { target, targetState, picked, scenarios, active }, answer) {
  /** @param {string} name */
  const open = (name) => !isKnown(scenarios[active], name);
  if (picked && open(target)) return { target, targetState };
  const name =
    [data.model.asks].filter(Boolean).find(open) ?? leading(data, compute, answer, open) ?? rootsFirst(data).find(open) ?? target;
  return name === target ? { target, targetState } : { target: name, targetState: firstAsked(data, name) };
}

/**
 * The most probable of the specific diagnoses that are `open`, without an answer the first of them; of the others where none is
 * specific, null if there is none.
 *
 * @param {PageData} data
 * @param {Compute} compute
 * @param {Answer} answer
 * @param {(name: string) => boolean} [open]
 * @returns {string | null}
 */
export function leading(data, compute, { posteriors }, open = () => true) {
  const left = data.diagnoses.filter(open);
  const specific = left.filter((name) => isSpecific(data, name));
  /** @param {string} name */
  const p = (name) => posteriors[compute.index(name)][findVariable(data, name).states.findIndex((one) => one.name === "present")];
  const ranked = specific.length ? specific : left;
  return ranked.reduce((best, name) => (best === null || (posteriors && p(name) > p(best)) ? name : best), null);
}

/**
 * All variables: roots first, those with most children before the others.
 *
 * @param {PageData} data
 */
function rootsFirst({ network: { names, families } }) {
  const children = names.map(() => 0);
  families.forEach(({ parents }) => parents.forEach((p) => (children[p] += 1)));
  /** @param {number} v */
  const isRoot = (v) => Number(families[v].parents.length === 0);
  return [...names.keys()].sort((a, b) => isRoot(b) - isRoot(a) || children[b] - children[a]).map((v) => names[v]);
}

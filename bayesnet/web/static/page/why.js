// What speaks for and against a target, each finding given all the others: the figures of `case.explain()`.
//
// Good IJ (1985). Weight of evidence: a brief survey. Bayesian Statistics 2, 249-270.

import { openGraph, separated } from "./paths.js";

/** @import { Ask, Evidence, Family, Job, Verdict, Why } from "../types.js" */

const DECIBANS = 10 / Math.LN10;

/**
 * ln odds of one state; infinite at certainty, NaN without an answer.
 *
 * @param {Float64Array[] | null} posteriors
 * @param {number} variable
 * @param {number} state
 */
export function logOdds(posteriors, variable, state) {
  if (!posteriors) return NaN;
  const p = posteriors[variable];
  let others = 0;
  for (let s = 0; s < p.length; s++) if (s !== state) others += p[s];
  return Math.log(p[state]) - Math.log(others);
}

/**
 * Difference of two log-odds; nothing is lost between equal certainties.
 *
 * @param {number} a
 * @param {number} b
 */
const less = (a, b) => (a === b ? 0 : a - b);

/** @param {number} nats */
export const probabilityOf = (nats) => (nats >= 0 ? 1 / (1 + Math.exp(-nats)) : Math.exp(nats) / (1 + Math.exp(nats)));

/**
 * A generator that yields after every answer and returns the explanation.
 *
 * `ask(evidence)` answers as the engine does; `evidence` has likelihoods and interventions by position; `context` is the set of
 * positions that are no findings (context variables); `order` gives the findings in the order in which they are taken; a finding
 * that changes the log odds by less than `barely` is uninformative.
 * An impact has `variable`, `nats` (what is lost without the finding, all others kept), `ratio` and `decibans` of it, `verdict` (for,
 * against, uninformative), `separated` (no path is active), and, given only those before it, `step` in nats and the probability `after`.
 *
 * @param {Ask} ask
 * @param {Family[]} families
 * @param {Evidence} evidence
 * @param {{ target: number; state: number; context: Set<number>; order: number[]; barely: number }} asked
 * @returns {Job<Why>}
 */
export function* whyJob(ask, families, evidence, { target, state, context, order, barely }) {
  const { likelihoods, interventions } = evidence;
  /** @param {number} v */
  const fixed = (v) => context.has(v) || v === target;
  const players = order.filter((v) => v in likelihoods && !fixed(v));
  /** @param {Set<number>} keep @returns {Evidence} */
  const taking = (keep) => ({
    likelihoods: Object.fromEntries(Object.entries(likelihoods).filter(([v]) => fixed(Number(v)) || keep.has(Number(v)))),
    interventions,
  });
  /** @param {Set<number>} keep */
  const odds = (keep) => logOdds(ask(taking(keep)).posteriors, target, state);
  const all = new Set(players);
  const last = odds(all);
  yield;
  const path = [];
  for (let k = 0; k < players.length; k++) {
    path.push(odds(new Set(players.slice(0, k))));
    yield;
  }
  path.push(last);
  const impacts = [];
  for (const [k, v] of players.entries()) {
    // Without the last finding the path has answered already.
    const rest = k === players.length - 1 ? path[k] : odds(new Set(players.filter((u) => u !== v)));
    const nats = less(last, rest);
    const step = less(path[k + 1], path[k]);
    impacts.push({
      variable: v,
      nats,
      ratio: Math.exp(nats),
      decibans: nats * DECIBANS,
      verdict: verdictOf(Number.isNaN(nats) ? step : nats, barely),
      separated: separated(openGraph(families, evidence, v), target, v),
      step,
      after: probabilityOf(path[k + 1]),
    });
    yield;
  }
  return { prior: probabilityOf(path[0]), posterior: probabilityOf(last), nats: less(last, path[0]), impacts };
}

/**
 * Whether a log odds ratio speaks for the target or against it.
 *
 * @param {number} nats
 * @param {number} barely
 * @returns {Verdict}
 */
export function verdictOf(nats, barely) {
  if (Number.isNaN(nats) || Math.abs(nats) < barely) return "uninformative";
  return nats > 0 ? "for" : "against";
}

/** @param {number} nats */
export const decibans = (nats) => nats * DECIBANS;
